"""A mailbox that cannot be signed in to is seen with `reclamo status`, from another process than the daemon's."""

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


def test_a_password_that_is_mended(install: Callable[..., Installation], dovecot: Dovecot) -> None:
    """With a wrong password status says since when and why; with the right one that it was read to the end."""
    installation = install(SETTINGS.format(host=dovecot.host, port=dovecot.port, password="wr0ng"))
    with installation.running():
        failing = _mailbox(installation, lambda mailbox: mailbox["problem"] is not None)
    assert (failing["problem"], failing["read_at"]) == ("sign-in", None)
    assert "refuses to sign in status" in failing["reason"]
    assert "wr0ng" not in failing["reason"]
    assert "CANNOT BE READ since" in installation.says("status")
    file = installation.folder / "reclamo.toml"
    file.write_text(file.read_text().replace("wr0ng", PASSWORD))
    with installation.running():
        well = _mailbox(installation, lambda mailbox: mailbox["read_at"] is not None)
    assert (well["problem"], well["reason"], well["unreadable_since"], well["waiting"]) == (None, None, None, 0)


def _mailbox(installation: Installation, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(120):
        (mailbox,) = installation.knows("status")["mailboxes"]
        if wanted(mailbox):
            return dict(mailbox)
        threading.Event().wait(0.5)
    raise AssertionError(f"not so within a minute: {mailbox}")
