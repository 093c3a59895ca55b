"""What follows from letters: promises kept, and staff who cannot be reached."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from config.faults import GiveUp, TryAgain
from daemon.outbound.transports import LetterRefused
from storage import absences
from storage.absences import AbsenceReason
from storage.engine import Database
from storage.migrate import upgrade
from storage.values import DeadlineState, Letter
from tests.daemon.cases.shared import CUSTOMER, case_of
from tests.daemon.installations import accept, mail, start_stepper

ADA = "ada@firm.example"


class Refusing:
    """A transport that takes all letters but those to one reader."""

    def __init__(self, reader: str, failure: Exception) -> None:
        self.reader, self.failure = reader, failure

    def deliver(self, letter: Letter) -> None:
        """Take it, or not."""
        if letter.recipient == self.reader:
            raise self.failure

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("failure", "away"),
    [
        (LetterRefused("the relay refused: no such user"), [(ADA, AbsenceReason.UNREACHABLE)]),
        (GiveUp("the address cannot be used: room 550"), []),
        (TryAgain("relay mail.example:587: timed out"), []),
    ],
)
def test_staff_are_unreachable_where_a_server_refused_their_letter(
    tmp_path: Path, failure: Exception, away: list[tuple[str, AbsenceReason]]
) -> None:
    """Not where nobody was asked, whatever numbers the words of the failure hold; nor when a relay was away so long
    that the letter was given up."""
    db = Database("sqlite://")
    upgrade(db)
    stepper = start_stepper(db, tmp_path)
    stepper._sender._transport = Refusing(ADA, failure)
    accept(db, mail(1))
    stepper.advance(stepper.now + timedelta(days=5))
    assert [(absence.address, absence.why) for absence in absences.listing(db)] == away
    assert "letter failed" in {entry.event for entry in case_of(stepper).history}


def test_a_promise_is_kept_when_its_letter_has_left(tmp_path: Path) -> None:
    """Not when it is written, and not when it was refused."""
    for failure, state in ((None, DeadlineState.KEPT), (LetterRefused("no"), DeadlineState.OPEN)):
        db = Database("sqlite://")
        upgrade(db)
        stepper = start_stepper(db, tmp_path)
        if failure:
            stepper._sender._transport = Refusing(CUSTOMER, failure)
        accept(db, mail(1))
        stepper.settle()
        [acknowledged] = [d for d in case_of(stepper).deadlines if d.promise == "acknowledge"]
        assert acknowledged.state is state
