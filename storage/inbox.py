"""The inbox: one row for every mail accepted, with its outcome. Rows are never deleted.

A row starts as new. A worker claims it (attempts + 1 and a lease, committed before the work begins, so that a crash
counts as an attempt). It ends as done, in the transaction that stores the result, or as quarantined, from where a
person can replay it.
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

CHANNEL = "inbox"  # notified by accept(); see Database.listen()
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class AlreadyTaken(TryAgain):
    """Another worker has finished these inbox rows; the transaction must be rolled back."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__(f"inbox rows {', '.join(map(str, ids))} were finished by another worker")
        self.ids = tuple(ids)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The row of a mail; `is_new` is false when the mail had been accepted before."""

    id: int
    is_new: bool


def accept(conn: Connection, mails: Sequence[RawMail]) -> list[Accepted]:
    """Store mails as new rows, all in this transaction; returns one Accepted for each, in order. A mail accepted before
    is left as it is."""
    prints = [fingerprints(mail) for mail in mails]
    known = _known(conn, [fingerprint for candidates in prints for fingerprint in candidates])
    own = [next((p for p in candidates if p in known), candidates[0]) for candidates in prints]
    rows = {p: mail for p, mail in zip(own, mails, strict=True) if p not in known}
    fresh = _insert(conn, rows) if rows else {}
    if fresh:
        notify(conn, CHANNEL)
    if missing := rows.keys() - fresh.keys():  # another node inserted them since the query above
        known |= _known(conn, list(missing))
    accepted: list[Accepted] = []
    for p in own:
        accepted.append(Accepted(fresh[p], True) if p in fresh else Accepted(known[p], False))
        if p in fresh:
            known[p] = fresh.pop(p)  # where one mail is twice in a batch, only the first is new
    return accepted


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
        "ready_at": AT_ONCE,  # not received_at: with a sender whose clock is fast the mail would wait
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
    """Claim untried mails until `now + lease`, oldest first, up to `limit` mails and `most_bytes` in all (a larger one
    alone); committed on return. For mails tried before see storage/retries.py."""
    with db.write() as conn:
        due = INBOX_NEW & (inbox.c.attempts == 0) & (inbox.c.ready_at <= now)
        query = select(inbox.c.id, inbox.c.size).where(due).order_by(inbox.c.id).limit(limit)
        ids = _within(conn.execute(query.with_for_update(skip_locked=True)), most_bytes)
        return claim_rows(conn, ids, until=now + lease)


def _within(candidates: Iterable[Any], most_bytes: int) -> list[int]:
    ids: list[int] = []
    size = 0
    for row in candidates:
        size += row.size
        if ids and size > most_bytes:
            break
        ids.append(row.id)
    return ids


def claim_rows(conn: Connection, ids: Sequence[int], *, until: datetime, counted: int = 1) -> list[InboxRow]:
    """Claim these rows, which this transaction has locked, until `until`; adds `counted` to their attempts."""
    change = {"attempts": inbox.c.attempts + counted, "unfinished": inbox.c.unfinished + counted, "ready_at": until}
    statement = update(inbox).where(inbox.c.id.in_(ids)).values(change).returning(inbox)
    rows = list(conn.execute(statement).mappings()) if ids else []
    return _with_mail(conn, sorted(rows, key=lambda row: int(row["id"])))


def finish_all(conn: Connection, done: Sequence[Finished]) -> None:
    """Mark rows done, in the transaction that stores their results. Raises AlreadyTaken when another worker has
    finished one: after its lease ran out a mail may be processed twice, and only one result may be stored."""
    if not done:
        return
    ids = sorted(finished.id for finished in done)
    query = select(inbox.c.id).where(inbox.c.id.in_(ids), INBOX_NEW).order_by(inbox.c.id).with_for_update()
    if taken := sorted(set(ids) - set(conn.scalars(query))):
        raise AlreadyTaken(taken)
    rows = [{"row": finished.id, **finished.row} for finished in done]
    statement = update(inbox).where(inbox.c.id == bindparam("row")).values(state=InboxState.DONE.value, error="")
    conn.execute(statement.values({name: bindparam(name) for name in done[0].row}), rows)


def put_off(conn: Connection, row_id: int, *, error: str, not_before: datetime, attempt: int = 0) -> bool:
    """Postpone a row to `not_before`. With `attempt` (InboxRow.attempts) nothing changes when the claim has passed to
    another worker. Returns whether the row was postponed."""
    unfinished = case((inbox.c.unfinished > 0, inbox.c.unfinished - 1), else_=0)
    return _change(conn, row_id, attempt, {"error": error, "ready_at": not_before, "unfinished": unfinished})


def set_aside(
    conn: Connection, row_id: int, *, error: str, attempt: int = 0, ticket_id: int | None = None, **more: Any
) -> bool:
    """Quarantine a row until replay(). `attempt` as in put_off(); `more` are columns that say for whom it is set aside
    and why (see storage/set_aside.py); without them the row counts as failed."""
    change = {"error": error, "state": InboxState.QUARANTINED, "ticket_id": ticket_id, "ending": Ending.FAILED.value}
    return _change(conn, row_id, attempt, {**change, "why": SetAsideReason.FAILED.value, **more})


def _change(conn: Connection, row_id: int, attempt: int, change: Mapping[str, Any]) -> bool:
    statement = update(inbox).where(inbox.c.id == row_id, INBOX_NEW).values(change)
    if attempt:
        statement = statement.where(inbox.c.attempts == attempt)
    return conn.execute(statement).rowcount == 1


def replay(conn: Connection, row_id: int, *, as_new: bool = False, customer: str = "") -> bool:
    """Make a quarantined row new again, with no attempts counted; False when it is not quarantined.

    With `as_new` a row that is done can be replayed too; it then opens a case of its own, for `customer` if given.
    """
    fresh = {"state": InboxState.NEW, "attempts": 0, "unfinished": 0, "ready_at": AT_ONCE}
    fresh |= {"as_new": as_new, "customer": customer}
    fresh |= {"ending": "", "why": "", "urgent": False, "untold": False}
    done = inbox.c.state == InboxState.DONE
    which = INBOX_QUARANTINED | done if as_new else INBOX_QUARANTINED
    kept = inbox.c.sha256 != blobs.ERASED
    return conn.execute(update(inbox).where(inbox.c.id == row_id, which, kept).values(fresh)).rowcount == 1


def dismiss(conn: Connection, row_id: int) -> bool:
    """Mark a quarantined row as handled by a person; False when it is not quarantined."""
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
    """Rows in one state or in any, newest first."""
    query = select(inbox).order_by(inbox.c.id.desc()).limit(limit)
    if state is not None:
        partial = {InboxState.NEW: INBOX_NEW, InboxState.QUARANTINED: INBOX_QUARANTINED}
        query = query.where(partial.get(state, inbox.c.state == state))
    return _lines(source, query)


def find(source: Source, wanted: str) -> list[InboxLine]:
    """Rows by Message-ID (with or without <>), by SHA-256 of the raw mail or by id, newest first."""
    name = wanted.strip().removeprefix("<").removesuffix(">")
    same = or_(inbox.c.message_id == name, inbox.c.sha256 == name.lower())
    if name.isdecimal() and len(name) < 19:
        same = or_(same, inbox.c.id == int(name))
    return _lines(source, select(inbox).where(same).order_by(inbox.c.id.desc()).limit(100))


def counts(source: Source) -> dict[InboxState, int]:
    """How many rows are new and how many quarantined. Done rows are not counted: there are ever more of them."""
    with reading(source) as conn:
        new = conn.scalar(select(func.count()).select_from(inbox).where(INBOX_NEW))
        aside = conn.scalar(select(func.count()).select_from(inbox).where(INBOX_QUARANTINED))
        return {InboxState.NEW: new or 0, InboxState.QUARANTINED: aside or 0}


def oldest_new(source: Source) -> datetime | None:
    """When the new mail that has waited longest was received; None when there is none."""
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
