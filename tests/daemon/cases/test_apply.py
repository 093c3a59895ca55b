"""From an outcome to rows: what the letters are written about, and that nothing of it is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from daemon.cases.apply import case_after, change_of
from daemon.decide import decide
from daemon.decide.events import TimerDue
from storage.values import Timer, TimerKind
from tests.daemon.cases.shared import case_of, with_one_case


def test_a_letter_stands_in_the_outbox_and_on_the_case(tmp_path: Path) -> None:
    """Each notice of a decision becomes one letter and one message, under the key that makes it the only one."""
    stepper = with_one_case(tmp_path)
    case, installation = case_of(stepper), stepper.installation
    due = Timer(key="wait", kind=TimerKind.WAIT, at=stepper.now)
    case = replace(case, timers=(*case.timers, due))
    outcome = decide(case, TimerDue(timer=due), installation.policies[case.ticket.policy], stepper.now)
    change = change_of(case, outcome, installation, stepper.now)
    assert [letter.notice for letter in change.letters] == ["waiting_over"]
    assert [message.message_id for message in change.messages if message.notice] == [
        letter.message_id.strip("<>") for letter in change.letters
    ]
    assert all(letter.key.startswith(f"{case.ticket.reference}/waiting_over/") for letter in change.letters)


def test_letters_speak_of_the_case_as_it_will_be(tmp_path: Path) -> None:
    """A timer that was worked is gone, and one that was set anew is there once."""
    stepper = with_one_case(tmp_path)
    case = case_of(stepper)
    due = Timer(key="wait", kind=TimerKind.WAIT, at=stepper.now)
    case = replace(case, timers=(*case.timers, due))
    outcome = decide(case, TimerDue(timer=due), stepper.installation.policies[case.ticket.policy], stepper.now)
    after = case_after(case, outcome)
    assert "wait" not in {timer.key for timer in after.timers}
    assert after.history[: len(case.history)] == case.history
    assert len(after.history) > len(case.history)
    first = case.timers[0]
    assert [t for t in after.timers if t.key == first.key and t.at > first.at + timedelta(days=999)] == []
