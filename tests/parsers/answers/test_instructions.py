"""Lines to the desk told from sentences to the customer, measured both ways on what people write in each language.

tests/mail/staff/first_sentences has the first sentences of letters, one a line; tests/mail/staff/failed_commands what
staff wrote when they meant a command (`\\n` stands for a line break). Both go the way of every staff mail.
"""

from __future__ import annotations

import pytest

from config.files.load_policy import load_policy
from config.policy import Policy
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import Doubt, StaffText, read_commands
from tests.paths import TESTS

STAFF = TESTS / "mail" / "staff"
DECISIONS = {"upheld": {"title": {"en": "upheld", "zh-Hans": "支持", "zh-Hant": "支持"}}}
SPOKEN = {
    "en": load_policy("complaints"),
    "it": load_policy("complaints"),
    "de": load_policy("complaints"),
    "fr": load_policy("connected-services"),
    "es": load_policy("connected-services"),
    "zh-Hans": load_policy("field-repair", extra={"decisions": DECISIONS}),
    "zh-Hant": load_policy("dealer-service", extra={"decisions": DECISIONS}),
}
MOST_ASKED = 0.02


def read(text: str, policy: Policy, *languages: str, customer: str = "") -> StaffText:
    """A mail of somebody who writes in one language on a case in another."""
    return read_commands(text, grammar_of(policy, languages), writer="Dino Blu", customer=customer)


def corpus(name: str, language: str, least: int) -> list[str]:
    """The lines of a corpus, which are at least so many and all different."""
    lines = (STAFF / name / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(set(lines)) >= least
    return [line.replace("\\n", "\n") for line in lines]


@pytest.mark.parametrize("language", SPOKEN)
def test_first_sentences_of_letters_go_out(language: str) -> None:
    """Of two hundred at most four are asked about, none is obeyed, and all others are whole."""
    said = [(line, read(line, SPOKEN[language], language)) for line in corpus("first_sentences", language, 200)]
    assert [line for line, one in said if one.commands] == []
    asked = [line for line, one in said if one.unknown]
    assert len(asked) <= MOST_ASKED * len(said), asked
    assert [line for line, one in said if not one.unknown and one.text != line] == []


@pytest.mark.parametrize("language", SPOKEN)
def test_first_sentences_under_a_greeting_go_out(language: str) -> None:
    """The same with a greeting above and more words below."""
    greeting = {
        "en": "Dear Jane,",
        "it": "Gentile Anna,",
        "de": "Sehr geehrte Frau Adams,",
        "fr": "Bonjour Madame,",
        "es": "Estimada Ana:",
        "zh-Hans": "王女士，您好：",
        "zh-Hant": "王女士，您好：",
    }[language]
    asked = []
    lines = corpus("first_sentences", language, 200)
    for line in lines:
        said = read(f"{greeting}\n\n{line}\n\nDino Blu", SPOKEN[language], language)
        asked += [line] if said.unknown or said.commands else []
    assert len(asked) <= MOST_ASKED * len(lines), asked


@pytest.mark.parametrize("language", SPOKEN)
def test_first_sentences_under_the_customer_s_name_go_out(language: str) -> None:
    """ "Ms Doe," alone on the first line is how many letters begin."""
    sentences = corpus("first_sentences", language, 200)
    said = [read(f"Ms. Doe,\n\n{one}", SPOKEN[language], language, language, customer="Jane Doe") for one in sentences]
    assert sum(bool(one.unknown) for one in said) <= MOST_ASKED * len(said)


@pytest.mark.parametrize(
    "text",
    ["Jane, we have sent it today.", "Jane\n\nThe part is here.", "Doe Jane,\n\nthe technician comes; he will ring."],
)
def test_words_that_begin_with_the_customer_s_name_are_a_letter(text: str) -> None:
    """They are said to them."""
    assert not read(text, SPOKEN["en"], "en", "en", customer="Jane Doe").unknown


@pytest.mark.parametrize(
    "text", ["Jane Doe: rude on the phone", "Jane, angry caller", "Call Jane, she is angry", "Jane\nshe is lying"]
)
def test_words_about_the_customer_by_name_are_none(text: str) -> None:
    """They are said to a colleague."""
    assert read(text, SPOKEN["en"], "en", "en", customer="Jane Doe").doubt is Doubt.OF_CUSTOMER


@pytest.mark.parametrize("greeting", ["Hallo zusammen,", "Ciao a tutti,", "Bonjour,", "Hola,", "Hi team,"])
def test_colleagues_greet_in_any_language(greeting: str) -> None:
    """Whatever languages the writer and the case have, a greeting to nobody stands above a command that is obeyed."""
    said = read(f"{greeting}\n\n1) take\n2) note: she called twice", SPOKEN["en"], "en", "en", customer="Jane Doe")
    assert [command.name for command in said.commands] == ["take", "note"]
    assert not said.unknown


@pytest.mark.parametrize("language", SPOKEN)
def test_no_failed_command_goes_out(language: str) -> None:
    """Alone and above words, it is obeyed or told; nothing of its line is left for a letter."""
    for line in corpus("failed_commands", language, 60):
        for text in (line, f"{line}\n\nThe part comes from abroad."):
            said = read(text, SPOKEN[language], language)
            assert said.unknown or said.commands, text
            left = "" if said.doubt is Doubt.OF_CUSTOMER else said.text
            assert line.replace("\n\n", "\n").split("\n")["\n\n" in line] not in left, text


@pytest.mark.parametrize("language", SPOKEN)
def test_an_english_speaker_on_a_foreign_case(language: str) -> None:
    """English failed commands are known whatever the case's language is."""
    for line in corpus("failed_commands", "en", 60):
        said = read(line, SPOKEN["en"] if language in ("it", "de") else SPOKEN[language], "en", language)
        assert said.unknown or said.commands or "upheld" in line, line


LETTERS = [
    "Ask your installer to close the breaker.",
    "Wait ten minutes, then switch it on.",
    "Note that the warranty ends in May.",
    "Take a photo of the label, please.",
    "Our technician was there, and he found a broken fan.",
    "Dear Jane, the replacement ships on Thursday.",
    "1. Close the valve first.\n2. Wait ten minutes.\n3. Open the valve again.",
    "Note that the warranty has ended,\nas we wrote.",
    "We are glad that it works.\n\nKind regards",
    "Hi Jane,\n\nwait ten minutes, then switch it on.",
]


@pytest.mark.parametrize("text", LETTERS)
def test_a_letter_is_a_letter(text: str) -> None:
    """Nothing is taken off it and nobody is asked."""
    assert read(text, SPOKEN["en"], "en", customer="Jane Adams") == StaffText(text=text)


REFUSED = [
    ("mine\n\nThe part comes from China and he shouts at everybody.", Doubt.OF_CUSTOMER),
    ("decide upheld\n\nThe customer has been patient.", Doubt.OF_CUSTOMER),
    ("She is right, we must pay.", Doubt.OF_CUSTOMER),
    ("Adams gets a new one, nothing else.", Doubt.OF_CUSTOMER),
    ("Ask Jane for the invoice.", Doubt.UNKNOWN),
    ("Hi Jane,\n\ntake\n\nThe unit ships on Thursday.", Doubt.GREETED),
    ("ask serial number please", Doubt.UNKNOWN),
    ("?\n\nWhat can I do here?", Doubt.UNKNOWN),
]


@pytest.mark.parametrize(("text", "doubt"), REFUSED)
def test_what_is_told_instead_of_sent(text: str, doubt: Doubt) -> None:
    """Its writer hears why: a line nobody knows, a command under a greeting, words about the customer."""
    said = read(text, SPOKEN["en"], "en", customer="Jane Adams")
    assert (bool(said.unknown), said.doubt) == (True, doubt)


@pytest.mark.parametrize(
    "text", ["he shouts at everybody", "wait for the installer, the customer is away", "He is rude."]
)
def test_a_note_is_free(text: str) -> None:
    """What goes to the address for notes stays inside, whomever it speaks of."""
    said = read_commands(text, grammar_of(SPOKEN["en"]), inside=True)
    assert (said.text, said.unknown) == (text, ())


@pytest.mark.parametrize(
    "text", ["note\n\nhe shouts", "remind 2026-05-20\n\ncall her", "third installer\n\nDid he pay?"]
)
def test_words_the_customer_never_reads_may_speak_of_them(text: str) -> None:
    """A note, a reminder to oneself, a question to somebody else."""
    said = read(text, SPOKEN["en"], "en")
    assert (len(said.commands), said.unknown) == (1, ())


@pytest.mark.parametrize("sign", ["take ", "he ", "Hi ", "best regards ", "please ", "wait until ", "谢谢", "请"])
def test_a_line_without_end_is_read_all_the_same(sign: str) -> None:
    """What nobody types takes no time."""
    assert read(sign * 40_000, SPOKEN["en"], "en") != StaffText()
