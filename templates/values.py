"""The values of a letter are put in last, where no Markdown is read any more: nothing anybody wrote becomes markup.

While a source is rendered, each value leaves a token that is a plain word to Markdown. What Markdown makes of the words
around the tokens depends on the source alone, and so can be kept; the values then take the tokens' places, escaped as
HTML in one part and as they are in the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

VALUES = "_values"  # the name under which a rendering keeps its values
LINK_START, LINK_END = "\x02", "\x03"

_HTML = re.compile(
    r'<p(?P<style>[^<>]*)>Zp(?P<block>\d+)pZ</p>|href="(?P<before>[^"]*?)Zv(?P<link>\d+)vZ|Z[vp](?P<one>\d+)[vp]Z'
)
_TEXT = re.compile(r"^(?P<lead>[> ]*)Zp(?P<block>\d+)pZ$|Z[vp](?P<one>\d+)[vp]Z", re.MULTILINE)
_LINK = re.compile(f"{LINK_START}([^{LINK_START}{LINK_END}]*){LINK_END}")
# Control characters, and those that turn the direction of what follows them outside the words themselves.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")
_SPACES = re.compile(r"\s+")
_PARTING = re.compile(r"\n[ \t]*\n\s*")
_SAFE_LINKS = ("mailto:", "https:", "http:", "tel:")


class Markdown(str):
    """Text that is Markdown already, and is read as such."""

    __slots__ = ()


class Paragraphs(str):
    """Words of several lines: empty lines part paragraphs, every other line break is kept."""

    __slots__ = ()


class Quotation(Paragraphs):
    """Words of several lines that are quoted."""

    __slots__ = ()


def clean(text: str) -> str:
    """The text with one sort of line break and without characters that nobody sees."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """The text on one line, as headers need it."""
    return " ".join(clean(text).split())


@pass_context
def put(context: Context, value: Any) -> str:
    """What a value leaves in the Markdown: its token. Markdown goes in as it is; None is empty."""
    if isinstance(value, Markdown):
        return value
    values: list[str] = context[VALUES]
    number = len(values)
    if isinstance(value, Paragraphs):
        values.append(clean(value).strip())
        return f"{'> ' if isinstance(value, Quotation) else ''}Zp{number}pZ"
    text = "" if value is None else str(value)
    values.append(text if text.isprintable() else _SPACES.sub(" ", clean(text)))
    return token(number)


def token(number: int) -> str:
    """The token of the value with this number."""
    return f"Zv{number}vZ"


def fill_html(page: str, values: Sequence[str]) -> str:
    """The HTML with its values. A link goes nowhere but to a mail, a page or a telephone."""

    def value(match: re.Match[str]) -> str:
        if match["block"] is not None:
            parts = _PARTING.split(values[int(match["block"])])
            lines = (escape(part, quote=False).replace("\n", "<br>\n") for part in parts)
            return "\n".join(f"<p{match['style']}>{part}</p>" for part in lines)
        if match["link"] is not None:
            target = match["before"] + escape(values[int(match["link"])])
            return f'href="{target if target.startswith(_SAFE_LINKS) else "#"}'
        return escape(values[int(match["one"])], quote=False)

    return _HTML.sub(value, page)


def fill_text(text: str, values: Sequence[str]) -> str:
    """The plain text with its values; see textpart for how a link reads."""

    def value(match: re.Match[str]) -> str:
        if match["block"] is None:
            return values[int(match["one"])]
        lead = match["lead"]
        return "\n".join(f"{lead}{line}".rstrip() for line in values[int(match["block"])].split("\n"))

    return _LINK.sub(_link, _TEXT.sub(value, text))


def _link(match: re.Match[str]) -> str:
    address = match[1]
    if address.startswith("mailto:"):
        address = "" if "?" in address else address.removeprefix("mailto:").replace("%2B", "+")
    told = not address or match.string.endswith(address, 0, match.start())
    return "" if told else f" <{address}>"
