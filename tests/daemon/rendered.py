"""A letter as mail programs quote it: the inside of its HTML, and the plain text that a program makes of that HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html.parser import HTMLParser

from storage.records import Letter

_BLOCKS = frozenset({"p", "div", "h1", "h2", "li", "tr", "ul", "ol", "blockquote", "hr", "table"})
_UNSEEN = frozenset({"style", "title", "head", "script"})
Link = Callable[[str, str], str]


def seen(letter: Letter) -> EmailMessage:
    """The letter as a mail program opens it."""
    return message_from_bytes(letter.raw, policy=default)  # type: ignore[arg-type,return-value]


def text_of(letter: Letter) -> str:
    """The letter's plain text."""
    part = seen(letter).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(letter: Letter) -> str:
    """The letter's HTML."""
    part = seen(letter).get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def reply_address(letter: Letter) -> str:
    """The address an answer goes to."""
    return parseaddr(str(seen(letter)["Reply-To"]))[1]


def links(letter: Letter) -> dict[str, str]:
    """The links of the letter, by the words they stand on."""
    reader = _Reader(lambda words, href: words)
    reader.feed(html_of(letter))
    return reader.links


def inside(letter: Letter, *, prefix: str = "") -> str:
    """What stands in the body of the letter's HTML; `prefix` is set before its classes, as Outlook does."""
    found = re.search(r"<body[^>]*>(.*)</body>", html_of(letter), re.DOTALL)
    assert found is not None
    return re.sub(r'class="', f'class="{prefix}', found[1]) if prefix else found[1]


def as_plain(letter: Letter, link: Link) -> str:
    """The HTML as a mail program turns it into plain text; `link` says what it makes of a link."""
    reader = _Reader(link)
    reader.feed(html_of(letter))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in reader.text.split("\n"))).strip()


class _Reader(HTMLParser):
    def __init__(self, link: Link) -> None:
        super().__init__()
        self.text = ""
        self.links: dict[str, str] = {}
        self._link = link
        self._href = self._words = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _UNSEEN
        if tag == "a":
            self._href, self._words = dict(attrs).get("href") or "", ""
        elif tag == "br":
            self._add("\n")
        elif tag == "li":
            self._add("\n  *   ")
        elif tag in _BLOCKS:
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _UNSEEN
        if tag == "a":
            self.links[self._words] = self._href
            self.text += self._link(self._words, self._href)
            self._href = ""
        elif tag in ("td", "th"):
            self._add("\t")
        elif tag in _BLOCKS:
            self._add("\n\n" if tag in ("p", "h1", "h2", "table") else "\n")

    def handle_data(self, data: str) -> None:
        self._add(re.sub(r"\s+", " ", data))

    def _add(self, words: str) -> None:
        if self._hidden:
            return
        if self._href:
            self._words += words
        else:
            self.text += words
