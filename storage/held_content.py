"""The stored mails and letters of cases: counts for erasures, contents for requests for access."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage import blobs
from storage.columns import normal_address
from storage.engine import Source, reading
from storage.tables import inbox, outbox
from storage.values import LetterState


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """Counts: `mails` received, `letters` written, and those of the letters that are `waiting` to be sent."""

    mails: int = 0
    letters: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail or letter: its id in the inbox or outbox, the sender of a mail or recipient of a letter, its bytes."""

    number: int
    party: str
    raw: bytes


def of_cases(source: Source, ticket_ids: Iterable[int]) -> StoredCounts:
    """The counts for these tickets, without what was erased."""
    ids = sorted(set(ticket_ids))
    with reading(source) as conn:
        mails = _count(conn, inbox.c.ticket_id.in_(ids) & (inbox.c.sha256 != blobs.ERASED))
        mine = outbox.c.ticket_id.in_(ids)
        letters = _count(conn, mine & (outbox.c.sha256 != blobs.ERASED))
        return StoredCounts(mails, letters, _count(conn, mine & (outbox.c.state == LetterState.WAITING)))


def _count(conn: Connection, where: object) -> int:
    return conn.scalar(select(func.count()).where(where)) or 0  # type: ignore[arg-type]


def mails(source: Source, ticket_id: int) -> Iterator[StoredMail]:
    """The mails of a ticket as received, in order of id, without erased ones."""
    mine = (inbox.c.ticket_id == ticket_id) & (inbox.c.sha256 != blobs.ERASED)
    query = select(inbox.c.id, inbox.c.envelope_from, inbox.c.sha256).where(mine).order_by(inbox.c.id)
    yield from _stored_mails(source, query)


def of_no_case(source: Source, address: str) -> Iterator[StoredMail]:
    """The mails from an address that belong to no ticket, in order of id, without erased ones."""
    same = func.lower(func.trim(inbox.c.envelope_from)) == normal_address(address)
    mine = inbox.c.ticket_id.is_(None) & (inbox.c.sha256 != blobs.ERASED) & same
    query = select(inbox.c.id, inbox.c.envelope_from, inbox.c.sha256).where(mine).order_by(inbox.c.id)
    yield from _stored_mails(source, query)


def letters(source: Source, ticket_id: int) -> Iterator[StoredMail]:
    """The letters of a ticket as sent, in order of id, without erased ones."""
    mine = (outbox.c.ticket_id == ticket_id) & (outbox.c.sha256 != blobs.ERASED)
    query = select(outbox.c.id, outbox.c.recipient, outbox.c.sha256).where(mine).order_by(outbox.c.id)
    yield from _stored_mails(source, query)


def _stored_mails(source: Source, query: object) -> Iterator[StoredMail]:
    with reading(source) as conn:
        for number, party, sha256 in conn.execute(query).all():  # type: ignore[call-overload]
            yield StoredMail(number, party, blobs.get(conn, [sha256])[sha256])
