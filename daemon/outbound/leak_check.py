"""The last look at a letter before it leaves: nothing of ours that was given to somebody else may be in it.

An address or a Message-ID with a token lets its bearer act as whoever it was given to. So a letter to a customer holds
no token of staff and none of a third party, and a letter to a third party none of anybody but that party. The whole
letter is looked at as it would go: headers, plain text, HTML, files, and mails inside it.
"""

from __future__ import annotations

from parsers.limits import ReadingLimits
from parsers.sender.sealed_files import tokens_of_file
from parsers.sender.tokens import Audience, Keys, Token, token_of_message_id
from storage.values import Letter

WHY = "the letter holds an address of ours that was given to somebody else"
_STAFF = (Audience.STAFF_REPLY, Audience.STAFF_NOTE)


def why_held(letter: Letter, keys: Keys, limits: ReadingLimits = ReadingLimits()) -> str:  # noqa: B008 - a frozen value
    """Why a letter must not leave, or an empty string. To whom it goes is told by its own Message-ID."""
    reader = token_of_message_id(letter.message_id, keys)
    if reader is None or reader.audience in _STAFF:
        return ""
    found = tokens_of_file(letter.raw, "message/rfc822", keys, limits)
    return WHY if any(is_anothers(token, reader) for token in found) else ""


def is_anothers(token: Token, reader: Token) -> bool:
    """Whether a token was given to somebody else than this reader: of customers, each may have those of earlier cases,
    and those of the people who are on the case with them."""
    if reader.audience is Audience.CUSTOMER:
        return token.audience is not Audience.CUSTOMER
    return token != reader
