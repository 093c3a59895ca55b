"""When something last happened."""

from __future__ import annotations

from storage import marks
from storage.engine import Database
from storage.marks import Mark
from tests.storage.values import DAY, NOW


def test_the_last_time_counts(db: Database) -> None:
    """A mark is replaced by the next of its name, and gone when it is dropped."""
    with db.write() as conn:
        marks.put(conn, "polled box", Mark(NOW, "12 mails"))
        marks.put(conn, "backup", Mark(NOW))
        marks.put(conn, "polled box", Mark(NOW + DAY))
    assert marks.every(db) == {"backup": Mark(NOW), "polled box": Mark(NOW + DAY)}
    assert (marks.get(db, "backup"), marks.get(db, "never was")) == (Mark(NOW), None)
    with db.write() as conn:
        marks.drop(conn, "backup")
        marks.drop(conn, "never was")
    assert list(marks.every(db)) == ["polled box"]
