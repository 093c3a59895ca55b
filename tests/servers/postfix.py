"""A private Postfix on a free port of loopback, with its own configuration, queue and log in a temporary folder.

Use it with `from tests.servers.postfix import postfix` in a conftest.py. It is started by root only. Each test
claims a number N: mail to lmtpN.test and smtpN.test goes to the number's port, mail to unixN.test to its socket, and
mail for other domains is thrown away. Mail that comes in at `mx_port` is checked by a milter first
(tests/servers/milter.py), whose DNS is the folder `dns`.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.dovecot import free_port
from tests.servers.milter import is_listening
from tests.servers.need import need
from tests.servers.shared import shared_server

AUTHSERV_ID = "mta.example.test"
_ROUTES = 100
# A mail that is due again while its last delivery still has it locked waits a minute more: three seconds between two
# tries are enough to release it on a busy machine.
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = /tmp
myhostname = mta.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
biff = no
smtputf8_enable = yes
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
disable_dns_lookups = yes
transport_maps = hash:{folder}/transport
default_transport = discard:
queue_run_delay = 1s
minimal_backoff_time = 3s
maximal_backoff_time = 3s
lmtp_tls_security_level = none
smtp_tls_security_level = none
smtpd_tls_security_level = none
message_size_limit = 100000000
"""
_MASTER = """
{port} inet n - n - - smtpd
{mx_port} inet n - n - - smtpd -o smtpd_milters=inet:127.0.0.1:{milter} -o milter_default_action=tempfail
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A port and a socket for one test, and the domains whose mail is delivered there."""

    number: int
    port: int
    socket: Path

    def domain(self, way: str) -> str:
        """The domain whose mail is delivered here by lmtp, unix (LMTP on the socket) or smtp."""
        return f"{way}{self.number}.test"


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running server."""

    host: str
    port: int
    folder: Path
    first_port: int
    mx_port: int

    def claim(self) -> Claim:
        """Reserve a number for one test. All routes exist from the start, because Postfix caches its lookups."""
        with (self.folder / "claimed").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            number = len(file.read())
            file.write(".")
        return Claim(number, self.first_port + number, self.folder / "sockets" / str(number))

    def publish(self, name: str, record: bytes) -> None:
        """Put a TXT record into the DNS of the milter."""
        (self.folder / "dns" / name).write_bytes(record)

    def log(self) -> str:
        """The text of its log."""
        return (self.folder / "log").read_text(errors="replace")

    def statuses(self, recipient: str) -> list[str]:
        """The delivery statuses that it logged for a recipient, in order: sent, deferred, bounced."""
        lines = [line for line in self.log().splitlines() if f"to=<{recipient}>" in line and " status=" in line]
        return [line.partition(" status=")[2].split()[0] for line in lines]


@pytest.fixture(scope="session")
def postfix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    """The server, shared by all tests of a run."""
    program = _as_root()
    with shared_server("postfix", tmp_path_factory, lambda: _start(program), _stop) as server:
        yield Postfix("127.0.0.1", server["port"], Path(server["folder"]), server["first_port"], server["mx_port"])


def _as_root() -> str:
    program = need("postfix", "postfix")
    if os.geteuid() != 0:
        not_run = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        not_run("not run: Postfix is started by root only")
    return program


@contextmanager
def alone(main: str, tables: Mapping[str, str]) -> Iterator[Postfix]:
    """A server for one test, with lines appended to its main.cf (the last line for a key counts) and lookup tables."""
    program, folder, port = _as_root(), _folder(), free_port()
    try:
        for name, text in tables.items():
            (folder / name).write_text(text)
        _configure(folder, _MAIN + main, {"port": port, "mx_port": free_port(), "milter": 0})
        for name in tables:
            maker = need("postalias" if name == "aliases" else "postmap", "postfix")
            subprocess.run([maker, "-c", str(folder), f"hash:{folder}/{name}"], check=True)
        _run(program, folder)
        yield Postfix("127.0.0.1", port, folder, 0, 0)
    finally:
        _end(program, folder)


def _start(program: str) -> dict[str, Any]:
    folder = _folder()
    ports = {name: free_port() for name in ("port", "mx_port", "milter")}
    _configure(folder, _MAIN, ports)
    first_port = _free_range()
    (folder / "transport").write_text(
        "".join(_routes(folder, number, first_port + number) for number in range(_ROUTES))
    )
    subprocess.run([need("postmap", "postfix"), "-c", str(folder), f"hash:{folder}/transport"], check=True)
    _run(program, folder)
    checks = _milter(ports["milter"], folder / "dns")
    return {"folder": str(folder), **ports, "first_port": first_port, "program": program, "checks": checks}


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="reclamo-mta-", dir="/tmp"))  # a socket's path has 107 octets at most
    folder.chmod(0o755)
    for name in ("queue", "data", "sockets", "dns"):
        (folder / name).mkdir()
    os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
    return folder


def _configure(folder: Path, main: str, ports: Mapping[str, int]) -> None:
    for name, text in (("main.cf", main), ("master.cf", _MASTER)):
        (folder / name).write_text(text.format(folder=folder, **ports).lstrip())


def _run(program: str, folder: Path) -> None:
    with (folder / "output").open("wb") as output:  # a pipe would stay open as long as the server that inherits it
        started = subprocess.run([program, "-c", str(folder), "start"], stdout=output, stderr=output, check=False)
    log = folder / "log"
    assert started.returncode == 0, (folder / "output").read_text() + (log.read_text() if log.is_file() else "")


def _end(program: str, folder: Path) -> None:
    subprocess.run([program, "-c", str(folder), "stop"], capture_output=True, check=False)
    shutil.rmtree(folder)


def _milter(port: int, dns: Path) -> int:
    """Start the milter; return its process id."""
    command = [sys.executable, "-m", "tests.servers.milter", str(port), str(dns), AUTHSERV_ID]
    root = str(Path(__file__).parents[2])
    pid = os.posix_spawn(command[0], command, os.environ | {"PYTHONPATH": root})
    for _ in range(600):
        if is_listening(port):
            return pid
        threading.Event().wait(0.05)
    raise AssertionError("the milter does not listen")


def _routes(folder: Path, number: int, port: int) -> str:
    inet, unix = f"lmtp:inet:127.0.0.1:{port}", f"lmtp:unix:{folder}/sockets/{number}"
    return f"lmtp{number}.test {inet}\nunix{number}.test {unix}\nsmtp{number}.test smtp:[127.0.0.1]:{port}\n"


def _free_range() -> int:
    """The first of _ROUTES free ports in a row, below the range from which the system assigns ports."""
    for first in range(21000, 32000, _ROUTES):
        with ExitStack() as probes:
            try:
                for port in range(first, first + _ROUTES):
                    probes.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
        return first
    raise AssertionError("no free ports")


def _stop(server: dict[str, Any]) -> None:
    os.kill(server["checks"], signal.SIGTERM)
    with suppress(ChildProcessError):  # it is the child of another process of the run
        os.waitpid(server["checks"], 0)
    _end(server["program"], Path(server["folder"]))
