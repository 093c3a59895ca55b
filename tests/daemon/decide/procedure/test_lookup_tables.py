"""Periods and days looked up by a detail, and lines of a price list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from config.files.load_policy import load_policy
from config.policy_shapes.periods import Period, Unit
from config.working_time.calendars import load_calendar
from daemon.decide.draft import Draft
from daemon.decide.procedure import details, lookup_tables
from daemon.decide.procedure.conditions import condition_holds
from parsers.reading import FoundDetail
from storage.values import Case, Detail, Ticket

POLICY = load_policy("field-repair")
PHONES = load_policy("device-support")
NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
TICKET = Ticket(
    id=1, reference="F-2026-000001", policy="field-repair", kind="repair_request", step="registered", language="en",
    received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW,
)  # fmt: skip


def draft(**details: str) -> Draft:
    """A case with these details."""
    known = {name: Detail(value=value, shown=value) for name, value in details.items()}
    return Draft(Case(ticket=replace(TICKET, details=known)), POLICY, load_calendar("CN", {}), NOW, "customer")


@pytest.mark.parametrize(
    ("details", "covered"),
    [
        ({"appliance": "XQG-8012", "bought_on": "2023-06-18"}, True),
        ({"appliance": "XQG-8012", "bought_on": "2023-05-11"}, True),  # the last day of 36 months
        ({"appliance": "XQG-8012", "bought_on": "2023-05-08"}, False),
        ({"appliance": "kfr-35gw", "bought_on": "2021-01-01"}, True),
        ({"appliance": "ZZ-1", "bought_on": "2025-06-01"}, True),  # any other model: 12 months
        ({"appliance": "ZZ-1", "bought_on": "2025-01-01"}, False),
        ({"appliance": "XQG-8012"}, False),
        ({"bought_on": "2026-01-01"}, True),
    ],
)
def test_warranty_by_model_and_date_of_purchase(details: dict[str, str], covered: bool) -> None:
    """The longest beginning of the model counts, and the day on which the case came in."""
    assert condition_holds(draft(**details), "in_warranty") is covered


def test_lines_of_the_price_list() -> None:
    """Named in any language, told in the customer's; those that are always there begin every quote."""
    estimate = POLICY.things["estimate"]
    assert lookup_tables.listed_price_line(estimate, "drain pump", "zh-Hans") == ("排水泵", Decimal("260.00"))
    assert lookup_tables.listed_price_line(estimate, "人工费", "en") == ("Labour", Decimal("120.00"))
    assert lookup_tables.listed_price_line(estimate, "hose", "en") is None
    assert lookup_tables.fixed_price_lines(estimate, "en") == [("Visit", Decimal("80.00"))]


def models(imei: str, delivered: str = "2025-12-01") -> Draft:
    """A case about a phone with this IMEI, delivered on this day."""
    known = {"imei": Detail(value=imei, shown=imei), "delivery": Detail(value=delivered, shown=delivered)}
    ticket = replace(TICKET, policy="device-support", kind="trouble", details=known)
    return Draft(Case(ticket=ticket), PHONES, load_calendar("IT", {}), NOW, "customer")


@pytest.mark.parametrize(
    ("imei", "column", "cell"),
    [
        ("001017001234569", "models.warranty", Period(36, Unit.MONTHS)),
        ("001017001234569", "models.launched", date(2025, 9, 1)),
        ("001017001234569", "models.change_of_mind", Period(15, Unit.DAYS)),  # left out: as for all others
        ("356938035643809", "models.warranty", Period(24, Unit.MONTHS)),
        ("", "models.launched", date(2018, 1, 1)),
    ],
)
def test_what_a_model_has_of_its_own(imei: str, column: str, cell: Period | date) -> None:
    """Periods and days stand in one table; what a row leaves out, the row of the others says."""
    assert lookup_tables.cell_value(PHONES, models(imei).ticket.details, column) == cell


@pytest.mark.parametrize(
    ("imei", "delivered", "wrong"),
    [
        ("001017001234569", "2025-08-31", "before 2025-09-01"),
        ("001017001234569", "2025-09-01", ""),
        ("356938035643809", "2025-08-31", ""),
        ("356938035643809", "2017-12-31", "before 2018-01-01"),
    ],
)
def test_no_delivery_before_the_model_was_sold(imei: str, delivered: str, wrong: str) -> None:
    """The day counts anew when the model becomes known later than the date."""
    sheet = models("", delivered)
    details.merge_details(sheet, [FoundDetail("imei", imei, imei, "text")], "customer")
    assert sheet.ticket.details["delivery"].wrong == wrong
