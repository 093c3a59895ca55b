"""What a decision is written on: only what differs is in its outcome."""

from __future__ import annotations

from tests.daemon.decide import histories


def test_a_decision_that_changes_nothing_names_nothing() -> None:
    """A letter that keeps no promise leaves parties, promises and timers as they were."""
    life = histories.complaint()
    outcome = life.sent("new_case", party=2)
    changes = outcome.changes
    assert (changes.parties, changes.deadlines, changes.timers_set, changes.timers_dropped) == ((), (), (), ())
    assert outcome.ticket.updated_at == life.now
    assert not outcome.changes.is_new


def test_a_question_put_again_replaces_the_first() -> None:
    """And the time it was put is the new one."""
    life = histories.complaint()
    life.staff("decide upheld\n\nWe replace it.")
    histories.later(life, days=1)
    life.staff("reopen")
    life.staff("decide upheld\n\nWe replace it.")
    assert [(asked.question, asked.put_at) for asked in life.case.ticket.questions] == [("satisfied", life.now)]


def test_an_address_is_one_party_whatever_its_letters() -> None:
    """Parties are numbered in the order they come, and known by role and address in small letters."""
    life = histories.complaint()
    life.staff("third installer Bob@Installer.example\n\nWhat did you see?")
    life.staff("third installer bob@installer.example\n\nAnd now?")
    life.staff("third distributor bob@installer.example\n\nAnd you?")
    third = [(p.number, p.address, p.third_party) for p in life.case.parties if p.third_party]
    assert third == [(3, "bob@installer.example", "installer"), (4, "bob@installer.example", "distributor")]
