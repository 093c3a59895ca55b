"""Quotations that a mail's HTML shows by its structure, carried over to the lines of its plain text.

Mail programs wrap what they quote in elements of their own. The text inside is found again in the plain text by
its letters and digits alone, so that line breaks, marks and links between the two do not matter.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.reply.header_blocks import header_role
from parsers.reply.quoting import clean

_LARGEST = 1_000_000  # characters of HTML looked at
_MOST_NODES = 60_000
_MOST_TRIED = 200  # elements measured: each costs a walk through what is inside
_ANCHOR = 32  # letters and digits by which a place is found again
_SHORTEST = 6  # below this many letters a place cannot be told from chance
_NOT_WORD = re.compile(r"[\W_]+")
_SKIPPED = frozenset({"script", "style", "head", "title", "noscript", "template"})

# Elements that contain the quoted mail and nothing else.
_CONTAINER_CLASSES = (
    "moz-email-headers-table", "zmail_extra", "ntes-mailmaster-quote", "protonmail_quote",
    "tutanota_quote", "mail-quote-collapse", "reply-quote", "mailmaster-quote", "freebirdFormviewerViewHeaderEmail",
)  # fmt: skip
_CONTAINER_IDS = (
    "isReplyContent", "yahoo_quoted", "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container",
    "original-content",
    "ntes-pcmac-quote", "ntesQuote", "foxmail-quote",
)  # fmt: skip
_CONTAINER_TAGS = frozenset({"includetail"})
# Elements after which everything is the quoted mail.
_MARKER_IDS = ("divRplyFwdMsg", "appendonsend", "stopSpelling", "zwchr", "hr-replymsg", "replySplit")
_COLOUR = re.compile(r"(?<![-\w])color:\s*([^;]{1,40})", re.IGNORECASE)
_RGB = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_COLOURS = frozenset(
    ("red", "blue", "green", "purple", "orange", "magenta", "darkred", "darkblue", "darkgreen", "#f00")
)
_VIVID = 0x60  # between the strongest and the weakest part of a colour
_LONGEST_ANSWER = 500  # characters
_OUTLOOK_RULE = re.compile(r"border-top:\s*solid\s*(?:#E1E1E1|#B5C4DF|windowtext)", re.IGNORECASE)


@dataclass(slots=True)
class _Place:
    """A quotation in the letters of the HTML; `end` is None when it reaches to the end."""

    begin: int
    end: int | None


def squash(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return _NOT_WORD.sub("", text).lower()


def mark_quotes(lines: list[str], quoted: list[bool], html: str) -> None:
    """Mark in `quoted` the lines that the HTML shows to be quoted."""
    letters, places = _places(html)
    if not places:
        return
    squashed = [squash(line) for line in lines]
    starts = [0, *accumulate(len(part) for part in squashed)]
    whole = "".join(squashed)
    cursor = 0
    for place in places:
        begin = _find(whole, letters[place.begin : place.end], cursor)
        if begin < 0 or (place.end is None and not whole[:begin]):
            continue
        end = _end(whole, letters, place, begin)
        if end < 0:
            continue
        first, last = bisect_right(starts, begin) - 1, bisect_right(starts, max(begin, end - 1)) - 1
        quoted[first : last + 1] = [True] * (min(last + 1, len(lines)) - first)
        if end >= len(whole):
            quoted[first:] = [True] * (len(lines) - first)
        cursor = end


def coloured(html: str) -> frozenset[str]:
    """The letters of every short text that somebody wrote in a colour of their own, as answers between the lines of a
    quotation are. Shades of grey are a program's."""
    body = LexborHTMLParser(html[:_LARGEST]).body
    nodes = body.css("[style*=color], font[color]")[:_MOST_TRIED] if body is not None else []
    texts = (node.text(deep=True) for node in nodes if _is_vivid(node))
    return frozenset(squash(text) for text in texts if len(text) <= _LONGEST_ANSWER) - {""}


def _is_vivid(node: LexborNode) -> bool:
    said = _COLOUR.search(node.attributes.get("style") or "")
    colour = (said[1] if said else node.attributes.get("color") or "").strip().lower()
    rgb = _RGB.fullmatch(colour)
    parts = [int(part, 16) for part in rgb.groups()] if rgb else []
    if not parts and (plain := re.fullmatch(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)", colour)):
        parts = [int(part) for part in plain.groups()]
    return max(parts) - min(parts) >= _VIVID if parts else colour in _COLOURS


def _find(whole: str, wanted: str, cursor: int) -> int:
    """Where the wanted letters begin in the whole: looked for by a few anchors near their beginning."""
    if len(wanted) < _SHORTEST:
        return -1
    for skip in (0, _ANCHOR, 3 * _ANCHOR):
        anchor = wanted[skip : skip + _ANCHOR]
        if len(anchor) < min(_ANCHOR, len(wanted)) // 2 or len(anchor) < _SHORTEST:
            break
        at = whole.find(anchor, cursor)
        if at >= 0:
            return at
    return -1


def _end(whole: str, letters: str, place: _Place, begin: int) -> int:
    """Where the quotation ends in the whole; -1 when it cannot be told."""
    after = letters[place.end :] if place.end is not None else ""
    if not after:
        return len(whole)
    head, last = after[:_ANCHOR], letters[place.begin : place.end][-_ANCHOR:]
    at = whole.find(head, begin + 1) if len(head) >= _SHORTEST else -1
    if at >= 0:
        return at
    at = whole.find(last, begin)
    return at + len(last) if at >= 0 else -1


def _places(html: str) -> tuple[str, list[_Place]]:
    """The letters of an HTML mail and the quotations in them, in order, none inside another."""
    body = LexborHTMLParser(html[:_LARGEST]).body
    letters: list[str] = []
    places: list[_Place] = []
    length = tried = 0
    if body is None:
        return "", places
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > _MOST_NODES:
            break
        if node.tag == "-text":
            if node.parent is not None and node.parent.tag not in _SKIPPED:
                letters.append(squash(node.text_content or ""))
                length += len(letters[-1])
        elif tried < _MOST_TRIED and (not places or (places[-1].end is not None and length >= places[-1].end)):
            place = _quotation(node, length)
            tried += place is not None or "gmail_quote" in (node.attributes.get("class") or "")
            places += [place] if place else []
    return "".join(letters), places


def _quotation(node: LexborNode, length: int) -> _Place | None:
    marks = node.attributes
    if _is_marker(node, marks):
        return _Place(length, None)
    if _is_container(node, marks):
        return _Place(length, length + len(squash(node.text(deep=True))))
    return None


def _is_marker(node: LexborNode, marks: dict[str, str | None]) -> bool:
    identity = (marks.get("id") or "").removeprefix("x_")
    if identity in _MARKER_IDS:
        return True
    ruled = node.tag == "div" and bool(_OUTLOOK_RULE.search(marks.get("style") or ""))
    return ruled and _begins_with_headers(node)


def _begins_with_headers(node: LexborNode) -> bool:
    """A rule alone could be a person's; over a block of headers it is Outlook's."""
    lines = [clean(line) for line in node.text(deep=True, separator="\n")[:2000].split("\n")]
    return any(header_role(line) for line in list(filter(None, lines))[:2])


def _is_container(node: LexborNode, marks: dict[str, str | None]) -> bool:
    classes = {name.removeprefix("x_") for name in (marks.get("class") or "").split()}
    identity = (marks.get("id") or "").removeprefix("x_")
    if node.tag == "blockquote":
        return (
            marks.get("type") == "cite"
            or bool(classes & {"gmail_quote", "yahoo_quoted", "iosymail"})
            or marks.get("cite") is not None
        )
    if any(name.endswith("yahoo_quoted") for name in (*classes, re.sub(r"_\d+$", "", identity))):
        return True
    if classes & set(_CONTAINER_CLASSES) or identity in _CONTAINER_IDS or node.tag in _CONTAINER_TAGS:
        return True
    if node.tag == "div" and marks.get("name") == "quote":
        return True
    if "gmail_quote" in classes or marks.get("data-marker") == "__QUOTED_TEXT__":
        return node.css_first("blockquote") is None
    return False
