"""Verbs about letters and mail that wait: outbox and quarantine."""

from __future__ import annotations

import dataclasses
import sys
from typing import Annotated, Any

from cyclopts import App, Parameter

from daemon.cli.base import Config, Json, app, database_of, fail, settings_of
from daemon.cli.output import print_rows

outbox = App(name="outbox", help="Letters: waiting, sent, given up.")
quarantine = App(name="quarantine", help="Mail that was set aside for a person.")


_SHOWN = 80  # characters of a text that a stranger wrote


def register() -> None:
    """Add these verbs to the command line."""
    outbox.default(outbox_list)
    outbox.command(outbox_show, name="show")
    outbox.command(outbox_retry, name="retry")
    quarantine.default(quarantine_list)
    quarantine.command(quarantine_show, name="show")
    quarantine.command(quarantine_release, name="release")
    quarantine.command(quarantine_dismiss, name="dismiss")
    app.command(outbox)
    app.command(quarantine)


def outbox_list(
    *,
    state: Annotated[str, Parameter(help="waiting, sent, failed or cancelled; all by default.")] = "",
    limit: int = 200,
    json: Json = False,
    config: Config = None,
) -> None:
    """List letters, newest first."""
    from storage import outbox as store
    from storage.values import LetterState

    states = [known.value for known in LetterState]
    if state and state not in states:
        fail(f"--state: {state!r}; allowed: {', '.join(states)}")
    settings = settings_of(config)
    with database_of(settings) as db:
        letters = store.listing(db, state=LetterState(state) if state else None, limit=limit)
    rows = [{name: value for name, value in dataclasses.asdict(letter).items() if name != "raw"} for letter in letters]
    columns = ("id", "state", "created_at", "notice", "recipient", "subject", "attempts", "error")
    print_rows(rows, columns=columns, as_json=json, zone=settings.zone, none="no letters")


def outbox_show(number: int, *, config: Config = None) -> None:
    """Print a letter byte for byte as it is sent."""
    from storage import outbox as store

    with database_of(settings_of(config)) as db:
        try:
            raw = store.get(db, number).raw
        except KeyError:
            fail(f"no letter {number}; `reclamo outbox` lists them")
    sys.stdout.buffer.write(raw or fail(f"letter {number} was erased"))


def outbox_retry(number: int, *, config: Config = None) -> None:
    """Send a letter again that was given up."""
    from daemon.app import now
    from storage import outbox as store

    with database_of(settings_of(config)) as db, db.write() as conn:
        if not store.retry(conn, number, now=now()):
            fail(f"letter {number} was not given up; `reclamo outbox --state failed` lists those that were")
    print(f"letter {number} waits to go again")


def quarantine_list(*, json: Json = False, config: Config = None) -> None:
    """List the mail that was set aside, newest first: policy, sender, subject and reason."""
    from parsers.harmless_text import harmless_line
    from storage import inbox
    from storage.values import InboxState

    settings = settings_of(config)
    with database_of(settings) as db:
        lines = inbox.listing(db, state=InboxState.QUARANTINED)
    rows: list[dict[str, Any]] = [dataclasses.asdict(line) for line in lines]
    for row in rows:
        known = row["summary"] or {}
        row["from"] = harmless_line(str(known.get("from") or row["envelope_from"]), _SHOWN)
        row["subject"] = harmless_line(str(known.get("subject", "")), _SHOWN)
    columns = ("id", "received_at", "desk", "from", "subject", "why", "error")
    print_rows(rows, columns=columns, as_json=json, zone=settings.zone, none="nothing was set aside")


def quarantine_show(number: int, *, config: Config = None) -> None:
    """Print a mail as it was received."""
    from storage import inbox

    with database_of(settings_of(config)) as db:
        try:
            raw = inbox.get(db, number).mail.raw
        except KeyError:
            fail(f"no mail {number} in the inbox")
    sys.stdout.buffer.write(raw or fail(f"mail {number} was erased"))


def quarantine_release(
    number: int,
    *,
    as_new: Annotated[bool, Parameter(negative="", help="Open a case from it, also if a program wrote it.")] = False,
    customer: Annotated[str, Parameter(help="With --as-new: the customer's address.")] = "",
    config: Config = None,
) -> None:
    """Process a mail again that was set aside."""
    import re

    from storage import inbox

    if customer and not (as_new and re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", customer)):
        fail("--customer: allowed: one address, together with --as-new")
    with database_of(settings_of(config)) as db, db.write() as conn:
        if not inbox.replay(conn, number, as_new=as_new, customer=customer):
            fail(f"mail {number} was not set aside; `reclamo quarantine` lists those that were")
    print(f"mail {number} is taken up again")


def quarantine_dismiss(number: int, *, config: Config = None) -> None:
    """Mark a mail that was set aside as dealt with: it leaves the list, and no case waits for it."""
    from storage import inbox

    with database_of(settings_of(config)) as db, db.write() as conn:
        if not inbox.dismiss(conn, number):
            fail(f"mail {number} was not set aside; `reclamo quarantine` lists those that were")
    print(f"mail {number} needs nothing more; its bytes are kept: reclamo quarantine show {number}")
