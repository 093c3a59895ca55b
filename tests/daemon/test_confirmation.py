"""Where only a token proves staff mail, what staff decide waits for a confirmation from the member's own mailbox."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from daemon.decide.events import MailIn, StaffWrote
from daemon.decide.staff.pending_mail import needs_writer_word
from parsers.answers.commands import Command
from parsers.reading import Reading
from storage import ledger
from storage.values import Letter
from tests.daemon.signed import ADA, ANNA, NOW, ReclamoWithCase

DECIDES = "decide upheld\n\nYou will have a new inverter this week."


@pytest.fixture
def reclamo(tmp_path: Path) -> ReclamoWithCase:
    """An installation as `init` makes it, with one case; staff mail is proven by confirmation."""
    return ReclamoWithCase(tmp_path, proof="confirmation")


class Writer:
    """Somebody who has a letter to staff and writes with the member's address in From."""

    def __init__(self, reclamo: ReclamoWithCase) -> None:
        self._desk, self._count = reclamo, 0

    def answer(self, letter: Letter, words: str, *, to: str = "", sender: str = ADA) -> list[tuple[str, str]]:
        """Answer a letter; return the letters sent because of it."""
        self._count += 1
        held = message_from_bytes(letter.raw, policy=policy.default)
        assert isinstance(held, EmailMessage)
        to = to or str(held["Reply-To"])
        raw = (
            f"From: Ada Bianchi <{sender}>\r\nTo: {to}\r\nSubject: Re: {held['Subject']}\r\n"
            f"Message-ID: <written-{self._count}@firm.example>\r\nIn-Reply-To: {held['Message-ID']}\r\n"
            f"Date: Tue, 3 Mar 2026 09:{self._count:02d}:00 +0000\r\n\r\n" + words.replace("\n", "\r\n") + "\r\n"
        )
        self._desk.news()
        address = to.rpartition("<")[2].strip("> ")
        self._desk.take(raw.encode(), sender=sender, to=address)
        return self._desk.news()


@pytest.fixture
def writer(reclamo: ReclamoWithCase) -> Writer:
    """A writer to that installation."""
    return Writer(reclamo)


def address_of(letter: Letter) -> str:
    """Return the reply address of a letter."""
    return str(message_from_bytes(letter.raw, policy=policy.default)["Reply-To"])


@pytest.mark.parametrize("words", [DECIDES, "extend 2026-05-20\n\nA part is late."], ids=["decision", "extension"])
def test_what_decides_waits_for_one_word(reclamo: ReclamoWithCase, writer: Writer, words: str) -> None:
    """Nothing is sent to the customer before the member confirms the mail from their own address."""
    assert writer.answer(reclamo.notice, words) == [("confirm", ADA)]
    told = writer.answer(reclamo.last("confirm", ADA), "confirm")
    assert {reader for _, reader in told} == {ANNA, ADA}


def test_whoever_holds_a_notice_cannot_confirm(reclamo: ReclamoWithCase, writer: Writer) -> None:
    """A customer with a forwarded notice writes in the member's name: they see no answer, and neither a confirmation
    nor any other reply to the notice moves the case."""
    writer.answer(reclamo.notice, DECIDES)
    for words in ("confirm", "send", "yes", "confirm\n\nwith more words"):
        assert ("decision", ANNA) not in writer.answer(reclamo.notice, words)
    assert reclamo.case().ticket.step == "investigating"
    assert "new inverter this week" not in reclamo.read_by(ANNA)


def test_a_confirmation_is_for_one_mail(reclamo: ReclamoWithCase, writer: Writer) -> None:
    """A confirmation applies to the one mail it asks about, once."""
    writer.answer(reclamo.notice, "extend 2026-05-20\n\nA part is late.")
    first = address_of(reclamo.last("confirm", ADA))
    writer.answer(reclamo.last("confirm", ADA), "confirm")
    writer.answer(reclamo.notice, DECIDES)
    assert address_of(reclamo.last("confirm", ADA)) != first
    assert writer.answer(reclamo.last("confirm", ADA), "confirm", to=first) == [("refused", ADA)]
    assert reclamo.case().ticket.step == "investigating"


def test_a_confirmation_from_elsewhere_is_refused(reclamo: ReclamoWithCase, writer: Writer) -> None:
    """A confirmation must come from the member's address."""
    writer.answer(reclamo.notice, DECIDES)
    told = writer.answer(reclamo.last("confirm", ADA), "confirm", sender="mallory@evil.example")
    assert ("decision", ANNA) not in told
    assert reclamo.case().ticket.step == "investigating"


def test_the_confirmation_letter_has_no_words_for_outside(reclamo: ReclamoWithCase, writer: Writer) -> None:
    """Other text in the answer is not sent to the customer."""
    writer.answer(reclamo.notice, DECIDES)
    assert writer.answer(reclamo.last("confirm", ADA), "Who wrote this? It was not me.") == [("refused", ADA)]
    assert "It was not me" not in reclamo.read_by(ANNA)


@pytest.mark.parametrize(
    ("line", "rest", "waits"),
    [("erase", "", False), ("erase", "C-2026-000001 asked for", True), ("decide", "upheld", True), ("note", "", False)],
)
def test_which_commands_wait(line: str, rest: str, *, waits: bool) -> None:
    """Erasing first shows what would go, without confirmation; with the case number it is final and waits."""
    mail = MailIn(reading=Reading(), received_at=NOW)
    wrote = StaffWrote(mail=mail, member=ADA, commands=(Command(line, rest),), by_token=True)
    assert needs_writer_word(wrote) is waits
    assert not needs_writer_word(replace(wrote, by_token=False))


def test_replies_notes_and_questions_do_not_wait(reclamo: ReclamoWithCase, writer: Writer) -> None:
    """Only deciding, extending and erasing are confirmed."""
    for words in ("take", "Dear Anna, the parcel comes on Thursday.", "note: she called", "ask serial"):
        assert ("confirm", ADA) not in writer.answer(reclamo.notice, words)


def test_a_signature_needs_no_confirmation(tmp_path: Path) -> None:
    """A decision is done at once if the mail is signed, or if the operator chose tokens alone."""
    reclamo = ReclamoWithCase(tmp_path, proof="token")
    assert ("decision", ANNA) in Writer(reclamo).answer(reclamo.notice, DECIDES)


def test_a_forger_does_not_fill_a_mailbox(reclamo: ReclamoWithCase, writer: Writer) -> None:
    """Many forged mails cause a bounded number of questions a day, and nothing is done."""
    asked = sum(
        ("confirm", ADA) in writer.answer(reclamo.notice, f"decide upheld\n\nWe send part {number}.")
        for number in range(30)
    )
    assert asked == 5
    assert reclamo.case().ticket.step == "investigating"
    assert ledger.verify(reclamo.db).problem == ""
