"""A fake IMAP server whose replies a test scripts, so that it can misbehave."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable

Answer = Callable[["Peer", str, str], bool]
"""Called with the peer, the tag and the command; returns True if it has replied, False for the usual reply."""


class Peer:
    """One connection, from the fake server's side."""

    def __init__(self, raw: socket.socket) -> None:
        self.socket = raw
        self.lines = raw.makefile("rb")
        self.idling = ""  # the tag that DONE answers

    def say(self, text: str) -> None:
        """Send text as it is, line ends included."""
        self.socket.sendall(text.encode())

    def say_and_close(self, text: str) -> None:
        """Send text and hang up."""
        self.say(text)
        self.close()

    def close(self) -> None:
        """Hang up."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        finally:
            self.lines.close()
            self.socket.close()


class FakeImap:
    """Replies to logins, SELECT of one folder, SEARCH, FETCH and IDLE like a server with `mails` (by UID).

    `answer` is called first for every command. `commands` are the commands received, in order.
    """

    def __init__(self, mails: dict[int, bytes], answer: Answer = lambda peer, tag, command: False) -> None:
        self.mails = mails
        self.answer = answer
        self.commands: list[str] = []
        self.capabilities = "IMAP4rev1 IDLE MOVE"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._peers: list[Peer] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        """Close all connections and stop listening."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listening.close()
        for peer in self._peers:
            peer.close()
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._listening.accept()
            except OSError:
                return
            self._peers.append(Peer(raw))
            self._threads.append(threading.Thread(target=self._serve, args=[self._peers[-1]]))
            self._threads[-1].start()

    def _serve(self, peer: Peer) -> None:
        try:
            peer.say("* OK ready\r\n")
            while line := peer.lines.readline().decode().strip():
                if line == "DONE":
                    peer.say(f"{peer.idling} OK idled\r\n")
                    continue
                tag, _, command = line.partition(" ")
                self.commands.append(command)
                peer.idling = tag
                if not self.answer(peer, tag, command):
                    self.usual(peer, tag, command)
        except (OSError, ValueError):
            return  # one side has closed the connection
        finally:
            peer.close()

    def usual(self, peer: Peer, tag: str, command: str) -> None:
        """Reply as a correct server does."""
        if command == "IDLE":
            peer.say("+ idling\r\n")
            return
        if command == "LOGOUT":
            peer.say(f"* BYE\r\n{tag} OK bye\r\n")
            peer.close()
            return
        peer.say(self._untagged(command))
        peer.say(f"{tag} OK done\r\n")

    def _untagged(self, command: str) -> str:
        uids = sorted(self.mails)
        if command == "CAPABILITY":
            return f"* CAPABILITY {self.capabilities}\r\n"
        if command.startswith("SELECT"):
            ends = f"* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {max(uids, default=0) + 1}] x\r\n"
            return f"* {len(uids)} EXISTS\r\n* OK [PERMANENTFLAGS (\\*)] x\r\n{ends}"
        if command.startswith("UID SEARCH UID"):
            first = int(command.split()[3].partition(":")[0])
            found = [uid for uid in uids if uid >= first] or uids[-1:]  # N:* always names the last mail
            return f"* SEARCH {' '.join(map(str, found))}\r\n"
        if command.startswith("UID SEARCH"):
            return "* SEARCH\r\n"
        if command.startswith("UID FETCH"):
            return "".join(self._fetched(uid, command) for uid in _set(command.split()[2]) if uid in self.mails)
        return ""

    def _fetched(self, uid: int, command: str) -> str:
        raw = self.mails[uid].decode()
        number = sorted(self.mails).index(uid) + 1
        if "RFC822.SIZE" in command:
            parts = f'RFC822.SIZE {len(raw)} INTERNALDATE "02-Mar-2026 10:00:00 +0100"'
        elif "HEADER" in command:
            header = raw.partition("\r\n\r\n")[0] + "\r\n\r\n"
            parts = f"BODY[HEADER]<0> {{{len(header)}}}\r\n{header}"
        else:
            parts = f"BODY[] {{{len(raw)}}}\r\n{raw}"
        return f"* {number} FETCH (UID {uid} {parts})\r\n"


def _set(text: str) -> list[int]:
    """The UIDs of a sequence set such as 1:3,7."""
    uids: list[int] = []
    for part in text.split(","):
        first, last = re.fullmatch(r"(\d+)(?::(\d+))?", part).groups()  # type: ignore[union-attr]
        uids += range(int(first), int(last or first) + 1)
    return uids
