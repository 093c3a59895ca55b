"""A milter that checks DKIM signatures and adds Authentication-Results, as opendkim does for a mail server.

Run as `python -m tests.servers.milter PORT FOLDER NAME`: FOLDER is its DNS, with a file for each name that has a TXT
record; NAME is the authserv-id of its Authentication-Results. Fields that have this name already are removed (RFC 8601
section 5). The protocol is Sendmail's milter protocol, version 6, which Postfix implements.
"""

from __future__ import annotations

import re
import socket
import socketserver
import struct
import sys
from email.utils import parseaddr
from pathlib import Path

import dkim  # type: ignore[import-untyped]

_ADD_AND_CHANGE = 0x01 | 0x10
_NOT_ASKED = 0x01 | 0x02 | 0x04 | 0x08  # connect, helo, mail, rcpt


class _Session(socketserver.BaseRequestHandler):
    """One connection of the mail server."""

    server: Milter

    def handle(self) -> None:
        self._begin()
        while (packet := self._packet()) is not None:
            command, content = packet[:1], packet[1:]
            match command:
                case b"O":
                    self._say(b"O", struct.pack("!III", 6, _ADD_AND_CHANGE, _NOT_ASKED))
                case b"L":
                    name, value = content.split(b"\0")[:2]
                    self._headers.append((name, value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")))
                    self._say(b"c")
                case b"B":
                    self._body += content
                    self._say(b"c")
                case b"E":
                    self._judge()
                    self._begin()
                    self._say(b"c")
                case b"A":
                    self._begin()
                case b"D":
                    continue
                case b"Q":
                    return
                case _:
                    self._say(b"c")

    def _begin(self) -> None:
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = b""

    def _judge(self) -> None:
        mine = [value for name, value in self._headers if name.lower() == b"authentication-results"]
        for number in range(len(mine), 0, -1):
            if mine[number - 1].split(b";")[0].strip().lower() == self.server.name.encode():
                self._say(b"m", struct.pack("!I", number) + b"Authentication-Results\0\0")
        self._say(b"i", struct.pack("!I", 0) + b"Authentication-Results\0" + self._results().encode() + b"\0")

    def _results(self) -> str:
        raw = b"".join(name + b": " + value + b"\r\n" for name, value in self._headers) + b"\r\n" + self._body
        sender = next((value for name, value in self._headers if name.lower() == b"from"), b"").decode(
            "utf-8", "replace"
        )
        domain = parseaddr(sender)[1].rpartition("@")[2].lower()
        signer = dkim.DKIM(raw)
        found, aligned = [], False
        for index, value in enumerate(v for name, v in signer.headers if name.lower() == b"dkim-signature"):
            named = re.search(rb"[;\s]d\s*=\s*([^;\s]+)", value)
            by = named[1].decode("ascii", "replace") if named else "unknown"
            try:
                verdict = "pass" if signer.verify(idx=index, dnsfunc=self.server.record) else "fail"
            except dkim.DKIMException:
                verdict = "permerror"
            found.append(f"dkim={verdict} header.d={by}")
            aligned |= verdict == "pass" and by == domain
        found.append(f"dmarc={'pass' if aligned else 'fail'} header.from={domain or 'unknown'}")
        return f"{self.server.name};\n\t" + ";\n\t".join(found)

    def _packet(self) -> bytes | None:
        length = self._octets(4)
        return self._octets(struct.unpack("!I", length)[0]) if length else None

    def _octets(self, count: int) -> bytes:
        octets = b""
        while len(octets) < count:
            more = self.request.recv(count - len(octets))
            if not more:
                return b""
            octets += more
        return octets

    def _say(self, command: bytes, content: bytes = b"") -> None:
        self.request.sendall(struct.pack("!I", len(command + content)) + command + content)


class Milter(socketserver.ThreadingTCPServer):
    """The milter's server. `folder` is its DNS, `name` its authserv-id."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        super().__init__(("127.0.0.1", port), _Session)

    def record(self, name: bytes, timeout: int = 5) -> bytes | None:
        """The TXT record of a name; None if there is none. The signature is what dkimpy expects of a resolver."""
        assert timeout
        file = self._folder / name.decode().rstrip(".")
        return file.read_bytes() if file.is_file() else None


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    Milter(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]).serve_forever()
