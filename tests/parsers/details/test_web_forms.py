"""Form mail: the customer, the content, and the consent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import DetailSpec, FormSpec
from parsers.details.web_forms import details_of_form, read_form
from parsers.reading import Mailbox, Reading

FORM = FormSpec.model_validate(
    {
        "senders": ["app@maker.example"],
        "fields": {
            "title": {"it": ["Titolo"], "en": ["Title"]},
            "comment": {"it": ["Commento"], "en": ["Comment"]},
            "customer_name": {"en": ["Name"], "it": ["Nome"]},
            "customer_address": {"en": ["E-mail address", "E-mail"], "it": ["Indirizzo e-mail"]},
            "language": {"en": ["Language"]},
            "country": {"en": ["Country"], "it": ["Paese"]},
            "brand": {"en": ["Brand"]},
            "consent": {"en": ["Consent"]},
            "phone": {"en": ["Phone"]},
            "car": {"en": ["VIN"]},
        },
        "consent_words": {"en": ["yes, I still need help"]},
    }
)
SPECS = {
    "phone": DetailSpec.model_validate({"label": "Phone", "sort": "phone"}),
    "car": DetailSpec.model_validate({"label": "VIN", "sort": "vin"}),
}
PORTAL = (
    "Title: Bluetooth\nName: Ann Lee\nE-mail: ann@example.org\nPhone: 07911 123456\n"
    "VIN: WVWZZZ1JZOW000001\nBrand: Vauxhall\n"
    "Country: United Kingdom\nLanguage: English\nComment: it fails\n\nevery day\nConsent: {consent}\n"
)
SPOKEN = ("en", "it", "de")


def reading(text: str, reply_to: str = "") -> Reading:
    boxes = (Mailbox(reply_to, "Bob Roe"),) if reply_to else ()
    return Reading(sender=Mailbox("app@maker.example"), reply_to=boxes, text=text, reply=text)


def test_a_portal_form() -> None:
    """The customer is the person in the form, with their language and country; the comment is kept whole."""
    read = read_form(reading(PORTAL.format(consent="yes, I still need help, send my form")), FORM, SPOKEN)
    assert read is not None
    assert read.person == Mailbox("ann@example.org", "Ann Lee", "form")
    assert (read.language, read.country, read.brand, read.title) == ("en", "GB", "Vauxhall", "Bluetooth")
    assert read.comment == "it fails\n\nevery day"
    assert read.consent
    found = {value.name: value for value in details_of_form(read, SPECS, languages=SPOKEN, today=date(2026, 3, 12))}
    assert found["phone"].value == "+447911123456"
    assert "O (meant: 0)" in found["car"].wrong
    assert {value.where for value in found.values()} == {"form"}


@pytest.mark.parametrize("consent", ["", "no", "[ ] yes, I still need help", "☐ yes, I still need help"])
def test_without_consent(consent: str) -> None:
    """An unticked box is no consent."""
    read = read_form(reading(PORTAL.format(consent=consent)), FORM, SPOKEN)
    assert read is not None
    assert not read.consent


@pytest.mark.parametrize(
    "consent", ["yes, I still need help", "[x] Yes, I still need help", "☑ yes, I still need help"]
)
def test_with_consent(consent: str) -> None:
    """A ticked box is consent."""
    read = read_form(reading(PORTAL.format(consent=consent)), FORM, SPOKEN)
    assert read is not None
    assert read.consent


def test_an_app_form_in_italian() -> None:
    """If the form has no address, Reply-To or the comment gives it."""
    text = "Titolo: app bloccata\nCommento: non si apre\nchiamatemi al 333 1234567\n"
    by_header = read_form(reading(text, "bob@example.net"), FORM, SPOKEN)
    assert by_header is not None
    assert by_header.person == Mailbox("bob@example.net", "Bob Roe", "Reply-To")
    by_comment = read_form(reading(text + "bob@example.org\n"), FORM, SPOKEN)
    assert by_comment is not None
    assert by_comment.person.address == "bob@example.org"


def test_other_mail_is_no_form() -> None:
    """A mail without any of the form's labels is not read as a form."""
    assert read_form(reading("Hello, I am the administrator of this form."), FORM, SPOKEN) is None


@pytest.mark.parametrize(
    ("written", "code"), [("Italia", "IT"), ("Germany", "DE"), ("de", "DE"), ("UK", "GB"), ("Nowhere", "")]
)
def test_countries(written: str, code: str) -> None:
    """A country is read by its code or its name in any of the policy's languages."""
    read = read_form(reading(f"Title: x\nCountry: {written}\n"), FORM, SPOKEN)
    assert read is not None
    assert read.country == code


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Title", ":", "\n", "Comment", "Country", "Italy", " ", "x", "E-mail", "a@b.example"]),
        max_size=40,
    )
)
def test_nothing_raises(parts: list[str]) -> None:
    """Any text is read as a form or not at all, without an error."""
    read_form(reading("".join(parts)), FORM, SPOKEN)
