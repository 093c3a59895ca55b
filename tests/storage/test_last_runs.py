"""When a recurring job last ran."""

from __future__ import annotations

from storage import last_runs
from storage.engine import Database
from storage.last_runs import Mark
from tests.storage.values import DAY, NOW


def test_the_last_time_counts(db: Database) -> None:
    """A run replaces the last of its name and can be dropped."""
    with db.write() as conn:
        last_runs.put(conn, "polled box", Mark(NOW, "12 mails"))
        last_runs.put(conn, "backup", Mark(NOW))
        last_runs.put(conn, "polled box", Mark(NOW + DAY))
    assert last_runs.all_marks(db) == {"backup": Mark(NOW), "polled box": Mark(NOW + DAY)}
    assert (last_runs.get(db, "backup"), last_runs.get(db, "never was")) == (Mark(NOW), None)
    with db.write() as conn:
        last_runs.drop(conn, "backup")
        last_runs.drop(conn, "never was")
    assert list(last_runs.all_marks(db)) == ["polled box"]
