"""The ways in which a letter can be answered: addresses with their tokens, and links that open a ready-made mail."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from parsers.sender.tokens import (
    LONGEST_LOCAL_PART,
    NONCES,
    Audience,
    Keys,
    Token,
    mail_nonce,
    message_id,
    recipient_nonce,
    seal,
)
from storage.values import Party, Role, Ticket

_LONGEST_SUBJECT = 600  # characters of a link; a Chinese one takes nine


@dataclass(frozen=True, slots=True)
class FromAddress:
    """Where the letters of one policy come from: the support address, and the name shown with it."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderIdentity:
    """The company as letters show it.

    `mailrooms` are by policy, the first of each being its usual one; a case keeps the address it came to. `domain`
    stands after the @ of our Message-IDs. `bounces` is the address that envelope senders are made of; `separator` is
    empty where the mail server knows no sub-addresses.
    """

    company: str
    from_addresses: Mapping[str, tuple[FromAddress, ...]]
    domain: str
    keys: Keys
    bounces: str
    separator: str = "+"

    def from_address(self, ticket: Ticket) -> FromAddress:
        """The mailroom that a case's letters come from; raises KeyError for a policy without one."""
        rooms = self.from_addresses[ticket.policy]
        return next(
            (from_address for from_address in rooms if from_address.address.lower() == ticket.address.lower()), rooms[0]
        )


@dataclass(frozen=True, slots=True)
class ReplyAddresses:
    """How one party answers about one ticket: `reply` for every answer, `note` for staff's words that stay inside."""

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
    """What an answer of this party on this ticket carries."""
    return Token(ticket.id, _AUDIENCES.get(party.role, Audience.CUSTOMER), party.number, ticket.nonce)


def new_nonce() -> int:
    """Something random for a new ticket, so that no letter of another ticket with its number leads to it."""
    return secrets.randbelow(NONCES - 1) + 1


def return_path(sender_identity: SenderIdentity, ticket: Ticket, party: Party) -> str:
    """The envelope sender of letters to this party about this ticket: the same for all of them, so that a mail server
    that asks to be tried again knows them, and one that sends away notices counts them as one sender (RFC 3834 section
    4). Without sub-addresses, or where the local part would be too long for RFC 5321, the plain address."""
    local, _, domain = sender_identity.bounces.rpartition("@")
    nonce = recipient_nonce(ticket.nonce, party.address)
    number = party.number if ticket.id else 0  # about no case: the reader's address alone says who they are
    token = seal(Token(ticket.id, Audience.RETURN_PATH, number, nonce), sender_identity.keys)
    marked = f"{local}{sender_identity.separator}{token}"
    return (
        f"{marked}@{domain}"
        if sender_identity.separator and len(marked) <= LONGEST_LOCAL_PART
        else sender_identity.bounces
    )


def reply_addresses(sender_identity: SenderIdentity, ticket: Ticket, party: Party) -> ReplyAddresses:
    """The addresses under which this party answers about this ticket."""
    token = token_for(ticket, party)
    note = replace(token, audience=Audience.STAFF_NOTE) if is_staff(party) else None
    return ReplyAddresses(
        _address(sender_identity, ticket, token), _address(sender_identity, ticket, note) if note else ""
    )


def confirmation_address(sender_identity: SenderIdentity, ticket: Ticket, party: Party, inbox_id: int) -> str:
    """Where a member of the staff answers that the mail of this inbox number is theirs."""
    nonce = mail_nonce(ticket.nonce, inbox_id)
    return _address(sender_identity, ticket, Token(ticket.id, Audience.CONFIRMATION, party.number, nonce))


def own_message_id(sender_identity: SenderIdentity, ticket: Ticket, party: Party, key: str) -> str:
    """The Message-ID of the letter with this outbox key, with angle brackets."""
    return message_id(token_for(ticket, party), sender_identity.keys, key, sender_identity.domain)


def mailto(address: str, subject: str = "", body: str = "") -> str:
    """A link that opens a mail (RFC 6068). "+" is written %2B: programs that take it for a space are many."""
    fields = (("subject", _fitting(subject)), ("body", body.replace("\n", "\r\n")))
    shown = "&".join(f"{name}={_quoted(value)}" for name, value in fields if value)
    return f"mailto:{_quoted(address)}" + (f"?{shown}" if shown else "")


@lru_cache(maxsize=256)
def _fitting(subject: str) -> str:
    """The subject cut so that the link stays one that every program opens: Windows takes some 2,000 characters."""
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
