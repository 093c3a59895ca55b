"""Timers are claimed when due, in order, by one worker, and again if that worker dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from storage import cases, timers
from storage.engine import Database
from storage.timers import DueTimer
from storage.values import CaseChange
from tests.storage.values import DAY, LEASE, MINUTE, NOW, again, opened, timer


def claim(db: Database, now: datetime = NOW, limit: int = 10) -> list[DueTimer]:
    """Claim due timers."""
    return timers.claim(db, now=now, limit=limit, lease=LEASE)


def test_what_is_due_comes_in_order_of_its_instant(db: Database) -> None:
    """Earliest first across tickets; a timer is due from its instant on."""
    first = opened(db, timers_set=(timer("b", at=NOW), timer("later", at=NOW + MINUTE), timer("a", at=NOW)))
    second = opened(db, timers_set=(timer("earlier", at=NOW - DAY),))
    one, two = first.ticket.id, second.ticket.id
    assert [(due.ticket_id, due.timer.key) for due in claim(db)] == [(two, "earlier"), (one, "a"), (one, "b")]
    assert claim(db) == []


def test_a_limit_leaves_the_later_ones(db: Database) -> None:
    """A backlog is processed in batches, oldest first."""
    opened(db, timers_set=tuple(timer(f"{hour:02}", at=NOW - hour * MINUTE) for hour in range(10)))
    assert [due.timer.key for due in claim(db, limit=3)] == ["09", "08", "07"]
    assert [due.timer.key for due in claim(db, limit=3)] == ["06", "05", "04"]


def test_a_timer_comes_back_when_its_worker_dies(db: Database) -> None:
    """Only dropping or moving a timer ends it; its instant is unchanged."""
    opened(db, timers_set=(timer(at=NOW),))
    claim(db)
    assert claim(db, NOW + LEASE - MINUTE) == []
    assert [due.timer for due in claim(db, NOW + LEASE)] == [timer(at=NOW)]


def test_a_timer_worked_off_is_gone(db: Database) -> None:
    """The save that it caused drops it."""
    saved = opened(db, timers_set=(timer(at=NOW),))
    claim(db)
    again(db, saved.ticket.id, timers_dropped=("due:resolve:0",))
    assert claim(db, NOW + DAY) == []
    assert timers.next_at(db) is None


def test_a_timer_moved_while_claimed_keeps_its_new_instant(db: Database) -> None:
    """Setting a timer again ends the claim."""
    saved = opened(db, timers_set=(timer(at=NOW),))
    claim(db)
    again(db, saved.ticket.id, timers_set=(timer(at=NOW + MINUTE),))
    assert claim(db) == []
    assert [due.timer.at for due in claim(db, NOW + MINUTE)] == [NOW + MINUTE]


def test_a_poisoned_timer_can_be_put_off(db: Database) -> None:
    """It comes back later with its original instant, and others are claimed meanwhile."""
    saved = opened(db, timers_set=(timer("bad", at=NOW - DAY), timer("good", at=NOW)))
    claim(db, limit=1)
    with db.write() as conn:
        assert timers.record_failure(conn, saved.ticket.id, "bad", failure="KeyError: 'x'", until=NOW + 60 * MINUTE)
        assert not timers.record_failure(conn, saved.ticket.id, "never was", failure="", until=NOW)
    assert [(due.timer.key, due.tries) for due in claim(db)] == [("good", 0)]
    [bad] = [due for due in claim(db, NOW + 60 * MINUTE) if due.timer.key == "bad"]
    assert (bad.timer.at, bad.tries) == (NOW - DAY, 1)


def test_a_timer_set_anew_has_not_failed(db: Database) -> None:
    """Failures are counted from zero."""
    saved = opened(db, timers_set=(timer(at=NOW),))
    claim(db)
    with db.write() as conn:
        timers.record_failure(conn, saved.ticket.id, "due:resolve:0", failure="KeyError: 'x'", until=NOW + MINUTE)
    again(db, saved.ticket.id, timers_set=(timer(at=NOW + MINUTE),))
    assert [due.tries for due in claim(db, NOW + MINUTE)] == [0]


def test_what_a_clock_that_was_ahead_claimed_does_not_wait_for_it(db: Database) -> None:
    """A claim made a year ahead counts as expired for a node with the right time; a timer not due yet stays, and a
    deferral is bounded."""
    saved = opened(db, timers_set=(timer("a", at=NOW - MINUTE), timer("b", at=NOW), timer("far", at=NOW + 400 * DAY)))
    claim(db, NOW + 365 * DAY)
    with db.write() as conn:
        timers.record_failure(conn, saved.ticket.id, "b", failure="", until=NOW + 60 * MINUTE)
    assert [due.timer.key for due in claim(db)] == ["a"]
    assert [due.timer.key for due in claim(db, NOW + 60 * MINUTE)] == ["a", "b"]


def test_the_next_instant(db: Database) -> None:
    """The clock can sleep until the next timer."""
    assert timers.next_at(db) is None
    opened(db, timers_set=(timer("a", at=NOW + DAY), timer("b", at=NOW + MINUTE)))
    assert timers.next_at(db) == NOW + MINUTE


def test_no_two_workers_get_the_same_timer(db: Database) -> None:
    """Four workers share the due timers."""
    for _ in range(10):
        opened(db, timers_set=tuple(timer(str(number), at=NOW) for number in range(8)))

    def work(_worker: int) -> list[tuple[int, str]]:
        claimed: list[tuple[int, str]] = []
        while due := claim(db, limit=5):
            claimed += [(due_timer.ticket_id, due_timer.timer.key) for due_timer in due]
        return claimed

    with ThreadPoolExecutor(4) as pool:
        claimed = [number for numbers in pool.map(work, range(4)) for number in numbers]
    assert len(claimed) == len(set(claimed)) == 80


def test_a_case_saved_twice_at_a_double_tick_is_refused(db: Database) -> None:
    """Two workers with the same timer lead to one result."""
    saved = opened(db, timers_set=(timer(at=NOW),))
    [due] = claim(db)
    [late] = claim(db, NOW + LEASE)
    assert due == late
    read = cases.load(db, [saved.ticket.id])[saved.ticket.id].ticket
    refused = 0
    for _ in range(2):
        try:
            with db.write() as conn:
                cases.save(conn, [CaseChange(ticket=read, timers_dropped=(due.timer.key,))])
        except cases.Stale:
            refused += 1
    assert refused == 1
