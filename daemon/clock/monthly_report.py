"""Monthly reports: a letter on the first working day of the next month, with the month's tables as CSV.

A month during which no node ran is made up for: its report goes out late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from config.policy import Member, Policy, in_language
from config.policy_shapes.records import ReportSpec
from config.working_time.calendars import Calendar, add_months, load_calendar
from daemon.clock.appointment_board import readers_of_team
from daemon.clock.report_tables import as_csv, month_of, promise_rows, promises_csv
from daemon.clock.scheduled_letters import ScheduledLetter
from daemon.decide.procedure.people import staff_language
from daemon.installation import Installation
from daemon.letters.mime import Enclosure
from daemon.letters.standalone import BlankCase, member_as_reader, standalone_letter
from storage.engine import Database
from storage.monthly_figures import closed_cases, deadline_counts
from storage.values import Letter, Role


def schedule(db: Database, installation: Installation) -> list[ScheduledLetter]:
    """The reports of all policies."""

    def scheduled(policy: Policy, name: str) -> ScheduledLetter:
        calendar = load_calendar(policy.calendar, policy.calendars)

        def write(at: datetime | None, now: datetime) -> tuple[list[Letter], datetime]:
            letters = list(_letters(db, installation, policy, name, calendar, at)) if at is not None else []
            return letters, next_report_at(calendar, at or now)  # after `at`: a month that was missed is made up for

        return ScheduledLetter(policy.name, f"report {name}", write)

    return [scheduled(policy, name) for policy in installation.policies.values() for name in policy.reports]


def next_report_at(calendar: Calendar, after: datetime) -> datetime:
    """Return the first opening after this instant that is on the first working day of a month."""
    day = calendar.local_date(after).replace(day=1)
    while True:
        first = day
        while not calendar.is_working(first):
            first += timedelta(days=1)
        if calendar.opening(first) > after:
            return calendar.opening(first)
        day = add_months(day, 1)


def _letters(
    db: Database, installation: Installation, policy: Policy, name: str, calendar: Calendar, at: datetime
) -> Iterator[Letter]:
    spec, month = policy.reports[name], add_months(calendar.local_date(at).replace(day=1), -1)
    since, until = month_of(f"{month:%Y-%m}", calendar.zone)
    cases = list(closed_cases(db, policy.name, since=since, until=until)) if "cases" in spec.tables else []
    counts = deadline_counts(db, policy.name, since=since, until=until) if "promises" in spec.tables else []
    if not (cases or counts or spec.even_empty):
        return
    for reader, role in _readers(policy, spec):
        language = staff_language(policy, reader)
        rows = promise_rows(counts, policy, language)
        about: dict[str, Any] = {"month": month, "count": len(cases), "promises": rows, "tables": spec.tables}
        tables = {"cases": as_csv(cases, policy, language, calendar.zone), "promises": promises_csv(rows)}
        filled = [table for table in spec.tables if (cases if table == "cases" else rows)]
        files = [
            Enclosure(
                f"{policy.name}-{month:%Y-%m}-{table}.csv", "text/csv; charset=utf-8", tables[table].encode("utf-8-sig")
            )
            for table in filled
        ]
        occurrence = f"{month:%Y-%m}"
        yield standalone_letter(
            installation.letter_materials(policy, calendar), member_as_reader(policy, reader, role),
            notice=spec.notice, key=f"{policy.name}/{name}/{occurrence}/{reader.address.lower()}",
            occurrence=occurrence, now=at, about=about, shown=BlankCase(subject=in_language(spec.title, language)),
            enclosures=files,
        )  # fmt: skip


def _readers(policy: Policy, spec: ReportSpec) -> Iterator[tuple[Member, Role]]:
    third = policy.third_parties.get(spec.to)
    if third is None:
        yield from ((member, Role.STAFF) for member in readers_of_team(policy, spec.to))
    elif third.address:
        languages = (third.language,) if third.language else ()
        name = third.name or in_language(third.title, third.language or policy.languages[0])
        yield Member(name=name, address=third.address, languages=languages), Role.THIRD_PARTY
