"""Proof that an automatic mail answers one of our letters: something that only our letters contain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.mail_values import Ending, SetAsideReason
from tests.daemon.reception import MAX, RunningReclamo, mail, set_aside_lists

MACHINE = "Shop <noreply@shop.example>"
BOUNCE = """From: MAILER-DAEMON@mx.firm.example
To: complaints@firm.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mx.firm.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Not delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.firm.example

Final-Recipient: rfc822; max@firm.example
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

From: complaints@firm.example
Message-ID: <{returned}>

--b--
"""


@pytest.fixture
def reclamo(tmp_path: Path) -> Iterator[RunningReclamo]:
    """An installation that has sent its manager a list, which is a letter about no case."""
    made = RunningReclamo(tmp_path)
    made.take(mail(1, sender=MACHINE))
    yield made
    made.db.close()


def test_a_report_that_gives_back_a_keyed_letter_is_proven(reclamo: RunningReclamo) -> None:
    """A bounce that returns our list is recorded and not listed; with one character of the key changed it proves
    nothing."""
    (letter,) = set_aside_lists(reclamo.post.letters)
    genuine = reclamo.take(BOUNCE.format(number=2, returned=letter.message_id), sender="")
    assert genuine.row.ending == Ending.MACHINE
    name, _, domain = letter.message_id.partition("@")
    forged = f"{name[:15]}{'a' if name[15] != 'a' else 'b'}{name[16:]}@{domain}"
    fake = reclamo.take(BOUNCE.format(number=3, returned=forged), sender="")
    assert (fake.row.ending, fake.row.why) == (Ending.SET_ASIDE, SetAsideReason.BOUNCE)


def test_an_answer_to_a_letter_in_the_outbox_is_proven(reclamo: RunningReclamo) -> None:
    """An out-of-office reply that refers to our letter about no case is proven; one that refers to anything else is
    not."""
    (letter,) = set_aside_lists(reclamo.post.letters)
    ids = [(letter.message_id, Ending.MACHINE), ("somebody@else.example", Ending.SET_ASIDE)]
    for number, (name, ending) in enumerate(ids, 2):
        head = ("Auto-Submitted: auto-replied", f"In-Reply-To: <{name}>")
        assert reclamo.take(mail(number, *head, sender=f"Max <{MAX}>")).row.ending == ending


def test_words_under_an_automatic_header_are_never_proven(reclamo: RunningReclamo) -> None:
    """An automatic mail with text of its own may speak for a person, so it is shown to staff."""
    (letter,) = set_aside_lists(reclamo.post.letters)
    head = ("Auto-Submitted: auto-generated", f"In-Reply-To: <{letter.message_id}>")
    assert reclamo.take(mail(2, *head)).row.ending == Ending.SET_ASIDE
