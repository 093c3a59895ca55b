"""What a case does beyond itself: to its record, to who wants no more letters, to others that wait for the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from config.files.load_policy import load_policy
from config.working_time.calendars import load_calendar
from daemon.decide.draft import Draft
from daemon.decide.procedure import company_records
from storage.facts import Facts
from storage.values import Case, Detail, Party, Role, Ticket

POLICY = load_policy("dealer-service")
CALENDAR = load_calendar(POLICY.calendar, POLICY.calendars)
NOW = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)  # 4 March in Shanghai
TICKET = Ticket(
    id=1, reference="S-2026-000001", policy="dealer-service", kind="booking", step="choosing", language="en",
    received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW,
)  # fmt: skip
PLACE = {"of": "vehicle", "key": "LSVAA49J832000001"}
CAR = ("vehicle", "LSVAA49J832000001")
AMY = Party(number=1, role=Role.CUSTOMER, address="amy@example.com")
CHEN = Party(number=2, role=Role.STAFF, address="chen@dealer.example")


def draft(details: dict[str, Any] | None = None, *, about_a_record: bool = True) -> Draft:
    """A case of Amy's, about her car or about none."""
    known = {
        name: one if isinstance(one, Detail) else Detail(value=one, shown=one) for name, one in (details or {}).items()
    }
    facts = {"record": PLACE} if about_a_record else {}
    case = Case(ticket=replace(TICKET, details=known, facts=Facts.from_json(facts)), parties=(AMY, CHEN))
    return Draft(case, POLICY, CALENDAR, NOW, "customer")


@pytest.mark.parametrize(
    ("given", "changed", "put"),
    [
        ({"mileage": "15600"}, ("mileage",), {"mileage": "15600"}),
        ({"mileage": "15600", "plate": "A10001"}, ("mileage", "plate"), {"mileage": "15600", "plate": "A10001"}),
        ({"mileage": "15600", "plate": "A10001"}, ("plate",), {"plate": "A10001"}),
        ({"mileage": Detail(value="x", shown="x", wrong="not a number")}, ("mileage",), None),
        ({"chassis": "LSVAA49J832000009"}, ("chassis",), None),  # the key tells which record it is
        ({"part": "pump"}, ("part",), None),  # of no column
    ],
)
def test_what_the_customer_gives_goes_into_the_record(
    given: dict[str, Any], changed: tuple[str, ...], put: dict[str, str] | None
) -> None:
    """What is new, right, and has a column."""
    sheet = draft(given)
    company_records.store_details(sheet, changed)
    assert sheet.record_changes.records == (((CAR, put),) if put else ())
    elsewhere = draft(given, about_a_record=False)
    company_records.store_details(elsewhere, changed)
    assert elsewhere.record_changes.records == ()


def test_a_mark_is_the_day_where_the_company_is() -> None:
    """It is past midnight there."""
    sheet = draft()
    company_records.store_today(sheet, "last_service")
    assert sheet.record_changes.records == ((CAR, {"last_service": "2026-03-04"}),)


def test_stop_is_said_for_the_customer_alone() -> None:
    """Whoever else is on the case is written to as before; the ledger tells of it."""
    sheet = draft()
    company_records.stop_invitations(sheet)
    assert sheet.record_changes.stopped == ("amy@example.com",)
    assert [(entry.event, entry.facts) for entry in sheet.ledger] == [
        ("invitations stopped", {"addresses": ["amy@example.com"]})
    ]


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"answer_text": "too far", "new_words": "decline too far"}, "too far"),
        ({"new_words": "I was\n  elsewhere."}, "I was elsewhere."),
        ({}, ""),
        ({"new_words": "x" * 900}, "x" * 500),
    ],
)
def test_a_declined_invitation_keeps_its_reason(about: dict[str, str], reason: str) -> None:
    """Staff's words behind the answer, else what the customer wrote; on one line, and not without end."""
    sheet = draft()
    sheet.letter_values.update(about)
    company_records.decline_invitation(sheet)
    assert sheet.record_changes.declined == reason


@pytest.mark.parametrize("words", ["Water pump", "water  PUMP", " water pump "])
def test_cases_that_await_the_same_have_one_name_for_it(words: str) -> None:
    """However it is written; and what is announced has the same name."""
    sheet = draft({"part": words})
    company_records.await_detail(sheet, "part")
    company_records.announce_detail(sheet, "part")
    assert sheet.record_changes.awaits == sheet.record_changes.announces == ("part:water pump",)


def test_what_is_not_known_is_not_awaited() -> None:
    """Else every case without the detail would wait for the same nothing, and go on together."""
    sheet = draft()
    company_records.await_detail(sheet, "part")
    company_records.announce_detail(sheet, "part")
    assert sheet.record_changes.awaits == sheet.record_changes.announces == ()
    assert sheet.ledger == []


@pytest.mark.parametrize(
    ("name", "words", "noted"),
    [
        ("part", "water pump. I need it soon", "water pump"),
        ("part", "  water\n pump ", "water pump"),
        ("part", "", None),
        ("", "water pump", None),
    ],
)
def test_what_came_with_an_answer_is_a_detail(name: str, words: str, noted: str | None) -> None:
    """A short one is its first sentence."""
    sheet = draft()
    company_records.note_answer(sheet, name, words)
    assert {one.value for one in sheet.ticket.details.values()} == ({noted} if noted else set())
