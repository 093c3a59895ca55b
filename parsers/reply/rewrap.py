"""Line breaks that a mail program set at the edge of its plain text, taken out again by the witness of its HTML.

Gmail and others break the plain part of a mail at some 76 characters, with nothing that tells such a break from one
that a person made. The HTML beside it has only those of the person.
"""

from __future__ import annotations

from parsers.mime import markup

_NARROWEST, _WIDEST = 60, 100  # where programs break lines, the word that did not fit any more included
_MOST = 400  # breaks looked at
_AROUND = 40  # characters on each side of a break that have to stand together in the HTML


def unwrapped(text: str, html: str) -> str:
    """The text with those lines joined that are one line in the HTML; all others stay as they are."""
    lines = text.split("\n")
    breaks = [at for at in range(1, len(lines)) if _may_be_set(lines[at - 1], lines[at])][:_MOST]
    if not breaks or not html:
        return text
    told = "\n".join(" ".join(line.split()) for line in markup.to_text(html).split("\n"))
    for at in reversed(breaks):
        before, after = (" ".join(line.split()) for line in (lines[at - 1], lines[at]))
        if f"{before[-_AROUND:]} {after[:_AROUND]}" in told:
            lines[at - 1 : at + 1] = [f"{lines[at - 1].rstrip()} {lines[at].lstrip()}"]
    return "\n".join(lines)


def _may_be_set(line: str, following: str) -> bool:
    """Whether the first word of the following line would not have fitted here."""
    if not line.strip() or not following.strip() or line.startswith(">") or following.startswith(">"):
        return False
    return len(line) <= _WIDEST and len(line) + 1 + len(following.split(maxsplit=1)[0]) >= _NARROWEST
