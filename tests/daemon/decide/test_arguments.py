"""What staff mean by the words behind a command: details by their sort, and questions that only some cases need."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.files.load_policy import load_policy
from config.working_time.calendars import load_calendar
from daemon.decide.arguments import read_detail_value
from daemon.decide.draft import Draft
from daemon.decide.procedure import steps
from daemon.decide.refusals import Refused
from storage.values import Case, Detail, Party, Role, Ticket
from tests.daemon.decide import histories

NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
REPAIR, DEALER = load_policy("field-repair"), load_policy("dealer-service")


def draft(policy: str = "field-repair", **details: str) -> Draft:
    """A case of this policy that knows these details."""
    spec = {"field-repair": REPAIR, "dealer-service": DEALER}[policy]
    ticket = Ticket(
        id=1, reference="F-2026-000001", policy=policy, kind=next(iter(spec.kinds)), step=spec.first, language="en",
        received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW, team=next(iter(spec.teams)),
        details={name: Detail(value=value, shown=value) for name, value in details.items()},
    )  # fmt: skip
    customer = Party(number=1, role=Role.CUSTOMER, address="w@example.cn")
    return Draft(Case(ticket=ticket, parties=(customer,)), spec, load_calendar("CN", {}), NOW, "reclamo")


@pytest.mark.parametrize(
    ("detail", "said", "value"),
    [
        ("bought_on", "18 June 2025", "2025-06-18"),
        ("bought_on", "2025年6月18日", "2025-06-18"),
        ("bought_on", "2025-06-18", "2025-06-18"),
        ("appliance", "XQG-8012", "XQG-8012"),
        ("appliance", "an old one", "an old one"),  # staff know better than a pattern
        ("fault_seen", "leaks", "leaks"),
    ],
)
def test_a_detail_is_read_by_its_sort(detail: str, said: str, value: str) -> None:
    """A date by any way to write one, as it is from a customer's mail; what cannot be read stands as it was written."""
    assert read_detail_value(draft(), REPAIR.details[detail], said)[0] == value


@pytest.mark.parametrize("said", ["some time last year", "18 June 2027", "31 February 2025"])
def test_what_is_reckoned_with_must_be_right(said: str) -> None:
    """A date that is none, or lies in the future where it cannot, is refused with an example."""
    with pytest.raises(Refused) as refused:
        read_detail_value(draft(), REPAIR.details["bought_on"], said)
    assert refused.value.allowed == "2025-06-18"


@pytest.mark.parametrize(("service", "asked"), [("repeat", True), ("complaint", True), ("maintenance", False)])
def test_a_question_is_put_where_its_condition_holds(service: str, asked: bool) -> None:
    """And nowhere else: nobody is asked for a plan that no work needs."""
    sheet = draft("dealer-service", service=service)
    steps.put_question(sheet, "technician_check", say_it=False)
    assert bool(sheet.ticket.questions) is asked


@pytest.mark.parametrize(
    ("day", "why"), [("2026-03-03", ""), ("2027-03-03", ""), ("2027-03-04", "2027-03-04"), ("2026-03-02", "2026-03-02")]
)
def test_a_day_ahead_is_after_today_and_at_most_a_year(day: str, why: str) -> None:
    """A date further away is a slip of the hand."""
    outcome = histories.complaint().staff(f"wait {day}")
    refused = [str(letter.about["why"]) for letter in outcome.notices if letter.notice == "refused"]
    assert refused == ([why] if why else [])
