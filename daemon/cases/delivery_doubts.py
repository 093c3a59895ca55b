"""Limit how many doubtful delivery reports a team is told of in a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from storage import last_runs
from storage.engine import Source
from storage.last_runs import IN_DOUBT as MARK
from storage.values import Ticket

MOST_A_DAY = 5
"""The most reports a day that a team is told of; further ones are only stored on their cases."""

_DAY = timedelta(days=1)


def reports_told_today(source: Source, ticket: Ticket, now: datetime) -> int:
    """Return how many doubtful reports the ticket's team was told of in the current day."""
    mark = last_runs.get(source, _mark(ticket))
    return int(mark.text) if mark is not None and mark.at > now - _DAY else 0


def count_report_told(conn: Any, ticket: Ticket, now: datetime) -> None:
    """Count one more report that the team was told of; the day of 24 hours begins with the first one."""
    mark = last_runs.get(conn, _mark(ticket))
    begun = mark is not None and mark.at > now - _DAY
    at, count = (mark.at, int(mark.text) + 1) if mark is not None and begun else (now, 1)
    last_runs.put(conn, _mark(ticket), last_runs.Mark(at, str(count)))


def _mark(ticket: Ticket) -> str:
    return f"{MARK} {ticket.policy}/{ticket.team}"
