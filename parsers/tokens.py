"""Keyed tokens that tie an answer to a ticket: in the address to reply to, and in the Message-IDs we write.

A token is a clue with a proof that we made it, never an authority: who may do what is decided from the sender.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

TOKEN_LENGTH = 29
"""Characters of a sealed token: 18 octets in base32 without padding."""

_DIGEST_LENGTH = 16
_MAC = 10
_RETYPED = str.maketrans("0189", "olbg")  # figures that base32 does not have, for the letters they are mistaken for
_AS_SEALED = bytes(ord(chr(octet).lower().translate(_RETYPED)) if octet < 128 else octet for octet in range(256))
_BROKEN = re.compile(rb" ?=?[\r\n]{1,4}[>| \t]{0,20}")
_LONG = re.compile(rb"[a-z2-7]{%d,}" % TOKEN_LENGTH)
_MESSAGE_ID = re.compile(rf"([a-z2-7]{{{TOKEN_LENGTH}}})\.([a-z2-7]{{{_DIGEST_LENGTH}}})", re.IGNORECASE)


class Audience(IntEnum):
    """Whom a letter was written to, and so what an answer to it is."""

    CUSTOMER = 0
    STAFF_REPLY = 1
    STAFF_NOTE = 2
    THIRD_PARTY = 3


@dataclass(frozen=True, slots=True)
class Token:
    """`ticket` is the ticket's number (below 2**40), `party` the number of the recipient on it (below 2**16)."""

    ticket: int
    audience: Audience
    party: int


@dataclass(frozen=True, slots=True)
class Keys:
    """`secrets` by version from 0 to 63; new tokens are sealed with `current`, all versions are still read."""

    current: int
    secrets: Mapping[int, bytes]


def seal(token: Token, keys: Keys) -> str:
    """The token as 29 lower-case characters. Raises ValueError where a number does not fit."""
    if not (0 <= keys.current < 64 and 0 <= token.ticket < 1 << 40 and 0 <= token.party < 1 << 16):
        raise ValueError("a token holds a key version below 64, a ticket below 2**40 and a party below 2**16")
    content = bytes((keys.current << 2 | token.audience,)) + token.ticket.to_bytes(5, "big")
    content += token.party.to_bytes(2, "big")
    return base64.b32encode(content + _mac(content, keys.secrets[keys.current])).decode("ascii").rstrip("=").lower()


def unseal(text: str, keys: Keys) -> Token | None:
    """The token in 29 characters of any case, or None where we did not make it."""
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    try:
        octets = base64.b32decode(text.lower().translate(_RETYPED).upper() + "===")
    except binascii.Error:
        return None
    content, mac = octets[:8], octets[8:]
    secret = keys.secrets.get(content[0] >> 2)
    if secret is None or not hmac.compare_digest(mac, _mac(content, secret)):
        return None
    return Token(int.from_bytes(content[1:6], "big"), Audience(content[0] & 3), int.from_bytes(content[6:], "big"))


def message_id(token: Token, keys: Keys, key: str, domain: str) -> str:
    """The Message-ID, with its angle brackets, of the letter that the outbox knows by `key`: always the same one."""
    digest = hmac.new(keys.secrets[keys.current], b"message-id\0" + key.encode(), hashlib.sha256).digest()[:_MAC]
    short = base64.b32encode(digest).decode("ascii").lower()
    return f"<{seal(token, keys)}.{short}@{domain}>"


def token_of_message_id(text: str, keys: Keys) -> Token | None:
    """The token inside one of our Message-IDs, however a mail program wrapped it, or None."""
    found = _MESSAGE_ID.search(text)
    return unseal(found.group(1), keys) if found else None


def tokens_in(content: str | bytes, keys: Keys) -> tuple[Token, ...]:
    """Every token of ours that stands in a text or in octets of any kind: in an address, a link, a Message-ID, or
    alone; in whatever case, retyped, with its signs two octets wide, and broken over lines with quotation marks
    between. Files packed together (zip) are not opened. The time grows with the length and no faster."""
    octets = content.encode("ascii", "replace") if isinstance(content, str) else content
    octets = octets.translate(_AS_SEALED, b"\0")
    runs = (run for one in (octets, _BROKEN.sub(b"", octets)) for run in _LONG.findall(one))
    # "+" is written %2B in links, and =2B in quoted-printable.
    sealed = {run.removeprefix(b"2b") if len(run) == TOKEN_LENGTH + 2 else run for run in runs}
    found = (unseal(run.decode("ascii"), keys) for run in sorted(sealed) if len(run) == TOKEN_LENGTH)
    return tuple(token for token in found if token is not None)


def _mac(content: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"token\0" + content, hashlib.sha256).digest()[:_MAC]
