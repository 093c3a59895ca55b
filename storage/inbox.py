"""The inbox: every mail taken in has one row here for ever, with what became of it.

A row is new, is claimed (attempts + 1 and a lease, committed before the work begins, so that a crash is
counted) and ends done, in the transaction that stores its result, or quarantined, from where a person may
send it round again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, case, func, or_, select, update

from config.faults import TryAgain
from storage import blobs
from storage.engine import Database, Source, insert, notify, reading
from storage.fingerprints import fingerprints
from storage.mail_values import Ending, Finished, InboxLine, SetAsideReason
from storage.sender_counts import origin_of
from storage.tables import INBOX_NEW, INBOX_QUARANTINED, inbox
from storage.values import InboxRow, InboxState, RawMail

CHANNEL = "inbox"  # rung by accept(); see Database.listen()
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class AlreadyTaken(TryAgain):
    """These inbox rows were finished by another worker meanwhile; nothing of this transaction may stand."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__(f"inbox rows {', '.join(map(str, ids))} were finished by another worker")
        self.ids = tuple(ids)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The row of a mail; `fresh` is false when the mail was here already."""

    id: int
    fresh: bool


def accept(conn: Connection, mails: Sequence[RawMail]) -> list[Accepted]:
    """Take mails in, all in this transaction; one answer for each, in order. What was taken in before stays
    as it is."""
    prints = [fingerprints(mail) for mail in mails]
    known = _known(conn, [print_ for both in prints for print_ in both])
    own = [next((p for p in both if p in known), both[0]) for both in prints]
    rows = {p: mail for p, mail in zip(own, mails, strict=True) if p not in known}
    fresh = _insert(conn, rows) if rows else {}
    if fresh:
        notify(conn, CHANNEL)
    if missing := rows.keys() - fresh.keys():  # another node was quicker by a hair
        known |= _known(conn, list(missing))
    answers: list[Accepted] = []
    for p in own:
        answers.append(Accepted(fresh[p], True) if p in fresh else Accepted(known[p], False))
        if p in fresh:
            known[p] = fresh.pop(p)  # the same mail twice in one batch is fresh once
    return answers


def _known(conn: Connection, prints: Sequence[str]) -> dict[str, int]:
    query = select(inbox.c.fingerprint, inbox.c.id).where(inbox.c.fingerprint.in_(prints))
    return {row.fingerprint: row.id for row in conn.execute(query)}


def _insert(conn: Connection, mails: Mapping[str, RawMail]) -> dict[str, int]:
    """Insert the mails under their fingerprints; returns the ids of those that were not there."""
    names = blobs.put(conn, [mail.raw for mail in mails.values()])
    rows = [_row(p, mail, name) for (p, mail), name in zip(mails.items(), names, strict=True)]
    statement = insert(conn.dialect.name, inbox).on_conflict_do_nothing().returning(inbox.c.fingerprint, inbox.c.id)
    return {row.fingerprint: row.id for row in conn.execute(statement, rows)}


def _row(fingerprint: str, mail: RawMail, sha256: str) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint,
        "state": InboxState.NEW,
        "attempts": 0,
        "ready_at": AT_ONCE,  # not received_at: a server with a fast clock would make a mail wait
        "received_at": mail.received_at,
        "source": mail.source,
        "source_key": mail.source_key,
        "envelope_from": mail.envelope_from,
        "origin": origin_of(mail),
        "recipients": list(mail.recipients),
        "submitted_by": mail.submitted_by,
        "sha256": sha256,
        "size": len(mail.raw),
        "error": "",
        "verdict": "",
        "message_id": "",
        "as_new": False,
    }


def claim(
    db: Database, *, now: datetime, limit: int, lease: timedelta, most_bytes: int = 32 * 1024 * 1024
) -> list[InboxRow]:
    """Take mails that nobody has tried yet to work on until `now + lease`, the oldest first, up to `limit` of them and
    `most_bytes` (a larger one comes alone); committed on return. Those tried before are storage/retries.py's."""
    with db.write() as conn:
        due = INBOX_NEW & (inbox.c.attempts == 0) & (inbox.c.ready_at <= now)
        query = select(inbox.c.id, inbox.c.size).where(due).order_by(inbox.c.id).limit(limit)
        ids = _within(conn.execute(query.with_for_update(skip_locked=True)), most_bytes)
        return take_up(conn, ids, until=now + lease)


def _within(found: Iterable[Any], most_bytes: int) -> list[int]:
    ids: list[int] = []
    size = 0
    for row in found:
        size += row.size
        if ids and size > most_bytes:
            break
        ids.append(row.id)
    return ids


def take_up(conn: Connection, ids: Sequence[int], *, until: datetime, counted: int = 1) -> list[InboxRow]:
    """These rows, which this transaction has locked, with the attempt counted, nobody else's until then."""
    change = {"attempts": inbox.c.attempts + counted, "unfinished": inbox.c.unfinished + counted, "ready_at": until}
    statement = update(inbox).where(inbox.c.id.in_(ids)).values(change).returning(inbox)
    rows = list(conn.execute(statement).mappings()) if ids else []
    return _with_mail(conn, sorted(rows, key=lambda row: int(row["id"])))


def finish_all(conn: Connection, done: Sequence[Finished]) -> None:
    """Mark rows done, in the transaction that stores their results. Raises AlreadyTaken when another worker was
    quicker: a mail whose lease had run out may have been worked on twice, and only one result may stand."""
    if not done:
        return
    ids = sorted(one.id for one in done)
    query = select(inbox.c.id).where(inbox.c.id.in_(ids), INBOX_NEW).order_by(inbox.c.id).with_for_update()
    if taken := sorted(set(ids) - set(conn.scalars(query))):
        raise AlreadyTaken(taken)
    rows = [{"row": one.id, **one.row} for one in done]
    statement = update(inbox).where(inbox.c.id == bindparam("row")).values(state=InboxState.DONE.value, error="")
    conn.execute(statement.values({name: bindparam(name) for name in done[0].row}), rows)


def again(conn: Connection, row_id: int, *, error: str, not_before: datetime, attempt: int = 0) -> bool:
    """Put a row off. With `attempt` (InboxRow.attempts) a worker whose claim has passed to another changes
    nothing. Returns whether it was put off."""
    told = case((inbox.c.unfinished > 0, inbox.c.unfinished - 1), else_=0)
    return _change(conn, row_id, attempt, {"error": error, "ready_at": not_before, "unfinished": told})


def set_aside(
    conn: Connection, row_id: int, *, error: str, attempt: int = 0, ticket_id: int | None = None, **more: Any
) -> bool:
    """Put a row into quarantine, where nothing touches it until replay(). `attempt` as in again(); `more` are columns
    that say for whom it is set aside and why (see storage/set_aside.py); a row without them failed."""
    change = {"error": error, "state": InboxState.QUARANTINED, "ticket_id": ticket_id, "ending": Ending.FAILED.value}
    return _change(conn, row_id, attempt, {**change, "why": SetAsideReason.FAILED.value, **more})


def _change(conn: Connection, row_id: int, attempt: int, change: Mapping[str, Any]) -> bool:
    statement = update(inbox).where(inbox.c.id == row_id, INBOX_NEW).values(change)
    if attempt:
        statement = statement.where(inbox.c.attempts == attempt)
    return conn.execute(statement).rowcount == 1


def replay(conn: Connection, row_id: int, *, as_new: bool = False, customer: str = "") -> bool:
    """Send a quarantined row round again with its attempts forgotten; False when it is not in quarantine.

    With `as_new` a row that is done goes round again too, and opens a case of its own, for this `customer` where one
    is named.
    """
    fresh = {"state": InboxState.NEW, "attempts": 0, "unfinished": 0, "ready_at": AT_ONCE}
    fresh |= {"as_new": as_new, "customer": customer}
    fresh |= {"ending": "", "why": "", "urgent": False, "untold": False}
    done = inbox.c.state == InboxState.DONE
    which = INBOX_QUARANTINED | done if as_new else INBOX_QUARANTINED
    kept = inbox.c.sha256 != blobs.ERASED
    return conn.execute(update(inbox).where(inbox.c.id == row_id, which, kept).values(fresh)).rowcount == 1


def dismiss(conn: Connection, row_id: int) -> bool:
    """A person has seen to a row in quarantine: nothing more is done about it. False when it is not there."""
    done = {"state": InboxState.DONE, "verdict": "a person has seen to it"}
    return conn.execute(update(inbox).where(inbox.c.id == row_id, INBOX_QUARANTINED).values(done)).rowcount == 1


def get(source: Source, row_id: int) -> InboxRow:
    """One row with its bytes; raises KeyError."""
    with reading(source) as conn:
        row = conn.execute(select(inbox).where(inbox.c.id == row_id)).mappings().first()
        if row is None:
            raise KeyError(f"no inbox row {row_id}")
        return _with_mail(conn, [row])[0]


def listing(source: Source, *, state: InboxState | None = None, limit: int = 1000) -> list[InboxLine]:
    """Rows in one state or in any, the newest first."""
    query = select(inbox).order_by(inbox.c.id.desc()).limit(limit)
    if state is not None:
        partial = {InboxState.NEW: INBOX_NEW, InboxState.QUARANTINED: INBOX_QUARANTINED}
        query = query.where(partial.get(state, inbox.c.state == state))
    return _lines(source, query)


def find(source: Source, wanted: str) -> list[InboxLine]:
    """Rows by Message-ID (with or without <>), by SHA-256 of the raw mail or by id, the newest first."""
    name = wanted.strip().removeprefix("<").removesuffix(">")
    same = or_(inbox.c.message_id == name, inbox.c.sha256 == name.lower())
    if name.isdecimal() and len(name) < 19:
        same = or_(same, inbox.c.id == int(name))
    return _lines(source, select(inbox).where(same).order_by(inbox.c.id.desc()).limit(100))


def counts(source: Source) -> dict[InboxState, int]:
    """How many rows are new and quarantined. Those done are not counted: that would take longer every day."""
    with reading(source) as conn:
        new = conn.scalar(select(func.count()).select_from(inbox).where(INBOX_NEW))
        aside = conn.scalar(select(func.count()).select_from(inbox).where(INBOX_QUARANTINED))
        return {InboxState.NEW: new or 0, InboxState.QUARANTINED: aside or 0}


def oldest_new(source: Source) -> datetime | None:
    """When the mail that has waited longest was received."""
    with reading(source) as conn:
        return conn.scalar(select(inbox.c.received_at).where(INBOX_NEW).order_by(inbox.c.id).limit(1))


def _with_mail(conn: Connection, rows: Sequence[RowMapping]) -> list[InboxRow]:
    raws = blobs.get(conn, (row["sha256"] for row in rows)) if rows else {}
    return [_inbox_row(row, raws[row["sha256"]]) for row in rows]


def _inbox_row(row: RowMapping, raw: bytes) -> InboxRow:
    mail = RawMail(
        raw=raw,
        received_at=row["received_at"],
        source=row["source"],
        envelope_from=row["envelope_from"],
        recipients=tuple(row["recipients"]),
        source_key=row["source_key"],
        submitted_by=row["submitted_by"],
    )
    names = ("id", "sha256", "attempts", "unfinished", "error", "verdict", "ticket_id", "as_new", "origin", "customer")
    return InboxRow(mail=mail, state=InboxState(row["state"]), **{name: row[name] for name in names})


def _lines(source: Source, query: Select[Any]) -> list[InboxLine]:
    names = [name for name in InboxLine.__dataclass_fields__ if name not in ("state", "recipients")]
    with reading(source) as conn:
        return [
            InboxLine(
                state=InboxState(row["state"]),
                recipients=tuple(row["recipients"]),
                **{name: row[name] for name in names},
            )
            for row in conn.execute(query).mappings()
        ]
