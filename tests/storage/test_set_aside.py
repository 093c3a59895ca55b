"""Mail set aside: for which team and why, what has been listed, and which node writes the next list."""

from __future__ import annotations

from datetime import timedelta

from storage import inbox, retries, set_aside
from storage.engine import Database
from storage.mail_values import Ending, Finished, SetAsideReason
from storage.values import InboxRow, InboxState, RawMail
from tests.storage.values import LEASE, NOW, mail


def claimed(db: Database, *mails: RawMail) -> list[InboxRow]:
    """Take in and claim mails."""
    with db.write() as conn:
        inbox.accept(conn, mails)
    return inbox.claim(db, now=NOW, limit=100, lease=LEASE)


def put(db: Database, row: InboxRow, desk: str = "complaints", *, urgent: bool = False) -> bool:
    """Set one mail aside."""
    how = {"from": "noreply@x.example", "subject": "Hello", "words": "It is broken."}
    with db.write() as conn:
        return set_aside.store(
            conn, row.id, desk=desk, why=SetAsideReason.LIST, reason="List-Id: x", attempt=row.attempts, urgent=urgent,
            message_id="1@x.example", summary=how,
        )  # fmt: skip


def test_what_a_list_tells_of_a_mail(db: Database) -> None:
    """Sender, subject, first words, reason; urgent first; only this team's mails."""
    rows = claimed(db, mail(1), mail(2), mail(3))
    assert [put(db, rows[0]), put(db, rows[1], urgent=True), put(db, rows[2], "other")] == [True] * 3
    found, count = set_aside.unlisted(db, "complaints", most=10)
    assert ([row.id for row in found], count) == ([rows[1].id, rows[0].id], 2)
    row = found[0]
    assert (row.sender, row.subject, row.words, row.why, row.reason, row.urgent) == (
        "noreply@x.example", "Hello", "It is broken.", "list", "List-Id: x", True,
    )  # fmt: skip
    assert set_aside.counts_by_desk(db) == {"complaints": 2, "other": 1}
    line = inbox.find(db, str(rows[0].id))[0]
    assert (line.state, line.ending, line.message_id) == (InboxState.QUARANTINED, Ending.SET_ASIDE, "1@x.example")


def test_what_was_told_is_not_told_again(db: Database) -> None:
    """Up to the newest mail of the list; later mail is for the next list."""
    rows = claimed(db, mail(1), mail(2), mail(3))
    put(db, rows[0])
    put(db, rows[1])
    until = set_aside.newest_unlisted(db, "complaints")
    put(db, rows[2])
    with db.write() as conn:
        set_aside.mark_listed(conn, "complaints", until=until)
    assert [line.id for line in set_aside.unlisted(db, "complaints", most=10)[0]] == [rows[2].id]
    assert set_aside.unlisted(db, "complaints", most=0) == ([], 1)
    assert set_aside.counts_by_desk(db) == {"complaints": 3}


def test_a_mail_that_goes_round_again_is_not_told_of(db: Database) -> None:
    """A released mail has no reason any more."""
    (row,) = claimed(db, mail(1))
    put(db, row, urgent=True)
    with db.write() as conn:
        assert inbox.replay(conn, row.id)
    assert set_aside.unlisted(db, "complaints", most=10) == ([], 0)
    assert set_aside.newest_unlisted(db, "complaints") == 0
    assert [(line.ending, line.why) for line in inbox.listing(db)] == [("", "")]


def test_whoever_has_lost_the_claim_sets_nothing_aside(db: Database) -> None:
    """Another worker has claimed the mail meanwhile."""
    (old,) = claimed(db, mail(1))
    assert retries.claim_one(db, now=NOW + LEASE, lease=LEASE, attempts=5, longest=LEASE) is not None
    assert not put(db, old)
    assert set_aside.counts_by_desk(db) == {}


def test_turns_are_counted_by_desk(db: Database) -> None:
    """Each lock of a list returns the next number."""
    with db.write() as conn:
        assert [set_aside.lock_desk(conn, desk_name) for desk_name in ("a", "a", "b", "a")] == [1, 2, 1, 3]


def test_cases_that_were_opened_by_a_way_are_counted(db: Database) -> None:
    """Of one team, since an instant, up to a limit."""
    rows = claimed(db, *(mail(number) for number in range(5)))
    ways = ["Reply-To", "Reply-To", "X-Original-From", "", "Reply-To"]
    with db.write() as conn:
        for row, way in zip(rows, ways, strict=True):
            desk = "other" if row is rows[4] else "complaints"
            inbox.finish_all(conn, [Finished(id=row.id, verdict="x", ending=Ending.OPENED, desk=desk, way=way)])
    assert set_aside.count_opened_by_way(db, "complaints", since=NOW - timedelta(hours=1), most=10) == 3
    assert set_aside.count_opened_by_way(db, "complaints", since=NOW - timedelta(hours=1), most=2) == 2
    assert set_aside.count_opened_by_way(db, "complaints", since=NOW + timedelta(hours=1), most=10) == 0
