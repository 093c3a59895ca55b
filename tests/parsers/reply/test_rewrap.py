"""Line breaks added by a mail program, and those typed by a person."""

from __future__ import annotations

import pytest

from parsers.reply.rewrap import without_line_wrapping

LONG = (
    "we have looked at the photos that you sent us on Monday, and we think that the display has been damaged by water"
)
SET = (
    "we have looked at the photos that you sent us on Monday, and we think that\nthe display has been damaged by water"
)


@pytest.mark.parametrize(
    ("text", "html", "said"),
    [
        (SET, f"<div>{LONG}</div>", LONG),
        (SET, f"<p>we have looked at the <b>photos</b>{LONG[24:]}</p>".replace("</b> ", "</b> "), None),
        (SET, f"<div>{LONG[:74]}<br>{LONG[75:]}</div>", SET),
        (SET, f"<div>{LONG[:74]}</div><div>{LONG[75:]}</div>", SET),
        (SET, "", SET),
        (SET, "<p>Something else.</p>", SET),
        ("Yes.\nNo.", "<div>Yes. No.</div>", "Yes.\nNo."),  # nothing made a program break there
        (f"> {SET[:74]}\n> {SET[75:]}", f"<div>{LONG}</div>", f"> {SET[:74]}\n> {SET[75:]}"),
        (f"Dear Ann,\n\n{SET}\n\n- one\n- two", f"<p>Dear Ann,</p><p>{LONG}</p><ul><li>one<li>two</ul>",
         f"Dear Ann,\n\n{LONG}\n\n- one\n- two"),
    ],
)  # fmt: skip
def test_which_breaks_are_removed(text: str, html: str, said: str | None) -> None:
    """Lines are joined only if the HTML has the words of both on one line; in doubt a break is kept."""
    assert without_line_wrapping(text, html) == (LONG if said is None else said)


def test_three_lines_are_one_and_work_stays_small() -> None:
    """A paragraph of many lines becomes one line; a text of thousands of lines takes little time."""
    words = "word " * 400
    lines = [words[at : at + 75].strip() for at in range(0, len(words), 75)]
    assert without_line_wrapping("\n".join(lines), f"<div>{words}</div>").count("\n") == 0
    assert without_line_wrapping("\n".join(lines * 200), f"<div>{words}</div>")
