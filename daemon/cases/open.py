"""Open cases: for a customer's first mail, for an invitation, and for words split off another case."""

from __future__ import annotations

from datetime import datetime

from daemon.decide.events import CustomerWrote, InvitationDue, MailIn
from daemon.decide.outcome import CaseSplit
from daemon.installation import Installation
from parsers.details.classify import detect_kind
from parsers.details.details import find_details
from parsers.reading import Mailbox, MailKind, Reading
from storage.engine import Database, Source
from storage.values import Case, Ticket


def new_case(
    event: CustomerWrote | InvitationDue,
    installation: Installation,
    number: tuple[int, str],
    now: datetime,
    *,
    policy: str,
    nonce: int | None = None,
) -> Case:
    """A case with no parties yet, under this id and reference; `event` is then decided upon it. `nonce` is drawn when
    it is not given."""
    spec = installation.policies[policy]
    kind, step, received_at = next(iter(spec.kinds)), spec.first, now
    if isinstance(event, InvitationDue):
        kind, step = spec.invitations[event.invitation].kind, spec.invitations[event.invitation].first
    else:
        received_at = event.mail.received_at
    ticket = Ticket(
        id=number[0],
        reference=number[1],
        policy=policy,
        kind=kind,
        step=step,
        language=event.language,
        received_at=received_at,
        created_at=now,
        updated_at=now,
        step_since=now,
        nonce=installation.draw_nonce() if nonce is None else nonce,
    )
    return Case(ticket=ticket, is_new=True)


def reserve_number(source: Source, installation: Installation, policy: str, now: datetime) -> tuple[int, str]:
    """The id and the reference of one new case; committed at once unless `source` is an open transaction."""
    prefix = installation.policies[policy].reference
    if not isinstance(source, Database):
        return installation.numbering.reserve(source, prefix, now.year, 1)[0]
    with source.write() as conn:
        return installation.numbering.reserve(conn, prefix, now.year, 1)[0]


def split_off_case(
    source: Source, installation: Installation, case: Case, split: CaseSplit, now: datetime
) -> tuple[Case, CustomerWrote]:
    """A new case for words that staff split off `case`, and the event that opens it. It has the customer, the language
    and the address of the first one, and is kept from the same staff."""
    policy = installation.policies[case.ticket.policy]
    customer, address = case.customer(), installation.addresses.get(case.ticket.address) or installation.address_of(())
    sender, language = Mailbox(customer.address, customer.name), customer.language or case.ticket.language
    reading = Reading(
        subject=case.ticket.subject, sender=sender, text=split.text, reply=split.text, kind=MailKind.PERSON
    )
    kind, _certainty, reasons = detect_kind(reading.text, policy.kinds, language, "")
    languages = tuple(dict.fromkeys((language, *policy.languages)))
    wrote = CustomerWrote(
        mail=MailIn(reading=reading, received_at=split.received_at),
        who=sender,
        found=find_details(reading, policy.details, languages=languages, today=now.date(), country=address.country),
        kind=kind,
        kind_reasons=tuple(reasons),
        language=language,
        address=address.address,
        calendar=address.calendar,
        related=(case.ticket.reference,),
        named=case.ticket.facts.named,
    )
    number = reserve_number(source, installation, policy.name, now)
    return new_case(wrote, installation, number, now, policy=policy.name), wrote
