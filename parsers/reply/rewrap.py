"""Remove the line breaks that a mail program added to wrap its plain text, by comparison with the HTML.

Gmail and others wrap the plain text part at about 76 characters, without anything that distinguishes such a break from
one that the sender typed. The HTML part has only the typed ones.
"""

from __future__ import annotations

from parsers.mime import markup

_NARROWEST, _WIDEST = 60, 100  # characters at which programs wrap, including the word that did not fit
_MOST_BREAKS = 400  # breaks examined
_CONTEXT = 40  # characters on each side of a break that must be on one line in the HTML


def without_line_wrapping(text: str, html: str) -> str:
    """The text with those lines joined that are one line in the HTML. Other lines are unchanged."""
    lines = text.split("\n")
    break_indexes = [at for at in range(1, len(lines)) if _may_be_wrapped(lines[at - 1], lines[at])][:_MOST_BREAKS]
    if not break_indexes or not html:
        return text
    html_lines = "\n".join(" ".join(line.split()) for line in markup.html_to_text(html).split("\n"))
    for at in reversed(break_indexes):
        before, after = (" ".join(line.split()) for line in (lines[at - 1], lines[at]))
        if f"{before[-_CONTEXT:]} {after[:_CONTEXT]}" in html_lines:
            lines[at - 1 : at + 1] = [f"{lines[at - 1].rstrip()} {lines[at].lstrip()}"]
    return "\n".join(lines)


def _may_be_wrapped(line: str, following: str) -> bool:
    """Whether a program may have wrapped here: the first word of the following line would not have fitted."""
    if not line.strip() or not following.strip() or line.startswith(">") or following.startswith(">"):
        return False
    return len(line) <= _WIDEST and len(line) + 1 + len(following.split(maxsplit=1)[0]) >= _NARROWEST
