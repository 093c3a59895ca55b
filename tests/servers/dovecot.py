"""A private Dovecot on a free port of loopback, run by an unprivileged user in a temporary folder.

Use it with `from tests.servers.dovecot import dovecot` in a conftest.py. Any user name may log in with
PASSWORD and has a mailbox of its own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.need import need
from tests.servers.shared import shared_server

PASSWORD = "secret"
_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = {folder}
log_path = {folder}/log
mail_location = maildir:{folder}/mail/%u
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_max_userip_connections = 1000
maildir_stat_dirs = no
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  mailbox Archiv {{
    special_use = \\Archive
    auto = create
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server."""

    host: str
    port: int


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """The server, shared by all tests of a run."""
    program = need("dovecot", "dovecot-imapd")
    with shared_server("dovecot", tmp_path_factory, lambda: _start(program), _stop) as server:
        yield Dovecot("127.0.0.1", server["port"])


def _start(program: str) -> dict[str, Any]:
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="reclamo-imap-", dir="/tmp"))  # a socket's path has 107 octets at most
    for name in ("run", "state", "mail"):
        (folder / name).mkdir()
    group = subprocess.run(["id", "-gn", account.pw_name], capture_output=True, text=True, check=True).stdout.strip()
    port = free_port()
    values = {"folder": folder, "user": account.pw_name, "group": group, "port": port, "separator": "."}
    (folder / "dovecot.conf").write_text(_CONFIGURATION.format(password=PASSWORD, **values))
    rights: dict[str, Any] = {}
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
        rights = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    with (folder / "output").open("wb") as output:  # a pipe would stay open as long as the server that inherits it
        started = subprocess.run(
            [program, "-c", str(folder / "dovecot.conf")], stdout=output, stderr=output, check=False, **rights
        )
    assert started.returncode == 0, (folder / "output").read_text()
    return {"folder": str(folder), "port": port, "program": program}


def _stop(server: dict[str, Any]) -> None:
    subprocess.run([server["program"], "-c", f"{server['folder']}/dovecot.conf", "stop"], check=True)
    shutil.rmtree(server["folder"])


def free_port() -> int:
    """A port of loopback that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
