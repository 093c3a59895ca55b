"""Contents of each person's worklist, and its deadlines as a calendar file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from icalendar import Calendar

from config.files.load_policy import load_policy
from config.policy import Policy
from daemon.letters.attachments import deadline_file
from daemon.staff.worklist import Worklist, lists_of_people, lists_of_teams
from storage.facts import Facts
from storage.values import Ticket
from storage.worklists import DueDeadline

NOW, TODAY = datetime(2026, 3, 17, 8, 0, tzinfo=UTC), date(2026, 3, 17)
ADA, BEN, MAX = "ada@firm.example", "ben@firm.example", "max@firm.example"


@cache
def policy() -> Policy:
    """Return the complaints policy with two people and a manager on the technical team."""
    members = [{"name": "Ada", "address": ADA, "substitute": BEN}, {"name": "Ben", "address": BEN}]
    team = {"members": members, "manager": {"name": "Max", "address": MAX}}
    return load_policy("complaints", extra={"teams": {"technical": team}})


def owed(number: int = 1, *, assignee: str = ADA, days: int = 1, missed: bool = False, **facts: Any) -> DueDeadline:
    """Return an open promise on a case of the technical team, due this many days from today."""
    ticket = Ticket(
        id=number, reference=f"C-2026-{number:06d}", policy="complaints", kind="product", step="investigating",
        language="it", received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW, team="technical",
        assignee=assignee, facts=Facts.from_json(facts),
    )  # fmt: skip
    due = TODAY + timedelta(days=days)
    at = datetime(due.year, due.month, due.day, 22, tzinfo=UTC)
    return DueDeadline(
        ticket=ticket, customer="Anna", promise="resolve", occurrence=0, due_at=at, due_on=due, missed=missed
    )


def people(*those: DueDeadline, away: frozenset[str] = frozenset()) -> dict[str, Worklist]:
    """Return the worklists by address."""
    found = lists_of_people(policy(), ["technical"], those, away=away, today=TODAY, now=NOW)
    return {worklist.reader.address: worklist for worklist in found}


def numbers(worklist: Worklist) -> dict[str, list[int]]:
    """Return the case numbers in each section that has any."""
    return {name: [task.owed.ticket.id for task in tasks] for name, tasks in worklist.sections.items() if tasks}


def test_sections_by_date_with_urgent_cases_first() -> None:
    """Overdue, today, soon; in each section urgent cases first, then the nearest date."""
    those = (
        owed(1, days=2), owed(2, days=1), owed(3, days=3, vulnerable={"by": ADA}), owed(4, days=0),
        owed(5, days=-1, missed=True), owed(6, days=-2),
    )  # fmt: skip
    assert numbers(people(*those)[ADA]) == {"overdue": [6, 5], "due_today": [4], "due_soon": [3, 2, 1]}


def test_nothing_to_do_is_no_list() -> None:
    """Somebody with nothing to do gets no mail."""
    assert set(people(owed(assignee=ADA))) == {ADA}
    assert people() == {}


def test_nobodys_case_is_on_every_members_list() -> None:
    """An unassigned case is on every member's list, except that of somebody barred from it and the manager's."""
    assert set(people(owed(assignee=""))) == {ADA, BEN}
    assert set(people(owed(assignee="", not_for=ADA))) == {BEN}
    assert set(people(owed(assignee="", named=[BEN]))) == {ADA}


def test_work_of_somebody_away_is_on_the_substitutes_list() -> None:
    """The list says for whom; the absent person gets none."""
    lists = people(owed(1), owed(2, assignee=""), away=frozenset({ADA}))
    assert set(lists) == {BEN}
    assert {task.owed.ticket.id: task.stands_in_for for task in lists[BEN].tasks} == {1: "Ada", 2: ""}


def test_team_sees_all_of_its_work() -> None:
    """The manager's list has every case of the team except one about the manager."""
    found = list(
        lists_of_teams(
            policy(), ["technical"], [owed(1), owed(2, assignee=""), owed(3, named=[MAX])], away=frozenset(),
            today=TODAY, now=NOW,
        )
    )  # fmt: skip
    assert [(worklist.reader.address, worklist.team, numbers(worklist)) for worklist in found] == [
        (MAX, "technical", {"due_soon": [1, 2]})
    ]


def test_calendar_file_has_a_day_for_each_deadline() -> None:
    """All-day events that block no time, with the same UID every morning."""
    first, again = (deadline_file([(owed(days=3), "decision")], "firm.example", at) for at in (NOW, NOW + timedelta(1)))
    assert (first.name, first.type) == ("deadlines.ics", "text/calendar")
    calendar = Calendar.from_ical(first.content)
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert (event.decoded("dtstart"), event["transp"]) == (date(2026, 3, 20), "TRANSPARENT")
    assert event["summary"] == "C-2026-000001: decision (Anna)"
    [later] = Calendar.from_ical(again.content).walk("VEVENT")
    assert later["uid"] == event["uid"]
