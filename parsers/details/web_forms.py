"""Form mail: what a web form or an app sends from one address on behalf of everybody who fills it in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from babel import Locale

from config.policy import DetailSpec, FormSpec, all_words
from parsers.details.detail_types import ReadingContext, read_value
from parsers.details.filled_in_forms import FieldLabel, FilledField, read_filled_fields
from parsers.details.phones import email_address_error, find_email_addresses
from parsers.reading import FoundDetail, Mailbox, Reading

_NAME, _ADDRESS, _LANGUAGE, _COUNTRY = "customer_name", "customer_address", "language", "country"
_BRAND, _CONSENT, _TITLE, _COMMENT = "brand", "consent", "title", "comment"
_OF_THE_FORM = frozenset({_NAME, _ADDRESS, _LANGUAGE, _COUNTRY, _BRAND, _CONSENT, _TITLE, _COMMENT})
_NOT_TICKED = re.compile(r"\[\s?\]|☐|□|\( \)|(?<!\w)(?:false|off|unchecked|0)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as filled in.

    `person` is the customer; `language` and `country` are codes, empty if the form does not say; `values` has every
    field as written, `fields` the same with their spans in the mail's text.
    """

    person: Mailbox
    language: str = ""
    country: str = ""
    brand: str = ""
    title: str = ""
    comment: str = ""
    consent: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[FilledField, ...] = ()


def read_form(reading: Reading, form: FormSpec, languages: Sequence[str]) -> FilledForm | None:
    """Read a mail as this form, whatever language its labels are in; None if it has none of the form's fields.

    The customer is the person the form names. If it names no address, it is the one in Reply-To or in the comment.
    """
    labels = [
        FieldLabel(name, all_words(words), until_next_label=name in (_COMMENT, _TITLE))
        for name, words in form.fields.items()
    ]
    fields = tuple(
        form_field for form_field in read_filled_fields(reading.text or reading.reply, labels) if not form_field.unknown
    )
    values: dict[str, str] = {}
    for form_field in fields:
        values.setdefault(form_field.name, form_field.value)
    if not values or set(values) <= {_CONSENT}:
        return None
    return FilledForm(
        person=_person(reading, form, values),
        language=_language(values.get(_LANGUAGE, ""), languages),
        country=_country(values.get(_COUNTRY, ""), languages),
        brand=values.get(_BRAND, ""),
        title=values.get(_TITLE, ""),
        comment=values.get(_COMMENT, ""),
        consent=_consents(form, values.get(_CONSENT, "")),
        values=values,
        fields=fields,
    )


def details_of_form(
    read: FilledForm, specs: Mapping[str, DetailSpec], *, languages: Sequence[str], today: date, country: str = ""
) -> tuple[FoundDetail, ...]:
    """Return the details that a form's fields give, right or wrong; spans are in the mail's text."""
    codes = (read.language, *languages) if read.language else tuple(languages)
    context = ReadingContext(tuple(dict.fromkeys(codes)), today, read.country or country)
    found: dict[str, FoundDetail] = {}
    for form_field in read.fields:
        spec = specs.get(form_field.name)
        value = read_value(spec, form_field.value, context) if spec else None
        if value is not None and (form_field.name not in found or found[form_field.name].wrong):
            shown = form_field.value[value.start : value.end]
            found[form_field.name] = FoundDetail(
                form_field.name, value.value, shown, "form", form_field.start, form_field.end, value.wrong
            )
    return tuple(found.values())


def _person(reading: Reading, form: FormSpec, values: Mapping[str, str]) -> Mailbox:
    name = values.get(_NAME, "")
    senders = {sender.lower() for sender in form.senders}
    for written in (values.get(_ADDRESS, ""), values.get(_COMMENT, "")):
        for found in find_email_addresses(written):
            if not email_address_error(found.value) and found.value not in senders:
                return Mailbox(found.value, name, "form")
    for mailbox in reading.reply_to:
        if mailbox.address and mailbox.address.lower() not in senders:
            return Mailbox(mailbox.address, name or mailbox.name, "Reply-To")
    return Mailbox("", name, "form")


def _consents(form: FormSpec, value: str) -> bool:
    consent_words = all_words(form.consent_words)
    if not consent_words:
        return True
    plain = " ".join(value.casefold().split())
    ticked = any(re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", plain) for word in consent_words)
    return ticked and not _NOT_TICKED.search(value)


# ------------------------------------------------------------------------------------------- languages, countries


def _language(written: str, languages: Sequence[str]) -> str:
    """Return the policy's language that a form names by its code or by its name in any of the policy's languages."""
    plain = written.strip().casefold()
    codes = {code.casefold(): code for code in languages}
    if plain in codes or plain.replace("_", "-") in codes:
        return codes.get(plain) or codes[plain.replace("_", "-")]
    short = re.split(r"[-_]", plain)[0]
    if short in codes:
        return codes[short]
    for code in languages:
        named = {_locale(shown).languages.get(code.split("-")[0], "").casefold() for shown in (*languages, "en", code)}
        if plain and plain in named:
            return code
    return ""


def _country(written: str, languages: Sequence[str]) -> str:
    """Return the ISO 3166 code of a country named by its code or by its name in any of the policy's languages."""
    plain = written.strip().casefold()
    if plain in ("uk", "england", "scotland", "wales"):
        return "GB"
    if re.fullmatch(r"[a-z]{2}", plain):
        return plain.upper()
    for shown in dict.fromkeys((*languages, "en")):
        code = _territories(shown).get(plain)
        if code:
            return code
    return ""


@cache
def _territories(shown: str) -> dict[str, str]:
    return {
        name.casefold(): code for code, name in _locale(shown).territories.items() if len(code) == 2 and code.isalpha()
    }


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code.replace("-", "_"))
