"""Convert an HTML tree to lines of text, with paragraphs, lists and table rows as a browser would show them.

One pass over the tree with an explicit stack: no recursion, linear time. A table row with single-line cells becomes
one line, because *Model  X200* must stay together; a row of a layout table, whose cells have several lines, becomes
its cells one below the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_INVISIBLE_TAGS = frozenset((
    "script", "style", "head", "title", "meta", "link", "template", "noscript", "iframe", "object", "embed", "svg",
    "math", "select", "datalist", "dialog", "textarea", "input", "button", "-comment", "!doctype", "-doctype",
))  # fmt: skip
_PARAGRAPH_TAGS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dl", "figure"))
_BLOCK_TAGS = frozenset((
    "div", "section", "article", "header", "footer", "main", "nav", "aside", "address", "center", "form", "fieldset",
    "dt", "dd", "tr", "table", "tbody", "thead", "tfoot", "caption", "ul", "ol", "li", "hr", "figcaption", "body",
)) | _PARAGRAPH_TAGS  # fmt: skip
_DEEPEST = 24  # nesting depth of lists and tables that keep their layout; each level copies its lines once
_FRAME_TAGS = frozenset(("td", "th", "li", "tr"))
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)|"
    r"max-height\s*:\s*0(?:px)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_PRE_STYLE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-top)?\s*:\s*0", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class _Frame:
    """The text of one open element: finished `lines`, pieces of the current `line`, finished `cells` of a table row,
    and whether a blank line comes before the next text."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    wants_blank: bool = False

    def add_text(self, words: str, *, keep: bool) -> None:
        """Add text; `keep` preserves blanks and line breaks, as in pre elements."""
        if keep:
            first, *others = words.replace("\r\n", "\n").split("\n")
            self._add(first)
            for other in others:
                self.end_line(forced=True)
                self._add(other)
            return
        words = _BLANKS.sub(" ", words)
        if not self.line or self.line[-1].endswith((" ", "\n")):
            words = words.lstrip(" ")
        self._add(words)

    def _add(self, words: str) -> None:
        if words:
            if self.wants_blank and self.lines and words.strip():
                self.lines.append("")
            self.wants_blank = self.wants_blank and not words.strip()
            self.line.append(words)

    def end_line(self, *, forced: bool = False) -> None:
        """Finish the current line; an empty one is kept only if `forced`."""
        if self.line or forced:
            self.lines.append("".join(self.line).rstrip(" "))
            self.line = []

    def text(self) -> str:
        """Finish the current line and return all lines."""
        self.end_line()
        return "\n".join(self.lines).strip("\n")


def layout_text(body: LexborNode) -> str:
    """The visible text below a node, as lines."""
    frames = [_Frame()]
    node: LexborNode | None = body
    pre_until: LexborNode | None = None
    while node is not None:
        shown = _enter(node, frames, keep=pre_until is not None)
        if shown and pre_until is None and _keeps_spaces(node):
            pre_until = node
        child = node.child if shown else None
        while child is None and node is not None:
            if shown:
                _leave(node, frames)
            if pre_until is not None and node.mem_id == pre_until.mem_id:
                pre_until = None
            if node.mem_id == body.mem_id:
                return frames[0].text()
            child, node, shown = node.next, node.parent, True
        node = child
    return frames[0].text()


def _enter(node: LexborNode, frames: list[_Frame], *, keep: bool) -> bool:
    """Process the start of one node. Returns False if its content is not visible."""
    tag = node.tag or ""
    frame = frames[-1]
    if tag == "-text":
        frame.add_text(node.text_content or "", keep=keep)
        return True
    if tag in _INVISIBLE_TAGS or (tag != "body" and _is_hidden(node)):
        return False
    if tag == "br":
        frame.end_line(forced=True)
    elif tag == "img":
        alt = node.attributes.get("alt") or ""
        if len(alt) <= 4 and not alt.isascii():
            frame.add_text(alt, keep=True)  # the picture of an emoji
    elif tag in _BLOCK_TAGS:
        frame.end_line()
        frame.wants_blank = frame.wants_blank or _has_margin(node, tag)
    if tag in _FRAME_TAGS:
        frames.append(_Frame() if len(frames) < _DEEPEST else frames[-1])
    return True


def _leave(node: LexborNode, frames: list[_Frame]) -> None:
    """Process the end of one node: add a finished list item, row or cell to the element around it."""
    tag = node.tag or ""
    if tag in _FRAME_TAGS and len(frames) > 1:
        finished = frames.pop()
        if finished is frames[-1]:
            finished.end_line()
        elif tag == "li":
            _add_lines(frames[-1], _bulleted(node, finished.text()))
        elif tag == "tr":
            finished.end_line()
            _add_lines(frames[-1], "\n".join([*_row_lines(finished.cells), *finished.lines]))
        else:
            frames[-1].cells.append(finished.text())
    elif tag in _BLOCK_TAGS:
        frames[-1].end_line()
        frames[-1].wants_blank = frames[-1].wants_blank or _has_margin(node, tag)


def _add_lines(frame: _Frame, text: str) -> None:
    if text.strip():
        frame.end_line()
        lines = [line.rstrip(" ") for line in text.split("\n")]
        if frame.wants_blank:
            first = next(place for place, line in enumerate(lines) if line.strip())
            lines[first:first] = [""] * bool(frame.lines or first)
            frame.wants_blank = False
        frame.lines += lines


def _row_lines(cells: list[str]) -> list[str]:
    """The lines of a table row: one line if every cell has one, else all cells one below the other."""
    filled = [cell for cell in cells if cell.strip()]
    if all("\n" not in cell for cell in filled):
        return ["  ".join(cell.strip() for cell in filled)] if filled else []
    return [line for cell in filled for line in cell.split("\n")]


def _bulleted(node: LexborNode, text: str) -> str:
    parent = node.parent
    bullet = "- "
    if parent is not None and parent.tag == "ol":
        bullet = f"{node.attributes.get('value') or _list_number(node)}. "
    if not text.strip():
        return ""
    first, *others = text.split("\n")
    return "\n".join([bullet + first, *(" " * len(bullet) + other if other else "" for other in others)])


def _list_number(node: LexborNode) -> int:
    """The position of an item in its list, from 1, counted up to 1000."""
    position, sibling = 1, node.prev
    while sibling is not None and position < 1000:
        position += sibling.tag == "li"
        sibling = sibling.prev
    return position


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    return "hidden" in attributes or bool(_HIDDEN_STYLE.search(attributes.get("style") or ""))


def _keeps_spaces(node: LexborNode) -> bool:
    tag = node.tag or ""
    if tag == "pre":
        return True
    return tag in ("div", "span", "p", "td") and bool(_PRE_STYLE.search(node.attributes.get("style") or ""))


def _has_margin(node: LexborNode, tag: str) -> bool:
    """Whether a block has blank lines around it. Outlook writes every line as a paragraph without margin."""
    if tag not in _PARAGRAPH_TAGS:
        return False
    attributes = node.attributes
    if (
        "msonormal" in (attributes.get("class") or "").lower()
        or "msoplaintext" in (attributes.get("class") or "").lower()
    ):
        return False
    return not _NO_MARGIN.search(attributes.get("style") or "")
