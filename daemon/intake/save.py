"""What became of a batch of mails is stored: their cases, their letters, and that they are done, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from daemon.cases import conflicts, record_changes
from daemon.decide.outcome import NOTHING_BEYOND
from daemon.installation import Office
from daemon.intake import failed_mail, lookups
from daemon.intake.result import Worked
from daemon.staff import absence, set_aside_list
from storage import cases, correspondents, inbox, ledger, outbox, set_aside
from storage.engine import Database
from storage.mail_values import Ending, Why
from storage.values import CaseChange

log = structlog.get_logger("intake")


def store(db: Database, office: Office, worked: Sequence[Worked], now: datetime) -> list[Worked]:
    """Store what became of these mails; those whose case was changed meanwhile are returned, to be decided again.

    One that cannot be stored fails alone. Raises TryAgain while the database is away.
    """
    return conflicts.store(
        worked,
        lambda some: _save_ours(db, office, some, now),
        lambda one: [change.ticket.id for change in _changes(one)],
        lambda one, error: failed_mail.failed(db, office, one.row, error, now),
    )


def _changes(one: Worked) -> tuple[CaseChange, ...]:
    return (one.change, *one.others) if one.change else ()


def _save_ours(db: Database, office: Office, worked: Sequence[Worked], now: datetime) -> None:
    """Save those that no other node has worked off meanwhile."""
    mine = list(worked)
    while mine:
        try:
            _save(db, office, mine, now)
            return
        except inbox.Taken as taken:
            log.info("worked off by another node", reason=taken.reason)
            mine = [one for one in mine if one.row.id not in taken.ids]


def _save(db: Database, office: Office, worked: Sequence[Worked], now: datetime) -> None:
    with db.write() as conn:
        inbox.finish_all(conn, [one.done for one in worked if not (one.aside or one.refused)])
        changes = [change for one in worked for change in _changes(one)]
        if late := lookups.lost(changes, cases.save(conn, changes)):
            raise cases.Stale(late)
        outbox.add(conn, [letter for one in worked for letter in one.letters])
        for one in worked:
            _remember_language(conn, one)
            if one.outcome and one.outcome.beyond is not NOTHING_BEYOND:
                record_changes.store(conn, office, one.outcome.ticket, one.outcome.beyond, now)
            for row in one.replays:
                inbox.replay(conn, row, as_new=True)
        _keep_set_aside(conn, office, worked, now)
        for one in worked:
            if one.back:
                absence.back(conn, one.back, now)
            absence.store(conn, office, one.away, now)
        ledger.append(conn, [entry for one in worked for entry in one.ledger])  # last: other nodes wait for it


def _remember_language(conn: Any, one: Worked) -> None:
    if one.change and one.change.is_new and one.change.parties:
        customer = one.change.parties[0]
        if customer.address:
            correspondents.note(conn, customer.address, language=customer.language)


def _keep_set_aside(conn: Any, office: Office, worked: Sequence[Worked], now: datetime) -> None:
    """Set aside what is to be set aside of these mails, and see that people are told. Raises Taken."""
    desks: dict[str, bool] = {}
    for one in worked:
        if not (one.aside or one.refused):
            continue
        desk = one.done.desk or office.address_of(one.row.mail.recipients or one.recipients).policy
        if not _put(conn, one, desk):
            raise inbox.Taken([one.row.id])
        if one.aside or one.untold:
            desks[desk] = desks.get(desk, False) or bool(one.aside and one.aside.urgent)
    for desk in sorted(desks):
        set_aside_list.tell(conn, office, desk, now, urgent=desks[desk])


def _put(conn: Any, one: Worked, desk: str) -> bool:
    about: dict[str, Any] = {"desk": desk, "attempt": one.row.attempts, "message_id": one.done.message_id}
    if one.aside:
        why, reason, urgent = one.aside.why, one.aside.reason, one.aside.urgent
        ticket = one.done.ticket_id
        return set_aside.put(
            conn, one.row.id, why=why, reason=reason, urgent=urgent, ticket_id=ticket, summary=one.done.summary, **about
        )
    return set_aside.put(
        conn, one.row.id, why=Why.REFUSED, reason=one.refused, ending=Ending.REFUSED, ticket_id=one.done.ticket_id,
        summary=one.done.summary, untold=one.untold, **about,
    )  # fmt: skip
