"""Keyed tokens that tie an answer to a ticket: in the address to reply to, in the Message-IDs we write, and in the
envelope sender, where what mail servers report of our letters comes back.

A token is a clue with a proof that we made it, never an authority: who may do what is decided from the sender. It holds
something random of its ticket, the nonce, so that it finds that ticket and no other one that ever has the same number.
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

LONGEST_LOCAL_PART = 64
"""Octets before the @ of an address (RFC 5321 section 4.5.3.1.1)."""

NONCES = 1 << 24
"""A nonce is below this; 0 is that of a ticket from before there were nonces."""

_DIGEST_LENGTH = 16
_DIGEST = 10
_CONTENT, _MAC = 10, 8  # octets
_OLD_CONTENT, _OLD_MAC = 8, 10
_RETYPED = str.maketrans("0189", "olbg")  # figures that base32 does not have, for the letters they are mistaken for
_AS_SEALED = bytes(ord(chr(octet).lower().translate(_RETYPED)) if octet < 128 else octet for octet in range(256))
_BROKEN = re.compile(rb" ?=?[\r\n]{1,4}[>| \t]{0,20}")
_LONG = re.compile(rb"[a-z2-7]{%d,}" % TOKEN_LENGTH)
_MESSAGE_ID = re.compile(rf"([a-z2-7]{{{TOKEN_LENGTH}}})\.([a-z2-7]{{{_DIGEST_LENGTH}}})", re.IGNORECASE)


class Audience(IntEnum):
    """Whom a letter was written to, and so what an answer to it is. RETURN_PATH is that of every envelope sender,
    whoever the letter is to: what comes there is written by mail systems. CONFIRMATION is that of a letter that asks a
    member of the staff whether a mail in their name is theirs."""

    CUSTOMER = 0
    STAFF_REPLY = 1
    STAFF_NOTE = 2
    THIRD_PARTY = 3
    RETURN_PATH = 4
    CONFIRMATION = 5


@dataclass(frozen=True, slots=True)
class Token:
    """`ticket` is the ticket's number (below 2**32), `party` the number of the recipient on it (below 2**15).

    `nonce` is the ticket's (below NONCES); in an envelope sender it is made of that and the recipient's address
    (recipient_nonce), in a confirmation of that and the mail asked about (mail_nonce).
    """

    ticket: int
    audience: Audience
    party: int
    nonce: int = 0


@dataclass(frozen=True, slots=True)
class Keys:
    """`secrets` by version from 0 to 63; new tokens are sealed with `current`, all versions are still read."""

    current: int
    secrets: Mapping[int, bytes]


def seal(token: Token, keys: Keys) -> str:
    """The token as 29 lower-case characters. Raises ValueError where a number does not fit."""
    fits = token.ticket < 1 << 32 and token.party < 1 << 15 and token.nonce < NONCES and keys.current < 64
    if not fits or min(token.ticket, token.party, token.nonce, keys.current) < 0:
        raise ValueError("a token holds a key version below 64, a ticket below 2**32, a party below 2**15 and a nonce")
    number = (keys.current << 3 | token.audience) << 32 | token.ticket
    content = ((number << 15 | token.party) << 24 | token.nonce).to_bytes(_CONTENT, "big")
    mac = _mac(b"token 2", content, keys.secrets[keys.current], _MAC)
    return base64.b32encode(content + mac).decode("ascii").rstrip("=").lower()


def unseal(text: str, keys: Keys) -> Token | None:
    """The token in 29 characters of any case, or None where we did not make it. Those of before there were nonces are
    read as well; their nonce is 0."""
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    try:
        octets = base64.b32decode(text.lower().translate(_RETYPED).upper() + "===")
    except binascii.Error:
        return None
    return _read(octets, keys) or _read_old(octets, keys)


def _read(octets: bytes, keys: Keys) -> Token | None:
    content, mac = octets[:_CONTENT], octets[_CONTENT:]
    secret = keys.secrets.get(content[0] >> 2)
    if secret is None or not hmac.compare_digest(mac, _mac(b"token 2", content, secret, _MAC)):
        return None
    number = int.from_bytes(content, "big")
    audience = number >> 71 & 7
    if audience not in list(Audience):
        return None
    return Token(number >> 39 & 0xFFFFFFFF, Audience(audience), number >> 24 & 0x7FFF, number & 0xFFFFFF)


def _read_old(octets: bytes, keys: Keys) -> Token | None:
    """A token in the form of before: one octet for version and audience, five for the ticket, two for the party."""
    content, mac = octets[:_OLD_CONTENT], octets[_OLD_CONTENT:]
    secret = keys.secrets.get(content[0] >> 2)
    if secret is None or not hmac.compare_digest(mac, _mac(b"token", content, secret, _OLD_MAC)):
        return None
    return Token(int.from_bytes(content[1:6], "big"), Audience(content[0] & 3), int.from_bytes(content[6:], "big"))


def recipient_nonce(nonce: int, address: str) -> int:
    """What stands for a ticket's nonce in the envelope sender of letters to this address: another address of the same
    party has another one."""
    digest = hashlib.sha256(b"recipient\0%d\0" % nonce + address.lower().encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:3], "big")


def mail_nonce(nonce: int, inbox_id: int) -> int:
    """What stands for a ticket's nonce in the answer to whether the mail of this inbox number is genuine: the answer to
    one such letter says nothing of another mail."""
    digest = hashlib.sha256(b"mail\0%d\0%d" % (nonce, inbox_id)).digest()
    return int.from_bytes(digest[:3], "big")


def message_id(token: Token, keys: Keys, key: str, domain: str) -> str:
    """The Message-ID, with its angle brackets, of the letter that the outbox knows by `key`: always the same one."""
    digest = hmac.new(keys.secrets[keys.current], b"message-id\0" + key.encode(), hashlib.sha256).digest()[:_DIGEST]
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


def _mac(label: bytes, content: bytes, secret: bytes, length: int) -> bytes:
    return hmac.new(secret, label + b"\0" + content, hashlib.sha256).digest()[:length]
