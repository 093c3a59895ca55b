"""Recognise mail without content: no new text above the quotation, or only a reaction such as a thumbs-up.

Mail programs send a reaction as a separate mail: Gmail with a part of a special type, Outlook and phones as a line of
text ("Liked “…”"). A mail with a file, a new subject or a filled-in form has content.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from config.references import REFERENCE
from parsers.reading import Reading
from parsers.wordlists import any_pattern, wordlist

GMAIL_REACTION_TYPE = "text/vnd.google.email-reaction+json"
_WORDS = wordlist("reactions")
_REACTION_LINE = re.compile(rf"(?:{any_pattern(_WORDS['lines'])})", re.IGNORECASE)
_LONGEST = 600  # characters of a reaction; phones quote the text that it refers to
_SUBJECT_PREFIXES = re.compile(r"(?:[\w.]{1,6}\s?[:：]\s*)+", re.IGNORECASE)
_TAG = re.compile(rf"\[[^\]]{{0,60}}\]|{REFERENCE}")


class EmptyMail(StrEnum):
    """Why a mail has no content."""

    BLANK = "blank"
    REACTION = "reaction"


def empty_mail_kind(reading: Reading, subject: str) -> EmptyMail | None:
    """Why this mail has no content; None if it may have some. `subject` is that of the case: a mail with another
    subject has content."""
    files = [
        attachment
        for attachment in reading.attachments
        if not attachment.inline and attachment.declared != GMAIL_REACTION_TYPE
    ]
    if files or reading.unreadable or reading.calendar_reply or reading.forwarded:
        return None
    if any(attachment.declared == GMAIL_REACTION_TYPE for attachment in reading.attachments) or is_reaction(
        reading.reply
    ):
        return EmptyMail.REACTION
    inline = any(attachment.inline for attachment in reading.attachments)
    return (
        None if reading.reply.strip() or inline or not _repeats_subject(reading.subject, subject) else EmptyMail.BLANK
    )


def has_no_words(text: str, file_types: Iterable[str] = ()) -> bool:
    """Whether nobody has to read a mail's new text: it has no letter, digit or question mark, and the mail has no file.

    `file_types` are the types of its files, without inline pictures; Gmail's reaction part alone means True. Unlike
    `empty_mail_kind`, this ignores the subject and takes any mere punctuation for empty.
    """
    types = [media_type.lower() for media_type in file_types]
    if GMAIL_REACTION_TYPE in types:
        return True
    return not types and not any(character.isalnum() or character in "?？" for character in text)


def is_reaction(text: str) -> bool:
    """Whether a text is only a reaction: emoji, or the line that a mail program writes for one."""
    plain = unicodedata.normalize("NFKC", text[: 2 * _LONGEST]).strip()
    if not plain or len(plain) > _LONGEST:
        return False
    return (not any(character.isalnum() for character in plain) and any(map(_is_symbol, plain))) or bool(
        _REACTION_LINE.match(plain)
    )


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) == "So" or character == "\u2764"


def _repeats_subject(subject: str, case_subject: str) -> bool:
    """Whether a subject only repeats that of the case, apart from reply prefixes and tags."""
    bare = " ".join(_TAG.sub(" ", _SUBJECT_PREFIXES.sub(" ", subject)).split()).casefold()
    known = " ".join(_TAG.sub(" ", case_subject).split()).casefold()
    return not bare or bare in known or known in bare
