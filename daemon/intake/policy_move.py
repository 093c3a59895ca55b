"""Read a case's mails by another policy, before the case is moved there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from config.faults import GiveUp
from config.policy import Policy
from daemon.decide.events import PolicyMove
from daemon.decide.staff.command_arguments import ArgumentContext, named_policy
from daemon.decide.staff.policy_change import MOVE
from daemon.installation import Installation, SupportAddress
from daemon.intake.new_case import brand_of
from parsers.answers.commands import Command
from parsers.details.classify import detect_kind
from parsers.details.details import find_details
from parsers.mail import read_mail
from parsers.reading import FoundDetail, Mailbox, MailKind, Reading
from storage import bookings, inbox
from storage.engine import Source
from storage.values import Case, Message


def commanded_move(
    source: Source, installation: Installation, case: Case, commands: Iterable[Command], now: datetime
) -> PolicyMove | None:
    """Return the move that the commands of a staff mail ask for; None if none does, or the policy is not known."""
    context = ArgumentContext(installation.policies[case.ticket.policy], installation.policies)
    name = next((named_policy(command, context) for command in commands if command.name == MOVE), "")
    if not name or name == case.ticket.policy:
        return None
    return read_by_policy(source, installation, case, installation.policies[name], now)


def read_by_policy(source: Source, installation: Installation, case: Case, policy: Policy, now: datetime) -> PolicyMove:
    """Read the case by another policy: by its words for kinds and its details, in every mail of the customer."""
    ticket, mails = case.ticket, _mails(case)
    at = _address(installation, case, policy)
    language = ticket.language if ticket.language in policy.languages else policy.languages[0]
    words = "\n\n".join(mail.text for mail in mails)
    kind, _certainty, reasons = detect_kind(words, policy.kinds, language, ticket.subject)
    found = tuple(_found(source, installation, policy, mails, (language, at.country)))
    slotted = any(thing.slots for thing in policy.things.values())
    return PolicyMove(
        policy=policy,
        kind=kind or next(name for name, spec in policy.kinds.items() if spec.fallback),
        kind_reasons=reasons,
        found=found,
        words=f"{ticket.subject}\n{words}",
        brand=brand_of(policy, found, f"{ticket.subject}\n{words}"),
        address=at.address,
        calendar=at.calendar,
        taken=bookings.upcoming(source, policy.name, since=now) if slotted else (),
    )


def _mails(case: Case) -> list[Message]:
    return [m for m in case.messages if m.direction == "in" and m.thread == "customer" and not m.held and m.party]


def _address(installation: Installation, case: Case, policy: Policy) -> SupportAddress:
    """The policy's address of the same country, else its first."""
    addresses = [address for address in installation.addresses.values() if address.policy == policy.name]
    here = installation.addresses.get(case.ticket.address)
    return next((address for address in addresses if here and address.country == here.country), addresses[0])


def _found(
    source: Source, installation: Installation, policy: Policy, mails: Iterable[Message], where: tuple[str, str]
) -> Iterator[FoundDetail]:
    language, country = where
    languages = policy.speaking(language)
    asked = {name: spec for name, spec in policy.details.items() if not spec.inside}
    for mail in mails:
        reading = _reading(source, installation, mail, languages)
        yield from find_details(reading, asked, languages=languages, today=mail.at.date(), country=country)


def _reading(source: Source, installation: Installation, mail: Message, languages: tuple[str, ...]) -> Reading:
    """Read the mail as it was received or, if it is gone, the words that the case kept of it."""
    try:
        raw = inbox.get(source, mail.inbox_id).mail.raw if mail.inbox_id is not None else b""
    except (KeyError, GiveUp):
        raw = b""
    if raw:
        return read_mail(raw, ours=installation.ours, limits=installation.limits, languages=languages)
    sender = Mailbox(mail.sender)
    return Reading(subject=mail.subject, sender=sender, text=mail.text, reply=mail.text, kind=MailKind.PERSON)
