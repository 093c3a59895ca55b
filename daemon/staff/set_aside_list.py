"""Lists of mail that was set aside: one for each policy and working day, and one at once for the first mail after a
quiet day or for urgent mail. There is never a letter for each mail.

The mails not yet listed and the time of the next list are rows that change in the transaction that writes the letter,
so that no list is written twice after a restart or by another node.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.faults import TryAgain
from config.policy import Member, Policy
from config.working_time.calendars import Calendar, load_calendar
from daemon.decide.procedure.people import stand_in
from daemon.installation import Installation
from daemon.letters import standalone
from daemon.letters.operator_mail import manager_of
from parsers.harmless_text import harmless_line
from storage import absences, last_runs, outbox, recurring, set_aside
from storage.engine import Database, Source
from storage.values import Letter

NOTICE = "not_taken"
ROW_NAME = "set aside"
MOST = 30
"""The most mails that a list shows; it gives the number of the others."""

_LAST = "en"
_QUIET = timedelta(days=1)
_URGENT_AGAIN = timedelta(hours=1)
_PUT_OFF = timedelta(hours=1)
_SENDER, _SUBJECT, _WORDS = 100, 120, 160  # characters shown
log = structlog.get_logger("aside")


def tell_of_set_aside(conn: Any, installation: Installation, desk: str, now: datetime, *, urgent: bool = False) -> None:
    """Tell of mail that was set aside for this policy (`desk`): at once after a quiet day or if it is urgent, else by
    the list of the next working morning."""
    set_aside.lock_desk(conn, desk)  # another transaction that sets mail aside for the same policy waits here
    policy = installation.policies[desk]
    planned = recurring.next_times(conn).get((desk, ROW_NAME))
    last = last_runs.all_marks(conn).get(_mark(desk))
    if urgent:
        at = max(now, last.at + _URGENT_AGAIN) if last else now
    elif planned is None and (last is None or now - last.at >= _QUIET):
        at = now
    else:
        at = next_opening(load_calendar(policy.calendar, policy.calendars), now)
    if at <= now:
        _write(conn, installation, policy, now)
    elif planned is None or at < planned:
        recurring.set_next(conn, desk, ROW_NAME, at)


def plan_next_list(conn: Any, installation: Installation, desk: str, now: datetime) -> None:
    """Plan the next list for mail that was set aside and that staff have been told of already."""
    set_aside.lock_desk(conn, desk)
    policy = installation.policies[desk]
    if (desk, ROW_NAME) not in recurring.next_times(conn):
        at = next_opening(load_calendar(policy.calendar, policy.calendars), now)
        recurring.set_next(conn, desk, ROW_NAME, at)


def send_due_lists(db: Database, installation: Installation, now: datetime) -> int:
    """Send the lists that are due; return how many were."""
    due = [desk for desk, at in _due_times(db, installation).items() if at <= now]
    for desk in due:
        with db.write() as conn:
            set_aside.lock_desk(conn, desk)
            at = recurring.next_times(conn).get((desk, ROW_NAME))
            if at is not None and at <= now:
                _write(conn, installation, installation.policies[desk], now)
    return len(due)


def next_at(db: Database, installation: Installation) -> list[datetime]:
    """Return when the next lists are due."""
    return list(_due_times(db, installation).values())


def _due_times(source: Source, installation: Installation) -> dict[str, datetime]:
    known = recurring.next_times(source)
    return {policy: at for (policy, name), at in known.items() if name == ROW_NAME and policy in installation.policies}


def _mark(desk: str) -> str:
    return f"told of mail set aside ({desk})"


def next_opening(calendar: Calendar, now: datetime) -> datetime:
    """Return the first opening of a working day after this instant."""
    day = calendar.local_date(now)
    while not calendar.is_working(day) or calendar.opening(day) <= now:
        day += timedelta(days=1)
    return calendar.opening(day)


def _write(conn: Any, installation: Installation, policy: Policy, now: datetime) -> None:
    """Write the list of all mail not yet listed for this policy. If that fails it is tried again in an hour."""
    reader = reader_of(installation, policy, absences.substituted(conn, now))
    until = set_aside.newest_unlisted(conn, policy.name)
    if reader is None or not until:  # `status` and `quarantine` show it all the same
        recurring.drop(conn, policy.name, ROW_NAME)
        return
    try:
        letter = _letter(conn, installation, policy, reader, until, now)
    except TryAgain:
        raise
    except Exception as error:  # a list that cannot be written must hold up neither mail nor cases
        log.error("the list of mail set aside failed", policy=policy.name, exc_info=error)
        recurring.set_next(conn, policy.name, ROW_NAME, now + _PUT_OFF)
        return
    outbox.add(conn, [letter])
    set_aside.mark_listed(conn, policy.name, until=until)
    last_runs.put(conn, _mark(policy.name), last_runs.Mark(now))
    recurring.drop(conn, policy.name, ROW_NAME)


def reader_of(installation: Installation, policy: Policy, away: frozenset[str] = frozenset()) -> Member | None:
    """Return the reader of the list: the policy's manager or their substitute, else the operator, else the team of
    unsorted cases; None if the installation names nobody."""
    manager = manager_of(policy)
    if manager is not None:
        return stand_in(policy, manager, away) or manager
    if installation.operator:
        return Member(name="", address=installation.operator)
    team = policy.teams[next(spec.team for spec in policy.kinds.values() if spec.fallback)]
    if team.address:
        return Member(name="", address=team.address)
    return next(
        (member for member in team.members if member.address.lower() not in away), next(iter(team.members), None)
    )


def _letter(conn: Any, installation: Installation, policy: Policy, reader: Member, until: int, now: datetime) -> Letter:
    rows, count = set_aside.unlisted(conn, policy.name, most=MOST)
    calendar = load_calendar(policy.calendar, policy.calendars)
    day = calendar.local_date(now)
    about = {"day": day, "count": count, "more": count - len(rows), "rows": [_row(line) for line in rows]}
    to = standalone.member_as_reader(policy, reader)
    # Where no list exists in the reader's language, use another language of the policy, else English.
    wanted = (to.language, *policy.languages, _LAST)
    language = next((code for code in wanted if installation.templates.has(policy.name, code, NOTICE)), _LAST)
    return standalone.standalone_letter(
        installation.letter_materials(policy, calendar), replace(to, language=language),
        notice=NOTICE, key=f"{policy.name}/{NOTICE}/{day.isoformat()}/{until}", occurrence=day.isoformat(),
        now=now, about=about,
    )  # fmt: skip


def _row(line: set_aside.SetAsideMail) -> dict[str, Any]:
    return {
        "number": str(line.id),
        "at": line.received_at,
        "sender": harmless_line(line.sender, _SENDER),
        "subject": harmless_line(line.subject, _SUBJECT),
        "words": harmless_line(line.words, _WORDS),
        "why": line.why,
        "urgent": line.urgent,
    }
