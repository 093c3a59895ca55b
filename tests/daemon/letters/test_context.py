"""What a letter can say of a case: details, dates, words, answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from daemon.decide.outcome import NoticeDue
from daemon.decide.staff.command_grammar import grammar_of
from daemon.letters.context import letter_context
from daemon.letters.letter_input import LetterInput
from parsers.answers.commands import read_commands
from storage.values import Case, DeadlineState, Detail, Message, Role
from tests.templates.letters import TURNS
from tests.templates.made import NOW, decided, due, event, incoming, later, opened, policy, promise, writing

REFERENCE = "C-2026-000123"


def seen(case: Case, notice: NoticeDue, *, language: str = "en", **more: Any) -> dict[str, Any]:
    """The context of a letter."""
    known = writing()
    letter_input = LetterInput(
        case=case,
        due=notice,
        policy=known.policy,
        calendar=known.calendar,
        sender_identity=known.sender_identity,
        language=language,
        now=NOW,
        **more,
    )
    return letter_context(letter_input).names()


def dates(context: dict[str, Any]) -> list[tuple[str, date]]:
    """The promises a letter tells of."""
    return [(row["name"], row["due"]) for row in context["promises"]]


# --------------------------------------------------------------------------------------------------------- dates


def test_acknowledgement_tells_what_it_sets_going() -> None:
    """What the letter keeps is owed no more; what starts with it is counted from now."""
    assert dates(seen(opened("en"), due("acknowledgement"))) == [
        ("progress", date(2026, 3, 20)),
        ("resolve", date(2026, 4, 14)),
    ]


def test_a_letter_beside_it_tells_the_same() -> None:
    """Staff, written to in the same decision, see the dates as they will be once the acknowledgement is out."""
    both = (due("acknowledgement"), due("new_case", 2))
    assert dates(seen(opened("en"), both[1], together=both)) == dates(seen(opened("en"), both[0]))
    assert dates(seen(opened("en"), both[1]))[0] == ("acknowledge", date(2026, 3, 11))


def test_progress_starts_the_next_one() -> None:
    """A promise that repeats is owed again from this letter on."""
    case = later(opened("en"), 0)
    assert dict(dates(seen(case, due("progress"))))["progress"] == date(2026, 3, 20)
    assert dict(dates(seen(case, due("reply"))))["progress"] == date(2026, 3, 20)


def test_only_the_newest_date_of_an_extended_promise_binds() -> None:
    """The old date stays on record, and out of letters."""
    case = opened("en")
    new = promise("resolve", date(2026, 4, 28), occurrence=1, origin="extension")
    case = replace(case, deadlines=(*case.deadlines, new))
    letter = replace(due("delay"), occurrence="1@resolve:1")
    assert dict(dates(seen(case, letter)))["resolve"] == date(2026, 4, 28)


def test_what_is_kept_broken_or_moot_is_not_owed() -> None:
    """Only open promises are told."""
    case = opened("en")
    states = (DeadlineState.KEPT, DeadlineState.BROKEN)
    done = tuple(replace(deadline, state=state) for deadline, state in zip(case.deadlines, states, strict=True))
    context = seen(replace(case, deadlines=done), due("reply"))
    assert (context["promises"], context["next_promise"], dict(context["owed"])) == ([], None, {})


def test_closing_date_is_the_last_day_of_silence() -> None:
    """The timer comes one second after that day; a step that only moves on names the day, and no closing."""
    assert seen(decided("en"), due("decision"))["closes_on"] == date(2026, 4, 13)
    assert seen(decided("en"), due("decision"))["goes_on"] == date(2026, 4, 13)
    case = decided("en")
    moved = replace(case, ticket=replace(case.ticket, step="waiting"))
    assert seen(moved, due("reply"))["closes_on"] is None


# ------------------------------------------------------------------------------------------------------- details


def test_details_are_found_missing_or_wrong() -> None:
    """A wrong value counts as missing and is shown with what is wrong about it."""
    case = opened("en")
    known = {**case.ticket.details, "model": Detail(value="", shown="ABC", wrong="pattern")}
    context = seen(replace(case, ticket=replace(case.ticket, details=known)), due("acknowledgement"))
    assert [row["name"] for row in context["found"]] == ["problem"]
    (model,) = context["missing"]
    assert (model["label"], model["given"], model["example"]) == ("Inverter model", "ABC", "ST-6.0K")
    assert model["wrong"].startswith("this does not look like a model")


def test_what_is_not_required_is_asked_for_once() -> None:
    """Only the letter of the decision that asks for it lists it."""
    case = opened("en")
    assert [row["name"] for row in seen(case, due("acknowledgement"))["optional"]] == ["serial", "solution"]
    next_day = replace(case, ticket=replace(case.ticket, updated_at=NOW + timedelta(days=8)))
    context = seen(next_day, due("reminder"))
    assert ([row["name"] for row in context["missing"]], context["optional"]) == (["model"], [])


def test_staff_may_ask_for_any_detail() -> None:
    """Details that staff name are asked for, though the kind does not need them."""
    case = later(opened("en", complete=True), 2)
    context = seen(case, due("ask", ask_details=["ticket"]))
    assert [row["label"] for row in context["optional"]] == ["Number of the earlier service ticket"]


def test_long_descriptions_are_cut_at_a_word() -> None:
    """A list of facts is not a place for a whole mail."""
    case = opened("en")
    known = {"problem": Detail(value="x", shown="word " * 200)}
    shown = seen(replace(case, ticket=replace(case.ticket, details=known)), due("reply"))["found"][0]["shown"]
    assert (len(shown) <= 241, shown[-5:]) == (True, "word…")


# --------------------------------------------------------------------------------------------------- words, files


def test_staff_see_the_newest_words_of_who_wrote() -> None:
    """The mail in hand, not an older one, nor another party's, nor a machine's."""
    case = opened("en")
    machine = replace(incoming("en", at=NOW + timedelta(days=2), text="I am away"), automatic=True)
    newest = incoming("en", at=NOW + timedelta(days=1), text="It is worse now")
    stranger = incoming("en", at=NOW + timedelta(days=3), party=5, text="me too")
    case = replace(case, messages=(*case.messages, newest, machine, stranger))
    words = seen(case, due("customer_wrote", 2, from_party=1))["words"]
    assert (words["text"], words["name"], words["shortened"]) == ("It is worse now", "Mary O'Neill", False)
    assert seen(case, due("held", 2, from_party=5))["words"]["text"] == "me too"
    assert seen(case, due("warning", 2))["words"]["text"] == "It is worse now"


def test_endless_words_are_shortened() -> None:
    """A letter shows so much of a mail; the whole stays with the case, and the letter says so."""
    case = opened("en")
    words = seen(case, due("customer_wrote", 2, from_party=1, new_words="x" * 50_000))["words"]
    assert (len(words["text"]), words["shortened"]) == (20_000, True)


def test_pictures_inside_the_text_are_no_files() -> None:
    """A logo in a signature is not told as a file received; dangerous files are marked."""
    case = opened("en")
    files = (
        {"name": "logo.png", "size": 10, "inline": True, "danger": ""},
        {"name": "run.exe", "size": 20, "inline": False, "danger": "a program"},
    )
    case = replace(case, messages=(replace(case.messages[0], attachments=files),))
    assert seen(case, due("acknowledgement"))["files"] == [{"name": "run.exe", "size": 20, "danger": "a program"}]


def test_a_display_name_that_is_an_address_is_no_name() -> None:
    """Nobody is greeted as anna@home.example."""
    case = opened("en")
    customer = replace(case.parties[0], name="anna@home.example")
    assert seen(replace(case, parties=(customer, *case.parties[1:])), due("reply"))["reader"]["name"] == ""


# ------------------------------------------------------------------------------------------------------- history


def test_customer_is_told_what_concerns_them() -> None:
    """Neither letters to staff nor outside parties nor this very decision; staff see all that matters."""
    case = later(opened("en", complete=True), 10)
    facts = [
        event("letter sent", notice="acknowledgement", party=1),
        event("letter sent", notice="new_case", party=2),
        event("letter sent", notice="third_party_question", party=4),
        event("asked a third party", third_party="installer"),
        event("mail received", by="third party", thread="third:installer"),
        event("mail received", by="ada@solaria.example", thread="staff"),
        event("extended", NOW + timedelta(days=10), old="2026-04-14", new="2026-04-28"),
    ]
    facts = [replace(entry, at=entry.at + timedelta(minutes=number)) for number, entry in enumerate(facts, 1)]
    facts[-1] = replace(facts[-1], at=case.ticket.updated_at)
    case = replace(case, history=(*case.history, *facts))
    told = [(row["event"], row["facts"]["notice"]) for row in seen(case, due("progress"))["history"]]
    assert told == [("opened", ""), ("letter sent", "acknowledgement")]
    inside = [(row["event"], row["facts"]["notice"]) for row in seen(case, due("warning", 2))["history"]]
    assert inside == [
        ("opened", ""), ("letter sent", "acknowledgement"), ("letter sent", "third_party_question"),
        ("asked a third party", ""), ("mail received", ""), ("extended", ""),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------- answers


def _opened_by(link: str) -> tuple[str, dict[str, list[str]]]:
    parts = urlsplit(link)
    assert parts.scheme == "mailto"
    assert "+" not in link
    return unquote(parts.path), parse_qs(parts.query)


def test_answers_open_ready_made_mails() -> None:
    """A link opens a mail to the reader's own address with subject and answer in it."""
    context = seen(decided("it"), due("decision"), language="it")
    assert [answer["word"] for answer in context["answers"]] == ["Sì", "No"]
    for answer in context["answers"]:
        to, fields = _opened_by(answer["link"])
        assert to == context["reply_address"]
        assert fields["body"] == [answer["word"]]
        assert fields["subject"] == [f"Re: [{REFERENCE}] L'inverter si ferma ogni mattina"]


def test_staff_are_offered_commands_and_decisions_in_their_language() -> None:
    """Each command and each way to decide is a link with the line ready; others are offered none."""
    context = seen(opened("it"), due("new_case", 2), language="de")
    to, fields = _opened_by(context["decisions"][2]["link"])
    assert (to, fields["body"]) == (context["reply_address"], ["entscheiden: nicht stattgegeben\r\n\r\n"])
    assert context["note_address"] not in ("", context["reply_address"])
    customers = seen(opened("it"), due("acknowledgement"))
    assert (customers["commands"], customers["decisions"], customers["note_address"]) == ([], [], "")


def test_links_for_outside_parties_do_not_say_what_the_matter_is() -> None:
    """The subject of an outside party's answer is the tag alone."""
    _, fields = _opened_by(seen(opened("en"), due("third_party_question", 4))["reply_link"])
    assert fields["subject"] == [f"Re: [{REFERENCE}]"]


def test_no_question_means_no_answers() -> None:
    """A letter in a step that asks nothing offers nothing."""
    context = seen(opened("en"), due("acknowledgement"))
    assert (context["question"], context["answers"]) == (None, [])


def test_question_of_before_is_quoted_without_its_signature() -> None:
    """A reminder can show what was asked."""
    letter = Message(
        direction="out", message_id="a@b", sender="s", recipients=("x",), subject="s", at=NOW, thread="customer",
        text="Which colour?\n\n-- \nfooter\n", notice="ask", party=1,
    )  # fmt: skip
    case = replace(opened("en"), messages=(letter,))
    assert seen(case, due("reminder"))["asked_before"]["text"].strip() == "Which colour?"
    assert seen(opened("en"), due("reminder"))["asked_before"] is None


@pytest.mark.parametrize("turn", TURNS)
def test_case_without_a_customer_can_be_told(turn: str) -> None:
    """A letter about a case whose customer is not known is written all the same."""
    case, notices, now = TURNS[turn]("en")
    others = tuple(party for party in case.parties if party.role is not Role.CUSTOMER)
    for notice in notices:
        if notice.party != 1:
            assert seen(replace(case, parties=others), notice)["customer"]["address"]
    assert now.tzinfo is not None


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_every_line_offered_is_understood(language: str) -> None:
    """What a link writes into a mail is the command it stands for."""
    context = seen(opened(language), due("new_case", 2), language=language)
    grammar = grammar_of(policy())
    for row in (*context["commands"], *({**one, "name": "decide"} for one in context["decisions"])):
        _, fields = _opened_by(row["link"])
        read = read_commands(fields["body"][0].replace("\r\n", "\n"), grammar)
        assert row["name"] == "reply" or [command.name for command in read.commands] == [row["name"]]
