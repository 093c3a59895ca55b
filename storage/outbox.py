"""The outbox: letters ready to be sent, one recipient each. A letter's key is never reused, so that no letter is
written twice.

A sender claims letters for a time and reports the result of each. A report that comes after the lease has run out, when
another sender may have the letter, counts if it says "sent", as that is a fact, and is ignored if it says "failed".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, case, func, literal, select, update

from storage import blobs
from storage.columns import normal_address
from storage.engine import Source, notify, reading
from storage.statements import claim_due, insert_new
from storage.tables import LETTER_FAILED, LETTER_WAITING, outbox
from storage.values import Letter, LetterState

CHANNEL = "outbox"  # notified by add(); see Database.listen()
_PLAIN = tuple(name for name in Letter.__dataclass_fields__ if name not in ("raw", "state"))


def add(conn: Connection, letters: Sequence[Letter]) -> frozenset[str]:
    """Add letters; returns the keys of those that are new. Letters whose key exists are left as they are."""
    if not letters:
        return frozenset()
    keys = [letter.key for letter in letters]
    known = set(conn.scalars(select(outbox.c.key).where(outbox.c.key.in_(keys))))
    new = {letter.key: letter for letter in reversed(letters) if letter.key not in known}
    fresh = [letter for letter in letters if new.get(letter.key) is letter]
    names = blobs.put(conn, [letter.raw for letter in fresh])
    insert_new(conn, outbox, [_row(letter, name) for letter, name in zip(fresh, names, strict=True)])
    if fresh:
        notify(conn, CHANNEL)
    return frozenset(new)


def _row(letter: Letter, sha256: str) -> dict[str, Any]:
    row = {name: getattr(letter, name) for name in _PLAIN if name != "id"}
    return row | {
        "state": letter.state,
        "sha256": sha256,
        "recipient_key": normal_address(letter.recipient),
        "ready_at": letter.not_before,
        "leased": False,
    }


def cancel(conn: Connection, keys: Iterable[str]) -> frozenset[str]:
    """Cancel waiting letters; returns the keys of those cancelled. A letter that a sender has claimed, or had claimed
    when it crashed, may have been sent and is not cancelled."""
    wanted = outbox.c.key.in_(list(keys))
    statement = update(outbox).where(wanted, LETTER_WAITING, outbox.c.leased.is_(False))
    done = conn.scalars(statement.values(state=LetterState.CANCELLED).returning(outbox.c.key))
    return frozenset(done)


def claim(conn: Connection, *, now: datetime, limit: int, lease: timedelta) -> list[Letter]:
    """Claim up to `limit` letters that may be sent at `now` until `now + lease`, the longest waiting first.

    Commit before the first is handed to the relay. `attempts` counts this claim and is the token for put_off()
    and mark_failed().
    """
    due = LETTER_WAITING & (outbox.c.ready_at <= now)
    order = [outbox.c.ready_at, outbox.c.id]
    change = {"attempts": outbox.c.attempts + 1, "ready_at": now + lease, "leased": True}
    rows = claim_due(conn, outbox, due=due, order=order, limit=limit, change=change)
    raws = blobs.get(conn, (row["sha256"] for row in rows)) if rows else {}
    return [_letter(row, raws[row["sha256"]]) for row in sorted(rows, key=lambda row: (row["not_before"], row["id"]))]


def release_claims_of_fast_clocks(conn: Connection, *, now: datetime, lease: timedelta, longest: timedelta) -> None:
    """Make ready the letters that a node whose clock was ahead has claimed or postponed: those that would wait longer
    than a lease, or than `longest`, the longest postponement."""
    claimed = outbox.c.leased.is_(True) & (outbox.c.ready_at > now + lease)
    postponed = (outbox.c.ready_at != outbox.c.not_before) & (outbox.c.ready_at > now + longest)
    due = case((outbox.c.not_before > now, outbox.c.not_before), else_=literal(now, outbox.c.ready_at.type))
    ahead = (outbox.c.ready_at > now) & (claimed | postponed)
    conn.execute(update(outbox).where(LETTER_WAITING, ahead).values(ready_at=due))


def postpone_all(conn: Connection, *, until: datetime) -> None:
    """Postpone every unclaimed letter to `until` at the earliest."""
    ready = LETTER_WAITING & (outbox.c.ready_at < until) & outbox.c.leased.is_(False)
    conn.execute(update(outbox).where(ready).values(ready_at=until))


def mark_sent(conn: Connection, letter_id: int, *, at: datetime) -> bool:
    """Mark a letter as sent: the relay has accepted it. False when it was marked already."""
    change = {"state": LetterState.SENT, "sent_at": at, "error": "", "leased": False}
    same = (outbox.c.id == letter_id) & (outbox.c.state != LetterState.SENT)
    return conn.execute(update(outbox).where(same).values(change)).rowcount == 1


def put_off(conn: Connection, letter_id: int, *, error: str, not_before: datetime, attempt: int) -> bool:
    """Postpone a claimed letter to `not_before`. `attempt` is Letter.attempts of the claim; False when that claim is
    over."""
    return _end_claim(conn, letter_id, attempt, {"error": error, "ready_at": not_before})


def mark_failed(conn: Connection, letter_id: int, *, error: str, attempt: int) -> bool:
    """Mark a letter as failed for good. `attempt` and the result as in put_off()."""
    return _end_claim(conn, letter_id, attempt, {"error": error, "state": LetterState.FAILED})


def _end_claim(conn: Connection, letter_id: int, attempt: int, change: Mapping[str, Any]) -> bool:
    same = (outbox.c.id == letter_id) & (outbox.c.attempts == attempt)
    return conn.execute(update(outbox).where(same, LETTER_WAITING).values(leased=False, **change)).rowcount == 1


def retry(conn: Connection, letter_id: int, *, now: datetime) -> bool:
    """Make a failed letter wait again, with no attempts counted; False when it had not failed."""
    change = {"state": LetterState.WAITING, "attempts": 0, "ready_at": now}
    return conn.execute(update(outbox).where(outbox.c.id == letter_id, LETTER_FAILED).values(change)).rowcount == 1


def get(source: Source, letter_id: int) -> Letter:
    """One letter with its bytes; raises KeyError."""
    letter = _find(source, outbox.c.id == letter_id)
    if letter is None:
        raise KeyError(f"no letter {letter_id}")
    return letter


def by_message_id(source: Source, message_id: str) -> Letter | None:
    """The letter that went out under this Message-ID, given without <>."""
    return _find(source, outbox.c.message_id == message_id)


def listing(
    source: Source, *, state: LetterState | None = None, ticket_id: int | None = None, limit: int = 1000
) -> list[Letter]:
    """Letters in one state or in any, of one ticket or of all, newest first. Their `raw` is empty."""
    query = select(outbox).order_by(outbox.c.id.desc()).limit(limit)
    if state is not None:
        partial = {LetterState.WAITING: LETTER_WAITING, LetterState.FAILED: LETTER_FAILED}
        query = query.where(partial.get(state, outbox.c.state == state))
    if ticket_id is not None:
        query = query.where(outbox.c.ticket_id == ticket_id)
    with reading(source) as conn:
        return [_letter(row, b"") for row in conn.execute(query).mappings()]


def recallable(source: Source, keys: Iterable[str]) -> frozenset[str]:
    """Which of these letters wait and are not claimed by a sender."""
    wanted = outbox.c.key.in_(list(keys))
    with reading(source) as conn:
        return frozenset(conn.scalars(select(outbox.c.key).where(wanted, LETTER_WAITING, outbox.c.leased.is_(False))))


def letter_counts(source: Source, addresses: Iterable[str], *, now: datetime) -> dict[str, tuple[int, int]]:
    """Per address, how many letters were written to it within the last hour and the last day, failed ones left out."""
    asked = {address: normal_address(address) for address in addresses}
    not_failed = outbox.c.state.in_([LetterState.WAITING, LetterState.SENT])
    recent = func.sum(case((outbox.c.created_at >= now - timedelta(hours=1), 1), else_=0))
    query = (
        select(outbox.c.recipient_key, recent, func.count())
        .where(
            outbox.c.recipient_key.in_(set(asked.values())), outbox.c.created_at >= now - timedelta(days=1), not_failed
        )
        .group_by(outbox.c.recipient_key)
    )
    with reading(source) as conn:
        by_key = {row[0]: (int(row[1]), int(row[2])) for row in conn.execute(query)}
    return {address: by_key[key] for address, key in asked.items() if key in by_key}


def count_to(source: Source, address: str, *, since: datetime, notice: str = "") -> int:
    """How many letters to `address`, of one notice or of all, were written since `since` and are waiting or sent."""
    not_failed = outbox.c.state.in_([LetterState.WAITING, LetterState.SENT])
    same = (outbox.c.recipient_key == normal_address(address)) & (outbox.c.created_at >= since)
    if notice:
        same &= outbox.c.notice == notice
    with reading(source) as conn:
        return conn.scalar(select(func.count()).select_from(outbox).where(same, not_failed)) or 0


def latest_ticket_of(source: Source, addresses: Iterable[str], *, since: datetime) -> dict[str, int]:
    """Per address, the ticket of the last letter about a case that was sent to it since `since`."""
    asked = {address: normal_address(address) for address in addresses}
    mine = outbox.c.recipient_key.in_(set(asked.values())) & (outbox.c.created_at >= since)
    sent_about_case = (outbox.c.state == LetterState.SENT) & outbox.c.ticket_id.is_not(None)
    query = select(outbox.c.recipient_key, outbox.c.ticket_id).where(mine, sent_about_case).order_by(outbox.c.id)
    with reading(source) as conn:
        by_key = {row.recipient_key: int(row.ticket_id) for row in conn.execute(query)}
    return {address: by_key[key] for address, key in asked.items() if key in by_key}


def oldest_waiting(source: Source) -> datetime | None:
    """The `not_before` of the letter that has waited longest; None when none waits."""
    with reading(source) as conn:
        return conn.scalar(select(outbox.c.not_before).where(LETTER_WAITING).order_by(outbox.c.not_before).limit(1))


def next_at(source: Source) -> datetime | None:
    """When the next letter may be sent; None when none waits."""
    with reading(source) as conn:
        return conn.scalar(select(outbox.c.ready_at).where(LETTER_WAITING).order_by(outbox.c.ready_at).limit(1))


def counts(source: Source) -> dict[LetterState, int]:
    """How many letters are waiting and how many have failed. Sent ones are not counted: there are ever more of them."""
    with reading(source) as conn:
        return {
            LetterState.WAITING: _count(conn, LETTER_WAITING),
            LetterState.FAILED: _count(conn, LETTER_FAILED),
        }


def _count(conn: Connection, where: ColumnElement[bool]) -> int:
    return conn.scalar(select(func.count()).select_from(outbox).where(where)) or 0


def _find(source: Source, where: ColumnElement[bool]) -> Letter | None:
    query: Select[Any] = select(outbox).where(where).order_by(outbox.c.id.desc()).limit(1)
    with reading(source) as conn:
        row = conn.execute(query).mappings().first()
        return None if row is None else _letter(row, blobs.get(conn, [row["sha256"]])[row["sha256"]])


def _letter(row: RowMapping, raw: bytes) -> Letter:
    letter = Letter(raw=raw, **{name: row[name] for name in _PLAIN})
    return replace(letter, state=LetterState(row["state"]))
