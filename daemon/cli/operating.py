"""Verbs that set up and run the daemon: init, check, run, ingest, tick, status, keys add."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from config.settings import Settings
from daemon.cli.base import Config, Json, app, database_of, fail, log_warnings_only, read_instant, settings_of
from daemon.cli.output import print_json, print_rows

if TYPE_CHECKING:
    from daemon.clock.stepper import Stepper

keys = App(name="keys", help="The keys of the tokens in the addresses and Message-IDs of letters.")


def register() -> None:
    """Add these verbs to the command line."""
    for verb in (init, check, run, ingest, tick, status):
        app.command(verb)
    keys.command(keys_add, name="add")
    app.command(keys)


def init(
    folder: Path,
    *,
    proof: Annotated[
        Literal["", "confirmation", "dkim", "authentication-results", "token"],
        Parameter(help="How mail from your staff is proven; asked for on a terminal if not given."),
    ] = "",
    authserv_id: Annotated[str, Parameter(help="The name your mail server gives in Authentication-Results.")] = "",
) -> None:
    """Create a folder with working settings, a file for your staff, and the keys. Overwrites nothing."""
    from config.files.starter import write_starter
    from daemon.cli.init_questions import ask_for_staff_proof

    if not proof and not (folder / "reclamo.toml").exists():
        answered, authserv_id = ask_for_staff_proof(authserv_id)
    else:
        answered = proof
    if answered == "authentication-results" and not authserv_id:
        fail("--proof authentication-results needs --authserv-id, the name your mail server gives there")
    written = write_starter(folder, proof=answered, authserv_id=authserv_id)
    for path in written:
        print(path)
    if not written:
        print(f"{folder} has everything already")
    print(f"\nNext: put your people into {folder / 'policies'}, look over {folder / 'reclamo.toml'}, then")
    print(f"  reclamo check --config {folder}\n  reclamo run --config {folder}")


def check(*, config: Config = None) -> None:
    """Check settings, policies, calendars and keys; print all faults. Changes and sends nothing."""
    from config.checks import missing_people, satisfaction_warnings, slow_pattern_faults
    from config.files.numbers_file import check_writable
    from config.files.staff_proof import unset_proof_warning
    from daemon.installation_build import load_installation

    settings = settings_of(config)
    installation = load_installation(settings)
    check_writable(installation.numbering.paths)
    for policy in installation.policies.values():
        for warning in (*slow_pattern_faults(policy), *missing_people(policy), *satisfaction_warnings(policy)):
            print(f"warning: {warning}")
    if unsaid := unset_proof_warning(settings):
        print(f"warning: {unsaid}")
    places = ", ".join(f"{address.address} ({address.policy})" for address in installation.addresses.values())
    print(f"settings and policies are sound; mail to {places}")


def run(
    *,
    only: Annotated[
        str, Parameter(help="Duties of this node, separated by commas: intake,work,clock,send; all by default.")
    ] = "",
    config: Config = None,
) -> None:
    """Run the daemon until it gets SIGTERM or SIGINT."""
    from daemon import app as composition
    from daemon.runtime.logging_setup import set_up_logging

    settings = settings_of(config)
    set_up_logging(settings.log)
    names = [name.strip() for name in only.split(",") if name.strip()]
    known = [duty.value for duty in composition.Duty]
    for name in names:
        if name not in known:
            fail(f"--only: {name!r} is no duty; allowed: {', '.join(known)}")
    composition.run(settings, [composition.Duty(name) for name in names] or composition.ALL_DUTIES)


def ingest(
    files: Annotated[tuple[str, ...], Parameter(help="Mail files, or - for standard input.")] = (),
    *,
    mbox: Annotated[bool, Parameter(negative="", help="The files are mboxes.")] = False,
    maildir: Annotated[bool, Parameter(negative="", help="The files are maildirs.")] = False,
    received: Annotated[str, Parameter(help="The instant of receipt, to play a case through time.")] = "",
    to: Annotated[str, Parameter(help="The support address it was sent to, if no header says so.")] = "",
    envelope_from: Annotated[str, Parameter(help="The envelope sender (MAIL FROM).")] = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Take mail in from files and process it: read, decide, answer. A mail that is known is not taken again."""
    from daemon.app import now
    from daemon.inbound.mail_files import mails_in

    log_warnings_only()
    settings = settings_of(config)
    at = read_instant(received, settings) if received else now()
    if not files:
        fail("nothing to take in; name files, or - for standard input")
    with _stepper(settings, at) as stepper:
        rows = []
        for mail in mails_in(files, mbox=mbox, maildir=maildir, now=at, stdin=sys.stdin.buffer):
            exact = replace(mail, received_at=at) if received else mail
            exact = replace(exact, recipients=(to,) if to else mail.recipients, envelope_from=envelope_from)
            rows.append(stepper.accept(exact))
        stepper.settle()
        _print_taken(stepper.db, rows, settings, as_json=json)


def _print_taken(db: Any, rows: Sequence[int], settings: Any, *, as_json: bool) -> None:
    from storage import cases, inbox

    found = [inbox.get(db, row) for row in dict.fromkeys(rows)]
    known = cases.load(db, [row.ticket_id for row in found if row.ticket_id])
    lines = [
        {
            "inbox": row.id,
            "state": row.state,
            "ticket": known[row.ticket_id].ticket.reference if row.ticket_id else "",
            "verdict": row.verdict or row.error,
        }
        for row in found
    ]
    columns = ("inbox", "state", "ticket", "verdict")
    print_rows(lines, columns=columns, as_json=as_json, zone=settings.zone, none="nothing was taken in")


def tick(
    *,
    at: Annotated[str, Parameter(help="The instant to advance to; now by default.")] = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Do everything that is due by an instant, each thing at its own instant and in order; send the letters."""
    from daemon.app import now

    log_warnings_only()
    settings = settings_of(config)
    until = read_instant(at, settings) if at else now()
    with _stepper(settings, until, from_the_first=True) as stepper:
        before = _sent(stepper.db)
        stepper.advance(until)
        sent = [letter for letter in _letters(stepper.db) if letter.id not in before]
        rows = [
            {
                "at": letter.created_at,
                "ticket": letter.key.split("/")[0],
                "notice": letter.notice,
                "to": letter.recipient,
                "state": letter.state,
            }
            for letter in reversed(sent)
        ]
        columns = ("at", "ticket", "notice", "to", "state")
        print_rows(rows, columns=columns, as_json=json, zone=settings.zone, none="nothing was due")


def _letters(db: Any) -> list[Any]:
    from storage import outbox

    return outbox.listing(db, limit=100_000)


def _sent(db: Any) -> set[int]:
    return {letter.id for letter in _letters(db)}


@contextmanager
def _stepper(settings: Settings, at: datetime, *, from_the_first: bool = False) -> Iterator[Stepper]:
    """Open the installation on a simulated clock at an instant, or at the first instant at which something is due."""
    from daemon.clock import recurring
    from daemon.clock.stepper import Stepper
    from daemon.installation_build import load_installation, replace_keys, transport_of
    from daemon.runtime import restored_database
    from storage import outbox

    with database_of(settings) as db:
        start, installation = at, load_installation(settings)
        installation = replace_keys(installation, restored_database.continue_numbers(db, settings, installation, at))
        if from_the_first:
            start = min(due for due in (at, recurring.next_at(db, installation), outbox.next_at(db)) if due)
        yield Stepper(db, installation, transport_of(settings), start)


def status(*, json: Json = False, config: Config = None) -> None:
    """Show counts of mail, cases, promises and letters, which mailboxes can be read, and what was last done when."""
    from config.files.staff_proof import unset_proof_warning
    from daemon.app import now
    from daemon.runtime.status import status_of

    settings = settings_of(config)
    with database_of(settings) as db:
        state = status_of(db, settings, now())
    if json:
        print_json(state)
        return
    mailboxes = state.pop("mailboxes")
    for name, value in state.items():
        shown = ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
        print(f"{name.replace('_', ' ')}: {shown if shown not in (None, '') else '-'}")
    for mailbox in mailboxes:
        print(_mailbox_line(mailbox, settings))
    if warning := unset_proof_warning(settings):
        print(f"warning: {warning}")


def _mailbox_line(mailbox: dict[str, Any], settings: Settings) -> str:
    def at(name: str) -> str:
        moment = mailbox[name]
        shown = datetime.fromisoformat(moment).astimezone(settings.zone) if moment else None
        return f"{shown:%Y-%m-%d %H:%M}" if shown else ""

    node = f" on {mailbox['node']}" if mailbox["node"] else ""
    line = f"mailbox {mailbox['mailbox']}/{mailbox['folder']}{node}: "
    if mailbox["reported_at"] is None:
        return f"{line}not read by any node yet"
    if since := at("unreadable_since"):
        line += f"CANNOT BE READ since {since}: {mailbox['reason']}; "
    read = f"last read to the end {at('read_at')}" if mailbox["read_at"] else "not read to the end yet"
    waiting = "an unknown number of" if mailbox["waiting"] is None else mailbox["waiting"]
    return f"{line}{read}, {waiting} messages wait on the server (as of {at('reported_at')})"


def keys_add(*, config: Config = None) -> None:
    """Add a new key, which marks letters from the next start on; answers to older letters are still recognised."""
    from config.files.keys import add_key

    settings = settings_of(config)
    version = add_key(settings.keys.file)
    print(f"key {version} is the current one in {settings.keys.file}; older keys are still read")
    print("Start every node anew, so that all of them know it.")
