"""Addresses to listen on or call: "127.0.0.1:8025", "[::1]:8025", "mail.example.org:25", "unix:/run/lmtp"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.faults import Wrong

ALLOWED = '"host:port", as in "127.0.0.1:8025" or "[::1]:8025", or "unix:/path"'
_HOST_PORT = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:\[\]/]*)):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Listen:
    """An address: a unix socket (`path`), or a host and port. The host "" means all interfaces."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_listen(value: str | Listen) -> Listen:
    """Parse an address; raises Wrong."""
    if isinstance(value, Listen):
        return value
    if not isinstance(value, str):
        raise Wrong("not a place to listen at", ALLOWED)
    text = value.strip()
    if text.startswith("unix:/"):
        return Listen(path=text.removeprefix("unix:"))
    match = _HOST_PORT.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        raise Wrong("not a place to listen at", ALLOWED)
    host = match["six"] or match["host"]
    return Listen("" if host == "*" else host, int(match["port"]))
