"""Data written by a newer version: an unknown timer waits, an unknown ledger entry is shown as it is."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from config.files.load_settings import load_settings
from daemon.cases.ticket_document import ticket_json
from daemon.cli.cases import _explain_ticket
from daemon.clock.stepper import Stepper
from storage import cases, ledger, tickets, timers
from storage.engine import Database
from storage.rows import timer_row
from storage.tables import timers as timers_table
from storage.values import Case, LedgerEntry, Timer
from tests.daemon.installations import accept, follow_up, mail, sent_letters, start_stepper
from tests.storage.conftest import db, empty_postgres_url, postgres_server, postgres_url, url

__all__ = ["db", "empty_postgres_url", "postgres_server", "postgres_url", "url"]
DAY = timedelta(days=1)


def opened(db: Database, folder: Path) -> Stepper:
    """Return a stepper with one case whose acknowledgement was sent."""
    stepper = start_stepper(db, folder)
    accept(db, mail(1))
    stepper.settle()
    return stepper


def case(stepper: Stepper) -> Case:
    """Return the case."""
    [line] = tickets.listing(stepper.db, customer="c1@example.net")
    return cases.load(stepper.db, [line.id])[line.id]


def set_by_newer(stepper: Stepper, at: datetime) -> Timer:
    """Store a timer of a kind that this version does not know."""
    timer = Timer(key="step:wram:0", kind="wram", at=at, about="resolve")
    with stepper.db.write() as conn:
        conn.execute(timers_table.insert(), [timer_row(case(stepper).ticket.id, timer)])
    return timer


def unknown(stepper: Stepper) -> list[Timer]:
    """Return the case's timers of unknown kind."""
    return [timer for timer in case(stepper).timers if timer.kind == "wram"]


def test_an_unknown_timer_waits(db: Database, tmp_path: Path) -> None:
    """It is deferred by a day each time, unchanged, and the ledger records it once."""
    stepper = opened(db, tmp_path)
    timer = set_by_newer(stepper, stepper.now + timedelta(hours=1))
    stepper.advance(stepper.now + timedelta(hours=2))
    assert [(timer.key, timer.kind, timer.about, timer.at) for timer in unknown(stepper)] == [
        (timer.key, "wram", "resolve", timer.at + DAY)
    ]
    stepper.advance(stepper.now + 3 * DAY)
    assert [timer.at for timer in unknown(stepper)] == [timer.at + 4 * DAY]
    facts = [entry.facts for entry in case(stepper).history if entry.event == "timer unknown"]
    assert facts == [{"timer": timer.key, "kind": "wram", "about": "resolve"}]
    assert not timers.stuck_timers(db)


def test_an_unknown_ledger_entry_is_shown(db: Database, tmp_path: Path) -> None:
    """Staff letters, the ticket document and `explain` show it under its own name; a customer's letter does not."""
    stepper = opened(db, tmp_path)
    entry = LedgerEntry(ticket_id=case(stepper).ticket.id, at=stepper.now, event="teleported", facts={"to": "Mars"})
    with db.write() as conn:
        ledger.append(conn, [entry])
    assert case(stepper).history[-1].event == "teleported"
    accept(db, follow_up(1, "By the way, it also smells burnt since this morning, please hurry."))
    stepper.settle()
    [to_staff] = [letter for letter in sent_letters(stepper) if letter.notice == "customer_wrote"]
    assert "teleported" in _text(to_staff.raw)
    assert not any(
        "teleported" in _text(letter.raw) for letter in sent_letters(stepper) if letter.recipient == "c1@example.net"
    )
    whole = ticket_json(case(stepper), stepper.installation.policies["complaints"])
    assert ("teleported", {"to": "Mars"}) in [(row["event"], row["facts"]) for row in whole["ledger"]]
    shown = io.StringIO()
    with redirect_stdout(shown):
        _explain_ticket(case(stepper), True, load_settings(tmp_path, {}))
    assert "teleported" in {row["event"] for row in json.loads(shown.getvalue())}
    assert ledger.verify(db).holds


def _text(raw: bytes) -> str:
    part = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())
