"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make them, those that others point to first."""
    _blobs()
    _correspondents()
    _counters()
    _ledger()
    _ledger_head()
    _mailboxes()
    _marks()
    _tickets()
    _deadlines()
    _inbox()
    _outbox()
    _parties()
    _timers()
    _messages()
    _bookings()


def _bookings() -> None:
    op.create_table(
        "bookings",
        *_texts("place"),
        sa.Column("start_at", _INSTANT, nullable=False),
        sa.Column("seat", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("end_at", _INSTANT, nullable=False),
        sa.Column("ticket_id", _BIG, sa.ForeignKey("tickets.id", name="fk_bookings_ticket_id"), nullable=False),
        *_texts("thing"),
        sa.PrimaryKeyConstraint("place", "start_at", "seat", name="pk_bookings"),
    )
    op.create_index("ix_bookings_end", "bookings", ["end_at"])


def _blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )


def _correspondents() -> None:
    op.create_table(
        "correspondents",
        sa.Column("address_key", sa.Text, nullable=False),
        *_texts("address", "language", "bounced"),
        sa.Column("bounced_at", _INSTANT, nullable=True),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("address_key", name="pk_correspondents"),
    )


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", _BIG, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _BIG, nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        *_texts("event", "actor"),
        sa.Column("facts", sa.JSON, nullable=True),
        *_texts("facts_sha256", "prev", "hash"),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
    )
    op.create_index("ix_ledger_ticket", "ledger", ["ticket_id", "seq"])


def _ledger_head() -> None:
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        *_texts("hash"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_head"),
    )


def _mailboxes() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("uidvalidity", _BIG, nullable=False),
        sa.Column("last_uid", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name="pk_mailboxes"),
    )


def _marks() -> None:
    op.create_table(
        "marks",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        *_texts("text"),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", _BIG, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_texts("reference", "policy", "kind", "step", "language"),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("step_since", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        *_texts("subject", "brand", "team", "assignee", "waiting_for", "zone", "address"),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("questions", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("reference", name="uq_tickets_reference"),
    )
    _partial("ix_tickets_open", "tickets", ["id"], "closed_at IS NULL")


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column(
            "ticket_id",
            _BIG,
            sa.ForeignKey("tickets.id", name="fk_deadlines_ticket_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("promise", sa.Text, nullable=False),
        sa.Column("occurrence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("armed_at", _INSTANT, nullable=False),
        sa.Column("counted_from", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        *_texts("origin", "state"),
        sa.Column("kept_at", _INSTANT, nullable=True),
        *_texts("kept_by"),
        sa.Column("automatic", sa.Boolean, nullable=False),
        *_texts("reason"),
        sa.Column("derivation", sa.JSON, nullable=False),
        sa.Column("paused_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", "promise", "occurrence", name="pk_deadlines"),
    )
    _partial("ix_deadlines_open", "deadlines", ["due_at"], "state = 'open'")


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", _BIG, nullable=False),
        *_texts("fingerprint", "state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("ready_at", _INSTANT, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        *_texts("source", "source_key", "envelope_from"),
        sa.Column("recipients", sa.JSON, nullable=False),
        *_texts("submitted_by", "sha256"),
        sa.Column("size", sa.Integer, nullable=False),
        *_texts("error", "verdict"),
        sa.Column("ticket_id", _BIG, nullable=True),
        *_texts("message_id"),
        sa.Column("summary", sa.JSON, nullable=True),
        sa.Column("as_new", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_inbox_ticket_id", deferrable=True, initially="DEFERRED"
        ),
        sa.UniqueConstraint("fingerprint", name="uq_inbox_fingerprint"),
    )
    op.create_index("ix_inbox_message_id", "inbox", ["message_id"])
    _partial("ix_inbox_new", "inbox", ["id", "ready_at"], "state = 'new'")
    _partial("ix_inbox_quarantined", "inbox", ["id"], "state = 'quarantined'")
    op.create_index("ix_inbox_sha256", "inbox", ["sha256"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _BIG, nullable=False),
        *_texts("key"),
        sa.Column("ticket_id", _BIG, sa.ForeignKey("tickets.id", name="fk_outbox_ticket_id"), nullable=True),
        *_texts("notice", "occurrence"),
        sa.Column("party", sa.Integer, nullable=False),
        *_texts("recipient", "recipient_key", "sender", "message_id", "subject", "language", "sha256"),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("not_before", _INSTANT, nullable=False),
        sa.Column("keeps", sa.Boolean, nullable=False),
        *_texts("state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("ready_at", _INSTANT, nullable=False),
        sa.Column("leased", sa.Boolean, nullable=False),
        *_texts("error"),
        sa.Column("sent_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    _partial("ix_outbox_failed", "outbox", ["id"], "state = 'failed'")
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])
    op.create_index("ix_outbox_recipient", "outbox", ["recipient_key", "created_at"])
    op.create_index("ix_outbox_ticket", "outbox", ["ticket_id"])
    _partial("ix_outbox_waiting", "outbox", ["ready_at", "id"], "state = 'waiting'")


def _parties() -> None:
    op.create_table(
        "parties",
        sa.Column(
            "ticket_id",
            _BIG,
            sa.ForeignKey("tickets.id", name="fk_parties_ticket_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        *_texts("role", "address", "address_key", "name", "language", "third_party", "bounced"),
        sa.PrimaryKeyConstraint("ticket_id", "number", name="pk_parties"),
    )
    op.create_index("ix_parties_address", "parties", ["address_key", "ticket_id"])


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column(
            "ticket_id",
            _BIG,
            sa.ForeignKey("tickets.id", name="fk_timers_ticket_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("key", sa.Text, nullable=False),
        *_texts("sort"),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("ready_at", _INSTANT, nullable=False),
        *_texts("about"),
        sa.Column("occurrence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "key", name="pk_timers"),
    )
    op.create_index("ix_timers_ready", "timers", ["ready_at", "ticket_id", "key"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("ticket_id", _BIG, sa.ForeignKey("tickets.id", name="fk_messages_ticket_id"), nullable=False),
        *_texts("direction", "message_id", "sender"),
        sa.Column("recipients", sa.JSON, nullable=False),
        *_texts("subject"),
        sa.Column("at", _INSTANT, nullable=False),
        *_texts("thread", "text", "notice", "about"),
        sa.Column("party", sa.Integer, nullable=False),
        *_texts("language"),
        sa.Column("inbox_id", _BIG, sa.ForeignKey("inbox.id", name="fk_messages_inbox_id"), nullable=True),
        sa.Column("attachments", sa.JSON, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_message_id", "messages", ["message_id"])
    op.create_index("ix_messages_ticket", "messages", ["ticket_id"])
    op.create_index("ix_messages_sender", "messages", ["sender", "at"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
