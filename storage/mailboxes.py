"""IMAP folders: how far each has been read, and whether each node can read it.

A position is the UIDs up to `last_uid` of one UIDVALIDITY (RFC 3501 section 2.3.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, select

from storage.engine import Source, reading
from storage.statements import upsert
from storage.tables import mailbox_states, mailboxes

_NODE_IS_GONE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """A position in one folder of one account. Under another `uidvalidity` the server's UIDs mean other mails."""

    account: str
    folder: str
    uidvalidity: int
    last_uid: int


def cursor(source: Source, account: str, folder: str) -> Cursor | None:
    """Return how far the folder has been read, or None when it never was."""
    same = (mailboxes.c.account == account) & (mailboxes.c.folder == folder)
    with reading(source) as conn:
        row = conn.execute(select(mailboxes).where(same)).mappings().first()
    return None if row is None else Cursor(**row)


def advance(conn: Connection, to: Cursor) -> None:
    """Store how far the folder has been read, in the transaction that accepts what was read."""
    row = {"account": to.account, "folder": to.folder, "uidvalidity": to.uidvalidity, "last_uid": to.last_uid}
    upsert(conn, mailboxes, [row])


class MailboxProblem(StrEnum):
    """Why a mailbox cannot be read. The values are stored."""

    UNREACHABLE = "unreachable"
    ENCRYPTION = "encryption"
    SIGN_IN = "sign-in"
    FOLDER = "folder"
    CONNECTION = "connection"
    REFUSED = "refused"
    BUG = "bug"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxState:
    """One folder as one node sees it, at `reported_at`.

    `read_at` is when it was last read to the end, `waiting` how many messages were not taken in yet (None: not known).
    While it cannot be read, `unreadable_since`, `problem` and `reason` (a sentence) say so.
    """

    account: str
    folder: str
    node: str
    reported_at: datetime
    read_at: datetime | None = None
    waiting: int | None = None
    unreadable_since: datetime | None = None
    problem: MailboxProblem | None = None
    reason: str = ""


def put_state(conn: Connection, state: MailboxState) -> None:
    """Store a node's view of a folder, and forget the views of nodes that have not reported on it for a day."""
    row = {name: getattr(state, name) for name in MailboxState.__dataclass_fields__}
    upsert(conn, mailbox_states, [row | {"problem": state.problem.value if state.problem else ""}])
    table = mailbox_states.c
    same = (table.account == state.account) & (table.folder == state.folder)
    conn.execute(delete(mailbox_states).where(same, table.reported_at < state.reported_at - _NODE_IS_GONE))


def states(source: Source) -> list[MailboxState]:
    """Return every node's view of every folder, by account, folder and node."""
    table = mailbox_states.c
    with reading(source) as conn:
        rows = conn.execute(select(mailbox_states).order_by(table.account, table.folder, table.node)).mappings().all()
    return [_state(row) for row in rows]


def state_of(source: Source, account: str, folder: str, node: str) -> MailboxState | None:
    """Return this node's view of a folder, or None when it never stored one."""
    table = mailbox_states.c
    same = (table.account == account) & (table.folder == folder) & (table.node == node)
    with reading(source) as conn:
        row = conn.execute(select(mailbox_states).where(same)).mappings().first()
    return None if row is None else _state(row)


def _state(row: RowMapping) -> MailboxState:
    values = dict(row)
    values["problem"] = MailboxProblem(row["problem"]) if row["problem"] else None
    return MailboxState(**values)
