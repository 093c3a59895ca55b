"""Letters about no case: no reference, no reply token; for staff a Message-ID that identifies what an answer replies
to."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

from config.policy import Member
from daemon.letters.headers import LETTER_HEADER
from daemon.letters.reply_addresses import FromAddress
from daemon.letters.standalone import BlankCase, member_as_reader, standalone_letter
from storage.values import Letter, Party, Role
from tests.templates.made import NOW, writing

ADA = Member(name="Ada Verdi", address="ada@firm.example", languages=("de",))


def answered(reader: Party, key: str = "inbox/7/list_answered") -> Letter:
    """Return the letter that says that an answer to a list was not acted on."""
    about = {"day": NOW.date(), "unsent_text": "my words", "lost": False}
    return standalone_letter(
        writing(), reader, notice="list_answered", key=key, occurrence="2026-03-02", now=NOW,
        about=about,
    )  # fmt: skip


def test_a_letter_to_staff_in_their_language_with_no_way_into_a_case() -> None:
    """It has no ticket, and answers go to the plain support address."""
    letter = answered(member_as_reader(writing().policy, ADA))
    mail = message_from_bytes(letter.raw, policy=default)
    assert (letter.ticket_id, letter.party, letter.language, letter.recipient) == (None, 0, "de", "ada@firm.example")
    assert (mail["X-Reclamo-Ticket"], mail["Reply-To"], mail["In-Reply-To"]) == (None, None, None)
    assert mail["X-Reclamo-Notice"] == "list_answered"
    assert mail["From"].addresses[0].addr_spec == writing().sender_identity.from_addresses["complaints"][0].address


def test_a_letter_to_staff_repeats_its_message_id_and_one_outside_does_not() -> None:
    """A relay may replace the Message-ID; bounces are then recognised by the copy in another field."""
    inside = answered(member_as_reader(writing().policy, ADA))
    outside = answered(member_as_reader(writing().policy, ADA, Role.THIRD_PARTY))
    assert message_from_bytes(inside.raw, policy=default)[LETTER_HEADER] == inside.message_id
    assert message_from_bytes(outside.raw, policy=default)[LETTER_HEADER] is None
    assert inside.message_id != outside.message_id


def test_the_same_key_gives_the_same_letter_and_another_key_another() -> None:
    """Outbox key and Message-ID follow from the key."""
    reader = member_as_reader(writing().policy, ADA)
    assert answered(reader) == answered(reader)
    assert answered(reader, "another").message_id != answered(reader).message_id
    assert answered(reader).message_id.partition("@")[2] == writing().sender_identity.domain


def test_it_comes_from_the_support_address_that_a_mail_came_to() -> None:
    """With two support addresses, the one written to; otherwise the first."""
    known = writing()
    two = (FromAddress("first@firm.example"), FromAddress("second@firm.example"))
    identity = replace(known.sender_identity, from_addresses={known.policy.name: two})
    reader = member_as_reader(known.policy, ADA)
    for shown, address in ((BlankCase(), "first"), (BlankCase(address="second@firm.example"), "second")):
        letter = standalone_letter(
            replace(known, sender_identity=identity), reader, notice="list_answered", key="k", occurrence="", now=NOW,
            about={"day": NOW.date()}, shown=shown,
        )  # fmt: skip
        mail = message_from_bytes(letter.raw, policy=default)
        assert mail["From"].addresses[0].addr_spec == f"{address}@firm.example"
