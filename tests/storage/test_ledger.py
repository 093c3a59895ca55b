"""The ledger detects any entry that was changed, removed, reordered or cut off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from storage import ledger
from storage.engine import Database
from storage.ledger import GENESIS, Head
from storage.tables import ledger as table
from storage.tables import ledger_head
from tests.storage.values import NOW, entries_of, entry

Tampering = Callable[[Connection], object]


def append(db: Database, *events: str) -> None:
    """Append entries in one transaction."""
    with db.write() as conn:
        ledger.append(conn, [entry(7, event, order=number) for number, event in enumerate(events)])


def tamper(db: Database, *statements: object) -> None:
    """Change the tables as somebody with the database password can."""
    with db.write() as conn:
        for statement in statements:
            conn.execute(statement)  # type: ignore[call-overload]


def test_an_empty_ledger_holds(db: Database) -> None:
    """An empty ledger verifies."""
    verdict = ledger.verify(db)
    assert (verdict.holds, verdict.entries, verdict.head) == (True, 0, Head(0, GENESIS))


def test_entries_are_chained_as_they_are_written(db: Database) -> None:
    """Numbers start at 1 and each entry has the hash of the one before."""
    with db.write() as conn:
        first, second = ledger.append(conn, [entry(7, "opened"), entry(None, "started")])
        third = ledger.append(conn, [entry(7, "closed")])[0]
    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert [first.prev, second.prev, third.prev] == [GENESIS, first.hash, second.hash]
    assert entries_of(db, 7) == [first, third]
    assert ledger.head(db) == Head(3, third.hash)
    assert ledger.verify(db).holds


def test_every_sort_of_fact_verifies_after_it_was_stored(db: Database) -> None:
    """Emoji, nested values, numbers and frozen mappings hash the same before and after storage."""
    facts = {"z": 1.5, "a": [None, True, {"ß": "逆变器 🔥"}], "n": -(10**15), "frozen": MappingProxyType({"k": "v"})}
    with db.write() as conn:
        ledger.append(conn, [entry(7, "said", **facts), replace(entry(7), at=NOW + timedelta(microseconds=1))])
        ledger.append(conn, [entry(7, "counted", by_number={10: "ten", 2: "two"}, order=(1, 2))])
    assert ledger.verify(db).holds
    said, _, counted = entries_of(db, 7)
    assert said.facts == facts | {"frozen": {"k": "v"}}
    assert counted.facts == {"by_number": {"10": "ten", "2": "two"}, "order": [1, 2]}


def test_facts_that_would_come_back_changed_are_refused(db: Database) -> None:
    """A datetime or a set is no JSON value; the caller must convert it."""
    with pytest.raises(TypeError, match="not a JSON value"), db.write() as conn:
        ledger.append(conn, [entry(7, "said", at=NOW)])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param({"event": "kept"}, "changed", id="event"),
        pytest.param({"actor": "nobody"}, "changed", id="actor"),
        pytest.param({"at": NOW + timedelta(days=1)}, "changed", id="instant"),
        pytest.param({"ticket_id": 8}, "changed", id="ticket"),
        pytest.param({"facts": {"order": 99}}, "changed: its facts", id="facts"),
        pytest.param({"facts_sha256": "0" * 64, "facts": None}, "changed", id="facts and their hash"),
        pytest.param({"hash": "0" * 64}, "changed", id="hash"),
        pytest.param({"prev": "0" * 64}, "out of order", id="hash before"),
        pytest.param({"seq": 77}, "missing", id="number"),
    ],
)
def test_an_edited_entry_is_found(db: Database, change: dict[str, object], problem: str) -> None:
    """The verdict names the edited entry, whatever field was changed."""
    append(db, *"abcdef")
    tamper(db, update(table).where(table.c.seq == 3).values(change))
    verdict = ledger.verify(db)
    assert (verdict.holds, verdict.broken_at, verdict.entries) == (False, 3, 2)
    assert verdict.problem.startswith(problem)


@pytest.mark.parametrize(
    ("gone", "broken_at", "problem"),
    [(3, 3, "missing"), (1, 1, "missing"), (6, 6, "cut short")],
    ids=["in the middle", "the first", "the last"],
)
def test_a_deleted_entry_is_found(db: Database, gone: int, broken_at: int, problem: str) -> None:
    """Also the last one, since the head row has its number."""
    append(db, *"abcdef")
    tamper(db, delete(table).where(table.c.seq == gone))
    verdict = ledger.verify(db)
    assert verdict.broken_at == broken_at
    assert verdict.problem.startswith(problem)


def test_two_entries_that_changed_places_are_found(db: Database) -> None:
    """Each entry is genuine, but does not follow the one before it."""
    append(db, *"abcdef")
    numbers = [(3, 103), (4, 3), (103, 4)]
    tamper(db, *(update(table).where(table.c.seq == old).values(seq=new) for old, new in numbers))
    verdict = ledger.verify(db)
    assert verdict.broken_at == 3
    assert verdict.problem.startswith("out of order")


def test_an_entry_slipped_in_at_the_end_is_found(db: Database) -> None:
    """It has no valid hash, and the head row does not know it."""
    append(db, *"abc")
    head = ledger.head(db)
    row = {"seq": 4, "at": NOW, "event": "kept", "actor": "x", "facts": {}, "facts_sha256": "", "prev": head.hash}
    tamper(db, insert(table).values(hash="1" * 64, **row))
    assert ledger.verify(db).broken_at == 4


def test_a_head_that_was_turned_back_is_found(db: Database) -> None:
    """Truncating chain and head row alike contradicts a head noted elsewhere."""
    append(db, *"abcdef")
    noted = ledger.head(db)
    fifth = entries_of(db, 7)[4]
    tamper(db, delete(table).where(table.c.seq == 6), update(ledger_head).values(seq=5, hash=fifth.hash))
    assert ledger.verify(db).holds
    verdict = ledger.verify(db, anchor=noted)
    assert (verdict.broken_at, verdict.problem) == (6, "cut short: entry 6 was noted elsewhere")


def test_a_head_row_taken_away_is_found(db: Database) -> None:
    """Without the head row the end of the chain is unknown."""
    append(db, *"abc")
    tamper(db, delete(ledger_head))
    assert not ledger.verify(db).holds


def test_a_chain_written_anew_is_found_by_what_was_noted(db: Database) -> None:
    """A consistent rewrite contradicts a head noted elsewhere."""
    append(db, *"abcdef")
    noted = ledger.head(db)
    tamper(db, delete(table), delete(ledger_head))
    append(db, *"abcxefgh")
    assert ledger.verify(db).holds
    verdict = ledger.verify(db, anchor=noted)
    assert verdict.broken_at == 6
    assert verdict.problem.startswith("rewritten")


def test_a_chain_that_grew_passes_through_what_was_noted(db: Database) -> None:
    """An older noted head still matches."""
    append(db, *"abc")
    noted = ledger.head(db)
    append(db, *"def")
    assert ledger.verify(db, anchor=noted).holds


def test_facts_can_be_erased_and_the_chain_still_holds(db: Database) -> None:
    """The chain verifies after erasure, and the verdict counts the erased entries."""
    append(db, *"abcdef")
    tamper(db, update(table).where(table.c.seq == 3).values(facts=None))
    verdict = ledger.verify(db)
    assert (verdict.holds, verdict.entries, verdict.erased) == (True, 6, 1)
    assert entries_of(db, 7)[2].facts == {}


def test_a_ledger_longer_than_a_page_is_read_whole(db: Database) -> None:
    """A fault after thousands of entries is found."""
    append(db, *(["x"] * 4500))
    assert ledger.verify(db).entries == 4500
    tamper(db, update(table).where(table.c.seq == 4321).values(event="y"))
    assert ledger.verify(db).broken_at == 4321


def test_many_nodes_write_one_chain(db: Database) -> None:
    """Four concurrent workers append one sequence without a gap."""

    def work(_worker: int) -> None:
        for _ in range(10):
            append(db, "a", "b")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert ledger.verify(db).entries == 80
    with db.read() as conn:
        assert conn.scalars(select(table.c.seq).order_by(table.c.seq)).all() == list(range(1, 81))


def test_verifying_while_others_write_finds_nothing_wrong(db: Database) -> None:
    """Head and entries are read in one snapshot."""
    append(db, *(["x"] * 2500))
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            append(db, "y")

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            verdicts = [ledger.verify(db) for _ in range(5)]
        finally:
            stop.set()
        writing.result()
    assert [verdict.problem for verdict in verdicts] == [""] * 5


def test_an_append_rolled_back_leaves_no_trace(db: Database) -> None:
    """The chain continues from the last committed entry."""
    append(db, "a")
    with db.write() as conn:
        ledger.append(conn, [entry(7, "never")])
        conn.rollback()
    append(db, "b")
    assert [entry.event for entry in entries_of(db, 7)] == ["a", "b"]
    assert ledger.verify(db).holds


def test_the_hash_covers_what_the_documents_say(db: Database) -> None:
    """An entry can be checked with SHA-256 and the documentation alone."""
    import hashlib

    append(db, "opened")
    [entry] = entries_of(db, 7)
    facts = hashlib.sha256(b'{"order":0}').hexdigest()
    covered = f'["2026-03-02T09:00:00.000000+00:00",1,"{GENESIS}",7,"opened","reclamo","{facts}"]'
    assert entry.hash == hashlib.sha256(covered.encode()).hexdigest()


def test_the_stored_text_is_what_was_hashed(db: Database) -> None:
    """The table has exactly the text that the hash covers."""
    import hashlib

    with db.write() as conn:
        ledger.append(conn, [entry(7, "said", b="ü", a=[1, 2])])
    with db.read() as conn:
        stored, sha256 = conn.execute(text("SELECT CAST(facts AS TEXT), facts_sha256 FROM ledger")).one()
    assert stored == '{"a":[1,2],"b":"ü"}'
    assert sha256 == hashlib.sha256(stored.encode()).hexdigest()
