"""Read a composed letter as a mail program does: its text, HTML, links and reply address."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

from selectolax.lexbor import LexborHTMLParser, LexborNode

from storage.values import Letter

_BLOCKS = frozenset({"p", "div", "h1", "h2", "li", "tr", "ul", "ol", "blockquote", "hr", "table"})
_UNSEEN = frozenset({"style", "title", "head", "script"})
_BEFORE = {"br": "\n", "li": "\n  *   "}
_AFTER = {"td": "\t", "th": "\t", "p": "\n\n", "h1": "\n\n", "h2": "\n\n", "table": "\n\n"}
Link = Callable[[str, str], str]


def parsed(letter: Letter) -> EmailMessage:
    """Parse the letter's bytes with Python's e-mail parser."""
    return message_from_bytes(letter.raw, policy=default)  # type: ignore[arg-type,return-value]


def text_of(letter: Letter) -> str:
    """Return the letter's plain text."""
    part = parsed(letter).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(letter: Letter) -> str:
    """Return the letter's HTML."""
    part = parsed(letter).get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def reply_address(letter: Letter) -> str:
    """Return the address in the letter's Reply-To."""
    return parseaddr(str(parsed(letter)["Reply-To"]))[1]


def note_address(letter: Letter) -> str:
    """Return the address that a staff letter names for internal notes."""
    return next(words for words in links(letter) if "+" in words and words != reply_address(letter))


def links(letter: Letter) -> dict[str, str]:
    """Return the letter's links by link text."""
    return _Reader(html_of(letter), lambda words, href: words).links


def body_html(letter: Letter, *, prefix: str = "") -> str:
    """Return the inside of the HTML body; `prefix` is put before each class name, as Outlook does."""
    found = re.search(r"<body[^>]*>(.*)</body>", html_of(letter), re.DOTALL)
    assert found is not None
    return re.sub(r'class="', f'class="{prefix}', found[1]) if prefix else found[1]


def as_plain(letter: Letter, link: Link) -> str:
    """Convert the HTML to plain text as a mail program does; `link` formats a link from its text and target."""
    text = _Reader(html_of(letter), link).text
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


class _Reader:
    """Collects text and links from a letter's HTML."""

    def __init__(self, html: str, link: Link) -> None:
        self.text = ""
        self.links: dict[str, str] = {}
        self._link = link
        body = LexborHTMLParser(html).body
        assert body is not None
        self._walk(body)

    def _walk(self, node: LexborNode) -> None:
        if node.tag == "-text":
            self.text += re.sub(r"\s+", " ", node.text_content or "")
        elif node.tag == "a":
            words, href = node.text(deep=True), node.attributes.get("href") or ""
            self.links[words] = href
            self.text += self._link(words, href)
        elif node.tag not in _UNSEEN:
            self.text += _BEFORE.get(str(node.tag), "\n" if node.tag in _BLOCKS else "")
            for child in node.iter(include_text=True):
                self._walk(child)
            self.text += _AFTER.get(str(node.tag), "\n" if node.tag in _BLOCKS else "")
