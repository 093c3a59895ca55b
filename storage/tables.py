"""The tables, with an index for each frequent query.

The predicates of partial indexes are named here, and the queries use these names: with a bound value instead of the
literal neither database would use the index.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    false,
    literal_column,
    true,
)

from storage.columns import Id, Json, LenientText, Utc

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _of_ticket(*, key: bool = True) -> Column[int]:
    ticket = ForeignKey("tickets.id")
    return Column("ticket_id", Id, ticket, primary_key=key, nullable=False, autoincrement=False)


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, LenientText, nullable=False) for name in names]


def _where(column: Column[str], state: str) -> ColumnElement[bool]:
    return column == literal_column(f"'{state}'", LenientText)


def _partial(name: str, *columns: Column[object], where: ColumnElement[bool]) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Raw mail, in and out, stored once. No foreign key refers to it, so that the bytes can move to another store.
blobs = Table(
    "blobs",
    metadata,
    Column("sha256", LenientText, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    *_words("fingerprint", "state"),
    Column("attempts", Integer, nullable=False),
    Column("unfinished", Integer, nullable=False, server_default="0"),  # attempts whose end was not reported
    Column("ready_at", Utc, nullable=False),  # can be claimed from then on: new, postponed, or its lease is over
    Column("received_at", Utc, nullable=False),
    *_words("source", "source_key", "envelope_from"),
    Column("origin", LenientText, nullable=False, server_default=""),  # the domain of its envelope sender, or empty
    Column("recipients", Json, nullable=False),
    *_words("submitted_by", "sha256"),
    Column("size", Integer, nullable=False),
    *_words("error", "verdict"),
    # Checked at commit: a mail may be finished before the case it opens is saved.
    Column("ticket_id", Id, ForeignKey("tickets.id", deferrable=True, initially="DEFERRED")),
    *_words("message_id"),
    Column("summary", Json),
    Column("as_new", Boolean, nullable=False),
    # Its Ending; for whom it was set aside (a policy) and why (SetAsideReason); how its customer was found where From
    # does not name them; for whom a person replays it. Empty in rows older than these columns.
    *(
        Column(name, LenientText, nullable=False, server_default="")
        for name in ("ending", "desk", "why", "way", "customer")
    ),
    Column("urgent", Boolean, nullable=False, server_default=false()),
    Column("untold", Boolean, nullable=False, server_default=false()),  # no list has named it yet
    UniqueConstraint("fingerprint"),
)
INBOX_NEW = _where(inbox.c.state, "new")
INBOX_TRIED = INBOX_NEW & (inbox.c.attempts > literal_column("0"))
INBOX_QUARANTINED = _where(inbox.c.state, "quarantined")
INBOX_UNTOLD = inbox.c.untold.is_(true())
INBOX_BY_A_WAY = inbox.c.way != literal_column("''", LenientText)
# ready_at is in the index so that postponed rows are skipped without being read.
_partial("ix_inbox_new", inbox.c.id, inbox.c.ready_at, where=INBOX_NEW)
_partial("ix_inbox_tried", inbox.c.attempts, inbox.c.id, inbox.c.ready_at, where=INBOX_TRIED)
_partial("ix_inbox_quarantined", inbox.c.id, where=INBOX_QUARANTINED)
_partial("ix_inbox_untold", inbox.c.desk, inbox.c.id, where=INBOX_UNTOLD)
_partial("ix_inbox_way", inbox.c.desk, inbox.c.received_at, where=INBOX_BY_A_WAY)
Index("ix_inbox_message_id", inbox.c.message_id)
Index("ix_inbox_sha256", inbox.c.sha256)
Index("ix_inbox_ticket", inbox.c.ticket_id)
Index("ix_inbox_origin", inbox.c.origin, inbox.c.received_at)

counters = Table(
    "counters",
    metadata,
    Column("name", LenientText, primary_key=True),
    Column("value", Id, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    *_words("reference", "policy", "kind", "step", "language"),
    Column("received_at", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("step_since", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("erased_at", Utc),
    Column("unhandled_since", Utc),
    *_words("subject", "brand", "team", "assignee", "waiting_for", "zone", "address"),
    Column("details", Json, nullable=False),
    Column("asked", Json, nullable=False),
    Column("questions", Json, nullable=False),
    Column("facts", Json, nullable=False),
    Column("nonce", Integer, nullable=False, server_default="0"),
    UniqueConstraint("reference"),
)
TICKET_OPEN = tickets.c.closed_at.is_(None)
TICKET_KEPT = tickets.c.closed_at.is_not(None) & tickets.c.erased_at.is_(None)
TICKET_UNHANDLED = tickets.c.unhandled_since.is_not(None)
_partial("ix_tickets_open", tickets.c.id, where=TICKET_OPEN)
_partial("ix_tickets_unhandled", tickets.c.policy, tickets.c.unhandled_since, where=TICKET_UNHANDLED)
_partial("ix_tickets_kept", tickets.c.policy, tickets.c.closed_at, where=TICKET_KEPT)
_partial("ix_tickets_held", tickets.c.policy, tickets.c.team, tickets.c.assignee, tickets.c.id, where=TICKET_OPEN)

parties = Table(
    "parties",
    metadata,
    _of_ticket(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *_words("role", "address"),
    *_words("address_key"),  # same_address() of it
    *_words("name", "language", "third_party", "bounced"),
)
Index("ix_parties_address", parties.c.address_key, parties.c.ticket_id)

deadlines = Table(
    "deadlines",
    metadata,
    _of_ticket(),
    Column("promise", LenientText, primary_key=True),
    Column("occurrence", Integer, primary_key=True, autoincrement=False),
    Column("armed_at", Utc, nullable=False),
    Column("counted_from", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("due_on", Date, nullable=False),
    *_words("origin", "state"),
    Column("kept_at", Utc),
    *_words("kept_by"),
    Column("automatic", Boolean, nullable=False),
    *_words("reason"),
    Column("derivation", Json, nullable=False),
    Column("paused_at", Utc),
    Column("terms", Json, nullable=False),  # {} unless the case brought it from another policy
)
DEADLINE_OPEN = _where(deadlines.c.state, "open")
DEADLINE_MISSED = _where(deadlines.c.state, "broken") & deadlines.c.kept_at.is_(None)
_partial("ix_deadlines_open", deadlines.c.due_at, where=DEADLINE_OPEN)
_partial("ix_deadlines_missed", deadlines.c.ticket_id, where=DEADLINE_MISSED)

timers = Table(
    "timers",
    metadata,
    _of_ticket(),
    Column("key", LenientText, primary_key=True),
    Column("sort", LenientText, key="kind", nullable=False),
    Column("at", Utc, nullable=False),
    Column("ready_at", Utc, nullable=False),  # `at`, until it is claimed or postponed
    *_words("about"),
    Column("occurrence", Integer, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),  # how often it failed
    Column("failure", LenientText, nullable=False, server_default=""),  # the last failure, or why it is held
    Column("told", Boolean, nullable=False, server_default=false()),  # people have been told
)
TIMER_MOVED = timers.c.ready_at != timers.c.at
TIMER_STUCK = timers.c.failure != literal_column("''", LenientText)
Index("ix_timers_ready", timers.c.ready_at, timers.c.ticket_id, timers.c.key)
_partial("ix_timers_moved", timers.c.ready_at, where=TIMER_MOVED)
_partial("ix_timers_stuck", timers.c.ticket_id, where=TIMER_STUCK)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    _of_ticket(key=False),
    *_words("direction", "message_id", "sender"),
    Column("recipients", Json, nullable=False),
    *_words("subject"),
    Column("at", Utc, nullable=False),
    *_words("thread", "text", "notice", "about"),
    Column("party", Integer, nullable=False),
    *_words("language"),
    Column("inbox_id", Id, ForeignKey("inbox.id")),
    Column("attachments", Json, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("automatic", Boolean, nullable=False),
)
Index("ix_messages_ticket", messages.c.ticket_id)
Index("ix_messages_message_id", messages.c.message_id)
Index("ix_messages_sender", messages.c.sender, messages.c.at)

# No foreign key: entries are kept whatever happens to the ticket.
ledger = Table(
    "ledger",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    Column("ticket_id", Id),
    Column("at", Utc, nullable=False),
    *_words("event", "actor"),
    Column("facts", Json),  # NULL once erased; facts_sha256 is kept
    *_words("facts_sha256", "prev", "hash"),
)
Index("ix_ledger_ticket", ledger.c.ticket_id, ledger.c.seq)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("seq", Id, nullable=False),
    *_words("hash"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    *_words("key"),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    *_words("notice", "occurrence"),
    Column("party", Integer, nullable=False),
    *_words("recipient"),
    *_words("recipient_key"),  # same_address() of it
    *_words("sender", "message_id", "subject", "language", "sha256"),
    Column("created_at", Utc, nullable=False),
    Column("not_before", Utc, nullable=False),
    Column("keeps", Boolean, nullable=False),
    *_words("state"),
    Column("attempts", Integer, nullable=False),
    Column("ready_at", Utc, nullable=False),
    Column("leased", Boolean, nullable=False),  # a sender has claimed it: it may have been sent already
    *_words("error"),
    Column("sent_at", Utc),
    UniqueConstraint("key"),
)
LETTER_WAITING = _where(outbox.c.state, "waiting")
LETTER_FAILED = _where(outbox.c.state, "failed")
_partial("ix_outbox_waiting", outbox.c.ready_at, outbox.c.id, where=LETTER_WAITING)
_partial("ix_outbox_failed", outbox.c.id, where=LETTER_FAILED)
Index("ix_outbox_message_id", outbox.c.message_id)
Index("ix_outbox_recipient", outbox.c.recipient_key, outbox.c.created_at)
Index("ix_outbox_ticket", outbox.c.ticket_id)

correspondents = Table(
    "correspondents",
    metadata,
    Column("address_key", LenientText, primary_key=True),
    *_words("address", "language", "bounced"),
    Column("bounced_at", Utc),
    Column("stopped", Boolean, nullable=False),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("account", LenientText, primary_key=True),
    Column("folder", LenientText, primary_key=True),
    Column("uidvalidity", Id, nullable=False),
    Column("last_uid", Id, nullable=False),
)

mailbox_states = Table(
    "mailbox_states",
    metadata,
    Column("account", LenientText, primary_key=True),
    Column("folder", LenientText, primary_key=True),
    Column("node", LenientText, primary_key=True),
    Column("reported_at", Utc, nullable=False),
    Column("read_at", Utc),
    Column("waiting", Integer),
    Column("unreadable_since", Utc),
    *_words("problem", "reason"),
)

marks = Table(
    "marks",
    metadata,
    Column("name", LenientText, primary_key=True),
    Column("at", Utc, nullable=False),
    *_words("text"),
)
