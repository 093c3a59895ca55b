"""The read position of an IMAP folder, and each node's state of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import mailboxes
from storage.engine import Database
from storage.mailboxes import Cursor, MailboxProblem, MailboxState

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def cursor(**other: object) -> Cursor:
    """Return a position in a folder."""
    values = {"account": "box", "folder": "INBOX", "uidvalidity": 2**32 - 1, "last_uid": 7}
    return Cursor(**values | other)  # type: ignore[arg-type]


def test_a_folder_never_read_has_no_place(db: Database) -> None:
    """The first connection is told apart from all others."""
    assert mailboxes.cursor(db, "box", "INBOX") is None


def test_each_folder_has_its_own_place(db: Database) -> None:
    """Positions up to the largest UID, folder names in any script."""
    places = [cursor(), cursor(folder="Gelöscht 🗑", last_uid=2**32 - 1), cursor(account="other", last_uid=1)]
    with db.write() as conn:
        for place in places:
            mailboxes.advance(conn, place)
        mailboxes.advance(conn, cursor(uidvalidity=3, last_uid=0))
    assert mailboxes.cursor(db, "box", "INBOX") == cursor(uidvalidity=3, last_uid=0)
    assert mailboxes.cursor(db, "box", "Gelöscht 🗑") == places[1]
    assert mailboxes.cursor(db, "other", "INBOX") == places[2]


def state(**other: object) -> MailboxState:
    """Return a node's state of a folder."""
    values = {"account": "box", "folder": "INBOX", "node": "one", "reported_at": NOON}
    return MailboxState(**values | other)  # type: ignore[arg-type]


def test_each_node_has_its_own_view_of_a_folder(db: Database) -> None:
    """A node replaces only its own state, which is read back unchanged."""
    failing = state(
        node="two", problem=MailboxProblem.SIGN_IN, reason="no such user: büro 🗑", unreadable_since=NOON, waiting=None
    )
    with db.write() as conn:
        mailboxes.put_state(conn, state(waiting=7))
        mailboxes.put_state(conn, failing)
        mailboxes.put_state(conn, state(waiting=0, read_at=NOON))
        mailboxes.put_state(conn, state(folder="Gelöscht"))
    assert mailboxes.states(db) == [state(folder="Gelöscht"), state(waiting=0, read_at=NOON), failing]
    assert mailboxes.state_of(db, "box", "INBOX", "two") == failing
    assert mailboxes.state_of(db, "box", "INBOX", "three") is None


def test_a_node_that_is_gone_is_forgotten(db: Database) -> None:
    """A state older than a day is deleted when another node stores one of the same folder."""
    with db.write() as conn:
        mailboxes.put_state(conn, state(node="gone"))
        mailboxes.put_state(conn, state(node="gone", folder="Other"))
        mailboxes.put_state(conn, state(reported_at=NOON + timedelta(days=1)))
        assert len(mailboxes.states(conn)) == 3
        mailboxes.put_state(conn, state(reported_at=NOON + timedelta(days=1, seconds=1)))
    assert [(view.folder, view.node) for view in mailboxes.states(db)] == [("INBOX", "one"), ("Other", "gone")]
