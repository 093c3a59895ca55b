"""Verbs that show cases: tickets, ticket, due, explain, ledger verify."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated, Any

from cyclopts import App, Parameter

from daemon.cli.base import Config, Json, app, database_of, fail, read_instant, settings_of
from daemon.cli.output import print_json, print_rows

ledger = App(name="ledger", help="The append-only ledger of all events.")


def register() -> None:
    """Add these verbs to the command line."""
    for verb in (tickets, ticket, due, explain):
        app.command(verb)
    ledger.command(verify)
    app.command(ledger)


def tickets(
    *,
    every: Annotated[bool, Parameter(name="--all", negative="", help="Include closed tickets.")] = False,
    customer: Annotated[str, Parameter(help="Only tickets of this address.")] = "",
    policy: str = "",
    kind: str = "",
    step: str = "",
    team: str = "",
    assignee: str = "",
    waiting_for: str = "",
    limit: int = 1000,
    json: Json = False,
    config: Config = None,
) -> None:
    """List open tickets, oldest first."""
    from storage import tickets as store

    asked = {
        "policy": policy, "kind": kind, "step": step, "team": team, "assignee": assignee, "waiting_for": waiting_for,
    }  # fmt: skip
    settings = settings_of(config)
    with database_of(settings) as db:
        lines = store.listing(db, open_only=not every, customer=customer, asked=asked, limit=limit)
    columns = ("reference", "kind", "step", "waiting_for", "team", "customer", "received_at", "next_due_at", "subject")
    _rows(lines, columns, json, settings, "no tickets")


def _rows(lines: Any, columns: tuple[str, ...], as_json: bool, settings: Any, none: str) -> None:
    import dataclasses

    rows = [dataclasses.asdict(line) for line in lines]
    print_rows(rows, columns=columns, as_json=as_json, zone=settings.zone, none=none)


def ticket(reference: str, *, json: Json = False, config: Config = None) -> None:
    """Show one ticket with its details, deadlines, messages and ledger."""
    from config.files.load_policy import load_policy
    from daemon.cases.ticket_document import ticket_json, ticket_text

    settings = settings_of(config)
    with database_of(settings) as db:
        case = _case(db, reference)
    policy = load_policy(case.ticket.policy, overlay=settings.policies if settings.policies.is_dir() else None)
    document = ticket_json(case, policy)
    if json:
        print_json(document)
    else:
        print(ticket_text(document, settings.zone))


def _case(db: Any, reference: str) -> Any:
    from storage import cases
    from storage import tickets as store

    wanted = reference.strip("[]").upper()
    found = store.by_reference(db, [wanted])
    if wanted not in found:
        fail(f"no ticket {wanted}; `reclamo tickets --all` lists them")
    return cases.load(db, [found[wanted]])[found[wanted]]


def due(
    *,
    until: Annotated[str, Parameter(help="An instant; ten days from now by default.")] = "",
    team: str = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """List the promises due by an instant, overdue ones included, by due date."""
    from daemon.app import now
    from storage import tickets as store

    settings = settings_of(config)
    end = read_instant(until, settings) if until else now() + timedelta(days=10)
    with database_of(settings) as db:
        lines = store.due_promises(db, until=end, team=team)
    columns = ("due_on", "promise", "reference", "team", "assignee", "state", "stuck")
    _rows(lines, columns, json, settings, "nothing is owed by then")


def explain(what: str, *, json: Json = False, config: Config = None) -> None:
    """Explain how a mail was handled (by Message-ID, SHA-256 or inbox number), or list the events of a ticket."""
    from config.references import is_reference
    from storage import inbox

    settings = settings_of(config)
    with database_of(settings) as db:
        if is_reference(what.removeprefix("[").removesuffix("]")):
            case = _case(db, what)
            _explain_ticket(case, json, settings)
            return
        wanted = what.strip("<>")
        rows = [line for line in inbox.listing(db) if str(line.id) == wanted] or inbox.find(db, wanted)
    if not rows:
        fail(f"no mail {what!r} in the inbox; give a Message-ID, a SHA-256, an inbox number, or a ticket's reference")
    columns = ("id", "state", "received_at", "source", "verdict", "error", "summary")
    _rows(rows, columns, json, settings, "")


def _explain_ticket(case: Any, as_json: bool, settings: Any) -> None:
    rows = [
        {"seq": entry.seq, "at": entry.at, "event": entry.event, "by": entry.by, "facts": entry.facts}
        for entry in case.history
    ]
    print_rows(rows, columns=("at", "event", "by", "facts"), as_json=as_json, zone=settings.zone, none="")
    if as_json:
        return
    for deadline in case.deadlines:
        print(f"\n{deadline.promise} ({deadline.origin}): due {deadline.due_on.isoformat()}, {deadline.state.value}")
        for line in deadline.derivation:
            print(f"  {line}")


def verify(
    *,
    seq: Annotated[int, Parameter(help="The number of an entry noted earlier …")] = 0,
    entry_hash: Annotated[str, Parameter(name="--hash", help="… and its hash.")] = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Verify the ledger's chain of hashes; exit status 1 if it is broken."""
    from storage import ledger as store

    settings = settings_of(config)
    anchor = store.Head(seq, entry_hash) if entry_hash else None
    with database_of(settings) as db:
        verdict = store.verify(db, anchor=anchor)
    if json:
        print_json(verdict)
    elif verdict.holds:
        print(f"the ledger holds: {verdict.entries} entries, the last is {verdict.head.seq} {verdict.head.hash}")
    else:
        print(f"the ledger does not hold: entry {verdict.broken_at}: {verdict.problem}")
    if not verdict.holds:
        sys.exit(1)
