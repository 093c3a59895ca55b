"""Where reading an IMAP folder goes on."""

from __future__ import annotations

from storage import mailboxes
from storage.engine import Database
from storage.mailboxes import Cursor


def cursor(**other: object) -> Cursor:
    """A place in a folder."""
    values = {"account": "box", "folder": "INBOX", "uidvalidity": 2**32 - 1, "last_uid": 7}
    return Cursor(**values | other)  # type: ignore[arg-type]


def test_a_folder_never_read_has_no_place(db: Database) -> None:
    """The first connection can be told from all others."""
    assert mailboxes.cursor(db, "box", "INBOX") is None


def test_each_folder_has_its_own_place(db: Database) -> None:
    """Numbers up to the largest of IMAP fit, and folder names in any script."""
    places = [cursor(), cursor(folder="Gelöscht 🗑", last_uid=2**32 - 1), cursor(account="other", last_uid=1)]
    with db.write() as conn:
        for place in places:
            mailboxes.advance(conn, place)
        mailboxes.advance(conn, cursor(uidvalidity=3, last_uid=0))
    assert mailboxes.cursor(db, "box", "INBOX") == cursor(uidvalidity=3, last_uid=0)
    assert mailboxes.cursor(db, "box", "Gelöscht 🗑") == places[1]
    assert mailboxes.cursor(db, "other", "INBOX") == places[2]
