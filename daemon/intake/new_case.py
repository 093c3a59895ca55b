"""The case that a mail opens, or why it opens none. Pure."""

from __future__ import annotations

from dataclasses import replace

from config.policy import DetailType, Policy
from daemon.decide.events import CustomerWrote, MailIn
from daemon.installation import Installation, SupportAddress
from daemon.intake.form_mail import FormMail, form_country, form_language, form_mail_details
from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.set_aside import SetAside, why_set_aside
from parsers.details.brands import detect_brand
from parsers.details.classify import detect_kind
from parsers.details.details import find_details
from parsers.reading import FoundDetail, Mailbox, MailKind, Reading
from parsers.sender.unattended_addresses import is_unattended


def opening_event(
    incoming: IncomingMail, policy: Policy, installation: Installation
) -> CustomerWrote | SetAside | None:
    """The event that opens a case for a mail of none; or SetAside with the reason; None for a form without consent."""
    reading = incoming.reading
    address = installation.address_of(reading.recipients)
    if incoming.form is not None:
        if not incoming.form.consents:
            return None
        form = opening_event_of_form(incoming, policy, address, incoming.form)
        return replace(form, own_recipients=installation.support_addresses_in(reading.recipients))
    who = incoming.addressee if incoming.addressee.address else Mailbox(incoming.row.mail.envelope_from, "", "envelope")
    reason = why_set_aside(incoming, installation, who)
    if reason and not incoming.row.as_new:
        return reason
    if installation.ours.is_own_sender(who.address) or is_unattended(who.address):
        who = Mailbox("", "")  # staff opened it: no letter goes to an address that nobody reads
    return replace(
        _wrote(incoming, policy, address, who), own_recipients=installation.support_addresses_in(reading.recipients)
    )


def opening_event_of_form(
    incoming: IncomingMail, policy: Policy, address: SupportAddress, form: FormMail
) -> CustomerWrote:
    """The event of a filled-in form: automatic by its headers, but a person's complaint."""
    mail = incoming.reading
    sender = form.person if form.person.address else mail.sender
    reading = replace(mail, reply=mail.text or mail.reply, kind=MailKind.PERSON, sender=sender)
    language = form_language(form, policy, incoming.history.language)
    country = form_country(form, language, address.country)
    found = form_mail_details(form, reading, policy, language=language, country=country, today=incoming.today)
    kind, _certainty, reasons = detect_kind(form.words, policy.kinds, language, form.read.title)
    return CustomerWrote(
        mail=replace(
            incoming.as_event_mail(), reading=reading, evidence=f"form {form.name} from {mail.sender.address}"
        ),
        who=form.person,
        found=found,
        kind=kind,
        kind_reasons=tuple(reasons),
        language=language,
        address=address.address,
        calendar=address.calendar,
        related=incoming.history.related,
        named=incoming.history.named,
        form=form.name,
        subject=form.read.title,
        brand=brand_of(policy, found, form.words, form.read.brand),
        country=country,
    )


def brand_of(policy: Policy, found: tuple[FoundDetail, ...], text: str, form: str = "") -> str:
    """The brand named by a form, a text or the VINs among the details; empty if none is."""
    vins = [detail.value for detail in found if policy.details[detail.name].sort is DetailType.VIN]
    return detect_brand(policy.brands, form=form, text=text, vins=vins)


def _wrote(incoming: IncomingMail, policy: Policy, address: SupportAddress, who: Mailbox) -> CustomerWrote:
    reading = incoming.reading
    language = language_of(reading, policy, incoming.history.language)
    words = reading.reply or reading.text
    kind, _certainty, reasons = detect_kind(words, policy.kinds, language, reading.subject)
    found = mail_details(incoming, policy, language, address.country)
    by_from = who.address.lower() == reading.author.address.lower()
    return CustomerWrote(
        mail=incoming.as_event_mail() if by_from else _named_by(incoming, who),
        who=who,
        found=found,
        kind=kind,
        kind_reasons=tuple(reasons),
        language=language,
        address=address.address,
        calendar=address.calendar,
        related=incoming.history.related,
        named=incoming.history.named,
        brand=brand_of(policy, found, f"{reading.subject}\n{words}"),
        answers_unknown_case=incoming.unknown_match is not None,
        sender_header="" if by_from else who.fallback,
    )


def _named_by(incoming: IncomingMail, who: Mailbox) -> MailIn:
    """The mail as written by the person whom a header names; the evidence says that From names somebody else."""
    mail = incoming.as_event_mail()
    how = f"{who.fallback or 'nobody'} of a mail from {incoming.reading.author.address or 'nobody'}"
    sender = who if who.address else mail.reading.sender
    return replace(mail, reading=replace(mail.reading, sender=sender, kind=MailKind.PERSON), evidence=how)


def language_of(reading: Reading, policy: Policy, earlier: str) -> str:
    """The language to answer in: that of the new words; if that is uncertain, that of the sender's earlier mail; else
    the policy's first. A Chinese script that the policy lacks is answered in the one it has."""
    code = _nearest(reading.language.code, policy)
    if code and reading.language.certainty >= 0.5:
        return code
    return earlier if earlier in policy.languages else code or policy.languages[0]


def _nearest(code: str, policy: Policy) -> str:
    """The code itself, or the policy's first language that differs only in script or country; empty if there is
    none."""
    same = (language for language in policy.languages if code and language.partition("-")[0] == code.partition("-")[0])
    return code if code in policy.languages else next(same, "")


def mail_details(incoming: IncomingMail, policy: Policy, language: str, country: str) -> tuple[FoundDetail, ...]:
    """The details in a person's mail; those for inside use are not looked for."""
    languages = policy.speaking(language)
    asked = {name: spec for name, spec in policy.details.items() if not spec.inside}
    return find_details(incoming.reading, asked, languages=languages, today=incoming.today, country=country)
