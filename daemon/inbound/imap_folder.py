"""One folder of one IMAP account: connect, search, fetch, mark, wait. The only file that uses imapclient.

Nothing is ever deleted or expunged on the server, and fetching does not mark mail as read. A failing connection is
raised as MailboxTrouble (a TryAgain): connect again.
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
from storage.mailboxes import MailboxProblem

logging.getLogger("imapclient").setLevel(logging.WARNING)
_HEADER_BYTES = 65536  # fetched of a mail that is too large to be fetched whole


class ImapSecurity(StrEnum):
    """How the connection is encrypted. With `starttls` a server that does not offer it is not used."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class AfterReading(StrEnum):
    """What is done on the server with a mail that has been taken in."""

    FLAG = "flag"
    MOVE = "move"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapAccount:
    r"""One folder to take mail from.

    `account` is our name for it and part of every mail's `source_key`: it must not change. `address` is the address
    that its mail was sent to. `token` returns an OAuth2 access token for each login and replaces the password. Folder
    names are as people see them, in any alphabet, with / between levels; `processed` may also be a special use such as
    \Archive (RFC 6154). `keyword` marks mail taken in. Mails of up to `fetch_limit` bytes are fetched whole. Times are
    in seconds; `interval` is how long one IDLE lasts, and how often a server is asked without it. IDLE is used when
    `idle` is true and the server offers it.
    """

    account: str
    host: str
    user: str
    port: int = 993
    security: ImapSecurity = ImapSecurity.TLS
    password: str = ""
    token: Callable[[], str] | None = None
    authorities: str = ""
    address: str = ""
    folder: str = "INBOX"
    after_reading: AfterReading = AfterReading.FLAG
    processed: str = "Processed"
    keyword: str = "$Reclamo"
    from_the_beginning: bool = False
    fetch_limit: int = 50 * 1024 * 1024
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    idle: bool = True
    interval: float = 300.0


@dataclass(frozen=True, slots=True)
class MessageSummary:
    """A mail on the server before it is fetched; `size` in bytes."""

    uid: int
    size: int
    received_at: datetime


class MailboxUnreadable(TryAgain):
    """The folder cannot be read now: `problem` says which kind of failure it was, the reason is a sentence about it."""

    def __init__(self, problem: MailboxProblem, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem


class ServerRefuses(Exception):
    """The server answered one command with NO or BAD; the connection is still good."""


class ImapFolder:
    """An open folder. Use it on one thread; only `interrupt` may be called from another.

    Opening it, and every method, raises MailboxTrouble when the connection fails.
    """

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._target = ""
        self._client = _connect(account)
        try:
            _sign_in(self._client, account)
            self._select(account, self._client)
        except BaseException:
            self._client.shutdown()
            raise

    def _select(self, account: ImapAccount, client: IMAPClient) -> None:
        """Select the folder and learn what may be done in it."""
        try:
            selected = client.select_folder(self._name(account.folder))
            self.uidvalidity = int(selected[b"UIDVALIDITY"])
            self.last_uid = int(selected.get(b"UIDNEXT", 0)) - 1
            if self.last_uid < 0:
                self.last_uid = max(client.search(["UID", "*"]), default=0)
            flags = selected.get(b"PERMANENTFLAGS", ())
            self._may_flag = b"\\*" in flags or account.keyword.encode() in flags
            self._may_move = client.has_capability("MOVE")
            self._may_idle = account.idle and client.has_capability("IDLE")
        except (IMAPClientError, OSError, ValueError, KeyError) as failure:
            raise _open_failure(account, MailboxProblem.FOLDER, failure) from failure

    def uids_after(self, uid: int) -> list[int]:
        """Return the UIDs above this one, in order."""
        with _typed_failures(self._account):
            self._client._imap.response("EXISTS")  # clears it: the search below finds what was announced until now
            uids = self._client.search(["UID", f"{uid + 1}:*"])
            return sorted(found for found in uids if found > uid)  # N:* matches the last mail even when it is below N

    def uids_since(self, instant: datetime, *, until_uid: int = 2**32) -> list[int]:
        """Return the UIDs of mails received since then, and up to two days before: SEARCH SINCE goes by local days."""
        day = (instant - timedelta(days=1)).date()
        with _typed_failures(self._account):
            return sorted(found for found in self._client.search(["SINCE", day]) if found <= until_uid)

    def summaries(self, uids: Sequence[int]) -> list[MessageSummary]:
        """Return size and time of arrival of each of these mails that is still there, by UID."""
        with _typed_failures(self._account):
            found = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            MessageSummary(uid, int(fields[b"RFC822.SIZE"]), fields[b"INTERNALDATE"].astimezone(UTC))
            for uid, fields in sorted(found.items())
        ]

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return these mails by UID; those the server does not return are left out. Raises ServerRefuses."""
        with _typed_failures(self._account):
            found = self._client.fetch(uids, ["BODY.PEEK[]"])
        return {uid: fields[b"BODY[]"] for uid, fields in found.items() if fields.get(b"BODY[]")}

    def header(self, uid: int) -> bytes:
        """Return the beginning of a mail's header, at most 64 KiB. Raises ServerRefuses."""
        with _typed_failures(self._account):
            found = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>"])
        return bytes(found.get(uid, {}).get(b"BODY[HEADER]<0>") or b"")

    def mark(self, uids: Sequence[int]) -> None:
        """Flag or move mails that have been stored. What the server refuses is left undone."""
        with contextlib.suppress(ServerRefuses), _typed_failures(self._account):
            if self._account.after_reading is AfterReading.MOVE and self._may_move:
                self._client.move(uids, self._processed())
            elif self._may_flag:
                self._client.add_flags(uids, [self._account.keyword.encode()], silent=True)

    def wait(self, stop: Callable[[float], object], *, idle: bool = True) -> None:
        """Return when there may be new mail, or after `interval` seconds. `stop` sleeps at most so many seconds."""
        if not (idle and self._may_idle):
            stop(self._account.interval)
            with _typed_failures(self._account):
                self._client.noop()
            return
        with _typed_failures(self._account):
            if self._announced():
                return  # mail came after the last search; IDLE would not announce it again
            self._begin_idle()
            if not self._announced() and not self._has_more():
                self._client.idle_check(self._account.interval)
            self._client.idle_done()  # idle_check returns nothing when the server has hung up; this raises then
            self._client.noop()

    def _begin_idle(self) -> None:
        """Begin IDLE as IMAPClient.idle() does, also where a server announces mail before the "+" (RFC 3501 §7)."""
        imap = self._client._imap
        tag = self._client._idle_tag = imap._command("IDLE")
        while imap._get_response() is not None:
            if imap.tagged_commands[tag]:
                raise imap.error(f"IDLE is refused: {imap.tagged_commands.pop(tag)}")

    def _announced(self) -> bool:
        return bool(self._client._imap.response("EXISTS")[1] != [None])

    def _has_more(self) -> bool:
        """Return whether bytes came together with the "+" line: they are in a buffer, which select() does not see."""
        connection = self._client.socket()
        connection.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            connection.settimeout(self._account.read_timeout)

    def close(self) -> None:
        """Log out, or hang up when that fails."""
        try:
            with _typed_failures(self._account):
                self._client.logout()
        except (MailboxUnreadable, ServerRefuses):
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self._client.shutdown()

    def interrupt(self) -> None:
        """Make a call that waits on the connection fail at once."""
        with contextlib.suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def _processed(self) -> str:
        """Return the folder for mail taken in; it is made when it is missing."""
        if not self._target:
            wanted = self._account.processed
            special = self._client.find_special_folder(wanted.encode()) if wanted.startswith("\\") else None
            self._target = special or self._name(wanted.removeprefix("\\"))
            if not self._client.folder_exists(self._target):
                self._client.create_folder(self._target)
                self._client.subscribe_folder(self._target)
        return self._target

    def _name(self, folder: str) -> str:
        """Return the folder's name as this server writes it: with its delimiter and its prefix (RFC 2342)."""
        if folder.upper() == "INBOX":
            return "INBOX"
        prefix, delimiter = "", "/"
        if self._client.has_capability("NAMESPACE"):
            personal = self._client.namespace().personal or (("", "/"),)
            prefix, delimiter = personal[0][0] or "", personal[0][1] or "/"
        name = folder.replace("/", delimiter)
        return name if name.startswith(prefix) else prefix + name


def _connect(account: ImapAccount) -> IMAPClient:
    """Return an encrypted connection, as the account wants it, that is not signed in yet."""
    try:
        context = ssl.create_default_context(cafile=account.authorities or None)
    except OSError as failure:  # the file of authorities
        raise _open_failure(account, MailboxProblem.ENCRYPTION, failure) from failure
    tls = account.security is ImapSecurity.TLS
    try:
        client = IMAPClient(
            account.host,
            account.port,
            ssl=tls,
            ssl_context=context if tls else None,
            timeout=SocketTimeout(connect=account.connect_timeout, read=account.read_timeout),
        )
    except (IMAPClientError, OSError, ValueError) as failure:
        encryption = isinstance(failure, ssl.SSLError)
        problem = MailboxProblem.ENCRYPTION if encryption else MailboxProblem.UNREACHABLE
        raise _open_failure(account, problem, failure) from failure
    client.normalise_times = False  # else times are naive and local
    client._imap.debug = 0  # imapclient sets 5: every mail would be formatted for a log nobody reads
    if account.security is ImapSecurity.STARTTLS:
        try:
            client.starttls(context)
        except (IMAPClientError, OSError, ValueError) as failure:
            client.shutdown()
            raise _open_failure(account, MailboxProblem.ENCRYPTION, failure) from failure
    return client


def _sign_in(client: IMAPClient, account: ImapAccount) -> None:
    try:
        if account.token is not None:
            client.oauth2_login(account.user, account.token())
        elif (account.user + account.password).isascii():
            client.login(account.user, account.password)
        else:  # LOGIN knows ASCII only (RFC 3501 §6.2.3)
            client.plain_login(account.user, account.password)
    except TryAgain as failure:
        reason = f"no access token for {account.user}: {failure.reason}"
        raise MailboxUnreadable(MailboxProblem.SIGN_IN, reason) from failure
    except (IMAPClientError, OSError, ValueError, KeyError) as failure:
        raise _open_failure(account, MailboxProblem.SIGN_IN, failure) from failure


_SERVER_ANSWERS = (MailboxProblem.SIGN_IN, MailboxProblem.FOLDER)  # steps that only a NO of the server makes fail


def _open_failure(account: ImapAccount, problem: MailboxProblem, failure: Exception) -> MailboxUnreadable:
    """Return what is to be raised when opening the folder failed at the step that `problem` names."""
    server, words = f"{account.host}:{account.port}", _server_words(failure, account)
    if isinstance(failure, imaplib.IMAP4.abort) or isinstance(failure.__context__, imaplib.IMAP4.abort):
        problem = MailboxProblem.CONNECTION  # imapclient makes a LoginError of a connection that broke at login
    elif isinstance(failure, OSError | ValueError | KeyError | ProtocolError) and problem in _SERVER_ANSWERS:
        problem = MailboxProblem.CONNECTION
    sentences = {
        MailboxProblem.UNREACHABLE: f"the server {server} cannot be reached: {words}",
        MailboxProblem.ENCRYPTION: f"no encrypted connection to {server} can be made: {words}",
        MailboxProblem.SIGN_IN: f"the server {server} refuses to sign in {account.user}: {words}",
        MailboxProblem.FOLDER: f"the folder {account.folder} cannot be opened: {words}",
        MailboxProblem.CONNECTION: f"the connection to {server} broke: {words}",
    }
    return MailboxUnreadable(problem, sentences[problem])


@contextlib.contextmanager
def _typed_failures(account: ImapAccount) -> Iterator[None]:
    """Raise MailboxTrouble for failures of an open connection, ServerRefuses for a plain NO or BAD."""
    try:
        yield
    except (imaplib.IMAP4.abort, OSError, ProtocolError, ValueError, KeyError) as failure:
        raise _open_failure(account, MailboxProblem.CONNECTION, failure) from failure
    except (IMAPClientError, imaplib.IMAP4.error) as failure:
        raise ServerRefuses(_server_words(failure, account)) from failure


def _server_words(failure: Exception, account: ImapAccount) -> str:
    """Return what the server or the system said, on one line, without the password: a server may quote a command."""
    text = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
    if account.password:
        text = text.replace(account.password, "***")
    return " ".join(text.split())[:300] or type(failure).__name__
