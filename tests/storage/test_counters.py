"""Counters of ticket ids and references."""

from __future__ import annotations

from storage import cases, counters
from storage.engine import Database


def test_counters_go_on_behind_the_highest(db: Database) -> None:
    """A higher counter stays, a missing one starts after the given number; ids and references are raised together."""
    with db.write() as conn:
        cases.reserve(conn, "C", 2026, 3)
        cases.reserve(conn, "R", 2026, 1)
    with db.write() as conn:
        counters.raise_to(conn, {"ticket": 200, "reference C-2026": 2, "reference Q-2025": 100})
    stands = {"ticket": 200, "reference C-2026": 3, "reference R-2026": 1, "reference Q-2025": 100}
    assert counters.last_values(db) == stands
    with db.write() as conn:
        assert cases.reserve(conn, "Q", 2025, 1) == [(201, "Q-2025-000101")]
        assert cases.reserve(conn, "C", 2026, 1) == [(202, "C-2026-000004")]
