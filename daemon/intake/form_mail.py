"""Form mail: automatic in its headers, a person's in its meaning. Whose case it opens, in which language and brand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from config.policy import FormSpec, Policy
from parsers.details.details import find_details
from parsers.details.forms import FormRead, form_details, read_form
from parsers.language import identify
from parsers.reading import Found, Mailbox, Reading
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.unread_addresses import is_nobodys
from parsers.wordlists import same

_CERTAIN = 0.5


@dataclass(frozen=True, slots=True)
class FormMail:
    """A mail that is a known form, filled in. `person` is whose case it is; without an address where the form names
    nobody whom we could write to."""

    name: str
    spec: FormSpec
    read: FormRead
    person: Mailbox

    @property
    def consents(self) -> bool:
        """Whether whoever filled it in wants it to be worked on."""
        return self.read.consent or not self.spec.without_consent

    @property
    def words(self) -> str:
        """What the person wrote in their own words; the whole mail has the form's labels too."""
        return "\n\n".join(part for part in (self.read.title, self.read.comment) if part)


def form_mail(reading: Reading, policy: Policy, ours: OwnIdentity) -> FormMail | None:
    """The form that a mail is, or None. Our own addresses and those that no person reads are nobody's."""
    for name, spec in policy.forms.items():
        senders = {sender.lower() for sender in spec.senders}
        if reading.author.address.lower() not in senders or spec.subject.lower() not in reading.subject.lower():
            continue
        read = read_form(reading, spec, policy.languages)
        if read is not None:
            known = not ours.is_own_sender(read.person.address) and not is_nobodys(read.person.address)
            person = read.person if known else Mailbox("", read.person.name, read.person.fallback)
            return FormMail(name, spec, read, person)
    return None


def language_of_form(form: FormMail, policy: Policy, earlier: str) -> str:
    """The language to answer in: the one the form names, else that of the person's words, else the one they wrote in
    before, else that of the form's own labels."""
    if form.read.language in policy.languages:
        return form.read.language
    read = identify(form.words, policy.languages)
    if read.code in policy.languages and read.certainty >= _CERTAIN:
        return read.code
    return earlier if earlier in policy.languages else _labels_in(form, policy)


def _labels_in(form: FormMail, policy: Policy) -> str:
    """The language most of whose labels the form has; the policy's first where none stands out."""
    written = {one.label for one in form.read.fields}
    fits = {
        code: sum(any(same(word) in written for word in words.get(code, ())) for words in form.spec.fields.values())
        for code in policy.languages
    }
    return max(policy.languages, key=lambda code: fits[code])


def country_of(form: FormMail, language: str, country: str) -> str:
    """Where the person is (ISO 3166): as the form says, as their language means, else as the address they wrote to."""
    return form.read.country or form.spec.countries.get(language, "") or country


def details_of(
    form: FormMail, reading: Reading, policy: Policy, *, language: str, country: str, today: date
) -> tuple[Found, ...]:
    """The details that a form gives: its own fields first, then what the person's words and the files say."""
    languages = policy.speaking(language)
    fields = form_details(form.read, policy.details, languages=languages, today=today, country=country)
    said_in = form.read.comment or form.read.title
    said = replace(
        reading, text=said_in, reply=said_in, quoted="", signature="", subject=form.read.title,
        language=identify(form.words, policy.languages),
    )  # fmt: skip
    best = {
        found.name: found
        for found in find_details(said, policy.details, languages=languages, today=today, country=country)
    }
    for found in fields:
        if not found.wrong or found.name not in best or best[found.name].wrong:
            best[found.name] = found
    return tuple(best[name] for name in policy.details if name in best)
