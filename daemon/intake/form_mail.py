"""Mail that a known form sends: who filled it in, their language, country and details."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from config.policy import FormSpec, Policy
from parsers.details.details import find_details
from parsers.details.web_forms import FilledForm, details_of_form, read_form
from parsers.language import identify_language
from parsers.reading import FoundDetail, Mailbox, Reading
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.unattended_addresses import is_unattended
from parsers.wordlists import lookup_key

_CERTAIN = 0.5


@dataclass(frozen=True, slots=True)
class FormMail:
    """A filled-in form. `person` is who filled it in; their address is empty if the form names nobody we can write
    to."""

    name: str
    spec: FormSpec
    read: FilledForm
    person: Mailbox

    @property
    def consents(self) -> bool:
        """Whether the person agreed to have it worked on; always true for forms that do not ask."""
        return self.read.consent or not self.spec.without_consent

    @property
    def words(self) -> str:
        """What the person wrote in their own words, without the form's labels."""
        return "\n\n".join(part for part in (self.read.title, self.read.comment) if part)


def read_form_mail(reading: Reading, policy: Policy, ours: OwnIdentity) -> FormMail | None:
    """The form that a mail is, or None. An address of ours, or one that no person reads, is not taken for the
    person's."""
    for name, spec in policy.forms.items():
        senders = {sender.lower() for sender in spec.senders}
        if reading.author.address.lower() not in senders or spec.subject.lower() not in reading.subject.lower():
            continue
        read = read_form(reading, spec, policy.languages)
        if read is not None:
            known = not ours.is_own_sender(read.person.address) and not is_unattended(read.person.address)
            person = read.person if known else Mailbox("", read.person.name, read.person.fallback)
            return FormMail(name, spec, read, person)
    return None


def form_language(form: FormMail, policy: Policy, earlier: str) -> str:
    """The language to answer in: as the form says, else of the person's words, else of their earlier mail, else of the
    form's labels."""
    if form.read.language in policy.languages:
        return form.read.language
    read = identify_language(form.words, policy.languages)
    if read.code in policy.languages and read.certainty >= _CERTAIN:
        return read.code
    return earlier if earlier in policy.languages else _language_of_labels(form, policy)


def _language_of_labels(form: FormMail, policy: Policy) -> str:
    """The language in which most labels are written; the policy's first if none stands out."""
    written = {field.label for field in form.read.fields}
    fits = {
        code: sum(
            any(lookup_key(word) in written for word in words.get(code, ())) for words in form.spec.fields.values()
        )
        for code in policy.languages
    }
    return max(policy.languages, key=lambda code: fits[code])


def form_country(form: FormMail, language: str, country: str) -> str:
    """The person's country (ISO 3166-1): as the form says, else by its language, else that of the support address."""
    return form.read.country or form.spec.countries.get(language, "") or country


def form_mail_details(
    form: FormMail, reading: Reading, policy: Policy, *, language: str, country: str, today: date
) -> tuple[FoundDetail, ...]:
    """The details in a form: those of its fields first, then what is found in the person's words and files."""
    languages = policy.speaking(language)
    fields = details_of_form(form.read, policy.details, languages=languages, today=today, country=country)
    said_in = form.read.comment or form.read.title
    said = replace(
        reading, text=said_in, reply=said_in, quoted="", signature="", subject=form.read.title,
        language=identify_language(form.words, policy.languages),
    )  # fmt: skip
    best = {
        found.name: found
        for found in find_details(said, policy.details, languages=languages, today=today, country=country)
    }
    for found in fields:
        if not found.wrong or found.name not in best or best[found.name].wrong:
            best[found.name] = found
    return tuple(best[name] for name in policy.details if name in best)
