"""The ledger: an append-only hash chain of events.

Each entry's hash covers its number, the hash before it, ticket, instant, event, actor and the SHA-256 of its
facts. Facts can therefore be erased (GDPR article 17) and the chain still verifies; any other change is found.
The head row holds the last entry, which reveals a truncated chain. Somebody with the database's password could rewrite
the whole chain: to detect that, keep a copy of the head elsewhere and verify against it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Text, cast, select, update

from storage.columns import to_json
from storage.engine import Source, reading
from storage.statements import insert_new
from storage.tables import ledger, ledger_head
from storage.values import LedgerEntry

GENESIS = "0" * 64
_PAGE = 2000
_COVERED = [column for column in ledger.c if column.name != "facts"]
_WRITTEN = cast(ledger.c.facts, Text).label("facts")  # the stored text, which was hashed, not the parsed JSON


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the number of its last entry, 0 for none, and that entry's hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of verifying. `broken_at` is the first number at which the chain is broken, or None; `problem` says
    what is wrong there; `entries` counts the valid entries before it, `erased` those of them without facts."""

    head: Head
    entries: int
    erased: int
    broken_at: int | None = None
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether the whole chain is valid."""
        return self.broken_at is None


def append(conn: Connection, entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Add entries in order; returns them with seq, prev and hash. Other nodes wait until this transaction
    ends, so it belongs at the end of one."""
    if not entries:
        return []
    end = _lock_head(conn)
    chained: list[LedgerEntry] = []
    rows: list[dict[str, Any]] = []
    for entry in entries:
        row = _row(entry, end)
        end = Head(row["seq"], row["hash"])
        rows.append(row)
        chained.append(replace(entry, seq=end.seq, prev=row["prev"], hash=end.hash))
    conn.execute(ledger.insert(), rows)
    conn.execute(update(ledger_head).values(seq=end.seq, hash=end.hash))
    return chained


def _lock_head(conn: Connection) -> Head:
    query = select(ledger_head.c.seq, ledger_head.c.hash).with_for_update()
    row = conn.execute(query).first()
    if row is None:
        insert_new(conn, ledger_head, [{"id": 1, "seq": 0, "hash": GENESIS}])
        row = conn.execute(query).one()
    return Head(row.seq, row.hash)


def _row(entry: LedgerEntry, before: Head) -> dict[str, Any]:
    row = {
        "seq": before.seq + 1,
        "prev": before.hash,
        "ticket_id": entry.ticket_id,
        "at": entry.at,
        "event": str(entry.event),
        "actor": entry.by,
        "facts": entry.facts,
        "facts_sha256": _sha256(to_json(entry.facts)),
    }
    return row | {"hash": _hash(row)}


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _hash(row: RowMapping | dict[str, Any]) -> str:
    instant: datetime = row["at"].astimezone(UTC)
    names = ("seq", "prev", "ticket_id", "event", "actor", "facts_sha256")
    return _sha256(to_json([instant.isoformat(timespec="microseconds"), *(row[name] for name in names)]))


def head(source: Source) -> Head:
    """The last entry, from the head row. Keep a copy of it elsewhere for verify()."""
    with reading(source) as conn:
        row = conn.execute(select(ledger_head.c.seq, ledger_head.c.hash)).first()
        return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def entry(row: RowMapping) -> LedgerEntry:
    """Convert a ledger row to a value; erased facts are empty."""
    names = ("ticket_id", "at", "event", "seq", "prev", "hash")
    return LedgerEntry(by=row["actor"], facts=row["facts"] or {}, **{name: row[name] for name in names})


def verify(source: Source, *, anchor: Head | None = None) -> Verdict:
    """Verify the whole chain; returns a Verdict with the first break and its reason, if any.

    `anchor` is a head that was kept elsewhere: the chain must contain it.
    """
    with reading(source) as conn:
        stored_head = head(conn)
        end, erased = Head(0, GENESIS), 0
        for row in _rows(conn):
            if problem := _problem(row, end) or _off_anchor(row, anchor):
                return Verdict(stored_head, end.seq, erased, end.seq + 1, problem)
            end, erased = Head(row["seq"], row["hash"]), erased + (row["facts"] is None)
    if end != stored_head:
        problem = f"cut short: the head is {stored_head.seq}, the last entry {end.seq}"
        return Verdict(stored_head, end.seq, erased, end.seq + 1, problem)
    if anchor and anchor.seq > end.seq:
        return Verdict(stored_head, end.seq, erased, end.seq + 1, f"cut short: entry {anchor.seq} was noted elsewhere")
    return Verdict(stored_head, end.seq, erased)


def _rows(conn: Connection) -> Iterator[RowMapping]:
    """Every entry in order, read in pages so that memory use does not grow with the ledger."""
    last = -1
    while True:
        query = select(*_COVERED, _WRITTEN).where(ledger.c.seq > last).order_by(ledger.c.seq).limit(_PAGE)
        page = conn.execute(query).mappings().all()
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1]["seq"]


def _problem(row: RowMapping, before: Head) -> str:
    if row["seq"] != before.seq + 1:
        return f"missing: the next entry there is {row['seq']}"
    if row["prev"] != before.hash:
        return "out of order: it does not follow the entry before it"
    if row["facts"] is not None and row["facts_sha256"] != _sha256(row["facts"]):
        return "changed: its facts are not those that were written"
    if row["hash"] != _hash(row):
        return "changed: it does not have the hash it was given"
    return ""


def _off_anchor(row: RowMapping, anchor: Head | None) -> str:
    if anchor and row["seq"] == anchor.seq and row["hash"] != anchor.hash:
        return "rewritten: its hash is not the one noted elsewhere"
    return ""
