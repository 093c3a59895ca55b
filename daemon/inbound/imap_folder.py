"""One folder of one IMAP account: connect, look, fetch, mark, wait. The only file that uses imapclient.

Nothing is ever deleted or expunged on the server, and fetching does not mark mail as read. Whatever the
connection or the server does wrong leaves as TryAgain: connect anew.
"""

from __future__ import annotations

import contextlib
import imaplib
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, ProtocolError

from config.faults import TryAgain

logging.getLogger("imapclient").setLevel(logging.WARNING)
_HEADER_BYTES = 65536  # of a mail that is not fetched whole


class Privacy(StrEnum):
    """How the connection is kept private. `starttls` is demanded, never only tried."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Afterwards(StrEnum):
    """What happens on the server to a mail that has been taken in."""

    FLAG = "flag"
    MOVE = "move"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapAccount:
    """One folder to take mail from.

    `account` is our name for it and part of every mail's `source_key`: it must not change. `address` is what
    mail in it was sent to. `token` gives an OAuth2 access token for each login and takes the place of the
    password. Names of folders are as people see them, in any alphabet, with / between levels; `processed` may
    also be a special use such as \\Archive (RFC 6154). `keyword` marks mail taken in. `whole` is the size in
    bytes up to which a mail is fetched. Times are in seconds; `renew` is how long one IDLE lasts, and how
    often a server without IDLE is asked.
    """

    account: str
    host: str
    user: str
    port: int = 993
    privacy: Privacy = Privacy.TLS
    password: str = ""
    token: Callable[[], str] | None = None
    authorities: str = ""
    address: str = ""
    folder: str = "INBOX"
    afterwards: Afterwards = Afterwards.FLAG
    processed: str = "Processed"
    keyword: str = "$Reclamo"
    from_the_beginning: bool = False
    whole: int = 50 * 1024 * 1024
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    renew: float = 300.0


@dataclass(frozen=True, slots=True)
class Sketch:
    """A mail on the server before it is fetched."""

    uid: int
    size: int
    received_at: datetime


class ServerRefuses(Exception):
    """The server said no to one command; the connection is still good."""


class ImapFolder:
    """The folder, open. Use it on one thread; only `interrupt` may be called from another."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._target = ""
        try:
            with _told():
                self._client = _connect(account)
                self._open()
        except ServerRefuses as refusal:  # the login, or the folder: an operator mends it meanwhile
            raise TryAgain(str(refusal)) from refusal

    def _open(self) -> None:
        """Select the folder and learn what may be done there."""
        account, client = self._account, self._client
        try:
            self._select(account, client)
        except BaseException:
            client.shutdown()
            raise

    def _select(self, account: ImapAccount, client: IMAPClient) -> None:
        selected = client.select_folder(self._name(account.folder))
        self.uidvalidity = int(selected[b"UIDVALIDITY"])
        self.mails = int(selected[b"EXISTS"])
        self.last_uid = int(selected.get(b"UIDNEXT", 0)) - 1
        if self.last_uid < 0:
            self.last_uid = max(client.search(["UID", "*"]), default=0)
        flags = selected.get(b"PERMANENTFLAGS", ())
        self._may_flag = b"\\*" in flags or account.keyword.encode() in flags
        self._may_move = client.has_capability("MOVE")
        self._may_idle = client.has_capability("IDLE")

    def uids_after(self, uid: int) -> list[int]:
        """Mails with a higher UID, in order. (`N:*` names the last mail also when its UID is lower.)"""
        with _told():
            self._client._imap.response("EXISTS")  # what was announced until now is found below
            return sorted(found for found in self._client.search(["UID", f"{uid + 1}:*"]) if found > uid)

    def uids_since(self, instant: datetime, *, until_uid: int = 2**32) -> list[int]:
        """Mails that the server received since then, or up to two days before: IMAP searches by local days."""
        day = (instant - timedelta(days=1)).date()
        with _told():
            return sorted(found for found in self._client.search(["SINCE", day]) if found <= until_uid)

    def count_unmarked(self, uids: Sequence[int]) -> int:
        """How many of these mails lie in the folder without our mark."""
        if not uids or not self._may_flag:
            return 0
        with _told():
            return len(set(uids).intersection(self._client.search(["UNKEYWORD", self._account.keyword])))

    def sketch(self, uids: Sequence[int]) -> list[Sketch]:
        """Size and time of arrival of each mail that is still there, in the order of their UIDs."""
        with _told():
            found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            Sketch(uid, int(one[b"RFC822.SIZE"]), one[b"INTERNALDATE"].astimezone(UTC))
            for uid, one in sorted(found.items())
        ]

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails as the server has them; one that it does not give is left out. Raises ServerRefuses."""
        with _told():
            found = self._client.fetch(uids, ["BODY.PEEK[]"])
        return {uid: one[b"BODY[]"] for uid, one in found.items() if one.get(b"BODY[]")}

    def header(self, uid: int) -> bytes:
        """The beginning of a mail's header, at most 64 KiB. Raises ServerRefuses."""
        with _told():
            found = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>"])
        return bytes(found.get(uid, {}).get(b"BODY[HEADER]<0>") or b"")

    def mark(self, uids: Sequence[int]) -> None:
        """Flag or move mails that are durable with us. What the server cannot do is left undone."""
        with contextlib.suppress(ServerRefuses), _told():
            if self._account.afterwards is Afterwards.MOVE and self._may_move:
                self._client.move(uids, self._processed())
            elif self._may_flag:
                self._client.add_flags(uids, [self._account.keyword.encode()], silent=True)

    def wait(self, stop: Callable[[float], object], *, idle: bool = True) -> None:
        """Return when there may be new mail, or after `renew` seconds. `stop` waits and can be woken."""
        if not (idle and self._may_idle):
            stop(self._account.renew)
            with _told():
                self._client.noop()
            return
        with _told():
            if self._announced():
                return  # since uids_after() looked; IDLE would not announce it again
            self._begin_idle()
            if not self._announced() and not self._heard():
                self._client.idle_check(self._account.renew)
            self._client.idle_done()  # where the server has hung up, idle_check says nothing and this raises
            self._client.noop()

    def _begin_idle(self) -> None:
        """What IMAPClient.idle() does, for servers that announce mail before they let us wait (RFC 3501 §7)."""
        imap = self._client._imap
        tag = self._client._idle_tag = imap._command("IDLE")
        while imap._get_response() is not None:
            if imap.tagged_commands[tag]:
                raise imap.error(f"IDLE is refused: {imap.tagged_commands.pop(tag)}")

    def _announced(self) -> bool:
        return bool(self._client._imap.response("EXISTS")[1] != [None])

    def _heard(self) -> bool:
        """Whether more came with the line that let us wait: it is in a buffer, and the socket will not tell of it."""
        link = self._client.socket()
        link.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            link.settimeout(self._account.read_timeout)

    def close(self) -> None:
        """Log out, or hang up where that fails."""
        try:
            with _told():
                self._client.logout()
        except (TryAgain, ServerRefuses):
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self._client.shutdown()

    def interrupt(self) -> None:
        """Make whatever waits on the connection fail at once."""
        with contextlib.suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def _processed(self) -> str:
        """The folder for mail taken in, made where it is missing."""
        if not self._target:
            wanted = self._account.processed
            special = self._client.find_special_folder(wanted.encode()) if wanted.startswith("\\") else None
            self._target = special or self._name(wanted.removeprefix("\\"))
            if not self._client.folder_exists(self._target):
                self._client.create_folder(self._target)
                self._client.subscribe_folder(self._target)
        return self._target

    def _name(self, folder: str) -> str:
        """The folder's name as this server has it: with its own delimiter, below its own prefix."""
        if folder.upper() == "INBOX":
            return "INBOX"
        prefix, delimiter = "", "/"
        if self._client.has_capability("NAMESPACE"):
            personal = self._client.namespace().personal or (("", "/"),)
            prefix, delimiter = personal[0][0] or "", personal[0][1] or "/"
        name = folder.replace("/", delimiter)
        return name if name.startswith(prefix) else prefix + name


def _connect(account: ImapAccount) -> IMAPClient:
    context = ssl.create_default_context(cafile=account.authorities or None)
    tls = account.privacy is Privacy.TLS
    client = IMAPClient(
        account.host,
        account.port,
        ssl=tls,
        ssl_context=context if tls else None,
        timeout=SocketTimeout(connect=account.connect_timeout, read=account.read_timeout),
    )
    client.normalise_times = False  # else times are naive and local
    client._imap.debug = 0  # imapclient sets 5: every mail would be formatted for a log nobody reads
    try:
        if account.privacy is Privacy.STARTTLS:
            client.starttls(context)
        _log_in(client, account)
    except BaseException:
        client.shutdown()
        raise
    return client


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    if account.token is not None:
        client.oauth2_login(account.user, account.token())
    elif (account.user + account.password).isascii():
        client.login(account.user, account.password)
    else:  # LOGIN knows ASCII only (RFC 3501 §6.2.3)
        client.plain_login(account.user, account.password)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Failures of the connection as TryAgain; a plain NO or BAD as ServerRefuses."""
    try:
        yield
    except (imaplib.IMAP4.abort, OSError, ProtocolError, ValueError, KeyError) as failure:
        raise TryAgain(f"imap: {_words(failure)}") from failure
    except (IMAPClientError, imaplib.IMAP4.error) as failure:
        raise ServerRefuses(f"imap: {_words(failure)}") from failure


def _words(failure: Exception) -> str:
    return f"{type(failure).__name__}: {' '.join(str(failure).split())[:300]}"
