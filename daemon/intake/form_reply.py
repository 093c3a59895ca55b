"""The letter to whoever sent a form without consent: one for each mail, and no more in a day than the policy allows."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.policy import Policy
from config.working_time.calendars import load_calendar
from daemon.installation import Installation
from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.new_case import opening_event_of_form
from daemon.letters.standalone import BlankCase, standalone_letter
from storage import correspondents, outbox
from storage.engine import Source
from storage.values import Letter, Party, Role

_DAY = timedelta(days=1)


def letter_without_consent(
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
    if outbox.count_to(source, address, since=now - _DAY) >= most:
        return f"{most} letters in a day to this address"
    if allowed and outbox.count_to(source, address, since=now - _DAY, notice=notice) >= allowed:
        return f"told {allowed} times today, at most {allowed}"
    return ""


def _letter(installation: Installation, incoming: IncomingMail, policy: Policy, notice: str, now: datetime) -> Letter:
    assert incoming.form is not None, "only forms come here"
    address = installation.address_of(incoming.reading.recipients)
    said = opening_event_of_form(incoming, policy, address, incoming.form)
    calendar = load_calendar(address.calendar or policy.calendar, policy.calendars)
    reader = Party(
        number=1, role=Role.CUSTOMER, address=incoming.writer, name=incoming.form.person.name, language=said.language
    )
    shown = BlankCase(
        subject=said.subject or incoming.reading.subject,
        kind=next(name for name, spec in policy.kinds.items() if spec.fallback),
        brand=said.brand,
        address=address.address,
        received_at=incoming.row.mail.received_at,
    )
    return standalone_letter(
        installation.letter_materials(policy, calendar), reader,
        notice=notice, key=f"inbox/{incoming.row.id}/{notice}", occurrence=str(incoming.row.id), now=now, shown=shown,
    )  # fmt: skip
