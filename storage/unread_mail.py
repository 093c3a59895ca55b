"""Mail that has not been read: it waits, or reading it failed. Only the start of its bytes is returned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, RowMapping, func, select

from storage.engine import Source, reading
from storage.tables import INBOX_NEW, INBOX_QUARANTINED, blobs, inbox
from storage.values import InboxState

_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadMail:
    """A mail that has not been read; `head` is the start of its bytes."""

    id: int
    state: InboxState
    received_at: datetime
    envelope_from: str
    recipients: tuple[str, ...]
    head: bytes


def unread_mails(source: Source, *, since: datetime, octets: int, most: int) -> list[UnreadMail]:
    """The oldest mails that wait and the newest, received since `since`, that were set aside unread: up to `most` of
    each,
    with their first `octets` octets, in order of their ids."""
    aside = INBOX_QUARANTINED & inbox.c.ticket_id.is_(None) & inbox.c.summary.is_(None) & (inbox.c.received_at >= since)
    with reading(source) as conn:
        waiting = _ids(conn, INBOX_NEW, inbox.c.id, most)
        found = sorted((*waiting, *_ids(conn, aside, inbox.c.id.desc(), most)))
        return [
            mail for at in range(0, len(found), _AT_ONCE) for mail in _heads(conn, found[at : at + _AT_ONCE], octets)
        ]


def _ids(conn: Connection, which: ColumnElement[bool], order: ColumnElement[Any], most: int) -> list[int]:
    return list(conn.scalars(select(inbox.c.id).where(which).order_by(order).limit(most)))


def _heads(conn: Connection, ids: Iterable[int], octets: int) -> list[UnreadMail]:
    head = func.substr(blobs.c.raw, 1, octets, type_=LargeBinary).label("head")
    names = ("id", "state", "received_at", "envelope_from", "recipients")
    query = select(*(inbox.c[name] for name in names), head).join_from(inbox, blobs, blobs.c.sha256 == inbox.c.sha256)
    rows = conn.execute(query.where(inbox.c.id.in_(list(ids))).order_by(inbox.c.id)).mappings()
    return [_unread(row) for row in rows]


def _unread(row: RowMapping) -> UnreadMail:
    fields = dict(row) | {"state": InboxState(row["state"]), "recipients": tuple(row["recipients"])}
    return UnreadMail(**fields)
