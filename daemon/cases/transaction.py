"""Change cases: load, decide, compose and save, in one transaction.

Two workers may change one case at the same time. The one that saves second gets storage.cases.Stale: everything it
wrote is rolled back, and it loads and decides again at once. That is never counted as a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, Protocol, TypeVar

import structlog

from config.faults import TryAgain
from daemon.cases import load, record_changes
from daemon.cases.apply import case_after, change_of
from daemon.cases.open import split_off_case
from daemon.decide import decide
from daemon.decide.events import CaseErased, Event
from daemon.decide.outcome import NO_RECORD_CHANGES, Outcome
from daemon.installation import Installation
from storage import cases, inbox
from storage.engine import Database, Source
from storage.values import Case, CaseChange, InboxRow

log = structlog.get_logger("cases")
ROUNDS = 20
"""How often a case is decided upon again because others keep changing it, before it is left for later."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What an event changes: its own case, and the cases that are joined to it, split off it or erased with it."""

    outcome: Outcome
    change: CaseChange
    others: tuple[CaseChange, ...] = ()

    @property
    def changes(self) -> tuple[CaseChange, ...]:
        """The rows of all its cases."""
        return (self.change, *self.others)

    @property
    def ticket_ids(self) -> tuple[int, ...]:
        """The tickets of all its cases."""
        return tuple(change.ticket.id for change in self.changes)


class _Savable(Protocol):
    @property
    def ticket_ids(self) -> Collection[int]: ...


_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Saved = TypeVar("_Saved", bound=_Savable)
Fails = Callable[[_Item, Exception], None]
EventFor = Event | Callable[[Case], Event]
"""An event, or a function that makes it of the case as it is when it is decided upon."""


# --------------------------------------------------------------------------------------------- decide, then save


def apply_event(
    source: Source, installation: Installation, case: Case, event: Event, now: datetime, row: InboxRow | None = None
) -> Changed:
    """Decide what an event does to a case and compose its letters; nothing is saved, but numbers for split-off cases
    are reserved. `row` is the mail behind the event, if there is one.

    Raises Refused, and whatever composing raises.
    """
    outcome = decide(case, event, installation.policies[case.ticket.policy], now)
    log.info(outcome.verdict, ticket=case.ticket.reference, **({"inbox_id": row.id} if row else {}))
    case = load.with_new_history(source, installation, case, outcome.ticket)
    raws = load.mails_with_attachments(source, outcome, row) if row else {}
    change = change_of(case, outcome, installation, now, raws)
    return Changed(outcome, change, tuple(_other_cases(source, installation, case, outcome, now)))


def _other_cases(
    source: Source, installation: Installation, case: Case, outcome: Outcome, now: datetime
) -> Iterator[CaseChange]:
    for ticket_id, joined in outcome.joins:
        yield _change_of_other(source, installation, ticket_id, joined, now)
    for ticket_id in outcome.erases:
        erased = outcome.changes.ledger[0]
        event = CaseErased(by=erased.by, why=str(erased.facts["why"]), part_of=case.ticket.reference)
        yield _change_of_other(source, installation, ticket_id, event, now)
    for split in outcome.splits:
        fresh, wrote = split_off_case(source, installation, case_after(case, outcome), split, now)
        policy = installation.policies[fresh.ticket.policy]
        yield change_of(fresh, decide(fresh, wrote, policy, now), installation, now)


def _change_of_other(
    source: Source, installation: Installation, ticket_id: int, event: Event, now: datetime
) -> CaseChange:
    other = load.load(source, installation, [ticket_id], now)[ticket_id]
    return change_of(other, decide(other, event, installation.policies[other.ticket.policy], now), installation, now)


def save_changes(conn: Any, installation: Installation, changed: Sequence[Changed], now: datetime) -> None:
    """Save changes, with the company records and inbox rows that they touch, in an open transaction.

    Raises Stale if one of the cases was changed since it was read, or if a letter that was to be called back has just
    been sent: nothing may stand then.
    """
    changes = [change for result in changed for change in result.changes]
    gone = cases.save(conn, changes)
    if late := [change.ticket.id for change in changes if gone & set(change.cancelled)]:
        raise cases.Stale(late)
    for outcome in (result.outcome for result in changed):
        for inbox_id in outcome.replays:
            inbox.replay(conn, inbox_id, as_new=True)
        if outcome.record_changes is not NO_RECORD_CHANGES:
            record_changes.save_record_changes(conn, installation, outcome.ticket, outcome.record_changes, now)


# ------------------------------------------------------------------------------------------------ changing cases


def change_cases(
    db: Database,
    installation: Installation,
    events: Sequence[tuple[int, EventFor]],
    now: datetime,
    fails: Fails[tuple[int, EventFor]] | None = None,
) -> list[int]:
    """Apply an event to each of these tickets, each ticket once, in one transaction.

    Without `fails` whatever goes wrong is raised, Stale included. With it, an event that cannot be decided, composed or
    saved is passed to `fails` and the others are saved; returns the tickets that lost every race to other workers.
    """

    def decide_each(waiting: Sequence[tuple[int, EventFor]]) -> list[tuple[tuple[int, EventFor], Changed]]:
        known = load.load(db, installation, [ticket_id for ticket_id, _ in waiting], now)
        return each_alone(waiting, lambda pair: _applied(db, installation, known[pair[0]], pair[1], now), failed)

    def save_all(changed: Sequence[Changed]) -> None:
        with db.write() as conn:
            save_changes(conn, installation, changed, now)

    failed = fails or _raise
    late = [ticket_id for ticket_id, _ in decide_and_save(events, decide_each, save_all, failed)]
    if late and fails is None:
        raise cases.Stale(late)
    return late


def change_case_in(conn: Any, installation: Installation, ticket_id: int, event: Event, now: datetime) -> None:
    """Apply an event to a case in an open transaction. The ticket is locked first, so no other worker comes between."""
    cases.lock(conn, [ticket_id])
    [case] = load.load(conn, installation, [ticket_id], now).values()
    save_changes(conn, installation, [apply_event(conn, installation, case, event, now)], now)


def _applied(source: Source, installation: Installation, case: Case, event: EventFor, now: datetime) -> Changed:
    return apply_event(source, installation, case, event(case) if callable(event) else event, now)


def _raise(_item: object, error: Exception) -> NoReturn:
    raise error


# ---------------------------------------------------------------------------------- many at once, and each alone


def each_alone(
    items: Iterable[_Item], work: Callable[[_Item], _Result], fails: Fails[_Item]
) -> list[tuple[_Item, _Result]]:
    """The items with what `work` returns for each; one that raises is passed to `fails` and left out. Raises TryAgain:
    that is the fault of no item."""
    done: list[tuple[_Item, _Result]] = []
    for item in items:
        try:
            done.append((item, work(item)))
        except TryAgain:
            raise
        except Exception as error:
            fails(item, error)
    return done


def decide_and_save(
    items: Sequence[_Item],
    decide_each: Callable[[Sequence[_Item]], Sequence[tuple[_Item, _Saved]]],
    save_all: Callable[[Sequence[_Saved]], None],
    fails: Fails[_Item],
) -> list[_Item]:
    """Decide and save these items in one transaction; those whose tickets were changed meanwhile are decided and saved
    again, the others stand as they were decided. Returns the items that lost each of ROUNDS races.

    `decide_each` leaves out what it cannot decide; `save_all` saves all or nothing. If a batch cannot be saved for any
    other reason, each of its items is saved alone, and one that fails then is passed to `fails`. Raises TryAgain, if it
    is not Stale.
    """
    waiting = list(items)
    for _ in range(ROUNDS):
        waiting = _save_or_return(decide_each(waiting), save_all, fails)
        if not waiting:
            break
    return waiting


def _save_or_return(
    decided: Sequence[tuple[_Item, _Saved]], save_all: Callable[[Sequence[_Saved]], None], fails: Fails[_Item]
) -> list[_Item]:
    """Save them; the items whose tickets were changed since they were read are returned instead."""
    rest, late = list(decided), list[_Item]()
    while rest:
        try:
            save_all([result for _, result in rest])
            break
        except cases.Stale as stale:
            lost = {id(pair) for pair in rest if set(stale.ticket_ids) & set(pair[1].ticket_ids)}
            if not lost:
                raise
            log.info("changed meanwhile, decided again", tickets=stale.ticket_ids, others=len(rest) - len(lost))
            late += [pair[0] for pair in rest if id(pair) in lost]
            rest = [pair for pair in rest if id(pair) not in lost]
        except TryAgain:
            raise
        except Exception as error:
            if len(rest) == 1:
                fails(rest[0][0], error)
                break
            return late + [item for pair in rest for item in _save_or_return([pair], save_all, fails)]
    return late
