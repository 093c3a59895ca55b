"""A letter of ours as its reader's mail program shows it: text, links, headers. Read from its bytes, as it left."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from functools import cached_property
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

from storage.values import Letter

_LINK = re.compile(
    r'<a\b(?>[^<>]*?\bhref="(?P<href>mailto:[^"<>]*)")[^<>]*+>(?P<shown>(?:(?!<a\b).)*?)</a>', re.DOTALL | re.IGNORECASE
)
_TEXTS = ("text/html", "text/csv", "text/plain", "text/calendar", "application/ics")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a letter that opens a mail."""

    shown: str
    to: str
    subject: str
    body: str


@dataclass
class SeenLetter:
    """One letter that has gone out, with the instant. `expected` once an expectation or a "Let pass" has asked for
    it."""

    letter: Letter
    at: datetime
    expected: bool = field(default=False)

    @cached_property
    def mail(self) -> EmailMessage:
        """The letter, parsed."""
        return message_from_bytes(self.letter.raw, policy=default)

    @cached_property
    def text(self) -> str:
        """Its plain text."""
        part = self.mail.get_body(("plain",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @cached_property
    def html(self) -> str:
        """Its HTML."""
        part = self.mail.get_body(("html",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The names of the files that go with it."""
        return tuple(part.get_filename() or "" for part in self.mail.iter_attachments())

    @cached_property
    def enclosed(self) -> str:
        """The words of the files that go with it, so far as they are text: pages, tables, calendar files."""
        texts = (part for part in self.mail.iter_attachments() if part.get_content_type() in _TEXTS)
        read = (bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace") for part in texts)
        return "\n".join(unescape(_TAG.sub(" ", text)) for text in read)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Its links that open a mail, in order."""
        return tuple(_link(match["href"], match["shown"]) for match in _LINK.finditer(self.html))

    @property
    def reply_to(self) -> str:
        """The bare address an answer goes to."""
        return parseaddr(str(self.mail["Reply-To"] or self.mail["From"]))[1]

    @property
    def sender(self) -> str:
        """From, as it stands."""
        return str(self.mail["From"])

    def says(self, words: str) -> bool:
        """Whether its words, or its subject, have these in them; blanks and line ends count alike."""
        return _plain(words) in _plain(self.text) or _plain(words) in _plain(self.letter.subject)

    def encloses(self, words: str) -> bool:
        """Whether the files that go with it have these words."""
        return _plain(words) in _plain(self.enclosed)


def _link(href: str, shown: str) -> Link:
    parts = urlsplit(unescape(href))
    fields = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    words = " ".join(unescape(_TAG.sub("", shown)).split())
    body = fields.get("body", "").replace("\r\n", "\n")
    return Link(words, unquote(parts.path), fields.get("subject", ""), body)


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
