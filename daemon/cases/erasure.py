"""Erasing cases: what it would take, an operator's wish, and those whose time is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog

from config.faults import TryAgain
from config.policy import Policy
from config.policy_shapes.periods import Unit
from config.working_time.calendars import load_calendar
from daemon.cases import conflicts, load
from daemon.cases.apply import change_of
from daemon.clock import failed_timers
from daemon.decide import decide
from daemon.decide.draft import Refused
from daemon.decide.events import CaseErased, Erasable
from daemon.decide.outcome import Outcome
from daemon.installation import Office
from storage import cases, erasure, held_content, last_runs, tickets
from storage.engine import Database, Source
from storage.values import Case, CaseChange

log = structlog.get_logger("sweep")
MARK = "retention"  # when cases whose time is over were last looked for
_DAY, _LEAST_MONTH = timedelta(days=1), timedelta(days=28)
_AT_ONCE = 20  # cases erased at one tick


def erasable(source: Source, office: Office, case: Case, now: datetime) -> Erasable:
    """What erasing a case would take, with the cases that became part of it."""
    parts = dict(_parts(source, office, case, now))
    held = held_content.of_cases(source, [case.ticket.id, *(one.ticket.id for one in parts.values())])
    return Erasable(parts=parts, **asdict(held))


def _parts(source: Source, office: Office, case: Case, now: datetime) -> Iterator[tuple[str, Case]]:
    names = [str(one.facts.get("reference", "")) for one in case.history if one.event == "took in a case"]
    # Once they are erased, only this tells which they were.
    names += [name for one in case.history if one.event == erasure.EVENT for name in one.facts.get("parts", ())]
    ids = tickets.by_reference(source, filter(None, names))
    for part in load.load(source, office, ids.values(), now).values():
        yield part.ticket.reference, part
        yield from _parts(source, office, part, now)


def part_erased(
    source: Source, office: Office, case: Case, outcome: Outcome, ticket_id: int, now: datetime
) -> CaseChange:
    """The change of a case that is erased together with the one it became part of."""
    told = outcome.ledger[0]
    part = load.load(source, office, [ticket_id], now)[ticket_id]
    wish = CaseErased(by=told.by, why=str(told.facts["why"]), part_of=case.ticket.reference)
    return change_of(part, decide(part, wish, office.policies[part.ticket.policy], now), office, now)


def would(source: Source, office: Office, case: Case, *, by: str, why: str, now: datetime) -> Outcome:
    """What erasing a case comes to. Raises Refused with the reason where it may not be."""
    wish = CaseErased(by=by, why=why, erasable=erasable(source, office, case, now))
    return decide(case, wish, office.policies[case.ticket.policy], now)


def erase(db: Database, office: Office, ticket_id: int, *, by: str, why: str, now: datetime) -> str:
    """Erase a case for good; its reference. Raises Refused with the reason, and Stale where it changes all the time."""
    return conflicts.again(lambda: _erase_once(db, office, ticket_id, by=by, why=why, now=now))


def _erase_once(db: Database, office: Office, ticket_id: int, *, by: str, why: str, now: datetime) -> str:
    case = load.load(db, office, [ticket_id], now)[ticket_id]
    outcome = would(db, office, case, by=by, why=why, now=now)
    changes = [change_of(case, outcome, office, now)]
    changes += [part_erased(db, office, case, outcome, number, now) for number in outcome.erases]
    with db.write() as conn:
        cases.save(conn, changes)
    log.info(outcome.verdict, by=by)
    return case.ticket.reference


# --------------------------------------------------------------------------------------------- when their time is over


def keep_no_longer(db: Database, office: Office, now: datetime) -> int:
    """Erase cases that were closed as long ago as their policy keeps them, some at a tick, and look again a day after
    there were no more; how many were erased."""
    policies = [policy for policy in office.policies.values() if policy.retention.erase_after]
    if not policies or ((at := _next_look(db)) and at > now):
        return 0
    done = 0
    for policy in policies:
        for ticket_id in _over(db, policy, now):
            done += _erase_over(db, office, policy, ticket_id, now)
            if done == _AT_ONCE:
                return done
    with db.write() as conn:
        last_runs.put(conn, MARK, last_runs.Mark(now))
    return done


def _next_look(source: Source) -> datetime | None:
    mark = last_runs.every(source).get(MARK)
    return mark.at + _DAY if mark else None


def _over(source: Source, policy: Policy, now: datetime) -> Iterator[int]:
    """The cases of a policy that are to be erased now. Whether one is over is reckoned for each: months differ."""
    last, kept = 0, policy.retention.erase_after
    until = now - (kept.count * (_LEAST_MONTH if kept.unit is Unit.MONTHS else _DAY) if kept else _DAY)
    while found := erasure.closed_before(source, policy.name, until=until, after=last, limit=100):
        last = found[-1][0]
        yield from (number for number, closed_at in found if _ends(policy, closed_at) <= now)


def _ends(policy: Policy, closed_at: datetime) -> datetime:
    """From when on a case is kept no longer that was closed then: the day after its last."""
    kept = policy.retention.erase_after
    if kept is None:
        raise ValueError(f"{policy.name} keeps its cases for good")
    return load_calendar(policy.calendar, policy.calendars).due(closed_at, kept).at + timedelta(seconds=1)


def _erase_over(db: Database, office: Office, policy: Policy, ticket_id: int, now: datetime) -> int:
    try:
        erase(db, office, ticket_id, by="reclamo", why=f"kept for {policy.retention.erase_after}", now=now)
    except (Refused, cases.Stale) as why_not:  # a letter that waits, a case it is part of: at the next look
        log.info("not erased yet", ticket_id=ticket_id, reason=str(why_not))
        return 0
    except TryAgain:
        raise
    except Exception as error:  # a case that cannot be erased must not keep the deadlines of all others waiting
        failed_timers.not_done(db, office, f"erasing a case of {policy.name} whose time is over", error, now)
        return 0
    return 1


def next_at(source: Source, office: Office) -> list[datetime]:
    """When cases are to be erased next; none where no policy says so."""
    policies = [policy for policy in office.policies.values() if policy.retention.erase_after]
    first = [(policy, erasure.first_closed(source, policy.name)) for policy in policies]
    ends = [_ends(policy, closed) for policy, closed in first if closed is not None]
    look = _next_look(source) if ends else None
    return [max(end, look) if look else end for end in ends]
