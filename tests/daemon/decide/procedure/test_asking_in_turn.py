"""A question put to one member of a team after another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from config.files.load_policy import load_policy
from config.working_time.calendars import load_calendar
from daemon.decide.draft import Draft
from daemon.decide.procedure import asking_in_turn, steps
from storage.values import Case, Party, Role, Ticket

NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
PEOPLE: dict[str, Any] = {
    "teams": {
        "dispatchers": {"members": [{"name": "Chen", "address": "chen@firm.example"}]},
        "engineers": {"members": [{"name": name, "address": f"{name}@firm.example"} for name in ("li", "sun")]},
    }
}
POLICY = load_policy("field-repair", extra=PEOPLE)
ASKED = "take_order"


def draft(**fields: Any) -> Draft:
    """A case for which an engineer is being found."""
    ticket = Ticket(
        id=1, reference="F-2026-000001", policy="field-repair", kind="repair_request", step="dispatching",
        language="en", received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW, team="dispatchers",
    )  # fmt: skip
    customer = Party(number=1, role=Role.CUSTOMER, address="w@example.cn")
    case = Case(ticket=replace(ticket, **fields), parties=(customer,))
    return Draft(case, POLICY, load_calendar("CN", {}), NOW, "reclamo")


def asked(sheet: Draft) -> list[str]:
    """Whom the question is put to now."""
    return [sheet.parties[one.party].address for one in sheet.ticket.questions if one.question == ASKED]


def test_one_after_another_until_nobody_is_left() -> None:
    """Each is asked once and alone, with an hour of opening time; then the round is over and may begin anew."""
    sheet = draft()
    assert asking_in_turn.ask_next_member(sheet, ASKED)
    assert asked(sheet) == ["li@firm.example"]
    assert sheet.timers[f"step:turn:{ASKED}"].at == NOW + timedelta(hours=1)
    assert asking_in_turn.ask_next_member(sheet, ASKED)
    assert asked(sheet) == ["sun@firm.example"]
    assert not asking_in_turn.ask_next_member(sheet, ASKED)
    assert asked(sheet) == []
    assert not [key for key in sheet.timers if key.startswith("step:turn")]
    assert asking_in_turn.ask_next_member(sheet, ASKED)
    assert asked(sheet) == ["li@firm.example"]


def test_who_cannot_be_written_to_is_passed_over() -> None:
    """Letters to the first one fail: the second is asked at once."""
    sheet = draft()
    gone = sheet.party(Role.STAFF, "li@firm.example")
    sheet.parties[gone.number] = replace(gone, bounced="no such mailbox")
    assert asking_in_turn.ask_next_member(sheet, ASKED)
    assert asked(sheet) == ["sun@firm.example"]


def test_who_is_asked_no_longer_answers_too_late() -> None:
    """The first one's answer is late once the second is asked; the second one's is not."""
    sheet = draft()
    asking_in_turn.ask_next_member(sheet, ASKED)
    asking_in_turn.record_no_answer(sheet, ASKED)
    assert sheet.letter_values["member"] == "li"
    asking_in_turn.ask_next_member(sheet, ASKED)
    numbers = {party.address: number for number, party in sheet.parties.items()}
    assert asking_in_turn.is_taken_by_another(sheet, ASKED, numbers["li@firm.example"])
    assert not asking_in_turn.is_taken_by_another(sheet, ASKED, numbers["sun@firm.example"])


def test_an_hour_that_ends_after_closing_goes_on_the_next_morning() -> None:
    """Asked at 17:30, the answer is due half an hour after the next opening."""
    sheet = draft()
    sheet.now = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
    asking_in_turn.ask_next_member(sheet, ASKED)
    assert sheet.timers[f"step:turn:{ASKED}"].at == datetime(2026, 5, 12, 1, 30, tzinfo=UTC)


def test_leaving_the_step_ends_the_asking() -> None:
    """No timer of a step that was left comes due."""
    sheet = draft()
    asking_in_turn.ask_next_member(sheet, ASKED)
    steps.enter_step(sheet, "judging")
    assert not [key for key in sheet.timers if key.startswith("step:turn")]
