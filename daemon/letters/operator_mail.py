"""Mail to operators and managers that uses no template, so that it can be sent even if the templates are broken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape

from config.policy import Member, Policy
from config.settings import Settings
from daemon.letters import mime
from daemon.letters.headers import LetterHead, header_fields
from daemon.letters.reply_addresses import SenderIdentity
from parsers.sender.tokens import Audience, Token
from parsers.sender.tokens import token_message_id as own_id
from storage.values import InboxRow, Letter

QUARANTINED = "quarantined"
"""The name of the mail about a mail that was set aside, beside the notices of policies."""


def plain_letter(
    sender_identity: SenderIdentity,
    *,
    notice: str,
    key: str,
    to: str,
    subject: str,
    text: str,
    now: datetime,
    language: str = "en",
) -> Letter:
    """A letter about no case for the outbox. `key` is its outbox key: a second one with the same key is not sent."""
    token = Token(0, Audience.STAFF_REPLY, 0)  # of no case; the key in it tells a letter of ours that comes back to us
    message_id = own_id(token, sender_identity.keys, key, sender_identity.domain).strip("<>")
    head = LetterHead(
        sender=sender_identity.bounces,
        sender_name=f"{sender_identity.company} Reclamo",
        recipient=to,
        subject=subject,
        at=now,
        language=language,
        message_id=message_id,
    )
    return Letter(
        key=key,
        ticket_id=None,
        notice=notice,
        occurrence=now.date().isoformat(),
        party=0,
        recipient=to,
        sender="",  # a null sender: a report about mail must not come back as mail (RFC 5321 section 4.5.5)
        message_id=message_id,
        subject=subject,
        language=language,
        raw=plain_mail(head, text, key),
        created_at=now,
        not_before=now,
    )


def plain_mail(head: LetterHead, text: str, key: str) -> bytes:
    """The bytes of a mail of plain text, which its HTML part shows as it is. The same `key` gives the same bytes."""
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    return mime.build(header_fields(head), text, f"<pre>{escape(text, quote=False)}</pre>", [], mark)


# ------------------------------------------------------------------------------------------------- who is written to


def manager_of(policy: Policy) -> Member | None:
    """The manager of the team that gets mail of no known kind, else the first manager of any team; None without any."""
    first = next(spec.team for spec in policy.kinds.values() if spec.fallback)
    teams = [policy.teams[first], *policy.teams.values()]
    return next((team.manager for team in teams if team.manager), None)


def manager_address(policy: Policy) -> str:
    """The address of `manager_of` the policy; empty where there is none."""
    manager = manager_of(policy)
    return manager.address if manager else ""


def operator_or_manager(operator: str, policies: Iterable[Policy]) -> str:
    """The operator's address, or where none is set that of the first manager of any policy; empty without both."""
    return operator or next((address for address in map(manager_address, policies) if address), "")


# ------------------------------------------------------------------------------------------------- mail set aside


def quarantine_mail(
    settings: Settings, sender_identity: SenderIdentity
) -> Callable[[InboxRow, str, datetime, str], Letter | None]:
    """A function of (row, reason, now, fallback address) that writes the mail about a mail that was set aside.

    It goes to the operator, else to the fallback address. Without both the function returns None: `reclamo status`
    and `reclamo quarantine` show the mail all the same.
    """

    def write(row: InboxRow, why: str, now: datetime, otherwise: str) -> Letter | None:
        to = settings.alarm.address or otherwise
        return _quarantined(row, why, now, to, sender_identity) if to else None

    return write


def _quarantined(row: InboxRow, why: str, now: datetime, to: str, sender_identity: SenderIdentity) -> Letter:
    """Its key has the day in it: one mail a day, about the first; the list of mail set aside has them all."""
    subject = f"Reclamo: a mail was set aside (inbox {row.id})"
    text = (
        f"A mail could not be turned into a case and waits for a person.\n\n"
        f"Inbox number: {row.id}\nReceived: {row.mail.received_at.isoformat()}\nBy: {row.mail.source}\n"
        f"From: {row.mail.envelope_from or 'nobody'}\nWhy: {why}\n\n"
        f"Nothing is lost. Look at it:   reclamo quarantine show {row.id}\n"
        f"Try it again:                  reclamo quarantine release {row.id}\n\n"
        f"You are told of the first one in a day; what else fails today is in `reclamo quarantine`,\n"
        f"and in the next list of mail that was set aside.\n"
    )
    key = f"quarantine/failed/{now.date().isoformat()}"
    return plain_letter(sender_identity, notice=QUARANTINED, key=key, to=to, subject=subject, text=text, now=now)
