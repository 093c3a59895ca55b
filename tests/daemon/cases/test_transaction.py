"""Two who change one case at the same time: whoever comes second decides again, at once, and nobody else notices."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from config.faults import TryAgain
from daemon.cases import transaction
from daemon.cases.deliveries import letter_sent
from daemon.clock import recurring
from daemon.clock.stepper import Stepper
from daemon.decide.events import TimerDue
from daemon.intake import batch
from storage import cases, inbox, ledger, outbox, tickets
from storage.engine import Database
from storage.values import Case, CaseChange, InboxState
from tests.daemon.installations import NOW, accept, follow_up, installation_in, mail, start_stepper
from tests.storage.conftest import db, empty_postgres_url, postgres_server, postgres_url, url

__all__ = ["db", "empty_postgres_url", "postgres_server", "postgres_url", "url"]


class Rival:
    """Another worker, who changes a case of one customer each time somebody is deciding upon it, `times` times."""

    def __init__(self, db: Database, customer: str, times: int) -> None:
        self.decided: Counter[str] = Counter()  # how often each customer's case was decided upon
        self._db, self._customer, self._times = db, customer, times

    def watch(self, patch: pytest.MonkeyPatch, module: Any, happens: type = object) -> None:
        """Come in between whenever this module decides on such a happening."""
        good = module.decide

        def decide(case: Any, event: Any, policy: Any, now: Any) -> Any:
            outcome = good(case, event, policy, now)
            if not isinstance(event, happens):
                return outcome
            customer = next(p.address for p in (*case.parties, *outcome.changes.parties) if p.number == 1)
            self.decided[customer] += 1
            if customer == self._customer and self._times and not case.is_new:
                self._times -= 1
                self._change(case.ticket.id)
            return outcome

        patch.setattr(module, "decide", decide)

    def _change(self, ticket_id: int) -> None:
        read = cases.load(self._db, [ticket_id])[ticket_id].ticket
        with self._db.write() as conn:
            cases.save(conn, [CaseChange(ticket=read)])


@pytest.fixture
def walk(db: Database, tmp_path: Path) -> Stepper:
    """An office with the cases of three customers."""
    made = start_stepper(db, tmp_path)
    accept(db, mail(1), mail(2), mail(3))
    made.settle()
    return made


def words_of(db: Database, customer: str) -> list[str]:
    """What a customer has written on their case."""
    [line] = tickets.listing(db, customer=customer)
    return [m.text for m in cases.load(db, [line.id])[line.id].messages if m.direction == "in"]


def test_only_the_mail_that_lost_is_decided_again(walk: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of three customers and a new complaint in one batch, one case changed meanwhile: all are stored at the
    first claim, the others as they were decided, under the first number reserved; nothing counts as a failure."""
    rival = Rival(walk.db, "c2@example.net", times=1)
    rival.watch(monkeypatch, transaction)
    ids = accept(walk.db, *(follow_up(number, f"It hums, too, says {number}.") for number in (1, 2, 3)), mail(4))
    assert batch.work_batch(walk.db, walk.installation, NOW) == 4
    assert rival.decided == {"c1@example.net": 1, "c2@example.net": 2, "c3@example.net": 1, "c4@example.net": 1}
    lines = {line.id: line for line in inbox.listing(walk.db)}
    assert [(lines[one].state, lines[one].attempts, lines[one].error) for one in ids] == [(InboxState.DONE, 1, "")] * 4
    assert [len(words_of(walk.db, f"c{number}@example.net")) for number in (1, 2, 3)] == [2, 2, 2]
    assert [line.reference for line in tickets.listing(walk.db, customer="c4@example.net")] == ["C-2026-000004"]
    assert ledger.verify(walk.db).holds


def test_a_mail_that_always_loses_is_not_counted_as_a_failure(walk: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is due again at once, with the attempt given back, and is worked as soon as the others let it."""
    rival = Rival(walk.db, "c2@example.net", times=transaction.ROUNDS)
    rival.watch(monkeypatch, transaction)
    [number] = accept(walk.db, follow_up(2, "It hums, too."))
    batch.work_batch(walk.db, walk.installation, NOW)
    [line] = [line for line in inbox.listing(walk.db) if line.id == number]
    assert (line.state, line.attempts, line.error) == (InboxState.NEW, 0, "")
    batch.work_batch(walk.db, walk.installation, NOW)
    assert len(words_of(walk.db, "c2@example.net")) == 2


def test_a_mail_finished_by_another_node_keeps_no_other_back(walk: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease ran out and somebody else worked it off: the rest of the batch is stored all the same."""
    first, second = accept(walk.db, follow_up(1, "It hums, too."), follow_up(3, "It smells, too."))
    good = batch.load.load

    def load(*given: Any) -> Any:
        with walk.db.write() as conn:
            inbox.set_aside(conn, first, error="by another node")
        return good(*given)

    monkeypatch.setattr(batch.load, "load", load)
    batch.work_batch(walk.db, walk.installation, NOW)
    states = {line.id: line.state for line in inbox.listing(walk.db)}
    assert (states[first], states[second]) == (InboxState.QUARANTINED, InboxState.DONE)
    assert len(words_of(walk.db, "c3@example.net")) == 2


def test_a_timer_that_lost_is_decided_again_and_the_others_once(walk: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first warning of three cases at once: each goes out once, at its time."""
    rival = Rival(walk.db, "c2@example.net", times=1)
    rival.watch(monkeypatch, transaction, TimerDue)
    while not rival.decided and (at := walk.next_at()):
        walk.now = at
        recurring.run_due(walk.db, walk.installation, walk.now)
    assert rival.decided == {"c1@example.net": 1, "c2@example.net": 2, "c3@example.net": 1}
    warnings = [
        letter for letter in outbox.listing(walk.db) if letter.notice == "warning" and letter.created_at == walk.now
    ]
    assert Counter(letter.ticket_id for letter in warnings) == {line.id: 1 for line in tickets.listing(walk.db)}


def test_what_follows_from_a_letter_never_comes_too_late(db: Database, tmp_path: Path) -> None:
    """A sender stores twenty letters of a case while customer mail changes it all the time: none is put off."""
    walk = start_stepper(db, tmp_path)
    accept(db, mail(1))
    batch.work_batch(db, walk.installation, NOW)
    [line] = tickets.listing(db)
    [letter] = [one for one in outbox.listing(db, ticket_id=line.id) if one.notice == "acknowledgement"]
    done = threading.Event()

    def change() -> None:
        rival = Rival(db, "", 0)
        while not done.is_set():
            try:
                rival._change(line.id)
            except cases.Stale:
                continue

    other = threading.Thread(target=change)
    other.start()
    try:
        for _ in range(20):
            with db.write() as conn:
                transaction.change_case_in(conn, installation_in(tmp_path), line.id, letter_sent(letter, NOW), NOW)
    finally:
        done.set()
        other.join()
    sent_letters = [entry for entry in cases.load(db, [line.id])[line.id].history if entry.event == "letter sent"]
    assert len(sent_letters) == 20


class _OneTicket:
    """Something to be saved: it belongs to a ticket of its own."""

    def __init__(self, number: int) -> None:
        self.ticket_ids = (number,)


def test_what_cannot_be_saved_together_is_saved_alone() -> None:
    """One that fails is told of, once; of two that lost their ticket one wins the second race, the other never."""
    items = {number: _OneTicket(number) for number in (1, 2, 3, 4)}
    saved: list[int] = []
    decided: Counter[int] = Counter()
    failed: list[tuple[int, str]] = []

    def decide_each(waiting: Sequence[int]) -> list[tuple[int, _OneTicket]]:
        decided.update(waiting)
        return [(number, items[number]) for number in waiting]

    def save_all(given: Sequence[_OneTicket]) -> None:
        numbers = [one.ticket_ids[0] for one in given]
        if late := [number for number in numbers if number == 4 or (number == 3 and decided[3] == 1)]:
            raise cases.Stale(late)
        if 2 in numbers:
            raise KeyError("two")
        saved.extend(numbers)

    late = transaction.decide_and_save([1, 2, 3, 4], decide_each, save_all, lambda n, e: failed.append((n, str(e))))
    assert (late, sorted(saved), failed) == ([4], [1, 3], [(2, "'two'")])
    assert decided == {1: 1, 2: 1, 3: 2, 4: transaction.ROUNDS}


def test_a_database_that_is_away_is_raised_at_once() -> None:
    """Neither while deciding nor while saving: it is raised, and nothing is counted as failed."""

    def away(_: object) -> None:
        raise TryAgain("away")

    def fails(item: int, error: Exception) -> None:
        raise AssertionError(item) from error

    with pytest.raises(TryAgain):
        transaction.each_alone([1], away, fails)
    with pytest.raises(TryAgain):
        transaction.decide_and_save([1], lambda _: [(1, _OneTicket(1))], away, fails)


def test_an_event_may_be_made_of_the_case_as_it_is(walk: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loses the race makes it anew: what an operator decides is never decided on a case of before."""
    rival = Rival(walk.db, "c2@example.net", times=1)
    rival.watch(monkeypatch, transaction)
    [line] = tickets.listing(walk.db, customer="c2@example.net")
    versions: list[int] = []

    def event(case: Case) -> TimerDue:
        versions.append(case.ticket.version)
        return TimerDue(timer=case.timers[0])

    assert transaction.change_cases(walk.db, walk.installation, [(line.id, event)], walk.now) == []
    assert versions == [versions[0], versions[0] + 1]
