"""Delivery reports that may be forged: how many a team has been told of within a day, and how many at most."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from storage import last_runs
from storage.engine import Source
from storage.last_runs import IN_DOUBT as MARK
from storage.values import Ticket

MOST_A_DAY = 5
"""Cases of one desk that its team is told of in a day when reports are in doubt; the others only keep them."""


_DAY = timedelta(days=1)


def told_today(source: Source, ticket: Ticket, now: datetime) -> int:
    """Of how many reports in doubt the ticket's team was told within a day."""
    mark = last_runs.get(source, _mark(ticket))
    return int(mark.text) if mark is not None and mark.at > now - _DAY else 0


def note_told(conn: Any, ticket: Ticket, now: datetime) -> None:
    """Count one more; a day begins with the first of them."""
    mark = last_runs.get(conn, _mark(ticket))
    begun = mark is not None and mark.at > now - _DAY
    at, count = (mark.at, int(mark.text) + 1) if mark is not None and begun else (now, 1)
    last_runs.put(conn, _mark(ticket), last_runs.Mark(at, str(count)))


def _mark(ticket: Ticket) -> str:
    return f"{MARK} {ticket.policy}/{ticket.team}"
