"""How an installation stands, in plain values: what `status`, health and metrics tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from daemon.runtime import restored_database
from storage import absences, inbox, last_runs, ledger, outbox, set_aside, tickets
from storage.engine import Database


def status_of(db: Database, now: datetime) -> dict[str, Any]:
    """How it stands at an instant. None where there is nothing of the sort; instants are ISO 8601 in UTC."""
    counts = tickets.counts(db, now=now)
    known = last_runs.every(db)
    return {
        "at": now.isoformat(),
        "inbox": {state.value: count for state, count in inbox.counts(db).items()},
        "not_taken": {desk or "earlier": count for desk, count in set_aside.by_desk(db).items()},
        "oldest_unread_mail": _iso(inbox.oldest_new(db)),
        "tickets_open": counts.open,
        "waiting_for": dict(counts.waiting_for),
        "promises_open": counts.promises_open,
        "promises_overdue": counts.promises_overdue,
        "stuck": counts.stuck,
        "outbox": {state.value: count for state, count in outbox.counts(db).items()},
        "oldest_waiting_letter": _iso(outbox.oldest_waiting(db)),
        "relay_away_since": _iso(known["relay away"].at) if "relay away" in known else None,
        "staff_away": {absence.address: _iso(absence.until) or absence.why.value for absence in absences.every(db)},
        "last": {name: mark.at.isoformat() for name, mark in known.items() if _is_done(name)},
        "ledger_entries": ledger.head(db).seq,
    }


def _is_done(mark: str) -> bool:
    """Whether a mark says when something was done; others say how something stands."""
    return mark not in ("relay away", restored_database.KEY) and not mark.startswith(last_runs.IN_DOUBT)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
