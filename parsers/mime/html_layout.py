"""The words of an HTML page as lines: paragraphs, lists and table rows where a reader would see them.

One pass over the tree with a stack of our own: no recursion, and no time that grows faster than the page. A table
row comes out as one line where its cells are short, because *Model  X200* must stay together; a table that only
arranges the page comes out as its cells one below the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_UNSEEN = frozenset((
    "script", "style", "head", "title", "meta", "link", "template", "noscript", "iframe", "object", "embed", "svg",
    "math", "select", "datalist", "dialog", "textarea", "input", "button", "-comment", "!doctype", "-doctype",
))  # fmt: skip
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dl", "figure"))
_BLOCKS = frozenset((
    "div", "section", "article", "header", "footer", "main", "nav", "aside", "address", "center", "form", "fieldset",
    "dt", "dd", "tr", "table", "tbody", "thead", "tfoot", "caption", "ul", "ol", "li", "hr", "figcaption", "body",
)) | _PARAGRAPHS  # fmt: skip
_DEEPEST = 24  # lists and tables inside one another that keep their own layout; a line is moved once for each
_FRAMES = frozenset(("td", "th", "li", "tr"))
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)|"
    r"max-height\s*:\s*0(?:px)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_KEEPS_SPACES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-top)?\s*:\s*0", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class _Frame:
    """Lines in the making. `cells` collects the finished cells of a row; `number` counts an ordered list."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    wants_blank: bool = False

    def say(self, words: str, *, keep: bool) -> None:
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
        if self.line or forced:
            self.lines.append("".join(self.line).rstrip(" "))
            self.line = []

    def text(self) -> str:
        self.end_line()
        return "\n".join(self.lines).strip("\n")


def laid_out(body: LexborNode) -> str:
    """The visible words below a node."""
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
    """Take in one node; False where what is inside must not be shown."""
    tag = node.tag or ""
    frame = frames[-1]
    if tag == "-text":
        frame.say(node.text_content or "", keep=keep)
        return True
    if tag in _UNSEEN or (tag != "body" and _is_hidden(node)):
        return False
    if tag == "br":
        frame.end_line(forced=True)
    elif tag == "img":
        alt = node.attributes.get("alt") or ""
        if len(alt) <= 4 and not alt.isascii():
            frame.say(alt, keep=True)  # a picture of one emoji
    elif tag in _BLOCKS:
        frame.end_line()
        frame.wants_blank = frame.wants_blank or _has_margin(node, tag)
    if tag in _FRAMES:
        frames.append(_Frame() if len(frames) < _DEEPEST else frames[-1])
    return True


def _leave(node: LexborNode, frames: list[_Frame]) -> None:
    tag = node.tag or ""
    if tag in _FRAMES and len(frames) > 1:
        done = frames.pop()
        if done is frames[-1]:
            done.end_line()
        elif tag == "li":
            _put(frames[-1], _bulleted(node, done.text()))
        elif tag == "tr":
            done.end_line()
            _put(frames[-1], "\n".join([*_row(done.cells), *done.lines]))
        else:
            frames[-1].cells.append(done.text())
    elif tag in _BLOCKS:
        frames[-1].end_line()
        frames[-1].wants_blank = frames[-1].wants_blank or _has_margin(node, tag)


def _put(frame: _Frame, text: str) -> None:
    if text.strip():
        frame.end_line()
        lines = [line.rstrip(" ") for line in text.split("\n")]
        if frame.wants_blank:
            first = next(place for place, line in enumerate(lines) if line.strip())
            lines[first:first] = [""] * bool(frame.lines or first)
            frame.wants_blank = False
        frame.lines += lines


def _row(cells: list[str]) -> list[str]:
    """Short cells on one line; cells that hold several lines one below the other."""
    filled = [cell for cell in cells if cell.strip()]
    if all("\n" not in cell for cell in filled):
        return ["  ".join(cell.strip() for cell in filled)] if filled else []
    return [line for cell in filled for line in cell.split("\n")]


def _bulleted(node: LexborNode, text: str) -> str:
    parent = node.parent
    mark = "- "
    if parent is not None and parent.tag == "ol":
        mark = f"{node.attributes.get('value') or _number(node)}. "
    if not text.strip():
        return ""
    first, *others = text.split("\n")
    return "\n".join([mark + first, *(" " * len(mark) + other if other else "" for other in others)])


def _number(node: LexborNode) -> int:
    """The place of an entry in its list, counted up to a thousand."""
    number, before = 1, node.prev
    while before is not None and number < 1000:
        number += before.tag == "li"
        before = before.prev
    return number


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def _keeps_spaces(node: LexborNode) -> bool:
    tag = node.tag or ""
    if tag == "pre":
        return True
    return tag in ("div", "span", "p", "td") and bool(_KEEPS_SPACES.search(node.attributes.get("style") or ""))


def _has_margin(node: LexborNode, tag: str) -> bool:
    """Whether an empty line stands around a block: Outlook writes every line as a paragraph without margin."""
    if tag not in _PARAGRAPHS:
        return False
    attributes = node.attributes
    if (
        "msonormal" in (attributes.get("class") or "").lower()
        or "msoplaintext" in (attributes.get("class") or "").lower()
    ):
        return False
    return not _NO_MARGIN.search(attributes.get("style") or "")
