"""Dossiers: begun with one word, refused until whole, passed on, never the customer's to read."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from config.files.load_policy import load_policy
from config.policy import Policy
from daemon.decide.events import StaffWrote, ThirdPartyWrote
from daemon.decide.outcome import Outcome
from daemon.decide.staff.dossiers import dossier_state, missing_fields
from parsers.reading import FoundDetail
from storage.values import Role
from tests.daemon.decide.cases import Life, rome

SALLY, DESK = "sally@firm.example", "desk@vehicles.example"
PEOPLE: dict[str, Any] = {
    "teams": {"after_sales": {"members": [{"name": "Sally", "address": SALLY}]}},
    "third_parties": {"vehicle_desk": {"address": DESK, "chases": 2}},
}
SYMPTOM = FoundDetail("symptom", "Nobody has helped me for weeks.", "Nobody has helped me for weeks.", "text")
VIN = FoundDetail("chassis", "VF7CCHMZ6GT123456", "VF7CCHMZ6GT123456", "text")
REST = {"earlier": "none", "tried": "a new activation", "analysis": "the unit is out of reach", "files": "none"}


@cache
def procedure() -> Policy:
    """The policy with people on its team and an address for the desk."""
    return load_policy("connected-services", extra=PEOPLE)


@pytest.fixture
def life() -> Life:
    """A complaint about the help received, with the team that examines it."""
    made = Life(rome("2026-03-02T10:00"), procedure())
    made.customer("Nobody has helped me for weeks.", kind="help_complaint", found=(SYMPTOM, VIN), brand="citroen")
    return made


def fill(life: Life, *, text: str = "", **fields: str) -> Outcome:
    """Staff send the list back, filled in."""
    party = next(p.number for p in life.case.parties if p.address == SALLY and p.role is Role.STAFF)
    filled = tuple(
        FoundDetail(name, value, value, "form", wrong="not a VIN" if "?" in value else "")
        for name, value in fields.items()
    )
    gaps_letter = next(m.message_id for m in reversed(life.case.messages) if m.notice == "dossier_gaps")
    mail = life.mail(text, SALLY, party, in_reply_to=(f"<{gaps_letter}>",))
    return life.happens(StaffWrote(mail=mail, member=SALLY, text=text, dossier_fields=filled))


def written(outcome: Outcome) -> list[str]:
    """The notices of a decision."""
    return [notice.notice for notice in outcome.notices]


def test_one_word_shows_the_gaps(life: Life) -> None:
    """What the case knows is no gap; what it does not know is, in the dossier's order."""
    assert written(life.staff("dossier", SALLY)) == ["dossier_gaps", "transcript"]
    assert missing_fields(life.case, procedure(), "vehicle_case") == ("earlier", "tried", "analysis", "files")
    assert dossier_state(life.case.ticket, "vehicle_case") == "open"
    assert life.case.ticket.step == "analysis"


def test_it_is_refused_until_it_is_whole(life: Life) -> None:
    """Each reply fills what it fills; the last gap filled sends it, and tells the customer who works on it now."""
    life.staff("dossier", SALLY)
    for name, value in list(REST.items())[:-1]:
        assert written(fill(life, **{name: value})) == ["dossier_gaps", "transcript"]
        assert life.case.ticket.step == "analysis"
    sent = fill(life, files="none")
    assert written(sent) == ["dossier", "now_with", "transcript"]
    assert life.case.ticket.step == "at_desk"
    assert dossier_state(life.case.ticket, "vehicle_case") == "sent"
    assert [p.address for p in life.case.parties if p.role is Role.THIRD_PARTY] == [DESK]


def test_words_beside_the_fields_never_reach_the_customer(life: Life) -> None:
    """Neither words that fill in nothing, nor those around the fields."""
    life.staff("dossier", SALLY)
    assert written(fill(life, text="I think the unit is dead.")) == ["refused"]
    assert written(fill(life, text="As I see it:", tried="all")) == ["dossier_gaps", "transcript"]
    assert not [n for n in life.last.notices if life.case.party(n.party).role is Role.CUSTOMER]  # type: ignore[union-attr]


def test_a_wrong_value_stays_a_gap(life: Life) -> None:
    """What cannot be right is asked for again, and a right one becomes the case's own detail."""
    life.case = replace(life.case, ticket=replace(life.case.ticket, details={}))
    life.staff("dossier", SALLY)
    fill(life, number="VF7?")
    assert missing_fields(life.case, procedure(), "vehicle_case")[0] == "number"
    fill(life, number="VF7CCHMZ6GT123456")
    assert "number" not in missing_fields(life.case, procedure(), "vehicle_case")
    assert life.case.ticket.details["chassis"].value == "VF7CCHMZ6GT123456"


def test_nobody_writes_to_the_desk_before(life: Life) -> None:
    """Whoever must have a dossier first is not asked without."""
    outcome = life.staff("third vehicle_desk\n\nCould you look?", SALLY)
    assert written(outcome) == ["refused"]
    assert outcome.notices[0].about["why"] == "needs the dossier"


def test_silence_is_followed_up_as_often_as_the_policy_says(life: Life) -> None:
    """Here twice; an answer ends it, gives the number and wakes the case."""
    life.staff("dossier", SALLY)
    fill(life, **REST)
    assert life.days(12).count("chase") == 2
    party = next(p.number for p in life.case.parties if p.role is Role.THIRD_PARTY)
    life.happens(ThirdPartyWrote(mail=life.mail("Found it.", DESK, party), number="VC-0012345"))
    assert life.case.ticket.step == "desk_answered"
    assert life.case.ticket.facts.numbers == {"vehicle_desk": "VC-0012345"}


def test_a_policy_without_one_says_so() -> None:
    """The word is known everywhere, and does nothing where there is nothing to fill in."""
    made = Life(rome("2026-03-02T10:00"))
    made.opens()
    outcome = made.staff("dossier")
    assert outcome.notices[0].about["why"] == "no dossier"
