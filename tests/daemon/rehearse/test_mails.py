"""Mails built from scenarios, read with the daemon's own parsers."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daemon.rehearse.mails import MailProgram, NoSuchLabel
from daemon.rehearse.received_letter import ReceivedLetter
from daemon.rehearse.scenario import MailContent, Person, ReportDelivery
from parsers.mail import read_mail
from parsers.reading import MailKind, Reading
from parsers.sender.own_identity import OwnIdentity
from storage.values import Letter
from tests.daemon.rehearse.playing import play

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 3, 3, 8, 15, tzinfo=UTC)
ANNA = Person("Anna Ròssi", "anna@example.it")
HOUSE = OwnIdentity(support=("complaints@firm.example",), message_id_domain="firm.example")


@pytest.fixture
def post(tmp_path: Path) -> MailProgram:
    """A builder of scenario mails."""
    return MailProgram(ROME, tmp_path)


@pytest.fixture
def letter(tmp_path: Path) -> ReceivedLetter:
    """A real acknowledgement that asks for the model."""
    story = "Mail from Anna Rossi <anna@example.it>\n  Subject: Guasto\n  | Il mio inverter non si accende più.\n"
    head = "Scenario: x\nPolicy: complaints\nZone: Europe/Rome\nAt Mon 2 Mar 2026 10:00\n"
    played = play(tmp_path, story, head=head)
    found: Letter = next(letter for letter in played.letters if letter.notice == "acknowledgement")
    return ReceivedLetter(found, datetime(2026, 3, 2, 9, tzinfo=UTC))


def reading(raw: bytes) -> Reading:
    """Return the mail as the daemon reads it."""
    return read_mail(raw, ours=HOUSE, languages=("it", "de", "en"))


def test_a_fresh_mail(post: MailProgram) -> None:
    """Names, text and attachments in any script are unchanged."""
    content = MailContent(subject="Più guasto", text="Perché?\n" + "x" * 2000, attach=("foto.jpg", "täglich.pdf"))
    read = reading(post.new_mail(ANNA, ["complaints@firm.example"], content, NOW))
    assert (read.sender.name, read.sender.address, read.subject) == ("Anna Ròssi", "anna@example.it", "Più guasto")
    assert read.text.startswith("Perché?\nxxx")
    assert [(file.name, file.type) for file in read.attachments] == [
        ("foto.jpg", "image/jpeg"), ("täglich.pdf", "application/pdf"),
    ]  # fmt: skip
    assert read.kind is MailKind.PERSON


def test_a_reply_is_threaded_and_quotes(post: MailProgram, letter: ReceivedLetter) -> None:
    """New text is separated from the quotation, and the mail is in the letter's thread."""
    raw = post.reply(ANNA, letter, letter.reply_to, MailContent(text="Grazie, ecco."), NOW)
    mail = message_from_bytes(raw, policy=default)
    assert str(mail["In-Reply-To"]).strip("<>") == letter.letter.message_id
    assert letter.letter.message_id in str(mail["References"])
    assert str(mail["Subject"]) == letter.letter.subject
    assert "Il giorno lun 2 mar 2026 alle ore 10:00" in raw.decode()
    read = reading(raw)
    assert read.reply == "Grazie, ecco."
    assert "C-2026-000001" in read.quoted


def test_a_line_of_the_letter_is_filled_in(post: MailProgram, letter: ReceivedLetter) -> None:
    """The value follows the label's colon inside the quotation."""
    content = MailContent(text="Ecco.", fill_in=(("Modello dell'inverter", "ST-6.0K"),))
    text = message_from_bytes(post.reply(ANNA, letter, letter.reply_to, content, NOW), policy=default).get_content()
    assert "> Modello dell'inverter: ST-6.0K\n" in text.replace("\r\n", "\n")
    with pytest.raises(NoSuchLabel, match="did you mean"):
        post.reply(ANNA, letter, letter.reply_to, MailContent(fill_in=(("Modello inverter", "x"),)), NOW)


def _came_back(*, lasting: bool) -> ReportDelivery:
    return ReportDelivery(line=1, source_line="", to=ANNA, notice="acknowledgement", permanent=lasting)


def test_programs_that_answer_are_known_as_programs(post: MailProgram, letter: ReceivedLetter) -> None:
    """Out-of-office replies and delivery reports are recognised as automatic."""
    assert reading(post.automatic_reply(ANNA, letter, MailContent(), NOW)).kind is MailKind.AUTOMATIC
    report = reading(post.delivery_report(letter, _came_back(lasting=True), letter.letter.sender, NOW))
    assert report.kind is MailKind.BOUNCE
    assert [(recipient.address, recipient.permanent, recipient.status) for recipient in report.failed_recipients] == [
        ("anna@example.it", True, "5.1.1")
    ]
    assert report.original_message_ids == (letter.letter.message_id,)
    delay = reading(post.delivery_report(letter, _came_back(lasting=False), letter.letter.sender, NOW))
    assert [recipient.permanent for recipient in delay.failed_recipients] == [False]


def test_an_attached_file_of_that_name_is_taken(post: MailProgram, tmp_path: Path) -> None:
    """A file beside the scenario is attached with its content."""
    (tmp_path / "note.txt").write_bytes(b"own words\n")
    raw = post.new_mail(ANNA, ["x@firm.example"], MailContent(attach=("note.txt",)), NOW)
    assert b"own words" in raw or b"b3duIHdvcmRzCg==" in raw
