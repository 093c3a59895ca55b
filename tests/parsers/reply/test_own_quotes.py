"""Our own letters quoted at the end of a mail are cut off by their words, and nothing else is."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.reply.own_letters import OwnLetter, repeated_lines
from parsers.reply.own_quotes import cut_quoted_letters

NOTICE = """A new case for the technical team: product complaint C-2026-000001.

Decision: due by Tuesday, 14 April 2026
Step: Being examined

Anna wrote on Monday, 2 March 2026

> My inverter does not switch on any more. Please repair it.

What you can answer

decide: upheld
decide: partly upheld

- wait until 2026-05-20: no reminders before that day; promises go on"""
LETTER = OwnLetter(NOTICE, ("Firm", "help@firm.example", "Ada Bianchi", "ada@firm.example"), ("C-2026-000001",))
KNOWN = ("My inverter does not switch on any more. Please repair it.",)
HEAD = "Od: Firm <help@firm.example>\nData: 2026-03-02 10:00\nDo: Ada Bianchi\nTemat: [C-2026-000001] Inverter"


def cut(text: str) -> str:
    """The remaining text."""
    return cut_quoted_letters(text, [LETTER], known=KNOWN).text


@pytest.mark.parametrize(
    "own",
    [
        "It comes on Friday.",
        "decide: partly upheld",
        "remind: 2026-05-20",
        "note: she called on 2026-03-02 at 10:00",
        "You write: My inverter does not switch on any more. Please repair it.",
        "The dates are:\n- 2 March\n- 3 March",
        "",
    ],
)
@pytest.mark.parametrize("head", [HEAD, "", "----- Wiadomość -----", "Firm\nC-2026-000001"])
def test_text_and_commands_above_are_kept(own: str, head: str) -> None:
    """Completely, also where they look like header lines or like the notice."""
    assert cut(f"{own}\n\n{head}\n\n{NOTICE}") == own
    assert cut(f"{own}\n{HEAD}\n\n{NOTICE}") == own


@pytest.mark.parametrize("below", ["And please call me.", "yes", "Kind regards\nAda"])
def test_text_below_or_between_is_never_cut(below: str) -> None:
    """Then nothing is cut; the notice found in the text leads to a question to the sender."""
    text = f"{NOTICE}\n\n{below}"
    assert cut(text) == text
    first, second = NOTICE[:200], NOTICE[200:]
    assert below in cut(f"It comes on Friday.\n\n{first}\n{below}\n{second}")


def test_the_customers_words_alone_are_no_notice() -> None:
    """Somebody may quote them by hand at the end of a letter."""
    text = "You write:\n\nMy inverter does not switch on any more. Please repair it."
    assert cut(text) == text


def test_a_doubtful_line_above_is_reported() -> None:
    """A line in no known format that may be a mail program's; the sender is asked before the rest is sent."""
    left = cut_quoted_letters(f"It comes on Friday.\n\nFirm, help@firm.example, 2 marca\n\n{NOTICE}", [LETTER])
    assert left.doubtful_line == "Firm, help@firm.example, 2 marca"
    assert cut_quoted_letters(f"It comes on Friday.\n\n{NOTICE}", [LETTER]).doubtful_line == ""


_WORD = st.text("bcdfghklmnprstvz", min_size=2, max_size=8)
_LINES = st.lists(st.lists(_WORD, min_size=1, max_size=12), min_size=3, max_size=12)


@given(
    _LINES, _LINES, st.integers(30, 100), st.sampled_from(["", "> ", "| ", "AB> ", "\t"]), st.booleans(), st.booleans()
)
def test_any_letter_is_cut_or_reported(
    letter: list[list[str]], own: list[list[str]], width: int, mark: str, below: bool, shout: bool
) -> None:
    """Whatever its text and however it is quoted, above or below other text: no whole line of it goes unnoticed."""
    text = "\n".join(" ".join(line) for line in letter)
    words = "\n".join("ooo " + " ooo ".join(line) for line in own)  # none of them follow each other as in the letter
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line.upper() if shout else line, width)]
    quoted = "\n".join(f"{mark}{line}" for line in lines)
    ours = OwnLetter(text)
    left = cut_quoted_letters(f"{quoted}\n\n{words}" if below else f"{words}\n\n{quoted}", [ours]).text
    assert words.strip() in left
    whole = [line for line in letter if len(set(line)) >= 7]
    if whole and not repeated_lines(left, [ours]):
        said = " ".join(left.replace(mark.strip() or "\t", " ").lower().split())
        assert not any(" ".join(line) in said for line in whole)
