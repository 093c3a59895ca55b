"""A sent letter as its reader's mail program shows it: text, links, headers. Parsed from its bytes."""

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
class MailtoLink:
    """A mailto link in a letter."""

    shown: str
    to: str
    subject: str
    body: str


@dataclass
class ReceivedLetter:
    """A letter that has gone out, with the instant. `expected` is set by the sentence that expects or ignores it."""

    letter: Letter
    at: datetime
    expected: bool = field(default=False)

    @cached_property
    def mail(self) -> EmailMessage:
        """The parsed message."""
        return message_from_bytes(self.letter.raw, policy=default)

    @cached_property
    def text(self) -> str:
        """Its plain text, or empty."""
        part = self.mail.get_body(("plain",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @cached_property
    def html(self) -> str:
        """Its HTML, or empty."""
        part = self.mail.get_body(("html",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The names of its attachments."""
        return tuple(part.get_filename() or "" for part in self.mail.iter_attachments())

    @cached_property
    def attachment_text(self) -> str:
        """The text of its attachments that are text: pages, tables, calendar files."""
        texts = (part for part in self.mail.iter_attachments() if part.get_content_type() in _TEXTS)
        read = (bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace") for part in texts)
        return "\n".join(unescape(_TAG.sub(" ", text)) for text in read)

    @cached_property
    def links(self) -> tuple[MailtoLink, ...]:
        """Its mailto links, in order."""
        return tuple(_link(match["href"], match["shown"]) for match in _LINK.finditer(self.html))

    @property
    def reply_to(self) -> str:
        """The bare address that a reply goes to."""
        return parseaddr(str(self.mail["Reply-To"] or self.mail["From"]))[1]

    @property
    def sender(self) -> str:
        """The From header, as written."""
        return str(self.mail["From"])

    def contains(self, words: str) -> bool:
        """Whether its text or its subject contains these words; white space does not matter."""
        return _single_spaced(words) in _single_spaced(self.text) or _single_spaced(words) in _single_spaced(
            self.letter.subject
        )

    def attachments_contain(self, words: str) -> bool:
        """Whether its attachments contain these words; white space does not matter."""
        return _single_spaced(words) in _single_spaced(self.attachment_text)


def _link(href: str, shown: str) -> MailtoLink:
    parts = urlsplit(unescape(href))
    fields = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    words = " ".join(unescape(_TAG.sub("", shown)).split())
    body = fields.get("body", "").replace("\r\n", "\n")
    return MailtoLink(words, unquote(parts.path), fields.get("subject", ""), body)


def _single_spaced(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
