"""Remove the warning banners that mail gateways insert above or below a mail.

"CAUTION: This email originated from outside of the organization." must not be read as a customer's words, nor turn a
colleague's command "take" into a letter. Banners are not recognised by fixed phrases. A banner is a separate paragraph
(or coloured box) at the very top or bottom that mentions several topics at once: outside origin, a mail, its sender or
the organisation, links and attachments. After a label in capitals or brackets two topics are enough. "ATTENTION: your
product burns" has a label, but mentions none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.reply.html_quotes import letters_and_digits
from parsers.wordlists import wordlist

_WORDS = wordlist("banners")
_LONGEST = 700  # characters of a banner
_BLOCKS = 4  # paragraphs of a banner
_TIP_LINES = 3  # lines of the Outlook tip "You don't often get email from …"
_LINES = 12  # lines of one paragraph
_LARGEST = 200_000  # characters of HTML searched for a box
_MOST_NODES = 400
_TOPICS = ("outside", "mail", "sender", "danger")
_BRACKETED_TAG = re.compile(
    r"\s*+[*_]{0,3}(?:\[|【|\(|<|\*{2,3})\s{0,3}(?P<tag>[^\[\]()<>*】\n]{2,40}?)(?:\]|】|\)|>|\*{2,3})[*_:]{0,3}(?=\s|$)"
)
_LABEL = re.compile(r"\W{0,6}(?P<label>\S[^:：!！\n.]{1,40}?)\s?[:：!！–—-]")
_RULE = re.compile(r"[\W_]{3,}$")
_BOX_STYLE = re.compile(r"background|border|bgcolor", re.IGNORECASE)


def without_banner(text: str, html: str = "") -> str:
    """The text without the banners above and below it. A text that is only a banner is returned unchanged."""
    lines = text.replace("\r\n", "\n").split("\n")
    first = _top_banner_end(lines, _top_box_letters(html))
    last = _bottom_banner_start(lines, first)
    remaining = "\n".join(lines[first:last]).strip("\n")
    tag = _BRACKETED_TAG.match(remaining)
    if tag and _topics(tag["tag"]) & {"outside"} and len(tag["tag"].split()) <= 4:
        remaining = remaining[tag.end() :].lstrip()
    return remaining if any(character.isalnum() for character in remaining) else text


def is_banner(paragraph: str, *, boxed: bool = False) -> bool:
    """Whether a separate paragraph is a gateway's banner. `boxed` is whether it has a background colour or border."""
    if not paragraph.strip() or len(paragraph) > _LONGEST:
        return False
    lowered = paragraph.casefold()
    if _is_tip(lowered):
        return True
    topics = _topics(paragraph)
    if boxed or _has_label(paragraph):
        return len(topics) >= 2 and bool(topics & {"outside", "danger"})
    return {"outside", "mail"} <= topics and len(topics) >= 3


def _is_tip(lowered: str) -> bool:
    """Whether a text is Outlook's tip about a rare sender."""
    return any(tip in lowered for tip in _WORDS["tips"])


def _topics(text: str) -> set[str]:
    """The topics that a text mentions: keys of the word lists, such as "outside"."""
    lowered = f" {' '.join(text.casefold().split())} "
    return {topic for topic in _TOPICS if any(_has_word_beginning(word, lowered) for word in _WORDS[topic])}


def _has_word_beginning(word: str, lowered: str) -> bool:
    """Whether a word of the text begins with `word`; in scripts without spaces, whether the text contains it."""
    at = lowered.find(word)
    while at >= 0:
        if ord(word[0]) >= 0x0590 or not lowered[at - 1].isalnum():
            return True
        at = lowered.find(word, at + 1)
    return False


def _has_label(paragraph: str) -> bool:
    """Whether a paragraph begins with a label in capitals or brackets: "CAUTION:", "[EXTERNAL]", "ACHTUNG!"."""
    tag = _BRACKETED_TAG.match(paragraph)
    label = _LABEL.match(paragraph)
    name = tag["tag"] if tag else (label["label"] if label else "")
    letters = [character for character in name if character.isalpha()]
    capitals = bool(letters) and not any(character.islower() for character in letters)
    return capitals or (bool(name) and bool(_topics(name) & {"outside", "danger"}))


def _top_banner_end(lines: Sequence[str], box_letters: str) -> int:
    """The number of lines at the top that are banners, including the blank lines and rules around them."""
    end = _box_end(lines, box_letters) if box_letters else 0
    for _ in range(_BLOCKS):
        start = _next_text_line(lines, end)
        length = _banner_line_count([line.strip() for line in _paragraph_lines(lines, start)])
        if not length:
            break
        end = start + length
    return _next_text_line(lines, end) if end else 0


def _next_text_line(lines: Sequence[str], at: int) -> int:
    """The index of the next line, from `at` on, that is neither blank nor a rule."""
    while at < len(lines) and (not lines[at].strip() or _RULE.fullmatch(lines[at].strip())):
        at += 1
    return at


def _paragraph_lines(lines: Sequence[str], start: int) -> Iterator[str]:
    for line in lines[start : start + _LINES]:
        if not line.strip() or _RULE.fullmatch(line.strip()):
            return
        yield line


def _banner_line_count(block: Sequence[str]) -> int:
    """The number of first lines of a paragraph that are a banner: all of them, or those before the sender's text."""
    for count in range(len(block), 0, -1):
        part = block[:count]
        whole = all(_topics(line) or not _ends_sentence(before) for before, line in pairwise(part))
        tip = count <= _TIP_LINES and _is_tip(" ".join(part).casefold())
        if tip or (whole and is_banner(" ".join(part)) and (count == len(block) or _ends_sentence(part[-1]))):
            return count
    return 0


def _ends_sentence(line: str) -> bool:
    return line.rstrip("*_ ").endswith((".", "!", "。", "！", "]", "】", ")"))


def _bottom_banner_start(lines: Sequence[str], first: int) -> int:
    """The index of the first line of a banner at the bottom; the number of lines if there is none."""
    end = len(lines)
    while end > first and not lines[end - 1].strip():
        end -= 1
    start = end
    while start > first and lines[start - 1].strip():
        start -= 1
    return start if is_banner(" ".join(line.strip() for line in lines[start:end])) else len(lines)


def _top_box_letters(html: str) -> str:
    """The letters and digits of the coloured or bordered box at the top of an HTML mail if it is a banner, or empty."""
    body = LexborHTMLParser(html[:_LARGEST]).body if html else None
    if body is None:
        return ""
    for count, node in enumerate(body.traverse(include_text=True)):
        if count > _MOST_NODES:
            break
        if node.tag == "-text" and (node.text_content or "").strip():
            return next((letters_and_digits(text) for text in _box_texts(node) if is_banner(text, boxed=True)), "")
    return ""


def _box_texts(node: LexborNode) -> Iterator[str]:
    """The texts of the boxes around a text node, innermost first."""
    parent = node.parent
    while parent is not None and parent.tag not in ("body", "html"):
        attributes = parent.attributes
        if _BOX_STYLE.search(attributes.get("style") or "") or {"bgcolor", "border"} & set(attributes):
            text = parent.text(deep=True, separator=" ")
            if len(text) > 2 * _LONGEST:
                return
            yield " ".join(text.split())
        parent = parent.parent


def _box_end(lines: Sequence[str], letters: str) -> int:
    """The number of first lines that together have exactly these letters and digits; 0 if no whole lines do."""
    seen = ""
    for index, line in enumerate(lines[: 2 * _LINES]):
        seen += letters_and_digits(line)
        if seen == letters:
            return index + 1
        if not letters.startswith(seen):
            return 0
    return 0
