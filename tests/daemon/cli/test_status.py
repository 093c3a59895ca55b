"""`reclamo status` on mailboxes, as a table and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from daemon.app import open_database
from daemon.cli import main
from storage import mailboxes
from storage.mailboxes import MailboxProblem, MailboxState

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETTINGS = """
[[mailboxes]]
name = "main"
host = "imap.firm.example"
user = "anna"
password = "hunter2"
[[mailboxes]]
name = "old"
host = "imap.firm.example"
user = "otto"
password = "hunter2"
folder = "Reclami"
"""


@pytest.fixture
def status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that stores these states and gives the output of `status`."""
    folder = tmp_path / "installation"
    write_starter(folder)
    file = folder / "reclamo.toml"
    file.write_text(file.read_text() + SETTINGS)

    def typed(*words: str, states: tuple[MailboxState, ...] = ()) -> str:
        db = open_database(load_settings(folder, {}), upgrade=True)
        with db.write() as conn:
            for state in states:
                mailboxes.put_state(conn, state)
        db.close()
        monkeypatch.setattr(sys, "argv", ["reclamo", "status", *words, "--config", str(folder)])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        return capsys.readouterr().out

    return typed


WELL = MailboxState(account="main", folder="INBOX", node="mail1", reported_at=NOON, read_at=NOON, waiting=0)
FAILING = MailboxState(
    account="main", folder="INBOX", node="mail2", reported_at=NOON, unreadable_since=NOON,
    problem=MailboxProblem.SIGN_IN, reason="the server imap.firm.example:993 refuses to sign in anna: no",
)  # fmt: skip


def test_a_mailbox_in_the_table(status: Callable[..., str]) -> None:
    """One line for each node: last read, waiting mails, and why it cannot be read; in company time."""
    lines = [line for line in status(states=(WELL, FAILING)).splitlines() if line.startswith("mailbox ")]
    assert lines == [
        "mailbox main/INBOX on mail1: last read to the end 2026-03-02 13:00, 0 messages wait on the server "
        "(as of 2026-03-02 13:00)",
        "mailbox main/INBOX on mail2: CANNOT BE READ since 2026-03-02 13:00: "
        "the server imap.firm.example:993 refuses to sign in anna: no; not read to the end yet, "
        "an unknown number of messages wait on the server (as of 2026-03-02 13:00)",
        "mailbox old/Reclami: not read by any node yet",
    ]


def test_a_mailbox_as_json(status: Callable[..., str]) -> None:
    """The same as JSON; a mailbox no longer in the settings is left out, and no secret is shown."""
    left_over = MailboxState(account="gone", folder="INBOX", node="mail1", reported_at=NOON)
    shown = status("--json", states=(WELL, FAILING, left_over))
    assert "hunter2" not in shown
    well, failing, unread = json.loads(shown)["mailboxes"]
    assert well == {
        "mailbox": "main", "folder": "INBOX", "node": "mail1", "read_at": "2026-03-02T12:00:00+00:00", "waiting": 0,
        "unreadable_since": None, "problem": None, "reason": None, "reported_at": "2026-03-02T12:00:00+00:00",
    }  # fmt: skip
    assert (failing["node"], failing["problem"], failing["waiting"]) == ("mail2", "sign-in", None)
    assert failing["unreadable_since"] == "2026-03-02T12:00:00+00:00"
    assert failing["reason"].endswith("refuses to sign in anna: no")
    assert (unread["mailbox"], unread["folder"], unread["node"], unread["reported_at"]) == (
        "old",
        "Reclami",
        None,
        None,
    )
