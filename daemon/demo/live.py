"""Run the real daemon on loopback in a folder of its own.

It receives mails by SMTP and writes its letters to a maildir.
"""

from __future__ import annotations

import re
import smtplib
import sys
import tempfile
import threading
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from config.settings import Settings
from daemon.app import Daemon, now
from daemon.rehearse.mails import MailProgram
from daemon.rehearse.scenario import Scenario, SendMail
from storage import tickets

_TIMEOUT = 40.0  # seconds
_POLL_INTERVAL = 0.1  # seconds


def run_live_demo(scripts: Sequence[Scenario], console: Console) -> bool:
    """Start the daemon, send it the first mail of each scenario, wait for the acknowledgements, stop it.

    Returns whether every customer's acknowledgement has arrived in the maildir.
    """
    folder = Path(tempfile.mkdtemp(prefix="reclamo-demo-"))
    settings = _installation(folder)
    console.print(f"\nAn installation as `reclamo init` makes it: {folder}")
    daemon = Daemon(settings)
    try:
        host, port = _host_and_port(daemon.start())
        console.print(f"The daemon listens on {host}:{port}.\n")
        mails = [next(act for act in scenario.acts if isinstance(act, SendMail)) for scenario in scripts]
        for scenario, mail in zip(scripts, mails, strict=True):
            _send(scenario, mail, settings.addresses[0].address, host, port)
            console.print(f"  250 OK   {mail.person} <{mail.person.address}>: {mail.content.subject}", markup=False)
        arrived = _wait_for(settings.relay.folder, {mail.person.address for mail in mails})
        _show_letters(arrived, console)
        _show_tickets(daemon, console)
    finally:
        daemon.stop()
    _show_commands(settings, console)
    return len(arrived) == len(mails)


def _show_commands(settings: Settings, console: Console) -> None:
    command = sys.argv[0] if Path(sys.argv[0]).name == "reclamo" else "reclamo"
    lines = (
        f"The daemon has stopped. Its letters lie in {settings.relay.folder / 'new'}; look closer with",
        f"  {command} tickets -c {settings.folder}",
        f"  {command} ticket C-{now().year}-000001 -c {settings.folder}",
        f"  {command} ledger verify -c {settings.folder}",
    )
    console.print()
    for line in lines:
        console.print(line, soft_wrap=True, markup=False)


def _installation(folder: Path) -> Settings:
    """Write what `reclamo init` writes, with its example people enabled, listening on a free port."""
    write_starter(folder)
    overlay = folder / "policies" / "complaints" / "policy.toml"
    people, mark, rest = overlay.read_text(encoding="utf-8").partition("# Days on which")
    overlay.write_text(re.sub(r"(?m)^#(?=\S|    \{)", "", people) + mark + rest, encoding="utf-8")
    return load_settings(folder, {"RECLAMO_SMTP__LISTEN": '["127.0.0.1:0"]'})


def _host_and_port(addresses: Sequence[object]) -> tuple[str, int]:
    address: Any = addresses[0]
    if isinstance(address, tuple):
        return str(address[0]), int(address[1])
    return str(address.host), int(address.port)


def _send(scenario: Scenario, mail: SendMail, to: str, host: str, port: int) -> None:
    raw = MailProgram(scenario.zone, scenario.file.parent).new_mail(mail.person, [to], mail.content, now())
    with smtplib.SMTP(host, port, timeout=20) as client:
        client.sendmail(mail.person.address, [to], raw, mail_options=("BODY=8BITMIME",))


def _wait_for(maildir: Path, readers: set[str]) -> dict[str, tuple[Path, EmailMessage]]:
    """Return the acknowledgement of each reader by address; those that did not arrive in time are missing."""
    arrived: dict[str, tuple[Path, EmailMessage]] = {}
    waited, pause = 0.0, threading.Event()
    while waited < _TIMEOUT and arrived.keys() != readers:
        for path in sorted((maildir / "new").glob("*")):
            letter: Any = message_from_bytes(path.read_bytes(), policy=default)
            reader = str(letter["Delivered-To"]).strip("<>")
            if reader in readers and letter["X-Reclamo-Notice"] == "acknowledgement":
                arrived[reader] = (path, letter)
        pause.wait(_POLL_INTERVAL)
        waited += _POLL_INTERVAL
    return arrived


def _show_letters(arrived: dict[str, tuple[Path, EmailMessage]], console: Console) -> None:
    table = Table("acknowledged", "in", "subject", "file", box=None, pad_edge=False, title_justify="left")
    for reader, (path, letter) in arrived.items():
        table.add_row(reader, str(letter["Content-Language"]), str(letter["Subject"]), path.name)
    console.print()
    console.print(table)


def _show_tickets(daemon: Daemon, console: Console) -> None:
    table = Table("case", "kind", "step", "waiting for", "next promise due", box=None, pad_edge=False)
    for line in tickets.listing(daemon.db):
        due = line.next_due_at.astimezone(daemon.settings.zone) if line.next_due_at else None
        table.add_row(line.reference, line.kind, line.step, line.waiting_for, f"{due:%a %-d %b %Y}" if due else "")
    console.print()
    console.print(table)
