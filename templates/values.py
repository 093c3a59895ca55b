"""Put the values of a letter in after Markdown was parsed, so that nothing that people wrote becomes markup.

While a source is rendered, each value leaves a token, which is a plain word to Markdown. So the parsed page depends on
the source alone and can be cached. The values then replace the tokens: escaped in HTML, unchanged in plain text.
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
    r'<p(?P<style>[^<>]*)>Zp(?P<block>\d+)pZ</p>|href="(?P<before>[^"]*?)Zv(?P<link>\d+)vZ|Z[vp](?P<inline>\d+)[vp]Z'
)
_TEXT = re.compile(r"^(?P<lead>[> ]*)Zp(?P<block>\d+)pZ$|Z[vp](?P<inline>\d+)[vp]Z", re.MULTILINE)
_LINK = re.compile(f"{LINK_START}([^{LINK_START}{LINK_END}]*){LINK_END}")
# Control characters, and those that change the direction of the text that follows.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")
_SPACES = re.compile(r"\s+")
_BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_SAFE_LINKS = ("mailto:", "https:", "http:", "tel:")


class Markdown(str):
    """Text that is Markdown and is parsed as such."""

    __slots__ = ()


class Paragraphs(str):
    """Text of several lines: empty lines separate paragraphs, other line breaks are kept."""

    __slots__ = ()


class Quotation(Paragraphs):
    """Text of several lines that is shown as a quotation."""

    __slots__ = ()


def without_invisible(text: str) -> str:
    """The text with \n as its only line break, and without invisible characters."""
    return _INVISIBLE.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """The text on one line, for header fields."""
    return " ".join(without_invisible(text).split())


@pass_context
def value_token(context: Context, value: Any) -> str:
    """The token of a value, which is kept under VALUES in the context. Markdown stays as it is; None is empty."""
    if isinstance(value, Markdown):
        return value
    values: list[str] = context[VALUES]
    number = len(values)
    if isinstance(value, Paragraphs):
        values.append(without_invisible(value).strip())
        return f"{'> ' if isinstance(value, Quotation) else ''}Zp{number}pZ"
    text = "" if value is None else str(value)
    values.append(text if text.isprintable() else _SPACES.sub(" ", without_invisible(text)))
    return token(number)


def token(number: int) -> str:
    """The token of the value with this number."""
    return f"Zv{number}vZ"


def fill_html(page: str, values: Sequence[str]) -> str:
    """The HTML with its values. A link whose target is neither mail, page nor telephone becomes "#"."""

    def value(match: re.Match[str]) -> str:
        if match["block"] is not None:
            parts = _BETWEEN_PARAGRAPHS.split(values[int(match["block"])])
            lines = (escape(part, quote=False).replace("\n", "<br>\n") for part in parts)
            return "\n".join(f"<p{match['style']}>{part}</p>" for part in lines)
        if match["link"] is not None:
            target = match["before"] + escape(values[int(match["link"])])
            return f'href="{target if target.startswith(_SAFE_LINKS) else "#"}'
        return escape(values[int(match["inline"])], quote=False)

    return _HTML.sub(value, page)


def fill_text(text: str, values: Sequence[str]) -> str:
    """The plain text with its values; links as the module textpart describes."""

    def value(match: re.Match[str]) -> str:
        if match["block"] is None:
            return values[int(match["inline"])]
        lead = match["lead"]
        return "\n".join(f"{lead}{line}".rstrip() for line in values[int(match["block"])].split("\n"))

    return _LINK.sub(_link, _TEXT.sub(value, text))


def _link(match: re.Match[str]) -> str:
    address = match[1]
    if address.startswith("mailto:"):
        address = "" if "?" in address else address.removeprefix("mailto:").replace("%2B", "+")
    is_shown = not address or match.string.endswith(address, 0, match.start())
    return "" if is_shown else f" <{address}>"
