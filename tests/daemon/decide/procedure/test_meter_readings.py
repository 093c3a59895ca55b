"""How far a car has gone, and when it will have gone so far."""

from __future__ import annotations

from datetime import date

import pytest

from config.policy_shapes.records import ColumnSpec, GrowthSpec, RecordSpec
from daemon.decide.procedure.meter_readings import grown_by, merged

GROWS = GrowthSpec(value="mileage", at="read", since="sold")
SPEC = RecordSpec(
    title={"*": "car"}, key="vin", address="mail", grows=GROWS,
    columns={name: ColumnSpec() for name in ("vin", "mail", "mileage", "read", "sold")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("readings", "since", "by", "expected"),
    [
        pytest.param([["2026-03-01", 3000]], date(2026, 1, 1), 2000, date(2026, 2, 9), id="passed already"),
        pytest.param([["2026-03-02", 3000]], date(2026, 1, 1), 6000, date(2026, 5, 1), id="at the pace so far"),
        pytest.param([["2026-01-20", 900]], date(2026, 1, 1), 2000, None, id="too short a time to tell"),
        pytest.param([["2026-03-02", 0]], date(2026, 1, 1), 2000, None, id="a car that stands still"),
        pytest.param(
            [["2026-03-02", 1200], ["2026-05-01", 7200]], date(2026, 3, 2), 8000, date(2026, 5, 21), id="newest pace"
        ),
    ],
)
def test_when_a_figure_will_have_grown(
    readings: list[list[object]], since: date, by: int, expected: date | None
) -> None:
    """The day on which a car has gone so far since a day is reckoned from what was read, newest pace first."""
    assert grown_by({"sold": "2026-01-01", "readings": readings}, GROWS, since, by) == expected


def test_a_new_reading_stands_beside_the_earlier_ones() -> None:
    """What a customer writes today is a reading of today; what is empty in a file changes nothing."""
    first = merged(SPEC, {}, {"vin": "V", "mail": "a@b.c", "mileage": "100", "read": "2026-01-05"}, date(2026, 1, 9))
    second = merged(SPEC, first, {"mileage": "900", "read": "", "mail": ""}, date(2026, 2, 9))
    assert second["readings"] == [["2026-01-05", 100.0], ["2026-02-09", 900.0]]
    assert (second["mileage"], second["read"], second["mail"]) == ("900", "2026-02-09", "a@b.c")


def test_an_older_reading_does_not_become_the_last() -> None:
    """A file that is older than what the customer wrote does not turn the clock back."""
    first = merged(SPEC, {}, {"mileage": "900", "read": "2026-02-09"}, date(2026, 2, 9))
    assert merged(SPEC, first, {"mileage": "100", "read": "2026-01-05"}, date(2026, 3, 1))["mileage"] == "900"
