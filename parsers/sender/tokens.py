"""Keyed tokens that tie a reply to a ticket: in reply addresses, in our Message-IDs, and in the envelope sender, to
which mail servers send delivery reports.

A token proves that we made it, but grants no rights: those depend on the sender. It contains a random number of its
ticket, the nonce, so that it never matches another ticket that has the same number at another time.
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

NONCE_LIMIT = 1 << 24
"""Nonces are below this. The nonce of a ticket from before nonces were introduced is 0."""

_DIGEST_LENGTH = 16
_DIGEST_OCTETS = 10
_CONTENT_OCTETS, _MAC_OCTETS = 10, 8  # octets
_OLD_CONTENT_OCTETS, _OLD_MAC_OCTETS = 8, 10
_RETYPED = str.maketrans("0189", "olbg")  # digits that base32 lacks, and the letters they are mistyped for
_AS_SEALED = bytes(ord(chr(octet).lower().translate(_RETYPED)) if octet < 128 else octet for octet in range(256))
_LINE_BREAK = re.compile(rb" ?=?[\r\n]{1,4}[>| \t]{0,20}")
_BASE32_RUN = re.compile(rb"[a-z2-7]{%d,}" % TOKEN_LENGTH)
_MESSAGE_ID = re.compile(rf"([a-z2-7]{{{TOKEN_LENGTH}}})\.([a-z2-7]{{{_DIGEST_LENGTH}}})", re.IGNORECASE)


class Audience(IntEnum):
    """To whom a letter was sent, which determines what a reply to it means.

    RETURN_PATH is used in every envelope sender: mail systems write to it. CONFIRMATION is used in letters that ask a
    member of staff whether they sent a mail in their name.
    """

    CUSTOMER = 0
    STAFF_REPLY = 1
    STAFF_NOTE = 2
    THIRD_PARTY = 3
    RETURN_PATH = 4
    CONFIRMATION = 5


@dataclass(frozen=True, slots=True)
class Token:
    """`ticket` is the ticket's number (below 2**32), `party` the recipient's number on the ticket (below 2**15).

    `nonce` is the ticket's; in an envelope sender it is derived from that and the recipient's address
    (recipient_nonce), in a confirmation from that and the mail in question (mail_nonce).
    """

    ticket: int
    audience: Audience
    party: int
    nonce: int = 0


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The `secrets` by key version from 0 to 63. New tokens use the version `current`; all versions are accepted."""

    current: int
    secrets: Mapping[int, bytes]


def seal(token: Token, keys: TokenKeys) -> str:
    """Encode and sign a token as 29 lower-case characters. Raises ValueError if a number is out of range."""
    fits = token.ticket < 1 << 32 and token.party < 1 << 15 and token.nonce < NONCE_LIMIT and keys.current < 64
    if not fits or min(token.ticket, token.party, token.nonce, keys.current) < 0:
        raise ValueError("a token holds a key version below 64, a ticket below 2**32, a party below 2**15 and a nonce")
    number = (keys.current << 3 | token.audience) << 32 | token.ticket
    content = ((number << 15 | token.party) << 24 | token.nonce).to_bytes(_CONTENT_OCTETS, "big")
    mac = _mac(b"token 2", content, keys.secrets[keys.current], _MAC_OCTETS)
    return base64.b32encode(content + mac).decode("ascii").rstrip("=").lower()


def unseal(text: str, keys: TokenKeys) -> Token | None:
    """Decode a token of 29 characters in any case, or None if we did not make it. Tokens from before nonces were
    introduced are accepted, with nonce 0."""
    if len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    try:
        octets = base64.b32decode(text.lower().translate(_RETYPED).upper() + "===")
    except binascii.Error:
        return None
    return _decode(octets, keys) or _decode_old(octets, keys)


def _decode(octets: bytes, keys: TokenKeys) -> Token | None:
    content, mac = octets[:_CONTENT_OCTETS], octets[_CONTENT_OCTETS:]
    secret = keys.secrets.get(content[0] >> 2)
    if secret is None or not hmac.compare_digest(mac, _mac(b"token 2", content, secret, _MAC_OCTETS)):
        return None
    number = int.from_bytes(content, "big")
    audience = number >> 71 & 7
    if audience not in list(Audience):
        return None
    return Token(number >> 39 & 0xFFFFFFFF, Audience(audience), number >> 24 & 0x7FFF, number & 0xFFFFFF)


def _decode_old(octets: bytes, keys: TokenKeys) -> Token | None:
    """Decode the previous token format: one octet for version and audience, five for the ticket, two for the party."""
    content, mac = octets[:_OLD_CONTENT_OCTETS], octets[_OLD_CONTENT_OCTETS:]
    secret = keys.secrets.get(content[0] >> 2)
    if secret is None or not hmac.compare_digest(mac, _mac(b"token", content, secret, _OLD_MAC_OCTETS)):
        return None
    return Token(int.from_bytes(content[1:6], "big"), Audience(content[0] & 3), int.from_bytes(content[6:], "big"))


def recipient_nonce(nonce: int, address: str) -> int:
    """The nonce for the envelope sender of letters to this address, so that each address of a party has another one."""
    digest = hashlib.sha256(b"recipient\0%d\0" % nonce + address.lower().encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:3], "big")


def mail_nonce(nonce: int, inbox_id: int) -> int:
    """The nonce for the confirmation of the mail with this inbox number, so that it confirms no other mail."""
    digest = hashlib.sha256(b"mail\0%d\0%d" % (nonce, inbox_id)).digest()
    return int.from_bytes(digest[:3], "big")


def token_message_id(token: Token, keys: TokenKeys, key: str, domain: str) -> str:
    """The Message-ID, with angle brackets, of the letter with the outbox key `key`. Deterministic: retries reuse it."""
    digest = hmac.new(keys.secrets[keys.current], b"message-id\0" + key.encode(), hashlib.sha256).digest()[
        :_DIGEST_OCTETS
    ]
    suffix = base64.b32encode(digest).decode("ascii").lower()
    return f"<{seal(token, keys)}.{suffix}@{domain}>"


def token_of_message_id(text: str, keys: TokenKeys) -> Token | None:
    """The token inside one of our Message-IDs, whatever a mail program put around it, or None."""
    match = _MESSAGE_ID.search(text)
    return unseal(match.group(1), keys) if match else None


def tokens_in(content: str | bytes, keys: TokenKeys) -> tuple[Token, ...]:
    """All our tokens in a text or in any octets: in an address, a link, a Message-ID, or alone.

    Found in any case, mistyped, in UTF-16, and broken over lines with quotation marks between. Archives are not opened.
    Takes time linear in the length.
    """
    octets = content.encode("ascii", "replace") if isinstance(content, str) else content
    octets = octets.translate(_AS_SEALED, b"\0")
    runs = (run for variant in (octets, _LINE_BREAK.sub(b"", octets)) for run in _BASE32_RUN.findall(variant))
    # "+" is written %2B in links, and =2B in quoted-printable.
    candidates = {run.removeprefix(b"2b") if len(run) == TOKEN_LENGTH + 2 else run for run in runs}
    tokens = (unseal(run.decode("ascii"), keys) for run in sorted(candidates) if len(run) == TOKEN_LENGTH)
    return tuple(token for token in tokens if token is not None)


def _mac(label: bytes, content: bytes, secret: bytes, length: int) -> bytes:
    return hmac.new(secret, label + b"\0" + content, hashlib.sha256).digest()[:length]
