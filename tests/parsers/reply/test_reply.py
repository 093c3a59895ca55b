"""New text separated from quoted, forwarded and signature text, in the formats of many mail programs."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.mail import read_mail
from parsers.reply.reply import split_reply
from parsers.sender.own_identity import OwnIdentity
from tests.paths import TESTS
from tests.work import lines_run

MAIL = TESTS / "mail" / "reply"
LETTER = "Dear customer,\nwe have received your complaint.\nPlease tell us the serial number.\n\nKind regards\nThe team"


def _attributions() -> list[tuple[str, str, str, str]]:
    rows = []
    for line in (MAIL / "attributions.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            client, language, style, written = line.split("\t", maxsplit=3)
            rows.append((client, language, style, written.replace("\\n", "\n").replace("\\t", "\t")))
    return rows


@pytest.mark.parametrize(("client", "language", "style", "written"), _attributions())
def test_every_client_in_every_language(client: str, language: str, style: str, written: str) -> None:
    """The text above the quotation is the reply, and nothing else is."""
    quoted = "\n".join(f"> {line}" for line in LETTER.split("\n")) if style == "marked" else LETTER
    new = "It is A-77.\nIt stands on the side."
    for text in (f"{new}\n\n{written}\n\n{quoted}\n", f"{new}\n{written}\n{quoted}\n"):
        assert split_reply(text).reply == new
        assert split_reply(text.replace("\n", "\r\n")).reply == new


@pytest.mark.parametrize(("client", "language", "style", "written"), _attributions())
def test_an_answer_under_the_quotation_is_never_lost(client: str, language: str, style: str, written: str) -> None:
    """Text below a quotation is kept: alone if the quotation has marks, else with everything."""
    quoted = "\n".join(f"> {line}" for line in LETTER.split("\n")) if style == "marked" else LETTER
    reply = split_reply(f"{written}\n{quoted}\n\nIt is A-77.\n").reply
    assert reply == "It is A-77." if style == "marked" else "It is A-77." in reply


@pytest.mark.parametrize("path", sorted(MAIL.glob("*.eml")), ids=lambda path: path.stem)
def test_golden_mails(path: Path) -> None:
    """Mails as the programs write them, in plain text and HTML, with LF and CRLF."""
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    raw = path.read_bytes()
    for octets in (raw.replace(b"\r\n", b"\n"), raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        reading = read_mail(octets, ours=OwnIdentity(support=("support@acme.example",)))
        assert reading.reply == wanted["reply"]
        assert reading.forwarded == wanted["forwarded"]
        assert reading.signature == wanted.get("signature", reading.signature)


@pytest.mark.parametrize("path", [path for path in sorted(MAIL.glob("*.eml")) if b"text/html" in path.read_bytes()])
def test_html_without_plain_text_gives_the_same(path: Path) -> None:
    """A mail without plain text is split by its HTML, with the same result."""
    original = message_from_bytes(path.read_bytes(), policy=default)
    html = original.get_body(("html",))
    assert html is not None
    mail = EmailMessage()
    mail["From"], mail["Subject"] = str(original["From"]), str(original["Subject"])
    mail.set_content(html.get_content(), subtype="html")
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["reply"]
    assert _letters(read_mail(mail.as_bytes(), ours=OwnIdentity()).reply) == _letters(wanted)


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@pytest.mark.parametrize(
    "told",
    [
        "On 3 March 2026 at 10:12 I wrote to support@acme.example:\nmy device is dead",
        "Il 3/3/2026 alle 10:30 ho scritto a support@acme.example:\nnon funziona",
        "Am 3.3.2026 um 10:30 habe ich an Ihren Support <s@acme.example> geschrieben:\nGerät defekt",
        "Le 3/3/2026 à 10h30 votre technicien m'a écrit :\nje viens demain\nil n'est jamais venu",
        "El 3/3/2026 a las 10:30 su técnico escribió:\nmañana\nNo vino",
        "W dniu 3.03.2026 o 10:12 technik napisał:\nprzyjadę\nnie przyjechał",
        "Operator replied on 12/3/2026 10:30 from info@acme.example:\nno\nI disagree",
        "My calls:\n3.3.2026 10:12 Mario Rossi:\nhe would come\n4.3.2026 11:00 Anna:\nnobody came",
        "A mail:\n\nFrom: Acme <a@acme.example>\nDate: 3 March 2026\nTo: me\nSubject: closed\n\nand I disagree!",
        "The bill is\n>100 euro\nand that is too much.",
        "Your offer:\n> 2 years\n> free of charge\nI want that.",
    ],
)
def test_a_person_writing_about_letters_and_calls_is_kept(told: str) -> None:
    """Quotations, dates and lists typed by a person are kept completely."""
    assert split_reply(f"Dear team,\n\n{told}\n").reply == f"Dear team,\n\n{told}"


def test_an_empty_reply_to_our_own_letter_has_no_new_text() -> None:
    """A mail with photographs and only our quoted letter has no text of the customer."""
    text = "From: Acme <support+abc@acme.example>\nSent: 3 March 2026 10:12\nTo: Ann\nSubject: complaint\n\n" + LETTER
    assert split_reply(text, ours=("support@acme.example",)).reply == ""
    assert LETTER in split_reply(text).reply


_LINES = (
    "> a", "On 3 Mar 2026 at 10:12, A <a@b.c> wrote:", "From: a", "Sent: 3.3.2026", "To: b", "-- ", "Subject: x", "Ann",
    "Regards", "", "hello", "-----Original Message-----", "____________", "Begin forwarded message:", "\x00",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(_LINES) | st.text(max_size=30),
        max_size=25,
    ),
    st.text(max_size=200) | st.just("<blockquote type=cite>a</blockquote>b<div id=divRplyFwdMsg>c"),
)  # fmt: skip
def test_no_exception_and_no_line_lost(lines: list[str], html: str) -> None:
    """Every line of a mail is in its reply, quotation or signature."""
    split = split_reply("\n".join(lines), html)
    parts = "\n".join((split.reply, split.quoted, split.signature))
    for line in "\n".join(lines).replace("\r", "\n").split("\n"):
        assert line.strip() in parts


@pytest.mark.parametrize(
    "text",
    [
        "On ", "Il giorno ", ">", "> ", "\n>", "From: a\n", "wrote:\n", "On 3 Mar 2026 at 10:12, a@b.c wrote:\n", "-",
        "_\n", "a@", "Sent from my ", "Regards\n", "\u200b", "2026年",
    ],
)  # fmt: skip
def test_twice_the_hostile_text_is_twice_the_work(text: str) -> None:
    """The work is linear in repeated text."""

    def split(signs: int) -> None:
        pumped = text * (signs // len(text))
        split_reply(pumped, f"<div>{pumped}</div>")

    split(60)  # what is read once, word lists and patterns, belongs to no text
    one, two = (lines_run(partial(split, signs)) for signs in (6_000, 12_000))
    assert two <= max(2.6 * one, 20_000)


def test_a_rule_above_the_quoted_head_goes_with_it() -> None:
    """Outlook puts a rule above the quotation; where the HTML shows the quotation, the plain text rule belongs to
    it."""
    head = (
        "From: Firm <firm@firm.example>\nSent: Tuesday, March 3, 2026 9:00 AM\nTo: Ada <ada@firm.example>\nSubject: x"
    )
    html = f'<p>take</p><hr><div id="divRplyFwdMsg">{head.replace(chr(10), "<br>")}</div><p>{LETTER}</p>'
    text = f"take\n\n________________________________\n{head}\n\n{LETTER}\n"
    assert split_reply(text, html).reply == "take"


def test_a_signature_alone_below_the_quotation_is_removed() -> None:
    """Thunderbird puts the signature below the quotation; without text above the quotation it is kept."""
    below = "\n> Please answer.\n\n-- \nAda Bianchi | Technik"
    assert split_reply(f"take\n\nOn 03.03.26 09:00, Firm wrote:{below}").reply == "take"
    assert split_reply("-- \nAda Bianchi | Technik").reply == "-- \nAda Bianchi | Technik"


ABOVE = [
    ("Agreed 100 EUR is fine", "On 3 May 2026 at 10:00, Firm <c@firm.example> wrote:"),
    ("It works now.\n\nThanks,\nAlex", "On 26.06.2026 14:41, Firm wrote:"),
    ("A new fan 3 weeks ago", "Am 3. Mai 2026 um 10:00 schrieb Firm <c@firm.example>:"),
]


@pytest.mark.parametrize(("words", "written"), ABOVE)
def test_text_directly_above_an_attribution_is_kept(words: str, written: str) -> None:
    """Also if it looks like the beginning of the attribution."""
    assert split_reply(f"{words}\n{written}\n> We offer 100 EUR.\n").reply == words


MARKED = [
    "> Vierte\n>> Dritte\n>>> Zweite\n>>>> Erste Mail\n>>>> mit Worten",
    ">Guten Tag\n>---\n>Text\n>-- \n>Service",
    "> Wir haben Ihre Beschwerde erhalten und werden sie bis Freitag\nbearbeiten.\n> Mit freundlichen Grüßen",
]


@pytest.mark.parametrize("quoted", MARKED)
def test_within_a_quotation_any_mark_counts(quoted: str) -> None:
    """At depth four, before dashes, and where a program broke a line."""
    assert (
        split_reply(f"Geht nicht.\n\nAm 4. Mai 2026 um 10:12 schrieb Firm <c@firm.example>:\n\n{quoted}\n").reply
        == "Geht nicht."
    )


def test_an_answer_between_quoted_lines_is_kept() -> None:
    """A whole sentence, or one after a short line, is the sender's."""
    reply = split_reply(
        "Am 4. Mai 2026 um 10:12 schrieb Firm <c@firm.example>:\n> Welches Modell?\nhp 12\n> Seit wann?\nMai\n"
    ).reply
    assert (reply.split()) == ["hp", "12", "Mai"]
