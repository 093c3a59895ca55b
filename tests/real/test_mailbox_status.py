"""`reclamo status`, which is a process of its own, shows a mailbox that the daemon cannot sign in to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from tests.real.installation import Installation
from tests.servers.dovecot import PASSWORD, Dovecot

SETTINGS = """
[[addresses]]
address = "complaints@firm.example"
policy = "complaints"
[smtp]
listen = []
[relay]
transport = "maildir"
[[mailboxes]]
name = "main"
host = "{host}"
port = {port}
tls = "none"
user = "status"
password = "{password}"
"""


def test_status_with_a_wrong_and_a_corrected_password(install: Callable[..., Installation], dovecot: Dovecot) -> None:
    """With a wrong password it shows since when and why; with the right one that the mailbox has been read."""
    installation = install(SETTINGS.format(host=dovecot.host, port=dovecot.port, password="wr0ng"))
    with installation.running():
        failing = _mailbox(installation, lambda mailbox: mailbox["problem"] is not None)
    assert (failing["problem"], failing["read_at"]) == ("sign-in", None)
    assert "refuses to sign in status" in failing["reason"]
    assert "wr0ng" not in failing["reason"]
    assert "CANNOT BE READ since" in installation.run_command("status")
    file = installation.folder / "reclamo.toml"
    file.write_text(file.read_text().replace("wr0ng", PASSWORD))
    with installation.running():
        read = _mailbox(installation, lambda mailbox: mailbox["read_at"] is not None)
    assert (read["problem"], read["reason"], read["unreadable_since"], read["waiting"]) == (None, None, None, 0)


def _mailbox(installation: Installation, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(120):
        (mailbox,) = installation.query("status")["mailboxes"]
        if wanted(mailbox):
            return dict(mailbox)
        threading.Event().wait(0.5)
    raise AssertionError(f"not so within a minute: {mailbox}")
