"""The letter to whoever sent a form without consent: one for each mail, and no more in a day than the policy allows."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.policy import Policy
from config.working_time.calendars import load_calendar
from daemon.decide.outcome import NoticeDue
from daemon.installation import Installation
from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.new_case import from_form
from daemon.letters.letter_input import LetterInput
from daemon.letters.standalone import letter_of
from storage import correspondents, outbox
from storage.engine import Source
from storage.values import Case, Letter, Party, Role, Ticket

_DAY = timedelta(days=1)


def of_form(
    source: Source, installation: Installation, incoming: IncomingMail, policy: Policy, now: datetime
) -> tuple[Letter | None, str]:
    """The letter to the sender of a form without consent; or None and the reason."""
    assert incoming.form is not None, "only forms come here"
    notice = incoming.form.spec.without_consent
    why_not = _why_not(source, policy, notice, incoming.writer, now)
    return (None, why_not) if why_not else (_letter(installation, incoming, policy, notice, now), "")


def _why_not(source: Source, policy: Policy, notice: str, address: str, now: datetime) -> str:
    """Why the letter must not be sent; empty if it may. Letters are counted by address and day, since there is no
    case."""
    if not address:
        return "no address is known"
    known = correspondents.get(source, address)
    if known and known.bounced:
        return f"letters to the address fail: {known.bounced}"
    most, allowed = policy.limits.letters_per_address_per_day, policy.notices[notice].at_most
    if outbox.sent_to(source, address, since=now - _DAY) >= most:
        return f"{most} letters in a day to this address"
    if allowed and outbox.sent_to(source, address, since=now - _DAY, notice=notice) >= allowed:
        return f"told {allowed} times today, at most {allowed}"
    return ""


def _letter(installation: Installation, incoming: IncomingMail, policy: Policy, notice: str, now: datetime) -> Letter:
    letter_input = _letter_input(installation, incoming, policy, notice, now)
    return letter_of(installation.templates, letter_input, f"inbox/{incoming.row.id}/{notice}")


def _letter_input(
    installation: Installation, incoming: IncomingMail, policy: Policy, notice: str, now: datetime
) -> LetterInput:
    """What the letter is written from: a blank case with the form's sender as its customer."""
    assert incoming.form is not None, "only forms come here"
    address = installation.address_of(incoming.reading.recipients)
    said = from_form(incoming, policy, address, incoming.form)
    kind = next(name for name, spec in policy.kinds.items() if spec.fallback)
    at = incoming.row.mail.received_at
    ticket = Ticket(
        id=0, reference="", policy=policy.name, kind=kind, step=policy.first, language=said.language, received_at=at,
        created_at=now, updated_at=now, step_since=now, address=address.address,
        subject=said.subject or incoming.reading.subject, brand=said.brand,
    )  # fmt: skip
    party = Party(number=1, role=Role.CUSTOMER, address=incoming.writer, name=incoming.form.person.name)
    return LetterInput(
        case=Case(ticket=ticket, parties=(party,)),
        due=NoticeDue(notice=notice, party=1, occurrence=str(incoming.row.id)),
        policy=policy,
        calendar=load_calendar(address.calendar or policy.calendar, policy.calendars),
        sender_identity=installation.sender_identity,
        language=said.language,
        now=now,
    )
