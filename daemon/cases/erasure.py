"""Erase cases at an operator's request or when they have been kept long enough (GDPR, Article 17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from daemon.cases import load
from daemon.cases.transaction import change_cases
from daemon.decide import decide
from daemon.decide.events import CaseErased, Erasable
from daemon.installation import Installation
from storage import held_content, tickets
from storage.engine import Database, Source
from storage.ledger_events import LedgerEvent
from storage.values import Case


def what_erasing_takes(source: Source, installation: Installation, case: Case, now: datetime) -> Erasable:
    """Return what erasing a case would remove, with the cases that became part of it."""
    parts = dict(_parts(source, installation, case, now))
    held = held_content.of_cases(source, [case.ticket.id, *(part.ticket.id for part in parts.values())])
    return Erasable(parts=parts, **asdict(held))


def _parts(source: Source, installation: Installation, case: Case, now: datetime) -> Iterator[tuple[str, Case]]:
    names = [
        str(entry.facts.get("reference", "")) for entry in case.history if entry.event == LedgerEvent.TOOK_IN_A_CASE
    ]
    # Once the parts are erased, only the entry of their erasure names them.
    names += [
        name for entry in case.history if entry.event == LedgerEvent.ERASED for name in entry.facts.get("parts", ())
    ]
    ids = tickets.by_reference(source, filter(None, names))
    for part in load.load(source, installation, ids.values(), now).values():
        yield part.ticket.reference, part
        yield from _parts(source, installation, part, now)


def erasure_of(
    source: Source, installation: Installation, case: Case, *, by: str, why: str, now: datetime
) -> CaseErased:
    """The event that erases a case, with what it would take."""
    return CaseErased(by=by, why=why, erasable=what_erasing_takes(source, installation, case, now))


def raise_if_not_erasable(
    source: Source, installation: Installation, case: Case, *, by: str, why: str, now: datetime
) -> None:
    """Raise Refused with the reason if a case may not be erased."""
    event = erasure_of(source, installation, case, by=by, why=why, now=now)
    decide(case, event, installation.policies[case.ticket.policy], now)


def erase_case(db: Database, installation: Installation, ticket_id: int, *, by: str, why: str, now: datetime) -> None:
    """Erase a case for good, with those that became part of it. Raises Refused with the reason, and Stale if others
    change it all the time."""

    def event(case: Case) -> CaseErased:
        return erasure_of(db, installation, case, by=by, why=why, now=now)

    change_cases(db, installation, [(ticket_id, event)], now)
