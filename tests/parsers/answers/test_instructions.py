"""Instructions to Reclamo distinguished from sentences to the customer, measured on a corpus in each language.

tests/mail/staff/first_sentences has the first sentences of letters, one per line; tests/mail/staff/failed_commands has
what staff wrote when they meant a command (`\\n` stands for a line break). All are read like any staff mail.
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
    """A grammar for a writer of one language on a case in another."""
    return read_commands(text, grammar_of(policy, languages), writer="Dino Blu", customer=customer)


def corpus(name: str, language: str, least: int) -> list[str]:
    """The lines of a corpus: at least this many, and all different."""
    lines = (STAFF / name / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(set(lines)) >= least
    return [line.replace("\\n", "\n") for line in lines]


@pytest.mark.parametrize("language", SPOKEN)
def test_first_sentences_of_letters_go_out(language: str) -> None:
    """At most two in a hundred are asked about, none is obeyed, and all others are unchanged."""
    said = [(line, read(line, SPOKEN[language], language)) for line in corpus("first_sentences", language, 200)]
    assert [line for line, read_text in said if read_text.commands] == []
    asked = [line for line, read_text in said if read_text.unknown]
    assert len(asked) <= MOST_ASKED * len(said), asked
    assert [line for line, read_text in said if not read_text.unknown and read_text.text != line] == []


@pytest.mark.parametrize("language", SPOKEN)
def test_first_sentences_under_a_greeting_go_out(language: str) -> None:
    """The same with a greeting above and more text below."""
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
    """A name, "Ms Doe,", alone on the first line begins a letter."""
    sentences = corpus("first_sentences", language, 200)
    said = [
        read(f"Ms. Doe,\n\n{sentence}", SPOKEN[language], language, language, customer="Jane Doe")
        for sentence in sentences
    ]
    assert sum(bool(read_text.unknown) for read_text in said) <= MOST_ASKED * len(said)


@pytest.mark.parametrize(
    "text",
    ["Jane, we have sent it today.", "Jane\n\nThe part is here.", "Doe Jane,\n\nthe technician comes; he will ring."],
)
def test_words_that_begin_with_the_customer_s_name_are_a_letter(text: str) -> None:
    """Text that addresses the customer by name is sent."""
    assert not read(text, SPOKEN["en"], "en", "en", customer="Jane Doe").unknown


@pytest.mark.parametrize(
    "text", ["Jane Doe: rude on the phone", "Jane, angry caller", "Call Jane, she is angry", "Jane\nshe is lying"]
)
def test_words_about_the_customer_by_name_are_none(text: str) -> None:
    """Text that speaks about the customer to a colleague is not sent."""
    assert read(text, SPOKEN["en"], "en", "en", customer="Jane Doe").doubt is Doubt.ABOUT_CUSTOMER


@pytest.mark.parametrize("greeting", ["Hallo zusammen,", "Ciao a tutti,", "Bonjour,", "Hola,", "Hi team,"])
def test_colleagues_greet_in_any_language(greeting: str) -> None:
    """A greeting that names nobody, in any language, may stand above a command."""
    said = read(f"{greeting}\n\n1) take\n2) note: she called twice", SPOKEN["en"], "en", "en", customer="Jane Doe")
    assert [command.name for command in said.commands] == ["take", "note"]
    assert not said.unknown


@pytest.mark.parametrize("language", SPOKEN)
def test_no_failed_command_goes_out(language: str) -> None:
    """Alone and above text, a failed command is obeyed or reported; no part of its line is sent."""
    for line in corpus("failed_commands", language, 60):
        for text in (line, f"{line}\n\nThe part comes from abroad."):
            said = read(text, SPOKEN[language], language)
            assert said.unknown or said.commands, text
            left = "" if said.doubt is Doubt.ABOUT_CUSTOMER else said.text
            assert line.replace("\n\n", "\n").split("\n")["\n\n" in line] not in left, text


@pytest.mark.parametrize("language", SPOKEN)
def test_an_english_speaker_on_a_foreign_case(language: str) -> None:
    """Failed commands in English are recognised whatever the language of the case."""
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
    """Text of letters is unchanged and not asked about."""
    assert read(text, SPOKEN["en"], "en", customer="Jane Adams") == StaffText(text=text)


REFUSED = [
    ("mine\n\nThe part comes from China and he shouts at everybody.", Doubt.ABOUT_CUSTOMER),
    ("decide upheld\n\nThe customer has been patient.", Doubt.ABOUT_CUSTOMER),
    ("She is right, we must pay.", Doubt.ABOUT_CUSTOMER),
    ("Adams gets a new one, nothing else.", Doubt.ABOUT_CUSTOMER),
    ("Ask Jane for the invoice.", Doubt.UNKNOWN),
    ("Hi Jane,\n\ntake\n\nThe unit ships on Thursday.", Doubt.TEXT_AFTER_GREETING),
    ("ask serial number please", Doubt.UNKNOWN),
    ("?\n\nWhat can I do here?", Doubt.UNKNOWN),
]


@pytest.mark.parametrize(("text", "doubt"), REFUSED)
def test_the_reason_for_a_refusal(text: str, doubt: Doubt) -> None:
    """The reason is given: an unknown line, a command under a greeting, text about the customer."""
    said = read(text, SPOKEN["en"], "en", customer="Jane Adams")
    assert (bool(said.unknown), said.doubt) == (True, doubt)


@pytest.mark.parametrize(
    "text", ["he shouts at everybody", "wait for the installer, the customer is away", "He is rude."]
)
def test_a_note_is_free(text: str) -> None:
    """Text sent to the address for notes stays internal, whoever it is about."""
    said = read_commands(text, grammar_of(SPOKEN["en"]), internal=True)
    assert (said.text, said.unknown) == (text, ())


@pytest.mark.parametrize(
    "text", ["note\n\nhe shouts", "remind 2026-05-20\n\ncall her", "third installer\n\nDid he pay?"]
)
def test_words_the_customer_never_reads_may_speak_of_them(text: str) -> None:
    """Text after commands that take internal text is not asked about."""
    said = read(text, SPOKEN["en"], "en")
    assert (len(said.commands), said.unknown) == (1, ())


@pytest.mark.parametrize("sign", ["take ", "he ", "Hi ", "best regards ", "please ", "wait until ", "谢谢", "请"])
def test_a_line_without_end_is_read_all_the_same(sign: str) -> None:
    """Very long lines take no noticeable time."""
    assert read(sign * 40_000, SPOKEN["en"], "en") != StaffText()
