"""Mail in which somebody says nothing: no words above the quotation, a reaction, a thumb.

Mail programs send a reaction as a mail of its own: Gmail with a part of its own type, Outlook and telephones as a
line of text ("Liked “…”"). What only looks empty is none of these: a file, a subject of its own, a filled-in form.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from parsers.reading import Reading
from parsers.wordlists import either, wordlist

GMAIL = "text/vnd.google.email-reaction+json"
_WORDS = wordlist("reactions")
_LINES = re.compile(rf"(?:{either(_WORDS['lines'])})", re.IGNORECASE)
_LONGEST = 600  # characters: telephones repeat what is reacted to
_FORWARDED = re.compile(r"(?:[\w.]{1,6}\s?[:：]\s*)+", re.IGNORECASE)
_TAG = re.compile(r"\[[^\]]{0,60}\]|[A-Z]{1,6}-\d{4}-\d{3,9}")


class Nothing(StrEnum):
    """Why a mail says nothing."""

    BLANK = "blank"
    REACTION = "reaction"


def says_nothing(reading: Reading, subject: str) -> Nothing | None:
    """Why this mail says nothing; None where it may say something. `subject` is the case's, which answers repeat."""
    files = [attachment for attachment in reading.attachments if not attachment.inline and attachment.declared != GMAIL]
    if files or reading.unreadable or reading.calendar or reading.forwarded:
        return None
    if any(attachment.declared == GMAIL for attachment in reading.attachments) or is_reaction(reading.reply):
        return Nothing.REACTION
    inline = any(attachment.inline for attachment in reading.attachments)
    return None if reading.reply.strip() or inline or not _repeats(reading.subject, subject) else Nothing.BLANK


def is_reaction(text: str) -> bool:
    """Whether new words are a reaction alone: pictures, or the line that a program writes for them."""
    plain = unicodedata.normalize("NFKC", text[: 2 * _LONGEST]).strip()
    if not plain or len(plain) > _LONGEST:
        return False
    return (not any(sign.isalnum() for sign in plain) and any(map(_is_picture, plain))) or bool(_LINES.match(plain))


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) == "So" or sign == "\u2764"


def _repeats(subject: str, ours: str) -> bool:
    """Whether a subject is the one of our letter: an answer, not words of its own."""
    bare = " ".join(_TAG.sub(" ", _FORWARDED.sub(" ", subject)).split()).casefold()
    known = " ".join(_TAG.sub(" ", ours).split()).casefold()
    return not bare or bare in known or known in bare
