"""Erasing cases: what it would take, an operator's wish, and those whose time is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import structlog

from daemon.cases import conflicts, load
from daemon.cases.apply import change_of
from daemon.decide import decide
from daemon.decide.events import CaseErased, Erasable
from daemon.decide.outcome import Outcome
from daemon.installation import Installation
from storage import cases, held_content, tickets
from storage.engine import Database, Source
from storage.ledger_events import LedgerEvent
from storage.values import Case, CaseChange

log = structlog.get_logger("sweep")


def erasable(source: Source, installation: Installation, case: Case, now: datetime) -> Erasable:
    """What erasing a case would take, with the cases that became part of it."""
    parts = dict(_parts(source, installation, case, now))
    held = held_content.of_cases(source, [case.ticket.id, *(one.ticket.id for one in parts.values())])
    return Erasable(parts=parts, **asdict(held))


def _parts(source: Source, installation: Installation, case: Case, now: datetime) -> Iterator[tuple[str, Case]]:
    names = [
        str(entry.facts.get("reference", "")) for entry in case.history if entry.event == LedgerEvent.TOOK_IN_A_CASE
    ]
    # Once they are erased, only this tells which they were.
    names += [
        name for entry in case.history if entry.event == LedgerEvent.ERASED for name in entry.facts.get("parts", ())
    ]
    ids = tickets.by_reference(source, filter(None, names))
    for part in load.load(source, installation, ids.values(), now).values():
        yield part.ticket.reference, part
        yield from _parts(source, installation, part, now)


def part_erased(
    source: Source, installation: Installation, case: Case, outcome: Outcome, ticket_id: int, now: datetime
) -> CaseChange:
    """The change of a case that is erased together with the one it became part of."""
    told = outcome.changes.ledger[0]
    part = load.load(source, installation, [ticket_id], now)[ticket_id]
    wish = CaseErased(by=told.by, why=str(told.facts["why"]), part_of=case.ticket.reference)
    return change_of(part, decide(part, wish, installation.policies[part.ticket.policy], now), installation, now)


def would(source: Source, installation: Installation, case: Case, *, by: str, why: str, now: datetime) -> Outcome:
    """What erasing a case comes to. Raises Refused with the reason where it may not be."""
    wish = CaseErased(by=by, why=why, erasable=erasable(source, installation, case, now))
    return decide(case, wish, installation.policies[case.ticket.policy], now)


def erase(db: Database, installation: Installation, ticket_id: int, *, by: str, why: str, now: datetime) -> str:
    """Erase a case for good; its reference. Raises Refused with the reason, and Stale where it changes all the time."""
    return conflicts.again(lambda: _erase_once(db, installation, ticket_id, by=by, why=why, now=now))


def _erase_once(db: Database, installation: Installation, ticket_id: int, *, by: str, why: str, now: datetime) -> str:
    case = load.load(db, installation, [ticket_id], now)[ticket_id]
    outcome = would(db, installation, case, by=by, why=why, now=now)
    changes = [change_of(case, outcome, installation, now)]
    changes += [part_erased(db, installation, case, outcome, number, now) for number in outcome.erases]
    with db.write() as conn:
        cases.save(conn, changes)
    log.info(outcome.verdict, by=by)
    return case.ticket.reference
