"""The addresses and links by which a letter is answered, with their tokens, and the identity that letters come from."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from parsers.sender.tokens import (
    LONGEST_LOCAL_PART,
    NONCE_LIMIT,
    Audience,
    Token,
    TokenKeys,
    mail_nonce,
    recipient_nonce,
    seal,
    token_message_id,
)
from storage.values import Party, Role, Ticket

_LONGEST_SUBJECT = 600  # characters of a link; a Chinese one takes nine


@dataclass(frozen=True, slots=True)
class FromAddress:
    """The From of a policy's letters: a support address, and the display name shown with it."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderIdentity:
    """The company as the sender of letters."""

    company: str
    from_addresses: Mapping[str, tuple[FromAddress, ...]]  # by policy, the usual one first
    domain: str  # after the @ of our Message-IDs
    keys: TokenKeys
    bounces: str  # the address from which envelope senders are made
    separator: str = "+"  # of sub-addresses (RFC 5233); empty where the mail server has none

    def from_address(self, ticket: Ticket) -> FromAddress:
        """The address that the case came to, else the first of its policy; raises KeyError for a policy without any."""
        known = self.from_addresses[ticket.policy]
        return next((own for own in known if own.address.lower() == ticket.address.lower()), known[0])


@dataclass(frozen=True, slots=True)
class ReplyAddresses:
    """Where one party answers about one ticket: `reply` for answers, `note` for notes of staff that stay inside."""

    reply: str
    note: str = ""


_AUDIENCES = {
    Role.STAFF: Audience.STAFF_REPLY,
    Role.MANAGER: Audience.STAFF_REPLY,
    Role.THIRD_PARTY: Audience.THIRD_PARTY,
}


def is_staff(party: Party) -> bool:
    """Whether letters to the party are staff letters."""
    return party.is_staff


def token_for(ticket: Ticket, party: Party) -> Token:
    """The token of this party's reply address on this ticket."""
    return Token(ticket.id, _AUDIENCES.get(party.role, Audience.CUSTOMER), party.number, ticket.nonce)


def new_nonce() -> int:
    """A random number for a new ticket, so that a letter of another ticket with the same id does not lead to it."""
    return secrets.randbelow(NONCE_LIMIT - 1) + 1


def return_path(sender_identity: SenderIdentity, ticket: Ticket, party: Party) -> str:
    """The envelope sender of letters to this party about this ticket.

    It is the same for all of them, so that a greylisting server knows the sender again, and one that sends vacation
    notices counts one sender (RFC 3834 section 4). Without sub-addresses, or where the local part would be longer than
    RFC 5321 allows, it is the plain address.
    """
    local, _, domain = sender_identity.bounces.rpartition("@")
    nonce = recipient_nonce(ticket.nonce, party.address)
    number = party.number if ticket.id else 0  # about no case: the nonce, made of the address, identifies the reader
    token = seal(Token(ticket.id, Audience.RETURN_PATH, number, nonce), sender_identity.keys)
    marked = f"{local}{sender_identity.separator}{token}"
    return (
        f"{marked}@{domain}"
        if sender_identity.separator and len(marked) <= LONGEST_LOCAL_PART
        else sender_identity.bounces
    )


def reply_addresses(sender_identity: SenderIdentity, ticket: Ticket, party: Party) -> ReplyAddresses:
    """The addresses at which this party answers about this ticket; `note` is empty for others than staff."""
    token = token_for(ticket, party)
    note = replace(token, audience=Audience.STAFF_NOTE) if is_staff(party) else None
    return ReplyAddresses(
        _address(sender_identity, ticket, token), _address(sender_identity, ticket, note) if note else ""
    )


def confirmation_address(sender_identity: SenderIdentity, ticket: Ticket, party: Party, inbox_id: int) -> str:
    """The address at which a member of staff confirms that the mail with this inbox id is theirs."""
    nonce = mail_nonce(ticket.nonce, inbox_id)
    return _address(sender_identity, ticket, Token(ticket.id, Audience.CONFIRMATION, party.number, nonce))


def own_message_id(sender_identity: SenderIdentity, ticket: Ticket, party: Party, key: str) -> str:
    """The Message-ID of the letter with this outbox key, with angle brackets."""
    return token_message_id(token_for(ticket, party), sender_identity.keys, key, sender_identity.domain)


def mailto(address: str, subject: str = "", body: str = "") -> str:
    """A link that opens a mail (RFC 6068). "+" is written %2B, since many programs read it as a space."""
    fields = (("subject", _shortened(subject)), ("body", body.replace("\n", "\r\n")))
    shown = "&".join(f"{name}={_quoted(value)}" for name, value in fields if value)
    return f"mailto:{_quoted(address)}" + (f"?{shown}" if shown else "")


@lru_cache(maxsize=256)
def _shortened(subject: str) -> str:
    """The subject cut so that every program opens the link: Windows takes about 2,000 characters."""
    while len(_quoted(subject)) > _LONGEST_SUBJECT:
        subject = subject.rstrip("…")[:-10].rstrip() + "…"
    return subject


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    # A staff letter has some twenty links with the same address and subject.
    return quote(text, safe="@")


def _address(sender_identity: SenderIdentity, ticket: Ticket, token: Token) -> str:
    local, _, domain = sender_identity.from_address(ticket).address.rpartition("@")
    return f"{local}{sender_identity.separator}{seal(token, sender_identity.keys)}@{domain}"
