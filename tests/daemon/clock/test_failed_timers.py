"""A timer that fails is retried, reported once, and its promise counts as broken when its time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from config.files.failure_sentences import failure_sentence, failure_sentences
from daemon.cases import deliveries, transaction
from daemon.clock import due_timers, failed_timers, recurring
from daemon.clock.stepper import Stepper
from storage import cases, migrate, outbox, tickets, timers
from storage.engine import Database
from storage.values import Case, CaseChange, DeadlineState, Letter, Timer
from tests.daemon.installations import CHIEF, OPERATOR, accept, mail, sent_letters, start_stepper
from tests.storage.conftest import db, empty_postgres_url, postgres_server, postgres_url, url

__all__ = ["db", "empty_postgres_url", "postgres_server", "postgres_url", "url"]


class Template:
    """The template of one notice, broken until it is mended."""

    def __init__(self, patch: pytest.MonkeyPatch, notice: str) -> None:
        self.broken, self.tries = True, 0
        good = transaction.change_of

        def change_of(case: Any, outcome: Any, *follow_up: Any) -> Any:
            if self.broken and notice in {due.notice for due in outcome.notices}:
                self.tries += 1
                raise ZeroDivisionError(f"line 3 of {notice}, case {case.ticket.reference}")
            return good(case, outcome, *follow_up)

        patch.setattr(transaction, "change_of", change_of)


def opened(db: Database, folder: Path, customers: int) -> Stepper:
    """Return a stepper with this many cases, each promised a decision in 30 working days."""
    stepper = start_stepper(db, folder)
    accept(db, *(mail(number) for number in range(1, customers + 1)))
    stepper.settle()
    return stepper


def case(stepper: Stepper, number: int = 1) -> Case:
    """Return a customer's case."""
    [line] = tickets.listing(stepper.db, customer=f"c{number}@example.net")
    return cases.load(stepper.db, [line.id])[line.id]


def letters(stepper: Stepper, notice: str, to: str = "") -> list[Letter]:
    """Return the letters of this notice that were sent."""
    return [letter for letter in sent_letters(stepper) if letter.notice == notice and to in ("", letter.recipient)]


def text_of(letter: Letter) -> str:
    """Return the letter's plain text."""
    part = message_from_bytes(letter.raw, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_letter_that_cannot_be_written(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The delay letters of two cases fail: the promise is broken in time, the operator and the manager are told once,
    ledger and lists show it, and the letters go out once the template is mended."""
    stepper = opened(db, tmp_path, 2)
    template = Template(monkeypatch, "delay")
    deadline = next(deadline for deadline in case(stepper).deadlines if deadline.promise == "resolve")
    stepper.advance(deadline.due_at - timedelta(minutes=1))
    assert template.tries >= 2 * 5
    due = tickets.due_promises(db, until=deadline.due_at)
    [line] = [promise for promise in due if promise.reference == "C-2026-000001"]
    assert "ZeroDivisionError: line 3 of delay" in line.stuck
    assert tickets.counts(db, now=stepper.now).stuck == 2
    assert [entry.facts["timer"] for entry in case(stepper).history if entry.event == "not done"] == [
        "promise:resolve:0:act"
    ]
    stepper.advance(deadline.due_at + timedelta(days=3))
    states = {
        deadline.occurrence: deadline.state for deadline in case(stepper).deadlines if deadline.promise == "resolve"
    }
    assert states == {0: DeadlineState.BROKEN}
    [of_cause] = letters(stepper, failed_timers.NOTICE, OPERATOR)
    assert "Cases: 2" in text_of(of_cause)
    [of_cases] = letters(stepper, failed_timers.NOTICE, CHIEF)
    assert of_cases.language == "it"
    assert all(reference in text_of(of_cases) for reference in ("C-2026-000001", "C-2026-000002"))
    template.broken = False
    stepper.advance(stepper.now + failed_timers.LONGEST)
    assert [letter.recipient for letter in letters(stepper, "delay")] == ["c1@example.net", "c2@example.net"]
    states = {
        deadline.occurrence: deadline.state for deadline in case(stepper).deadlines if deadline.promise == "resolve"
    }
    assert states == {0: DeadlineState.BROKEN, 1: DeadlineState.OPEN}
    assert tickets.counts(db, now=stepper.now).stuck == 0


def test_one_that_fails_takes_no_other_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three timers due together the middle one fails: each is tried once and two succeed."""
    stepper = _with_timers(tmp_path, 3)
    decided: list[str] = []
    good = transaction.change_of

    def change_of(case: Case, outcome: Any, *follow_up: Any) -> Any:
        decided.append(case.ticket.reference)
        if case.ticket.reference == "C-2026-000002":
            raise ZeroDivisionError
        return good(case, outcome, *follow_up)

    monkeypatch.setattr(transaction, "change_of", change_of)
    due_timers.work_due_timers(stepper.db, stepper.installation, stepper.now)
    assert decided == ["C-2026-000001", "C-2026-000002", "C-2026-000003"]
    assert [stuck.reference for stuck in timers.stuck_timers(stepper.db)] == ["C-2026-000002"]


def test_many_cases_at_once_are_one_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken template in sixty cases: one mail to the operator with the count and one to the manager with the first
    cases; no more the next day."""
    stepper = _with_timers(tmp_path, 60)
    Template(monkeypatch, "waiting_over")
    stepper.advance(stepper.now + timedelta(days=2))
    [of_cause] = letters(stepper, failed_timers.NOTICE, OPERATOR)
    assert "60 cases" in of_cause.subject
    [of_cases] = letters(stepper, failed_timers.NOTICE, CHIEF)
    assert "60" in of_cases.subject
    assert "e altre 30" in text_of(of_cases)


def test_it_is_tried_less_and_less_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come soon at first, then every six hours, and at once after a restart."""
    stepper = _with_timers(tmp_path, 1)
    template = Template(monkeypatch, "waiting_over")
    stepper.advance(stepper.now + timedelta(minutes=16))
    assert template.tries == 5
    stepper.advance(stepper.now + timedelta(days=4))
    assert 20 <= template.tries <= 25
    template.broken = False
    with stepper.db.write() as conn:
        assert timers.try_again(conn, now=stepper.now) == 1
    stepper.settle()
    assert letters(stepper, "waiting_over")


def test_what_fails_beside_timers_keeps_no_deadline_waiting(tmp_path: Path) -> None:
    """If worklists and invitations fail, reminders still go out; the operator is told once a day."""
    stepper = _with_timers(tmp_path, 1)

    def fails(*_: Any) -> int:
        raise KeyError("no such column")

    broken = ("boards of appointments", "invitations")
    jobs = [replace(job, run=fails) if job.name in broken else job for job in recurring.JOBS]
    for _ in range(3):
        with pytest.raises(KeyError, match="no such column"):
            recurring.run_due(stepper.db, stepper.installation, stepper.now, jobs)
    waiting = [
        (letter.notice, letter.recipient) for letter in outbox.listing(stepper.db) if letter.created_at == stepper.now
    ]
    assert sorted(waiting) == [("failing", OPERATOR)] * 2 + [("waiting_over", "ada@firm.example")]


def test_a_letter_that_is_not_followed_up_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the follow-up of a sent acknowledgement fails, the operator is told and the ledger records it."""

    def fails(*_: Any) -> None:
        raise KeyError("no such notice")

    monkeypatch.setattr(deliveries, "change_case_in", fails)
    stepper = _with_timers(tmp_path, 1)
    [of_it] = letters(stepper, failed_timers.NOTICE, OPERATOR)
    assert "acknowledgement" in text_of(of_it)
    [entry] = [entry for entry in case(stepper).history if entry.event == "not done"]
    assert (entry.facts["letter"], entry.facts["why"]) == ("acknowledgement", "KeyError: 'no such notice'")


def _with_timers(folder: Path, number: int) -> Stepper:
    """Return a stepper with this many cases, on each of which a pause by staff has just ended."""
    db = Database("sqlite://")
    migrate.upgrade(db)
    stepper = opened(db, folder, number)
    stepper.now += timedelta(hours=1)
    for line in tickets.listing(db):
        read = cases.load(db, [line.id])[line.id].ticket
        due = Timer(key="wait", kind="wait", at=stepper.now)
        with db.write() as conn:
            cases.save(conn, [CaseChange(ticket=read, timers_set=(due,))])
    return stepper


@pytest.mark.parametrize("language", ["en", "it", "de", "fr", "es", "zh-Hans", "zh-Hant"])
def test_the_sentences_are_there_in_every_language(language: str) -> None:
    """Each sentence exists in every language, with its values filled in."""
    values = {"count": 3, "reference": "C-1", "what": "x", "on": "2026-03-02", "why": "y"}
    assert all(language in words for words in failure_sentences().values())
    assert all(failure_sentence(name, language, **values) for name in failure_sentences())
    assert failure_sentence("line", "pt", **values) == failure_sentence("line", "en", **values)
