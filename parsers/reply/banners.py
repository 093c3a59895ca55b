"""What a mail gateway put above or below a mail, apart from what its writer wrote.

"CAUTION: This email originated from outside of the organization." is no word of a customer, and above a colleague's
"take" it must not make a letter of the command. No phrase is looked for: a banner stands in a paragraph (or a coloured
box) of its own at the very top or bottom and speaks of several of these at once: that something comes from outside,
of a mail, of its sender or the organisation, of links and attachments. With a label in capitals or brackets before
it, two of them are enough. "ATTENTION: your product burns" has a label and speaks of none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.wordlists import wordlist

_WORDS = wordlist("banners")
_LONGEST = 700  # characters of a banner
_BLOCKS = 4  # paragraphs that one may be made of
_TIP_LINES = 3  # of "You don't often get email from …"
_LINES = 12  # lines of one paragraph
_LARGEST = 200_000  # characters of HTML looked at for a box
_MOST_NODES = 400
_FAMILIES = ("outside", "mail", "sender", "danger")
_TAG = re.compile(
    r"\s*+[*_]{0,3}(?:\[|【|\(|<|\*{2,3})\s{0,3}(?P<tag>[^\[\]()<>*】\n]{2,40}?)(?:\]|】|\)|>|\*{2,3})[*_:]{0,3}(?=\s|$)"
)
_LABEL = re.compile(r"\W{0,6}(?P<label>\S[^:：!！\n.]{1,40}?)\s?[:：!！–—-]")
_RULE = re.compile(r"[\W_]{3,}$")
_BOX = re.compile(r"background|border|bgcolor", re.IGNORECASE)
_SQUASH = re.compile(r"[\W_]+")


def without_banner(text: str, html: str = "") -> str:
    """The text without the banners above and below it. A text that is nothing else stays as it is."""
    lines = text.replace("\r\n", "\n").split("\n")
    first = _above(lines, _boxed(html))
    last = _below(lines, first)
    kept = "\n".join(lines[first:last]).strip("\n")
    tag = _TAG.match(kept)
    if tag and _tells(tag["tag"]) & {"outside"} and len(tag["tag"].split()) <= 4:
        kept = kept[tag.end() :].lstrip()
    return kept if any(sign.isalnum() for sign in kept) else text


def is_banner(paragraph: str, *, boxed: bool = False) -> bool:
    """Whether a paragraph that stands by itself is a gateway's. `boxed` is whether it has a colour or a border."""
    if not paragraph.strip() or len(paragraph) > _LONGEST:
        return False
    lowered = paragraph.casefold()
    if _is_tip(lowered):
        return True
    told = _tells(paragraph)
    if boxed or _labelled(paragraph):
        return len(told) >= 2 and bool(told & {"outside", "danger"})
    return {"outside", "mail"} <= told and len(told) >= 3


def _is_tip(lowered: str) -> bool:
    return any(tip in lowered for tip in _WORDS["tips"])


def _tells(text: str) -> set[str]:
    """Of what a text speaks."""
    lowered = f" {' '.join(text.casefold().split())} "
    return {family for family in _FAMILIES if any(_begins(word, lowered) for word in _WORDS[family])}


def _begins(word: str, lowered: str) -> bool:
    """Whether a word of the text begins so; scripts without spaces have it anywhere."""
    at = lowered.find(word)
    while at >= 0:
        if ord(word[0]) >= 0x0590 or not lowered[at - 1].isalnum():
            return True
        at = lowered.find(word, at + 1)
    return False


def _labelled(paragraph: str) -> bool:
    """Whether it begins with a label in capitals or in brackets: "CAUTION:", "[EXTERNAL]", "ACHTUNG!"."""
    tag = _TAG.match(paragraph)
    label = _LABEL.match(paragraph)
    name = tag["tag"] if tag else (label["label"] if label else "")
    letters = [sign for sign in name if sign.isalpha()]
    capitals = bool(letters) and not any(sign.islower() for sign in letters)
    return capitals or (bool(name) and bool(_tells(name) & {"outside", "danger"}))


def _above(lines: Sequence[str], boxed: str) -> int:
    """How many lines at the top are a gateway's, with the blanks and rules around them."""
    end = _box_end(lines, boxed) if boxed else 0
    for _ in range(_BLOCKS):
        start = _filled(lines, end)
        length = _banner_lines([line.strip() for line in _block(lines, start)])
        if not length:
            break
        end = start + length
    return _filled(lines, end) if end else 0


def _filled(lines: Sequence[str], at: int) -> int:
    """The next line with a letter or figure in it."""
    while at < len(lines) and (not lines[at].strip() or _RULE.fullmatch(lines[at].strip())):
        at += 1
    return at


def _block(lines: Sequence[str], start: int) -> Iterator[str]:
    for line in lines[start : start + _LINES]:
        if not line.strip() or _RULE.fullmatch(line.strip()):
            return
        yield line


def _banner_lines(block: Sequence[str]) -> int:
    """How many of a paragraph's first lines are a banner: all of them, or those before what somebody wrote."""
    for count in range(len(block), 0, -1):
        part = block[:count]
        whole = all(_tells(line) or not _ends(before) for before, line in pairwise(part))
        tip = count <= _TIP_LINES and _is_tip(" ".join(part).casefold())
        if tip or (whole and is_banner(" ".join(part)) and (count == len(block) or _ends(part[-1]))):
            return count
    return 0


def _ends(line: str) -> bool:
    return line.rstrip("*_ ").endswith((".", "!", "。", "！", "]", "】", ")"))


def _below(lines: Sequence[str], first: int) -> int:
    """Before which line the last paragraph begins, where it is a banner; else the end."""
    end = len(lines)
    while end > first and not lines[end - 1].strip():
        end -= 1
    start = end
    while start > first and lines[start - 1].strip():
        start -= 1
    return start if is_banner(" ".join(line.strip() for line in lines[start:end])) else len(lines)


def _boxed(html: str) -> str:
    """The letters of the coloured or bordered box that an HTML mail begins with, where it is a gateway's."""
    body = LexborHTMLParser(html[:_LARGEST]).body if html else None
    if body is None:
        return ""
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > _MOST_NODES:
            break
        if node.tag == "-text" and (node.text_content or "").strip():
            return next((_squashed(text) for text in _boxes(node) if is_banner(text, boxed=True)), "")
    return ""


def _boxes(node: LexborNode) -> Iterator[str]:
    """The texts of the boxes around a piece of text, the innermost first."""
    parent = node.parent
    while parent is not None and parent.tag not in ("body", "html"):
        marks = parent.attributes
        if _BOX.search(marks.get("style") or "") or {"bgcolor", "border"} & set(marks):
            text = parent.text(deep=True, separator=" ")
            if len(text) > 2 * _LONGEST:
                return
            yield " ".join(text.split())
        parent = parent.parent


def _box_end(lines: Sequence[str], letters: str) -> int:
    """After how many lines the letters of a box end; 0 where they are not those of whole lines."""
    seen = ""
    for index, line in enumerate(lines[: 2 * _LINES]):
        seen += _squashed(line)
        if seen == letters:
            return index + 1
        if not letters.startswith(seen):
            return 0
    return 0


def _squashed(text: str) -> str:
    return _SQUASH.sub("", text).casefold()
