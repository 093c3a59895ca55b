"""What a mail that belongs to no case opens, or nothing and why. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from config.policy import DetailSort, Policy
from daemon.decide.events import CustomerWrote, MailIn
from daemon.installation import Office, SupportAddress
from daemon.intake.form_mail import FormMail, country_of, details_of, language_of_form
from daemon.intake.incoming_mail import Arrival, Known
from daemon.intake.set_aside import SetAside, why_aside
from parsers.details.brands import recognise_brand
from parsers.details.classify import recognise_kind
from parsers.details.details import find_details
from parsers.reading import Found, Mailbox, Reading, Sort
from parsers.sender.unread_addresses import is_nobodys


def opens(arrival: Arrival, policy: Policy, office: Office) -> CustomerWrote | SetAside | None:
    """What a mail that belongs to no case opens; or that it is set aside, and why; None for a form without consent."""
    reading = arrival.reading
    address = office.address_of(reading.recipients)
    if arrival.form is not None:
        if not arrival.form.consents:
            return None
        form = from_form(arrival, policy, address, arrival.form)
        return replace(form, ours=office.among_ours(reading.recipients))
    who = arrival.whom if arrival.whom.address else Mailbox(arrival.row.mail.envelope_from, "", "envelope")
    not_for_them = why_aside(arrival, office, who)
    if not_for_them and not arrival.row.as_new:
        return not_for_them
    if office.house.is_own_sender(who.address) or is_nobodys(who.address):
        who = Mailbox("", "")  # a person opens it: nobody is written to where nobody reads
    return replace(_wrote(arrival, policy, address, who), ours=office.among_ours(reading.recipients))


def from_form(arrival: Arrival, policy: Policy, address: SupportAddress, form: FormMail) -> CustomerWrote:
    """What a form says: automatic in its headers, a person's mail in its meaning."""
    mail = arrival.reading
    sender = form.person if form.person.address else mail.sender
    reading = replace(mail, reply=mail.text or mail.reply, sort=Sort.PERSON, sender=sender)
    language = language_of_form(form, policy, arrival.known.language)
    country = country_of(form, language, address.country)
    found = details_of(form, reading, policy, language=language, country=country, today=arrival.today)
    kind, _certainty, reasons = recognise_kind(form.words, policy.kinds, language, form.read.title)
    return CustomerWrote(
        mail=replace(arrival.mail(), reading=reading, evidence=f"form {form.name} from {mail.sender.address}"),
        who=form.person,
        found=found,
        kind=kind,
        kind_reasons=tuple(reasons),
        language=language,
        address=address.address,
        calendar=address.calendar,
        related=arrival.known.related,
        named=arrival.known.named,
        form=form.name,
        subject=form.read.title,
        brand=brand_of(policy, found, form.words, form.read.brand),
        country=country,
    )


def brand_of(policy: Policy, found: tuple[Found, ...], text: str, form: str = "") -> str:
    """The brand that a form, a text or the VINs among the details name, or empty."""
    vins = [one.value for one in found if policy.details[one.name].sort is DetailSort.VIN]
    return recognise_brand(policy.brands, form=form, text=text, vins=vins)


def wrote_words(mail: MailIn, policy: Policy, address: SupportAddress, known: Known, today: date) -> CustomerWrote:
    """Words that are no mail of their own, as a complaint."""
    reading = mail.reading
    language = known.language
    kind, _certainty, reasons = recognise_kind(reading.text, policy.kinds, language, "")
    languages = tuple(dict.fromkeys((language, *policy.languages)))
    found = find_details(reading, policy.details, languages=languages, today=today, country=address.country)
    return CustomerWrote(
        mail=mail,
        who=reading.sender,
        found=found,
        kind=kind,
        kind_reasons=tuple(reasons),
        language=language,
        address=address.address,
        calendar=address.calendar,
        related=known.related,
        named=known.named,
    )


def _wrote(arrival: Arrival, policy: Policy, address: SupportAddress, who: Mailbox) -> CustomerWrote:
    reading = arrival.reading
    language = language_of(reading, policy, arrival.known.language)
    words = reading.reply or reading.text
    kind, _certainty, reasons = recognise_kind(words, policy.kinds, language, reading.subject)
    found = details_in(arrival, policy, language, address.country)
    by_from = who.address.lower() == reading.author.address.lower()
    return CustomerWrote(
        mail=arrival.mail() if by_from else _named_by(arrival, who),
        who=who,
        found=found,
        kind=kind,
        kind_reasons=tuple(reasons),
        language=language,
        address=address.address,
        calendar=address.calendar,
        related=arrival.known.related,
        named=arrival.known.named,
        brand=brand_of(policy, found, f"{reading.subject}\n{words}"),
        lost=arrival.lost is not None,
        way="" if by_from else who.fallback,
    )


def _named_by(arrival: Arrival, who: Mailbox) -> MailIn:
    """The mail as that of the person it names, with the way on record: From names somebody else."""
    mail = arrival.mail()
    how = f"{who.fallback or 'nobody'} of a mail from {arrival.reading.author.address or 'nobody'}"
    sender = who if who.address else mail.reading.sender
    return replace(mail, reading=replace(mail.reading, sender=sender, sort=Sort.PERSON), evidence=how)


def language_of(reading: Reading, policy: Policy, earlier: str) -> str:
    """The language to answer in: that of the new words; where that is in doubt, the one they wrote in before. Whoever
    writes Chinese in the other script is answered in the one the policy has."""
    code = _nearest(reading.language.code, policy)
    if code and reading.language.certainty >= 0.5:
        return code
    return earlier if earlier in policy.languages else code or policy.languages[0]


def _nearest(code: str, policy: Policy) -> str:
    """This language, or the first of the policy's that differs in its script or country only; or empty."""
    same = (one for one in policy.languages if code and one.partition("-")[0] == code.partition("-")[0])
    return code if code in policy.languages else next(same, "")


def details_in(arrival: Arrival, policy: Policy, language: str, country: str) -> tuple[Found, ...]:
    """The details that a person's mail gives."""
    languages = tuple(dict.fromkeys((language, *policy.languages)))
    asked = {name: spec for name, spec in policy.details.items() if not spec.inside}
    return find_details(arrival.reading, asked, languages=languages, today=arrival.today, country=country)
