"""Every letter of the complaints policy, in every language."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from daemon.letters.variables import NAMES
from parsers.sender.tokens import Audience, unseal
from templates.filters import long_date, short_date
from tests.templates.golden import LANGUAGES, path_of, shown
from tests.templates.letters import TURNS, written
from tests.templates.made import NAMES as CUSTOMERS
from tests.templates.made import REFERENCE, policy, writing

EVERY = [(turn, language) for turn in TURNS for language in LANGUAGES]
NOTICES = [(notice, language) for notice in policy().notices for language in LANGUAGES]
MONTHS = {
    "en": "March|April|May|June",
    "it": "marzo|aprile|maggio|giugno",
    "de": "März|April|Mai|Juni",
}


@pytest.mark.parametrize(("turn", "language"), EVERY)
def test_letter_matches_its_golden_text(turn: str, language: str) -> None:
    """Write the golden texts anew with python -m tests.templates.golden."""
    assert shown(turn, language) == path_of(turn, language).read_text(encoding="utf-8")


@pytest.mark.parametrize(("notice", "language"), NOTICES)
def test_every_notice_is_written_and_sound(notice: str, language: str) -> None:
    """Every notice has a template in every language that uses only known variables."""
    templates = writing().templates
    assert templates.has("complaints", language, notice)
    assert templates.faults("complaints", language, notice, NAMES) == ()


def test_every_notice_has_a_golden_letter() -> None:
    """Every notice of the policy is among the golden texts."""
    tried = {composed.letter.notice for turn in TURNS for composed in written(turn, "en")}
    assert tried == set(policy().notices)


ABOUT_NO_CASE = ("list_answered", "worklist")  # letters about several cases or none


@pytest.mark.parametrize(("turn", "language"), EVERY)
def test_letter_names_the_case_in_subject_header_and_text(turn: str, language: str) -> None:
    """The reference is in the subject, in its own header and in both parts."""
    for composed in written(turn, language):
        if composed.letter.notice in ABOUT_NO_CASE:
            continue
        assert f"[{REFERENCE}]" in composed.letter.subject
        assert f"\r\nX-Reclamo-Ticket: {REFERENCE}\r\n".encode() in composed.letter.raw
        assert REFERENCE in composed.message.text


@pytest.mark.parametrize(("turn", "language"), EVERY)
def test_customer_is_told_a_date(turn: str, language: str) -> None:
    """Every letter to the customer has a date, in their language."""
    for composed in written(turn, language):
        if composed.letter.party == 1:
            assert re.search(rf"\d{{1,2}}\.? (?:{MONTHS[language]}) 2026", composed.message.text), composed.message.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_acknowledgement_quotes_both_dates(language: str) -> None:
    """The progress date counts from this letter, the decision from receipt (scenario a)."""
    text = written("acknowledgement", language)[0].message.text
    zone = ZoneInfo("Europe/Rome")
    assert long_date(date(2026, 3, 20), language, zone) in text
    assert long_date(date(2026, 4, 14), language, zone) in text
    assert short_date(date(2026, 3, 11), language, zone) not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_blanks_stand_alone_on_their_lines(language: str) -> None:
    """A blank is label and colon only, so that the value is read after it."""
    lines = written("acknowledgement", language)[0].message.text.split("\n")
    for name in ("model", "serial", "solution"):
        assert f"{policy().details[name].label[language]}:" in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_missing_means_nothing_asked(language: str) -> None:
    """A complete complaint is asked for nothing."""
    text = written("acknowledgement, nothing missing", language)[0].message.text
    assert [line for line in text.split("\n") if line.endswith(":") and len(line) < 40] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("turn", ["third party question", "chase"])
def test_third_party_sees_nothing_of_the_customer(turn: str, language: str) -> None:
    """No name, address, text or subject of the customer."""
    raw = written(turn, language)[0].letter.raw.decode()
    case = TURNS[turn](language)[0]
    for secret in (CUSTOMERS[language], "kunde@home", case.ticket.subject, "SN60A2412345", "mail-1-"):
        assert secret not in raw


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("turn", ["progress by itself", "delay by itself", "progress", "reply", "decision", "delay"])
def test_customer_sees_nothing_of_third_parties_and_staff(turn: str, language: str) -> None:
    """No third party, staff member or note address."""
    letter = written(turn, language)[0]
    shown = re.findall(r"support\+([a-z2-7]+)", written("customer wrote", language)[0].message.text)
    tokens = {sealed: unseal(sealed, writing().sender_identity.keys) for sealed in shown}
    notes = [sealed for sealed, token in tokens.items() if token and token.audience is Audience.STAFF_NOTE]
    assert notes
    for secret in ("installer", "anna@", "ada@", "Ada Verdi", *notes):
        assert secret not in letter.letter.raw.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_letter_begins_with_what_is_due(language: str) -> None:
    """What is due and when comes before the customer's text."""
    text = written("customer wrote", language)[0].message.text
    assert 0 < text.index("20") < text.index("> ")


def test_reminders_differ() -> None:
    """The last reminder says that it is the last and what follows."""
    first, last = (written(turn, "en")[0].message.text for turn in ("reminder", "last reminder"))
    assert "last time" in last
    assert "you will receive a decision either way" in last
    assert "last time" not in first


def test_letter_written_by_itself_says_so() -> None:
    """Only a letter without a person's text says that it was written automatically."""
    alone, staffs = (written(turn, "en")[0].message.text for turn in ("delay by itself", "delay"))
    assert "went out by itself" in alone
    assert "went out by itself" not in staffs
    assert "The laboratory needs two more weeks" in staffs


def test_transcript_shows_the_letter_as_the_customer_sees_it() -> None:
    """What was done, to whom it was sent, and the letter's text."""
    decision, transcript = (composed.message.text for composed in written("decision", "en"))
    assert "decide: not upheld → decided: not upheld" in transcript
    assert "Decision, sent to Mary O'Neill" in transcript
    quoted = [line.removeprefix(">").strip() for line in transcript.split("\n") if line.startswith(">")]
    assert "\n".join(quoted) == "\n".join(line.strip() for line in decision.partition("\n-- \n")[0].strip().split("\n"))
