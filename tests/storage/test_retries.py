"""Mail tried before is claimed alone and a bounded number of times; attempts that were not its fault do not count."""

from __future__ import annotations

from storage import inbox, retries
from storage.engine import Database
from storage.mail_values import Ending
from storage.retries import RetriedMail
from storage.values import InboxState
from tests.storage.values import DAY, LEASE, MINUTE, NOW, finish_row, mail

ATTEMPTS = 3


def accept(db: Database, number: int) -> list[int]:
    """Take this many mails in; return their row numbers."""
    with db.write() as conn:
        return [accepted.id for accepted in inbox.accept(conn, [mail(at) for at in range(number)])]


def tried(db: Database, now: object = NOW) -> RetriedMail | None:
    """Claim one mail that was tried before."""
    return retries.claim_one(db, now=now, lease=LEASE, attempts=ATTEMPTS, longest=10 * MINUTE)  # type: ignore[arg-type]


def test_a_killed_batch_comes_back_one_by_one(db: Database) -> None:
    """After the lease, alone, oldest first; new mail is claimed without them."""
    ids = accept(db, 3)
    inbox.claim(db, now=NOW, limit=9, lease=LEASE)
    assert tried(db) is None
    assert inbox.claim(db, now=NOW + LEASE, limit=9, lease=LEASE) == []
    came = [tried(db, NOW + LEASE) for _ in range(4)]
    assert [retry and (retry.row.id, retry.row.attempts, retry.is_last) for retry in came] == [
        *((number, 2, False) for number in ids),
        None,
    ]


def test_the_least_tried_comes_first(db: Database) -> None:
    """Mails that keep killing the process do not hold back one that was only in their batch."""
    first, second = accept(db, 2)
    inbox.claim(db, now=NOW, limit=1, lease=LEASE)
    tried(db, NOW + LEASE)
    inbox.claim(db, now=NOW + LEASE, limit=1, lease=LEASE)
    came = [tried(db, NOW + 2 * LEASE) for _ in range(2)]
    assert [retry and retry.row.id for retry in came] == [second, first]


def test_after_its_attempts_it_comes_to_be_set_aside_only(db: Database) -> None:
    """The attempts stay, with how many of them ended without a result."""
    accept(db, 1)
    [row] = inbox.claim(db, now=NOW, limit=1, lease=LEASE)
    with db.write() as conn:
        inbox.put_off(conn, row.id, error="KeyError: 'x'", not_before=NOW, attempt=1)
    now = NOW
    for attempt in (2, 3):
        retry = tried(db, now)
        assert retry is not None
        assert (retry.row.attempts, retry.is_last) == (attempt, False)
        now += LEASE
    for _ in range(2):  # the worker that should set it aside may be killed as well
        retry = tried(db, now)
        assert retry is not None
        assert (retry.row.attempts, retry.row.unfinished, retry.is_last, retry.row.error) == (
            3,
            2,
            True,
            "KeyError: 'x'",
        )
        now += LEASE


def test_what_is_given_back_was_never_claimed(db: Database) -> None:
    """The attempt is not counted, and it is claimed with new mail at once; a mail that failed by itself keeps its
    attempt."""
    accept(db, 3)
    rows = inbox.claim(db, now=NOW, limit=9, lease=LEASE)
    with db.write() as conn:
        inbox.put_off(conn, rows[0].id, error="KeyError: 'x'", not_before=NOW + MINUTE, attempt=1)
        finish_row(conn, rows[1].id, verdict="new case", ending=Ending.OPENED)
        assert retries.unclaim(conn, rows, until=NOW + LEASE) == 1
    assert [(row.id, row.attempts) for row in inbox.claim(db, now=NOW, limit=9, lease=LEASE)] == [(rows[2].id, 1)]
    retry = tried(db, NOW + MINUTE)
    assert retry is not None
    assert (retry.row.id, retry.row.attempts) == (rows[0].id, 2)


def test_what_is_another_worker_s_by_now_is_not_given_back(db: Database) -> None:
    """Rows claimed again by another worker after the lease are not given back."""
    accept(db, 1)
    rows = inbox.claim(db, now=NOW, limit=9, lease=LEASE)
    tried(db, NOW + LEASE)
    with db.write() as conn:
        assert retries.unclaim(conn, rows, until=NOW + LEASE) == 0


def test_what_a_clock_that_was_ahead_claimed_does_not_wait_for_it(db: Database) -> None:
    """A claim made a year ahead counts as expired for a node with the right time."""
    [number] = accept(db, 1)
    inbox.claim(db, now=NOW + 365 * DAY, limit=1, lease=LEASE)
    retry = tried(db)
    assert retry is not None
    assert retry.row.id == number
    assert tried(db) is None


def test_a_batch_is_bounded_in_bytes(db: Database) -> None:
    """As many as fit, in order; a larger mail is a batch of its own and is not overtaken."""
    sizes = (400, 400, 400, 5000, 10)
    with db.write() as conn:
        inbox.accept(conn, [mail(raw=bytes([65 + at]) * size) for at, size in enumerate(sizes)])
    batches = []
    while rows := inbox.claim(db, now=NOW, limit=9, lease=LEASE, most_bytes=1000):
        batches.append([len(row.mail.raw) for row in rows])
    assert batches == [[400, 400], [400], [5000], [10]]


def test_released_it_has_all_its_attempts_again(db: Database) -> None:
    """A released mail has no attempts counted."""
    accept(db, 1)
    [row] = inbox.claim(db, now=NOW, limit=1, lease=LEASE)
    with db.write() as conn:
        inbox.set_aside(conn, row.id, error="ended the process")
        inbox.replay(conn, row.id)
    [again] = inbox.claim(db, now=NOW, limit=1, lease=LEASE)
    assert (again.attempts, again.unfinished, again.state) == (1, 1, InboxState.NEW)
