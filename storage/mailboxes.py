"""How far each IMAP folder has been read: up to `last_uid` of its UIDVALIDITY (RFC 3501 section 2.3.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.engine import Source, reading
from storage.statements import upsert
from storage.tables import mailboxes


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """A position in a folder of an account. When `uidvalidity` changes, the server has renumbered the mails."""

    account: str
    folder: str
    uidvalidity: int
    last_uid: int


def cursor(source: Source, account: str, folder: str) -> Cursor | None:
    """How far the folder has been read; None when it has not been read yet."""
    same = (mailboxes.c.account == account) & (mailboxes.c.folder == folder)
    with reading(source) as conn:
        row = conn.execute(select(mailboxes).where(same)).mappings().first()
    return None if row is None else Cursor(**row)


def advance(conn: Connection, to: Cursor) -> None:
    """Store how far the folder has been read, in the transaction that accepts the mails."""
    row = {"account": to.account, "folder": to.folder, "uidvalidity": to.uidvalidity, "last_uid": to.last_uid}
    upsert(conn, mailboxes, [row])
