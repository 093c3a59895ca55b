"""Monthly report tables: one row for each closed case, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from config.files.load_policy import load_policy
from daemon.clock.report_tables import as_csv, month_of, promise_rows, promises_csv
from storage.facts import Facts
from storage.monthly_figures import DeadlineCount
from storage.values import Case, DeadlineState, Detail, Party, Role, Ticket

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = load_policy("field-repair")
HOW = ("kept_by_person", "kept_by_itself", "late_by_person", "late_by_itself", "new_date")


def case(**details: str) -> Case:
    """Return a case closed in May, just after midnight in Shanghai."""
    at = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
    ticket = Ticket(
        id=1, reference="F-2026-000001", policy="field-repair", kind="repair_request", step="closed_unconfirmed",
        language="en", received_at=at, created_at=at, updated_at=at, step_since=at,
        closed_at=datetime(2026, 5, 20, 16, 30, tzinfo=UTC),
        details={name: Detail(value=value, shown=value) for name, value in details.items()},
        facts=Facts(things={"estimate": {"number": "FQ-2026-000001", "state": "agreed", "total": "460.00"}}),
    )  # fmt: skip
    return Case(ticket=ticket, parties=(Party(number=1, role=Role.CUSTOMER, address="w@example.cn", name="王小明"),))


def test_a_row_for_each_case() -> None:
    """Dates in the company's time zone, titles in the language asked for, the case's details last."""
    rows = list(csv.DictReader(io.StringIO(as_csv([case(appliance="XQG-8012")], POLICY, "en", SHANGHAI))))
    assert len(rows) == 1
    row = rows[0]
    assert (row["reference"], row["closed"], row["step"]) == ("F-2026-000001", "2026-05-21", "closed, unconfirmed")
    assert (row["customer"], row["Model"]) == ("王小明", "XQG-8012")
    assert (row["quote"], row["quote: state"], row["quote: total"]) == ("FQ-2026-000001", "agreed", "460.00 CNY")
    assert row["dispatch order"] == ""


@pytest.mark.parametrize(
    ("said", "shown"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+86 138 1234", "+86 138 1234"), ("-cmd", "'-cmd"), ("-5", "-5")],
)
def test_what_people_wrote_is_no_formula(said: str, shown: str) -> None:
    """A spreadsheet computes nothing from customers' text; phone numbers are unchanged."""
    rows = list(csv.DictReader(io.StringIO(as_csv([case(fault_seen=said)], POLICY, "en", SHANGHAI))))
    assert rows[0]["Fault"] == shown


def test_a_month_begins_at_midnight_of_the_company() -> None:
    """From its first instant up to the next month's, in the company's time zone."""
    begins, ends = month_of("2026-05", SHANGHAI)
    assert (begins, ends) == (datetime(2026, 4, 30, 16, tzinfo=UTC), datetime(2026, 5, 31, 16, tzinfo=UTC))
    for wrong in ("2026-13", "May", "2026-5-1"):
        with pytest.raises(ValueError, match=r".+"):
            month_of(wrong, SHANGHAI)


def test_a_row_for_each_promise_and_team() -> None:
    """In the policy's order, with its titles; promises that no longer applied do not count as due."""
    counts = [
        DeadlineCount("visit_made", "engineers", DeadlineState.BROKEN, late=True, count=1, kept_by="visit_done"),
        DeadlineCount("visit_made", "engineers", DeadlineState.KEPT, late=False, count=3, kept_by="visit_done"),
        DeadlineCount("visit_made", "engineers", DeadlineState.KEPT, False, 1, "visit_done", automatic=True),
        DeadlineCount("visit_made", "engineers", DeadlineState.MOOT, late=False, count=2),
        DeadlineCount("first_contact", "dispatchers", DeadlineState.BROKEN, late=False, count=1),
        DeadlineCount("of_an_older_policy", "gone", DeadlineState.OPEN, late=False, count=1),
    ]
    rows = promise_rows(counts, POLICY, "en")
    first = {"promise": "first contact", "team": "service centre", "due": 1, "kept": 0, "late": 0, "broken": 1}
    assert rows[0] == {**first, "moot": 0, "open": 0, **dict.fromkeys(HOW, 0)}
    assert [rows[1][column] for column in ("promise", "due", "kept", "late", "moot")] == ["visit", 5, 4, 1, 2]
    assert [rows[1][column] for column in HOW] == [3, 1, 1, 0, 0]
    assert promises_csv(rows).splitlines()[0] == f"promise,team,due,kept,late,broken,moot,open,{','.join(HOW)}"
    assert promises_csv(rows).splitlines()[3] == "of_an_older_policy,gone,1,0,0,0,0,1,0,0,0,0,0"


def test_a_date_that_was_only_put_off_is_no_decision() -> None:
    """An extension, in time or late, by whomever, does not keep the promise."""
    kept, broken = DeadlineState.KEPT, DeadlineState.BROKEN
    counts = [
        DeadlineCount("resolve", "team", kept, late=False, count=8, kept_by="delay", automatic=True),
        DeadlineCount("resolve", "team", kept, late=False, count=2, kept_by="delay"),
        DeadlineCount("resolve", "team", broken, late=True, count=1, kept_by="delay", automatic=True),
        DeadlineCount("resolve", "team", kept, late=False, count=3, kept_by="decision"),
        DeadlineCount("resolve", "team", kept, late=False, count=1, kept_by="decision", automatic=True),
        DeadlineCount("resolve", "team", broken, late=True, count=1, kept_by="decision"),
    ]
    [row] = promise_rows(counts, load_policy("complaints"), "en")
    assert [row[column] for column in ("due", "kept", "late", "broken")] == [16, 4, 1, 1]
    assert [row[column] for column in HOW] == [3, 1, 1, 0, 10]
