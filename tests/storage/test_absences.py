"""Absences of staff: since when, and until when."""

from __future__ import annotations

from dataclasses import replace

from storage import absences
from storage.absences import Absence, AbsenceReason
from storage.engine import Database
from tests.storage.values import DAY, LEASE, NOW

ADA = Absence(address="ada@example.com", why=AbsenceReason.AWAY, since=NOW, moves_at=NOW + DAY, until=NOW + 9 * DAY)


def noted(db: Database, *those: Absence) -> None:
    """Store absences in order."""
    with db.write() as conn:
        for absence in those:
            absences.note(conn, absence)


def test_work_moves_after_a_while_and_back(db: Database) -> None:
    """Work belongs to the substitute from one instant up to the other."""
    noted(db, ADA)
    instants = (NOW, NOW + DAY, NOW + 8 * DAY, NOW + 9 * DAY)
    assert [absences.substituted(db, at) for at in instants] == [
        frozenset(), {"ada@example.com"}, {"ada@example.com"}, frozenset(),
    ]  # fmt: skip


def test_second_word_counts_and_changes_the_end_only(db: Database) -> None:
    """Another automatic reply is counted and changes only the end."""
    noted(
        db, ADA, replace(ADA, address="Ada@Example.com", since=NOW + DAY, moves_at=NOW + 2 * DAY, until=NOW + 12 * DAY)
    )
    assert absences.listing(db) == [replace(ADA, until=NOW + 12 * DAY, times=2)]


def test_due_once_to_tell_and_once_to_end(db: Database) -> None:
    """First telling the substitute is due, then the end; a claim excludes other workers."""
    noted(db, ADA)
    assert absences.claim(db, now=NOW, limit=9, lease=LEASE) == []
    assert absences.next_at(db) == NOW + DAY
    assert absences.claim(db, now=NOW + DAY, limit=9, lease=LEASE) == [ADA]
    assert absences.claim(db, now=NOW + DAY, limit=9, lease=LEASE) == []
    with db.write() as conn:
        absences.mark_substitute_told(conn, ADA)
    assert absences.next_at(db) == NOW + 9 * DAY
    assert absences.claim(db, now=NOW + 9 * DAY, limit=9, lease=LEASE) == [replace(ADA, told=True)]


def test_whoever_cannot_be_reached_stays_so_until_they_write(db: Database) -> None:
    """An absence without end is due only once, and ends when the person is back."""
    gone = replace(ADA, why=AbsenceReason.UNREACHABLE, moves_at=NOW, until=None)
    noted(db, gone)
    with db.write() as conn:
        absences.mark_substitute_told(conn, gone)
    assert absences.next_at(db) is None
    assert absences.substituted(db, NOW + 99 * DAY) == {"ada@example.com"}
    with db.write() as conn:
        assert absences.mark_back(conn, "ADA@example.com")
        assert not absences.mark_back(conn, "ada@example.com")
    assert absences.by_address(db, ["ada@example.com"]) == {}
