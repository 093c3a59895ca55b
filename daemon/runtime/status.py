"""The state of an installation in plain values, for `reclamo status`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.settings import Settings
from daemon.runtime import restored_database
from storage import absences, inbox, last_runs, ledger, mailboxes, outbox, set_aside, tickets
from storage.engine import Database
from storage.mailboxes import MailboxState


def status_of(db: Database, settings: Settings, now: datetime) -> dict[str, Any]:
    """Return counts and instants by name. Instants are ISO 8601 in UTC, None where there is none."""
    counts = tickets.counts(db, now=now)
    known = last_runs.all_marks(db)
    return {
        "at": now.isoformat(),
        "inbox": {state.value: count for state, count in inbox.counts(db).items()},
        "not_taken": {desk or "earlier": count for desk, count in set_aside.counts_by_desk(db).items()},
        "oldest_unread_mail": _iso(inbox.oldest_new(db)),
        "tickets_open": counts.open,
        "waiting_for": dict(counts.waiting_for),
        "promises_open": counts.promises_open,
        "promises_overdue": counts.promises_overdue,
        "stuck": counts.stuck,
        "outbox": {state.value: count for state, count in outbox.counts(db).items()},
        "oldest_waiting_letter": _iso(outbox.oldest_waiting(db)),
        "relay_away_since": _iso(known["relay away"].at) if "relay away" in known else None,
        "mailboxes": _mailboxes(db, settings),
        "staff_away": {absence.address: _iso(absence.until) or absence.why.value for absence in absences.listing(db)},
        "last": {name: mark.at.isoformat() for name, mark in known.items() if _is_done(name)},
        "ledger_entries": ledger.head(db).seq,
        "staff_proof": settings.staff.proof,
    }


def _mailboxes(db: Database, settings: Settings) -> list[dict[str, Any]]:
    """Return the IMAP mailboxes of the settings, one row for each node that reads one, or a single row of None."""
    states = mailboxes.states(db)
    rows = []
    for mailbox in settings.mailboxes:
        name, folder = mailbox.name, mailbox.folder
        own = [_mailbox(name, folder, state) for state in states if (state.account, state.folder) == (name, folder)]
        rows += own or [_mailbox(name, folder, None)]
    return rows


def _mailbox(name: str, folder: str, state: MailboxState | None) -> dict[str, Any]:
    return {
        "mailbox": name,
        "folder": folder,
        "node": state.node if state else None,
        "read_at": _iso(state.read_at) if state else None,
        "waiting": state.waiting if state else None,
        "unreadable_since": _iso(state.unreadable_since) if state else None,
        "problem": state.problem.value if state and state.problem else None,
        "reason": state.reason or None if state else None,
        "reported_at": _iso(state.reported_at) if state else None,
    }


def _is_done(mark: str) -> bool:
    """Return whether this row says when something was done; the others say in what state something is."""
    return mark not in ("relay away", restored_database.KEY) and not mark.startswith(last_runs.IN_DOUBT)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
