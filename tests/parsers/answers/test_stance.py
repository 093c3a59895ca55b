"""Whether a customer is satisfied: realistic replies in every language.

The word lists were written with `stances/tuned`; `stances/held_out` was written before them and never used to write
them; `stances/fresh` was written to break them, and then used to improve them. A line is marked + (consent, thanks,
praise), - (clear dissatisfaction) or ? (a question, a condition, information, somebody else's words, mockery).
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from config.policy_shapes.stance import Stance, Subject
from parsers.answers.stance import LANGUAGES, PolicyAnswers, read_stance
from tests.paths import TESTS
from tests.work import lines_run

FOLDER = TESTS / "parsers" / "stances"
FILES = sorted(FOLDER.glob("*/*.txt"))
NAMES = [f"{file.parent.name}-{file.stem}" for file in FILES]


def replies(file: Path, mark: str) -> list[str]:
    """The replies of a file with this mark."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line[2:].replace("\\n", "\n") for line in lines if line[:2] == f"{mark} "]


def stances(file: Path, mark: str) -> Counter[Stance]:
    """How often each stance is read from these replies."""
    return Counter(read_stance(text, (file.stem,)).stance for text in replies(file, mark))


def wrong(file: Path, mark: str, stance: Stance) -> list[str]:
    """The replies with this mark that are read as this stance."""
    return [text for text in replies(file, mark) if read_stance(text, (file.stem,)).stance is stance]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_nothing_friendly_is_taken_for_dissatisfaction(file: Path) -> None:
    """Consent, thanks and praise are recognised in any wording; few are left to people."""
    assert wrong(file, "+", Stance.DISSATISFIED) == []
    assert stances(file, "+")[Stance.SATISFIED] > 0.5 * len(replies(file, "+"))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_clear_dissatisfaction_is_recognised(file: Path) -> None:
    """Nine of ten refusals are recognised; the others go to a person, and none is taken for consent."""
    assert wrong(file, "-", Stance.SATISFIED) == []
    assert stances(file, "-")[Stance.DISSATISFIED] >= 0.9 * len(replies(file, "-"))


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_what_is_unclear_is_neither(file: Path) -> None:
    """Replies that say neither start nothing and are not taken for consent."""
    assert wrong(file, "?", Stance.DISSATISFIED) == []
    assert wrong(file, "?", Stance.SATISFIED) == []


def test_there_are_enough_of_each() -> None:
    """Every language has enough replies for the figures, half of them held out."""
    for code in LANGUAGES:
        least = (60, 60, 30) if code in ("en", "it", "de") else (40, 40, 20)
        for mark, count in zip("+-?", least, strict=True):
            halves = [len(replies(FOLDER / half / f"{code}.txt", mark)) for half in ("tuned", "held_out")]
            assert sum(halves) >= count
            assert halves[0] == halves[1]


@pytest.mark.parametrize(
    ("code", "text", "stance"),
    [
        ("en", "It works again, thank you!", Stance.SATISFIED),
        ("en", "All good now, it runs fine.", Stance.SATISFIED),
        ("en", "Fine, I will try it tonight.", Stance.UNCLEAR),
        ("en", "Perfect, thanks!", Stance.UNCLEAR),
        ("en", "It still does not spin.", Stance.DISSATISFIED),
        ("en", "No, same error as before", Stance.DISSATISFIED),
        ("en", "The washing works but the noise is still there.", Stance.UNCLEAR),
        ("zh-Hans", "修好了，谢谢师傅", Stance.SATISFIED),
        ("zh-Hans", "还是漏水，没修好", Stance.DISSATISFIED),
        ("zh-Hans", "师傅人很好，谢谢", Stance.UNCLEAR),
        ("zh-Hans", "能用了", Stance.SATISFIED),
        ("zh-Hans", "还是不行", Stance.DISSATISFIED),
        ("de", "Läuft wieder, danke!", Stance.SATISFIED),
        ("it", "Non funziona ancora", Stance.DISSATISFIED),
    ],
)
def test_of_work_what_fails_is_a_no_and_politeness_no_yes(code: str, text: str, stance: Stance) -> None:
    """About a repair, it counts whether the device works, not whether somebody is polite."""
    assert read_stance(text, (code,), subject=Subject.WORK).stance is stance


def test_of_a_decision_what_fails_is_no_answer() -> None:
    """A device that is to be replaced may still be dead."""
    assert read_stance("The inverter is still dead.", ("en",)).stance is Stance.UNCLEAR


def test_the_words_that_show_it_are_returned() -> None:
    """The words returned are the clause, for staff and the ledger."""
    read = read_stance("Thank you for the letter. However, I do not accept this, John", ("en",))
    assert read.words == "i do not accept this"


def test_another_language_than_the_cases() -> None:
    """A customer of a German case who writes French is read in French."""
    text = "Merci de votre réponse, mais je ne suis pas du tout d'accord avec votre décision."
    assert read_stance(text, ("de", "en", "it")).stance is Stance.DISSATISFIED
    assert read_stance("Das ist nicht fair.", ("en", "de")).stance is not Stance.SATISFIED


def test_a_policys_own_words_count() -> None:
    """A policy's own words count like the lists and can be negated; its words of thanks are no consent."""
    own = PolicyAnswers(satisfied=("hunky-dory", "thank you"), dissatisfied=("cheesed off",))
    assert read_stance("That is hunky-dory.", ("en",), policy_answers=own).stance is Stance.SATISFIED
    assert read_stance("This is not hunky-dory", ("en",), policy_answers=own).stance is Stance.DISSATISFIED
    assert read_stance("I am cheesed off", ("en",), policy_answers=own).stance is Stance.DISSATISFIED
    assert read_stance("Thank you but this is unfair", ("en",), policy_answers=own).stance is Stance.DISSATISFIED


ATTACKS = (
    "not ",
    "want ",
    "i ",
    "if ",
    "a",
    "nicht zu ",
    "不",
    "no\n",
    "could not have asked ",
    "(",
    "who said ",
    "ok ",
    "ok, ",
)


@pytest.mark.parametrize("attack", [*ATTACKS, "want to "])
def test_no_text_makes_more_work_than_its_length(attack: str) -> None:
    """Twice the length takes at most about twice the work, in every language."""

    def read(times: int) -> None:
        for code in LANGUAGES:
            read_stance(attack * times, (code,))

    read(3)  # what is read once, word lists and patterns, belongs to no text
    single, double = (lines_run(partial(read, times)) for times in (200, 400))
    assert double <= max(2.6 * single, 10_000)
