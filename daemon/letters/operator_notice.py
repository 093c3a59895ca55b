"""The mail that tells a person of mail that could not be worked off: of the first one in a day. All of them stand in
the next list of what was set aside (aside_list.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from config.policy import Member, Policy
from config.settings import Settings
from daemon.letters.operator_mail import plain_letter
from daemon.letters.reply_addresses import SenderIdentity
from storage.values import InboxRow, Letter

NOTICE = "quarantined"


def telling(
    settings: Settings, sender_identity: SenderIdentity
) -> Callable[[InboxRow, str, datetime, str], Letter | None]:
    """How a person is told: the operator, or where none is named the one given; not at all where there is neither (it
    is in `status` and `quarantine`)."""

    def tell(row: InboxRow, why: str, now: datetime, otherwise: str) -> Letter | None:
        to = settings.alarm.address or otherwise
        return _letter(row, why, now, to, sender_identity) if to else None

    return tell


def manager_of(policy: Policy) -> Member | None:
    """Whoever looks after mail that nobody has sorted: the manager of that team, or of any other; None where there is
    none."""
    first = next(spec.team for spec in policy.kinds.values() if spec.fallback)
    teams = [policy.teams[first], *policy.teams.values()]
    return next((team.manager for team in teams if team.manager), None)


def manager_for(policy: Policy) -> str:
    """Their address; empty where there is none."""
    manager = manager_of(policy)
    return manager.address if manager else ""


def _letter(row: InboxRow, why: str, now: datetime, to: str, sender_identity: SenderIdentity) -> Letter:
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
    return plain_letter(sender_identity, notice=NOTICE, key=key, to=to, subject=subject, text=text, now=now)
