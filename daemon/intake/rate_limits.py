"""Limits on mail that would open cases: by sender, by sending domain, by guessed addresses of ours. What exceeds them
is held in quarantine, never dropped."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.policy import Policy
from daemon.decide.procedure.people import member_at
from daemon.installation import Installation
from daemon.intake.incoming_mail import IncomingMail
from parsers.reading import ClueStrength
from parsers.sender.authentication import is_aligned
from parsers.sender.tokens import unseal
from storage import tickets
from storage.engine import Source
from storage.sender_counts import count_mails_from, domain_of
from storage.set_aside import count_opened_by_way

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def why_held(source: Source, installation: Installation, incoming: IncomingMail, policy: Policy, now: datetime) -> str:
    """Why a mail that would open a case is held in quarantine; empty if it is not."""
    return (
        incoming.ambiguous
        or guesses_at_tokens(source, installation, incoming, policy, now)
        or too_many_from_sender(source, incoming, policy, now)
        or too_many_from_domain(source, installation, incoming, policy, now)
        or too_many_by_header(source, incoming, policy, now)
    )


def too_many_by_header(source: Source, incoming: IncomingMail, policy: Policy, now: datetime) -> str:
    """Why this mail is held: too many cases in an hour for people whom only a header such as Reply-To names. Such
    headers could make us write to anybody. Known forms are not counted."""
    named = incoming.addressee.address.lower() != incoming.reading.author.address.lower()
    if not named or incoming.form is not None or incoming.row.as_new:
        return ""
    most = policy.limits.mails_per_domain_per_hour
    if count_opened_by_way(source, policy.name, since=now - _HOUR, most=most) >= most:
        return f"{most} cases in an hour for people whom only Reply-To or the like names"
    return ""


def too_many_from_sender(source: Source, incoming: IncomingMail, policy: Policy, now: datetime) -> str:
    """Why this mail is held: too many mails of this sender in an hour or a day. Staff are not limited."""
    address, limits = incoming.writer, policy.limits
    if not address or member_at(policy, address) is not None:
        return ""
    hour, day = (tickets.count_mails_from(source, address, since=now - span) for span in (_HOUR, _DAY))
    if hour >= limits.mails_per_sender_per_hour:
        return f"{hour} mails from {address} in an hour"
    if day >= limits.mails_per_sender_per_day:
        return f"{day} mails from {address} in a day"
    return ""


def guesses_at_tokens(
    source: Source, installation: Installation, incoming: IncomingMail, policy: Policy, now: datetime
) -> str:
    """Why this mail is held: it has a token that we never gave out, and its sender has written too often."""
    tokens = [clue.value for clue in incoming.reading.case_clues if clue.strength is ClueStrength.TOKEN]
    if not tokens or any(unseal(token, installation.keys) for token in tokens):
        return ""
    written = tickets.count_mails_from(source, incoming.writer, since=now - _HOUR) if incoming.writer else 0
    most = policy.limits.wrong_tokens_per_hour
    return f"an address of ours that we never gave out, after {written} mails in an hour" if written >= most else ""


def too_many_from_domain(
    source: Source, installation: Installation, incoming: IncomingMail, policy: Policy, now: datetime
) -> str:
    """Why this mail is held: too many mails from its envelope sender or sending domain, under whatever names.

    A flood under invented names has one envelope sender, or one domain, that is not the writers'. Mail whose From is of
    the sending domain is counted by sender instead, since many people share a provider. Mail that our own servers pass
    on, known forms and staff are not counted."""
    limits, domain, address = policy.limits, incoming.row.origin, incoming.row.mail.envelope_from
    ours = {domain_of(address) for address in installation.addresses}
    if (
        is_aligned(domain_of(incoming.writer), domain)
        or not domain
        or domain in ours
        or incoming.form is not None
        or member_at(policy, incoming.writer) is not None
    ):
        return ""
    asked = (
        (address, _HOUR, limits.mails_per_sender_per_hour, "an hour"),
        (address, _DAY, limits.mails_per_sender_per_day, "a day"),
        (domain, _HOUR, limits.mails_per_domain_per_hour, "an hour"),
        (domain, _DAY, limits.mails_per_domain_per_day, "a day"),
    )
    for whose, span, most, word in asked:
        only = whose if whose != domain else ""
        # This mail is among those counted.
        if whose and count_mails_from(source, domain, since=now - span, most=most + 1, address=only) > most:
            return f"more than {most} mails from {whose} in {word}, under whatever names"
    return ""
