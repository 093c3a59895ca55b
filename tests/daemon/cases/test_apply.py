"""From a decision to rows: its letters written, its files enclosed, what an erasure leaves."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from daemon.cases.apply import case_after, change_of
from daemon.decide.events import CustomerWrote
from parsers.reading import Mailbox
from storage.values import Case, Ticket
from tests.daemon.decide import histories
from tests.daemon.decide.cases import CUSTOMER
from tests.daemon.decide.story import Recorded
from tests.daemon.installations import installation_in


def test_a_decision_becomes_rows_and_letters(tmp_path: Path) -> None:
    """Each notice is a letter and a message of the case; what is found by others is filed."""
    life = Recorded(histories.MONDAY, installation_in(tmp_path).policies["complaints"])
    before = life.case
    outcome = life.opens()
    change = change_of(before, outcome, installation_in(tmp_path), life.now)
    assert change.is_new
    assert change.parties == outcome.parties
    assert change.deadlines == outcome.deadlines
    assert (change.timers_set, change.timers_dropped) == (outcome.timers_set, outcome.timers_dropped)
    assert change.ledger == outcome.ledger
    assert [letter.recipient for letter in change.letters] == [CUSTOMER, "ada@firm.example"]
    assert [message.notice for message in change.messages] == ["", "acknowledgement", "new_case"]
    assert not change.erases


def test_a_mail_that_cannot_be_read_is_enclosed_as_it_came(tmp_path: Path) -> None:
    """For staff alone."""
    life = Recorded(histories.MONDAY, installation_in(tmp_path).policies["complaints"])
    before, mail = life.case, life.mail("", CUSTOMER, 0)
    mail = replace(mail, reading=replace(mail.reading, unreadable="no text"))
    outcome = life.happens(CustomerWrote(mail=mail, who=Mailbox(CUSTOMER), language="en", kind="product"))
    change = change_of(before, outcome, installation_in(tmp_path), life.now, {1: b"Subject: ?\r\n\r\n\xff"})
    enclosed = {
        letter.recipient: [part.get_filename() for part in message_from_bytes(letter.raw, policy=default).walk()]
        for letter in change.letters
    }
    assert "original.eml" in enclosed["ada@firm.example"]
    assert "original.eml" not in enclosed[CUSTOMER]


def test_what_a_decision_changed_replaces_what_was_there() -> None:
    """One row for a party, a promise, a timer; what is dropped is gone; an erased case has no past."""
    life = histories.complaint()
    before, outcome = life.case, life.staff("spam")
    after = case_after(before, outcome)
    assert len(after.parties) == len({party.number for party in after.parties})
    assert len(after.deadlines) == len({(row.promise, row.occurrence) for row in after.deadlines})
    assert after.timers == ()
    assert after.history == (*before.history, *outcome.ledger)
    gone: Ticket = replace(outcome.ticket, erased_at=life.now)
    erased: Case = case_after(before, replace(outcome, ticket=gone))
    assert (erased.messages, erased.history) == (outcome.messages, outcome.ledger)
