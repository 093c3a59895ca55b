"""Erasure: personal data is deleted; that there was a case, and how its promises ended, is kept.

`cases.save` calls `erase` for a change that erases. The ticket and its parties are saved as in the change; everything
else is erased here. Kept are the fingerprint of a mail, so that the same mail is recognised; the key of a letter, so
that it is never written again; the hash of a ledger entry, so that the chain still verifies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, null, select, update

from storage import blobs
from storage.case_index import alike
from storage.company_record_tables import awaited, invitations, records
from storage.engine import Source, reading, scrub_after_commit
from storage.ledger_events import LedgerEvent
from storage.tables import (
    TICKET_KEPT,
    correspondents,
    deadlines,
    inbox,
    ledger,
    messages,
    outbox,
    parties,
    tickets,
    timers,
)
from storage.values import InboxState, LetterState, Role

_INSIDE = (Role.STAFF.value, Role.MANAGER.value)


def closed_before(
    source: Source, policy: str, *, until: datetime, after: int, limit: int
) -> list[tuple[int, datetime]]:
    """Up to `limit` tickets of a policy, with id above `after`, closed before `until` and not erased: (id, closed at),
    in order of id."""
    mine = (tickets.c.policy == policy) & (tickets.c.closed_at < until) & (tickets.c.id > after)
    query = select(tickets.c.id, tickets.c.closed_at).where(mine, TICKET_KEPT).order_by(tickets.c.id).limit(limit)
    with reading(source) as conn:
        return [(row.id, row.closed_at) for row in conn.execute(query)]


def oldest_closing(source: Source, policy: str) -> datetime | None:
    """When the earliest closed case of a policy that is not erased was closed; None where there is none."""
    query = select(tickets.c.closed_at).where(tickets.c.policy == policy, TICKET_KEPT)
    with reading(source) as conn:
        return conn.scalar(query.order_by(tickets.c.closed_at).limit(1))


def erase(conn: Connection, ticket_ids: Iterable[int]) -> None:
    """Erase all data of these tickets, in the transaction that saves them as erased and before it writes anything new.
    Waiting letters are cancelled."""
    ids = sorted(set(ticket_ids))
    erased = _erase_mails(conn, ids) + _erase_letters(conn, ids) + _erase_lists(conn, ids)
    _delete_unshared(conn, erased)
    _delete_correspondents(conn, ids)
    conn.execute(update(messages).where(messages.c.ticket_id.in_(ids)).values(_ERASED_MESSAGE))
    entries = ledger.c.ticket_id.in_(ids) & (ledger.c.event != LedgerEvent.ERASED.value)
    conn.execute(update(ledger).where(entries).values(facts=null()))
    conn.execute(update(deadlines).where(deadlines.c.ticket_id.in_(ids)).values(reason=""))
    # That the invitation was written is kept; for which case, and why it was declined, is not.
    conn.execute(update(invitations).where(invitations.c.ticket_id.in_(ids)).values(ticket_id=None, reason=""))
    for table in (timers, alike, awaited):
        conn.execute(delete(table).where(table.c.ticket_id.in_(ids)))
    scrub_after_commit(conn)


# Of a message its time and its notice are kept, and our own Message-IDs, which contain no personal data.
_ERASED_MESSAGE: dict[str, Any] = {
    "message_id": case((messages.c.direction == "out", messages.c.message_id), else_=""),
    "sender": "",
    "recipients": [],
    "subject": "",
    "text": "",
    "attachments": [],
}


def _erase_mails(conn: Connection, ids: Sequence[int]) -> list[tuple[str, str]]:
    """Erase the mails of these tickets; returns the names of their bytes and their Message-IDs."""
    mine = inbox.c.ticket_id.in_(ids)
    found = conn.execute(select(inbox.c.id, inbox.c.sha256, inbox.c.message_id).where(mine)).all()
    # A mail that was made a case of its own is also a message of the case it came to.
    known = {row.message_id for row in found} - {""}
    copies = messages.c.message_id.in_(known) & messages.c.inbox_id.in_([row.id for row in found])
    conn.execute(update(messages).where(copies).values(_ERASED_MESSAGE))
    erased = {
        "state": InboxState.DONE.value, "source_key": "", "envelope_from": "", "recipients": [], "submitted_by": "",
        "origin": "", "customer": "", "untold": False,
        "sha256": blobs.ERASED, "error": "", "verdict": LedgerEvent.ERASED.value, "message_id": "", "summary": null(),
    }  # fmt: skip
    conn.execute(update(inbox).where(mine).values(erased))
    return [(row.sha256, row.message_id) for row in found]


def _erase_letters(conn: Connection, ids: Sequence[int]) -> list[tuple[str, str]]:
    """Erase the letters of these tickets and cancel those not yet sent; returns as for mails."""
    mine = outbox.c.ticket_id.in_(ids)
    found = conn.execute(select(outbox.c.sha256, outbox.c.message_id).where(mine)).all()
    ended = outbox.c.state == LetterState.SENT.value
    erased = {
        "state": case((ended, LetterState.SENT.value), else_=LetterState.CANCELLED.value),
        "recipient": "", "recipient_key": "", "subject": "", "error": "", "sha256": blobs.ERASED,
    }  # fmt: skip
    conn.execute(update(outbox).where(mine).values(erased))
    return [(row.sha256, row.message_id) for row in found]


def _erase_lists(conn: Connection, ids: Sequence[int]) -> list[tuple[str, str]]:
    """Erase the worklists sent while the cases were open, because they name customers; returns as for mails."""
    found: list[tuple[str, str]] = []
    query = select(tickets.c.id, tickets.c.policy, tickets.c.created_at).where(tickets.c.id.in_(ids))
    begun = {row.id: row for row in conn.execute(query)}
    moved = select(ledger.c.ticket_id, ledger.c.facts).where(
        ledger.c.ticket_id.in_(ids), ledger.c.event == LedgerEvent.MOVED.value
    )
    under = {(row.policy, row.created_at) for row in begun.values()}
    under |= {((row.facts or {}).get("came_from", ""), begun[row.ticket_id].created_at) for row in conn.execute(moved)}
    for policy, since in under:
        mine = outbox.c.key.startswith(f"{policy}/", autoescape=True) & outbox.c.ticket_id.is_(None)
        gone = (outbox.c.state == LetterState.SENT.value) & (outbox.c.created_at >= since)
        rows = conn.execute(select(outbox.c.sha256, outbox.c.message_id).where(mine, gone)).all()
        found += [(row.sha256, row.message_id) for row in rows]
        conn.execute(update(outbox).where(mine, gone).values(sha256=blobs.ERASED))
    return found


def _delete_unshared(conn: Connection, erased: Sequence[tuple[str, str]]) -> None:
    """Delete the bytes of these mails and letters, except those that another row shares."""
    names = {sha256 for sha256, _ in erased} - {blobs.ERASED}
    shared = set(conn.scalars(select(inbox.c.sha256).where(inbox.c.sha256.in_(names))))
    # Equal bytes have equal Message-IDs, and letters are indexed by Message-ID.
    ids = {message_id.strip("<>") for _, message_id in erased} - {""}
    spelt = [*ids, *(f"<{message_id}>" for message_id in ids)]
    same = outbox.c.message_id.in_(spelt) & outbox.c.sha256.in_(names)
    shared |= set(conn.scalars(select(outbox.c.sha256).where(same)))
    blobs.drop(conn, names - shared)


def _delete_correspondents(conn: Connection, ids: Sequence[int]) -> None:
    """Delete what is known of addresses of people who are not staff, except those that another case or a record has."""
    mine = parties.c.ticket_id.in_(ids)
    outside = mine & parties.c.role.not_in(_INSIDE)
    keys = set(conn.scalars(select(parties.c.address_key).where(outside))) - {""}
    needed = set(conn.scalars(select(parties.c.address_key).where(parties.c.address_key.in_(keys), ~mine)))
    needed |= set(conn.scalars(select(records.c.address_key).where(records.c.address_key.in_(keys))))
    conn.execute(delete(correspondents).where(correspondents.c.address_key.in_(keys - needed)))
