"""Retention: erase closed cases once their policy's period has passed, a few at each tick."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog

from config.faults import TryAgain
from config.policy import Policy
from config.policy_shapes.periods import Unit
from config.working_time.calendars import load_calendar
from daemon.cases.erasure import erase_case
from daemon.clock import failed_timers
from daemon.decide.refusals import Refused
from daemon.installation import Installation
from storage import cases, erasure, last_runs
from storage.engine import Database, Source

log = structlog.get_logger("sweep")
LAST_LOOK = "retention"  # when cases whose time is over were last looked for
_DAY = timedelta(days=1)
_LEAST_MONTH = timedelta(days=28)
_AT_ONCE = 20  # cases erased at one tick


def erase_due_cases(db: Database, installation: Installation, now: datetime) -> int:
    """Erase cases that have been kept as long as their policy says, at most 20 at a tick; return how many. Once none is
    left the next look is a day later."""
    policies = [policy for policy in installation.policies.values() if policy.retention.erase_after]
    if not policies or ((at := _next_look(db)) and at > now):
        return 0
    done = 0
    for policy in policies:
        for ticket_id in _expired(db, policy, now):
            done += _erase_one(db, installation, policy, ticket_id, now)
            if done == _AT_ONCE:
                return done
    with db.write() as conn:
        last_runs.put(conn, LAST_LOOK, last_runs.Mark(now))
    return done


def _next_look(source: Source) -> datetime | None:
    mark = last_runs.all_marks(source).get(LAST_LOOK)
    return mark.at + _DAY if mark else None


def _expired(source: Source, policy: Policy, now: datetime) -> Iterator[int]:
    """Yield the cases of a policy that are to be erased now. Each is computed by the calendar: months differ."""
    last, kept = 0, policy.retention.erase_after
    until = now - (kept.count * (_LEAST_MONTH if kept.unit is Unit.MONTHS else _DAY) if kept else _DAY)
    while found := erasure.closed_before(source, policy.name, until=until, after=last, limit=100):
        last = found[-1][0]
        yield from (number for number, closed_at in found if _kept_until(policy, closed_at) <= now)


def _kept_until(policy: Policy, closed_at: datetime) -> datetime:
    """Return the instant from which a case closed then is to be erased: just after its last day."""
    kept = policy.retention.erase_after
    if kept is None:
        raise ValueError(f"{policy.name} keeps its cases for good")
    return load_calendar(policy.calendar, policy.calendars).due(closed_at, kept).at + timedelta(seconds=1)


def _erase_one(db: Database, installation: Installation, policy: Policy, ticket_id: int, now: datetime) -> int:
    try:
        erase_case(db, installation, ticket_id, by="reclamo", why=f"kept for {policy.retention.erase_after}", now=now)
    except (Refused, cases.Stale) as why_not:  # a letter still waits, or it is part of another case: at the next look
        log.info("not erased yet", ticket_id=ticket_id, reason=str(why_not))
        return 0
    except TryAgain:
        raise
    except Exception as error:  # one case must not hold up the others
        failed_timers.tell_operator_of_failure(
            db, installation, f"erasing a case of {policy.name} whose time is over", error, now
        )
        return 0
    return 1


def next_at(source: Source, installation: Installation) -> list[datetime]:
    """Return when cases are to be erased next, for each policy that has a period."""
    policies = [policy for policy in installation.policies.values() if policy.retention.erase_after]
    first = [(policy, erasure.oldest_closing(source, policy.name)) for policy in policies]
    ends = [_kept_until(policy, closed) for policy, closed in first if closed is not None]
    look = _next_look(source) if ends else None
    return [max(end, look) if look else end for end in ends]
