"""The details a policy asks for, found with their spans."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import DetailSpec
from parsers.details.details import find_details
from parsers.language import identify_language
from parsers.reading import Attachment, FoundDetail, Language, Mailbox, Reading
from parsers.reply.reply import split_reply

TODAY = date(2026, 3, 12)
SPOKEN = ("en", "it", "de")


def spec(**shape: Any) -> DetailSpec:
    return DetailSpec.model_validate(shape)


SPECS = {
    "model": spec(
        label={"en": "Inverter model", "it": "Modello", "de": "Modell"},
        labels={"en": ["inverter"]},
        pattern=r"\b[A-Z]{2}-\d{1,2}K\b",
        example="ST-6K",
    ),
    "serial": spec(
        label={"en": "Serial number", "it": "Numero di serie", "de": "Seriennummer"},
        labels={"it": ["matricola"], "en": ["S/N"]},
        pattern=r"\b[A-Z]{2}\d{8}\b",
    ),
    "ticket": spec(
        label={"en": "Ticket number"},
        labels={"en": ["ticket"], "it": ["ticket"], "de": ["Vorgangsnummer"]},
        sort="reference",
        pattern=r"\b\d{6,10}\b",
    ),
    "problem": spec(
        label={"en": "Description of the problem", "it": "Descrizione del problema"}, sort="description", at_least=20
    ),
    "solution": spec(
        label={"en": "Solution"}, sort="wish", phrases={"it": ["vorrei"], "en": ["I would like"], "de": ["ich möchte"]}
    ),
    "phone": spec(label={"en": "Phone", "it": "Telefono"}, sort="phone"),
    "bought": spec(
        label={"en": "Date of purchase", "it": "Data d'acquisto"},
        sort="date",
        when="past",
        phrases={"it": ["acquistato"], "en": ["bought"]},
    ),
    "visit": spec(label={"en": "Day of the visit"}, sort="date", when="future"),
    "imei": spec(label="IMEI", sort="imei"),
    "vin": spec(label="VIN", labels={"it": ["telaio"]}, sort="vin"),
    "price": spec(label={"en": "Price"}, sort="money"),
    "colour": spec(
        label={"en": "Colour"},
        sort="choice",
        choices={"red": {"en": ["red"], "it": ["rosso"]}, "dark_red": {"en": ["dark red"]}},
    ),
    "photos": spec(label="Photos", sort="files", files="image", instead="video", at_least=2),
    "owner": spec(label={"en": "Owner"}, sort="name"),
    "contact": spec(label={"en": "E-mail"}, sort="email"),
    "count": spec(label={"en": "How many"}, sort="number"),
}


def read(
    text: str,
    subject: str = "",
    attachments: tuple[Attachment, ...] = (),
    country: str = "IT",
    sender: Mailbox = Mailbox("ann@example.org"),  # noqa: B008 - a frozen value
) -> dict[str, FoundDetail]:
    split = split_reply(text, "", subject)
    reading = Reading(
        sender=sender, subject=subject, text=text, reply=split.reply, quoted=split.quoted,
        signature=split.signature, language=identify_language(split.reply, SPOKEN), attachments=attachments,
    )  # fmt: skip
    found = find_details(reading, SPECS, languages=SPOKEN, today=TODAY, country="IT")
    for value in found:
        if value.where in ("text", "quoted", "subject"):
            assert value.shown == (subject if value.where == "subject" else text)[value.start : value.end]
    return {value.name: value for value in found}


def picture(name: str, size: int = 90_000, inline: bool = False) -> Attachment:
    return Attachment(name, "image/jpeg", "image/jpeg", size, "", 1, inline)


def test_a_complaint_in_running_text() -> None:
    """Every detail in a few sentences of an Italian customer is found with its span."""
    found = read(
        "Buongiorno,\n\nho acquistato il 12 maggio 2025 un inverter ST-8K, matricola ab12345678, pagato € 1.234,50."
        " Da ieri non si accende più.\nVorrei la sostituzione. "
        "Il ticket precedente era il n. 20260114.\n\n"
        "Cordiali saluti\nMario Rossi\nTel. 333 1234567\n"
    )
    values = {name: detail.value for name, detail in found.items()}
    assert values.pop("problem").startswith("ho acquistato il 12 maggio 2025")
    assert values == {
        "model": "ST-8K", "serial": "AB12345678", "ticket": "20260114", "solution": "Vorrei la sostituzione",
        "phone": "+393331234567", "bought": "2025-05-12", "price": "1234.50 EUR",
    }  # fmt: skip
    assert not any(value.wrong for value in found.values())


HUMS = "The inverter hums all night and stops feeding."


@pytest.mark.parametrize(
    ("below", "from_name"),
    [
        ("Anna Rossi", "Anna Rossi"),
        ("Anna", "Anna Rossi"),
        ("anna", "Anna Rossi"),
        ("A. Rossi", "Rossi, Anna"),
        ("Rossi Anna", "Anna Rossi"),
        ("Dr. Anna Rossi", "Anna Rossi"),
        ("– Anna", "Anna Rossi"),
        ("Anna Rossi\nVia Roma 1\nTel. 333 1234567", "Anna Rossi"),
        ("Thanks\nAnna", "Anna Rossi"),
        ("Anna Rossi", ""),  # the address says it
        ("王小明", "小明 王"),
    ],
)
@pytest.mark.parametrize("above", [f"{HUMS}\n\n", f"{HUMS}\n", f"Description of the problem: {HUMS}\n"])
def test_the_name_under_a_mail_is_no_part_of_what_it_tells(above: str, below: str, from_name: str) -> None:
    """A signature that is a bare name, in full or in part, is no part of the description."""
    found = read(above + below, sender=Mailbox("anna.rossi@example.it", from_name))
    assert found["problem"].value == HUMS


@pytest.mark.parametrize("last", ["Anna says so too.", "Bob Verdi", "The technician was\nBob Verdi"])
def test_other_names_stay_in_the_description(last: str) -> None:
    """A sentence that begins with the name, and another person's name, stay in the description."""
    found = read(f"{HUMS}\n{last}", sender=Mailbox("anna.rossi@example.it", "Anna Rossi"))
    assert found["problem"].value == f"{HUMS} {' '.join(last.split())}"


def test_a_list_filled_in_between_quotes() -> None:
    """Answers under quoted questions are the customer's; values that do not fit are reported as wrong."""
    found = read(
        "> - **Modello** (per esempio ST-6K):\nST-8K\n> - **Numero di serie**:\n12\n> - Ticket number: 20260114\n"
        "> - Descrizione del problema:\n\nnon produce energia da tre giorni\n\n> Cordiali saluti\n> Il team\n"
    )
    assert found["model"].value == "ST-8K"
    assert found["serial"].wrong == "not in the form expected"
    assert (found["ticket"].value, found["ticket"].where) == ("20260114", "quoted")
    assert found["problem"].value == "non produce energia da tre giorni"


def test_a_line_before_a_blank_one_is_new() -> None:
    """A filled-in description is kept whole, whatever stands below it."""
    told = "the drum does not turn since yesterday evening"
    found = read(f"Description of the problem: {told}\n\nThanks\nthe people from number twelve, second floor")
    assert (found["problem"].value, found["problem"].where) == (told, "text")


def test_our_own_words_are_never_an_answer() -> None:
    """An empty form returned under an Outlook header fills in nothing."""
    found = read(
        "Ok\n\nFrom: Support <s@x.example>\nSent: Tuesday, March 3, 2026 10:12 AM\nTo: Me\nSubject: complaint\n\n"
        "Inverter model (e.g. ST-6K):\nSerial number:\nDescription of the problem:\nKind regards from the whole team\n"
    )
    assert found == {}


def test_filled_in_under_an_outlook_header() -> None:
    """Values written into our quoted letter without quote marks are read if they can be verified."""
    found = read(
        "Done.\n\nFrom: Support <s@x.example>\nSent: Tuesday, March 3, 2026 10:12 AM\nTo: Me\nSubject: complaint\n\n"
        "Inverter model (e.g. ST-6K): ST-10K\nSerial number:\nAB12345678\n"
    )
    assert {name: (value.value, value.where) for name, value in found.items()} == {
        "model": ("ST-10K", "quoted"),
        "serial": ("AB12345678", "quoted"),
    }


@pytest.mark.parametrize(
    ("text", "name", "wrong"),
    [
        ("IMEI: 490154203237517", "imei", "should be 8"),
        ("My VIN is 1M8GDM9A0KP042788", "vin", "should be X"),
        ("telaio WVWZZZ1JZOW000001", "vin", "O (meant: 0)"),
        ("VIN: WVWZZZ1JZ", "vin", "17 characters"),
        ("Phone: 12", "phone", "too short"),
        ("Date of purchase: 12/05/2027", "bought", "future"),
        ("Day of the visit: 12/05/2025", "visit", "past"),
        ("Date of purchase: 99/99/2025", "bought", "not a date"),
        ("Serial number: AB123", "serial", "form"),
        ("Description of the problem: 1 bad", "problem", "5 characters of at least 20"),
        ("Colour: green 7", "colour", "not one of"),
    ],
)
def test_what_is_wrong_is_said(text: str, name: str, wrong: str) -> None:
    """A wrong value given for a detail is reported with the rule it breaks."""
    assert wrong in read(text)[name].wrong


def test_a_right_value_wins_over_a_wrong_one() -> None:
    """A correction in the same mail replaces the wrong number."""
    found = read("Serial number: AB123\nSorry, I mean AB12345678.")
    assert (found["serial"].value, found["serial"].wrong) == ("AB12345678", "")


@pytest.mark.parametrize(
    ("text", "name", "value", "wrong"),
    [
        ("Date of purchase: 12 March 2022\nDate of purchase: 18 June 2025", "bought", "2022-03-12", "two different"),
        ("Date of purchase: 18 June 2025\nDate of purchase: 2025-06-18", "bought", "2025-06-18", ""),
        ("Price: 120.00\nPrice: 210.00", "price", "120.00", "two different"),
        ("Serial number: AB12345678\nSerial number: CD12345678", "serial", "AB12345678", ""),
        ("Date of purchase: 18 June 2025\n\nI bought another one on 2 May 2024.", "bought", "2025-06-18", ""),
    ],
)
def test_two_values_for_one_detail(text: str, name: str, value: str, wrong: str) -> None:
    """Two different purchase dates are a contradiction; two serial numbers may be of two devices."""
    reading = Reading(sender=Mailbox("ann@example.org"), text=text, reply=text)
    [found] = [value for value in find_details(reading, SPECS, languages=("en",), today=TODAY) if value.name == name]
    assert found.value.startswith(value)
    assert wrong in found.wrong
    assert bool(wrong) == bool(found.wrong)


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("order 4432123456, thanks", "ticket"),
        ("see https://example.com/AB12345678/page", "serial"),
        ("write to AB12345678@example.org", "serial"),
        ("about [AB-2026-000123] again", "ticket"),
        ("My inverter: it is broken", "model"),
        ("It failed on 3 March 2026 in the morning, and nobody came to see what happened here", "bought"),
        ("Serial number: I don't know", "serial"),
        ("parcel 00340434161094042557", "imei"),
        ("the red light is not dark red", "colour"),
        ("Thanks!", "problem"),
        ("you may call me, 3 times a day", "visit"),
    ],
)
def test_false_alarms(text: str, absent: str) -> None:
    """Numbers and words that only look like a detail are ignored."""
    assert absent not in read(text)


def test_a_greeting_in_front_of_a_sentence() -> None:
    """A description in the line of the greeting counts; a greeting alone does not."""
    told = "Buongiorno, il telefono mi è caduto e il vetro è crepato."
    assert read(told)["problem"].value == told
    assert "problem" not in read("Sehr geehrte Damen, sehr geehrte Herren,")


def test_files_and_their_names() -> None:
    """Photographs count and logos do not; a serial number in a file name is found, a camera's counter is not."""
    few = read("see photo", attachments=(picture("AB12345678_label.jpg"), picture("logo.png", 4000, inline=True)))
    assert few["photos"].wrong == "1 of at least 2 files"
    filmed = Attachment("all sides.mp4", "video/mp4", "video/mp4", 900_000, "0", 2)
    assert read("see film", attachments=(filmed,))["photos"].wrong == ""
    assert (few["serial"].value, few["serial"].where, few["serial"].shown) == ("AB12345678", "attachment", "AB12345678")
    assert read("x", attachments=(picture("a.jpg"), picture("b.jpg")))["photos"].wrong == ""
    assert "serial" not in read("x", attachments=(picture("WA20260303.jpg"),))


def test_the_subject_is_read_too() -> None:
    """A detail that stands only in the subject is found there."""
    found = read("It does not start.", subject="ST-8K broken, ticket 123456")
    assert (found["model"].where, found["ticket"].value) == ("subject", "123456")


def test_other_sorts() -> None:
    """Choices, names, numbers and addresses are read after their labels."""
    found = read("Colour: dark red\nOwner: Bob Roe\nHow many: 3\nE-mail: bob@example.net")
    assert [found[name].value for name in ("colour", "owner", "count", "contact")] == [
        "dark_red",
        "Bob Roe",
        "3",
        "bob@example.net",
    ]


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=200))
def test_nothing_raises(reply: str, subject: str, quoted: str) -> None:
    """Any reading gives details whose spans lie in its texts."""
    reading = Reading(subject=subject, text=reply + quoted, reply=reply, quoted=quoted, language=Language("it", 0.9))
    for found in find_details(reading, SPECS, languages=SPOKEN, today=TODAY, country="IT"):
        assert 0 <= found.start <= found.end
