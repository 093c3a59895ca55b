"""Find quotations by the structure of a mail's HTML, and mark the same lines in its plain text.

Mail programs wrap quoted mail in special elements. Their text is located in the plain text by its letters and digits
only, so that differences in line breaks, quotation marks and links do not matter.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.reply.header_blocks import header_role
from parsers.reply.quoting import clean_quoted_line

_LARGEST = 1_000_000  # characters of HTML examined
_MOST_NODES = 60_000
_MOST_MEASURED = 200  # elements whose text is extracted; each costs a walk through its content
_ANCHOR = 32  # letters and digits used to locate a text
_SHORTEST = 6  # fewer letters would match by chance
_NOT_WORD = re.compile(r"[\W_]+")
_SKIPPED = frozenset({"script", "style", "head", "title", "noscript", "template"})

# Elements that contain only the quoted mail.
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
# Elements after which everything is quoted mail.
_MARKER_IDS = ("divRplyFwdMsg", "appendonsend", "stopSpelling", "zwchr", "hr-replymsg", "replySplit")
_COLOUR = re.compile(r"(?<![-\w])color:\s*([^;]{1,40})", re.IGNORECASE)
_RGB = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_VIVID_COLOURS = frozenset(
    ("red", "blue", "green", "purple", "orange", "magenta", "darkred", "darkblue", "darkgreen", "#f00")
)
_VIVID = 0x60  # minimum difference between the strongest and weakest RGB component, of 0xff
_LONGEST_ANSWER = 500  # characters
_OUTLOOK_RULE = re.compile(r"border-top:\s*solid\s*(?:#E1E1E1|#B5C4DF|windowtext)", re.IGNORECASE)


@dataclass(slots=True)
class _Quotation:
    """A quotation as offsets into the letters of the HTML; `end` is None if it reaches to the end."""

    begin: int
    end: int | None


def letters_and_digits(text: str) -> str:
    """Only the letters and digits of a text, in lower case."""
    return _NOT_WORD.sub("", text).lower()


def mark_html_quotes(lines: list[str], quoted: list[bool], html: str) -> None:
    """Set `quoted` to True for the lines that are quotations according to the HTML."""
    letters, quotations = _find_quotations(html)
    if not quotations:
        return
    line_letters = [letters_and_digits(line) for line in lines]
    starts = [0, *accumulate(len(part) for part in line_letters)]
    whole = "".join(line_letters)
    cursor = 0
    for quotation in quotations:
        begin = _find_start(whole, letters[quotation.begin : quotation.end], cursor)
        if begin < 0 or (quotation.end is None and not whole[:begin]):
            continue
        end = _find_end(whole, letters, quotation, begin)
        if end < 0:
            continue
        first, last = bisect_right(starts, begin) - 1, bisect_right(starts, max(begin, end - 1)) - 1
        quoted[first : last + 1] = [True] * (min(last + 1, len(lines)) - first)
        if end >= len(whole):
            quoted[first:] = [True] * (len(lines) - first)
        cursor = end


def coloured_texts(html: str) -> frozenset[str]:
    """The letters and digits of every short text in a vivid colour, as people write answers between quoted lines.
    Shades of grey are excluded, because mail programs use them."""
    body = LexborHTMLParser(html[:_LARGEST]).body
    nodes = body.css("[style*=color], font[color]")[:_MOST_MEASURED] if body is not None else []
    texts = (node.text(deep=True) for node in nodes if _is_vivid(node))
    return frozenset(letters_and_digits(text) for text in texts if len(text) <= _LONGEST_ANSWER) - {""}


def _is_vivid(node: LexborNode) -> bool:
    style_colour = _COLOUR.search(node.attributes.get("style") or "")
    colour = (style_colour[1] if style_colour else node.attributes.get("color") or "").strip().lower()
    rgb = _RGB.fullmatch(colour)
    components = [int(component, 16) for component in rgb.groups()] if rgb else []
    if not components and (rgb_function := re.fullmatch(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)", colour)):
        components = [int(component) for component in rgb_function.groups()]
    return max(components) - min(components) >= _VIVID if components else colour in _VIVID_COLOURS


def _find_start(whole: str, wanted: str, cursor: int) -> int:
    """The offset in `whole` of one of three anchors from the start of `wanted`, from `cursor` on; -1 if not found."""
    if len(wanted) < _SHORTEST:
        return -1
    for skip in (0, _ANCHOR, 3 * _ANCHOR):
        anchor = wanted[skip : skip + _ANCHOR]
        if len(anchor) < min(_ANCHOR, len(wanted)) // 2 or len(anchor) < _SHORTEST:
            break
        position = whole.find(anchor, cursor)
        if position >= 0:
            return position
    return -1


def _find_end(whole: str, letters: str, quotation: _Quotation, begin: int) -> int:
    """The offset in `whole` where the quotation ends, or -1 if it cannot be determined."""
    after = letters[quotation.end :] if quotation.end is not None else ""
    if not after:
        return len(whole)
    head, tail = after[:_ANCHOR], letters[quotation.begin : quotation.end][-_ANCHOR:]
    position = whole.find(head, begin + 1) if len(head) >= _SHORTEST else -1
    if position >= 0:
        return position
    position = whole.find(tail, begin)
    return position + len(tail) if position >= 0 else -1


def _find_quotations(html: str) -> tuple[str, list[_Quotation]]:
    """The letters and digits of an HTML mail, and the quotations in them, in order and not nested."""
    body = LexborHTMLParser(html[:_LARGEST]).body
    letters: list[str] = []
    quotations: list[_Quotation] = []
    length = measured = 0
    if body is None:
        return "", quotations
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > _MOST_NODES:
            break
        if node.tag == "-text":
            if node.parent is not None and node.parent.tag not in _SKIPPED:
                letters.append(letters_and_digits(node.text_content or ""))
                length += len(letters[-1])
        elif measured < _MOST_MEASURED and (
            not quotations or (quotations[-1].end is not None and length >= quotations[-1].end)
        ):
            quotation = _quotation(node, length)
            measured += quotation is not None or "gmail_quote" in (node.attributes.get("class") or "")
            quotations += [quotation] if quotation else []
    return "".join(letters), quotations


def _quotation(node: LexborNode, length: int) -> _Quotation | None:
    """The quotation that starts with this element, after `length` letters of the mail; None if it is none."""
    attributes = node.attributes
    if _is_marker(node, attributes):
        return _Quotation(length, None)
    if _is_container(node, attributes):
        return _Quotation(length, length + len(letters_and_digits(node.text(deep=True))))
    return None


def _is_marker(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Whether everything after this element is quoted mail."""
    element_id = (attributes.get("id") or "").removeprefix("x_")
    if element_id in _MARKER_IDS:
        return True
    ruled = node.tag == "div" and bool(_OUTLOOK_RULE.search(attributes.get("style") or ""))
    return ruled and _begins_with_headers(node)


def _begins_with_headers(node: LexborNode) -> bool:
    """Whether a ruled element starts with a header block: then it is Outlook's, while a mere rule may be a person's."""
    lines = [clean_quoted_line(line) for line in node.text(deep=True, separator="\n")[:2000].split("\n")]
    return any(header_role(line) for line in list(filter(None, lines))[:2])


def _is_container(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Whether this element contains only quoted mail."""
    classes = {name.removeprefix("x_") for name in (attributes.get("class") or "").split()}
    element_id = (attributes.get("id") or "").removeprefix("x_")
    if node.tag == "blockquote":
        return (
            attributes.get("type") == "cite"
            or bool(classes & {"gmail_quote", "yahoo_quoted", "iosymail"})
            or attributes.get("cite") is not None
        )
    if any(name.endswith("yahoo_quoted") for name in (*classes, re.sub(r"_\d+$", "", element_id))):
        return True
    if classes & set(_CONTAINER_CLASSES) or element_id in _CONTAINER_IDS or node.tag in _CONTAINER_TAGS:
        return True
    if node.tag == "div" and attributes.get("name") == "quote":
        return True
    if "gmail_quote" in classes or attributes.get("data-marker") == "__QUOTED_TEXT__":
        return node.css_first("blockquote") is None
    return False
