"""Check a letter for other people's tokens before it is sent.

Anybody who has an address or a Message-ID with a token can act as the person it was made for. So a letter to a customer
must not contain a token of staff or of a third party, and a letter to a third party only that party's own. The check
covers the whole letter: headers, plain text, HTML, attached files and mails inside it.
"""

from __future__ import annotations

from parsers.limits import ReadingLimits
from parsers.sender.tokens import Audience, Token, TokenKeys, token_of_message_id
from parsers.sender.tokens_in_files import tokens_of_file
from storage.values import Letter

WHY = "the letter holds an address of ours that was given to somebody else"
_STAFF = (Audience.STAFF_REPLY, Audience.STAFF_NOTE)


def why_not_sendable(letter: Letter, keys: TokenKeys, limits: ReadingLimits = ReadingLimits()) -> str:  # noqa: B008 - a frozen value
    """Return why a letter must not be sent, or an empty string. Its own Message-ID names its reader."""
    reader = token_of_message_id(letter.message_id, keys)
    if reader is None or reader.audience in _STAFF:
        return ""
    found = tokens_of_file(letter.raw, "message/rfc822", keys, limits)
    return WHY if any(is_for_somebody_else(token, reader) for token in found) else ""


def is_for_somebody_else(token: Token, reader: Token) -> bool:
    """Return whether a token was made for somebody other than this reader.

    A customer may have tokens of their earlier cases, and those of other customers on the same case.
    """
    if reader.audience is Audience.CUSTOMER:
        return token.audience is not Audience.CUSTOMER
    return token != reader
