"""The sessions of SMTP, LMTP and submission. The only file that uses aiosmtpd; the texts are in smtp_replies.py.

A mail gets its 250 when `accept` has made it durable, not before; a failure on our side is answered with a 451. The
bytes are kept as they were received, without a Received or Return-Path line: the envelope is stored beside them, and
signatures and fingerprints are computed over the bytes that were sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import ssl
from collections import defaultdict
from typing import Any, AnyStr

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from config.faults import GiveUp
from daemon.inbound import smtp_replies as replies
from daemon.inbound.group_commit import GroupCommit
from daemon.inbound.passwords import is_login
from daemon.inbound.smtp_config import MailProtocol, SmtpConfiguration
from daemon.inbound.smtp_data import DataBlocks, MemoryBudget
from storage.values import RawMail

_log = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd formats a line of it for every line of mail


class SessionPool:
    """What the sessions of one event loop share."""

    def __init__(self, configuration: SmtpConfiguration) -> None:
        self.configuration = configuration
        self.commit = GroupCommit(configuration.accept)
        self.memory = MemoryBudget(configuration.limits.memory)
        self.sessions: set[SmtpSession] = set()
        self.stopping = False

    def new_session(self, protocol: MailProtocol, *, implicit_tls: bool = False) -> asyncio.Protocol:
        """Return the protocol for a new connection."""
        if len(self.sessions) >= self.configuration.limits.sessions:
            return _Busy()
        kind = LmtpSession if protocol is MailProtocol.LMTP else SmtpSession
        return kind(self, protocol, None if implicit_tls else self.configuration.tls)


class _Busy(asyncio.Protocol):
    """A connection beyond the limit: it gets a 421 and is closed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(f"{replies.BUSY}\r\n".encode())
        transport.close()


class _Hooks:
    """The callbacks of aiosmtpd for one session; they return reply texts."""

    def __init__(self, configuration: SmtpConfiguration, protocol: MailProtocol) -> None:
        self._knows = configuration.is_ours
        self._limits = configuration.limits
        self._login_first = protocol is MailProtocol.SUBMISSION
        self._users = configuration.users if self._login_first else {}
        self._unknown_recipients = 0
        self._failed_logins = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        return [replies.ehlo_reply(lines, login=bool(self._users) and _is_private(server))]

    async def handle_AUTH(self, server: SMTP, session: Session, envelope: Envelope, args: list[str]) -> Any:
        if not self._users:
            return replies.LOGIN_UNKNOWN_HERE
        if not _is_private(server):
            return replies.ENCRYPT_FIRST
        mechanism = server.auth_PLAIN if args[0] == "PLAIN" else server.auth_LOGIN
        result = await mechanism(server, args)
        if not result.success:
            return None  # aiosmtpd has replied
        assert isinstance(server, SmtpSession)
        server.account = await self._login(result.auth_data)
        session.authenticated = bool(server.account)
        if server.account:
            return replies.LOGGED_IN
        self._failed_logins += 1
        return replies.LOGIN_WRONG if self._failed_logins < self._limits.failed_logins else replies.TOO_MANY_LOGINS

    async def _login(self, given: LoginPassword | None) -> str:
        """Return the account, or an empty string when the login is wrong."""
        assert given is not None
        try:
            name, password = given.login.decode(), given.password.decode()
        except UnicodeDecodeError:
            return ""
        return name if await asyncio.to_thread(is_login, self._users, name, password) else ""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._login_first and not session.authenticated:
            return replies.LOGIN_FIRST
        if not replies.is_storable(address):
            return replies.BAD_SENDER
        envelope.mail_from = address
        return replies.SENDER_OK

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not replies.is_storable(address):
            return replies.BAD_RECIPIENT
        if len(envelope.rcpt_tos) >= self._limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        if not self._knows(address):
            self._unknown_recipients += 1
            few = self._unknown_recipients < self._limits.unknown_recipients
            return replies.UNKNOWN_RECIPIENT if few else replies.TOO_MANY_STRANGERS
        envelope.rcpt_tos.append(address)
        return replies.RECIPIENT_OK

    async def handle_exception(self, error: Exception) -> str:
        _log.error("SMTP session failed", exc_info=error)
        return replies.TRY_AGAIN


class SmtpSession(SMTP):
    """An SMTP connection. DATA is read in blocks: aiosmtpd's way, line by line, takes four times as long."""

    line_length_limit = 65536  # asyncio stops reading at twice this; lines of commands are limited below
    command_size_limit = 2048
    AuthLoginUsernameChallenge = replies.LOGIN_USERNAME
    AuthLoginPasswordChallenge = replies.LOGIN_PASSWORD

    def __init__(self, pool: SessionPool, protocol: MailProtocol, tls: ssl.SSLContext | None) -> None:
        limits = pool.configuration.limits
        # aiosmtpd keeps one such table for all sessions and clears it whenever a new one starts
        self.command_size_limits = defaultdict(lambda: self.command_size_limit)
        super().__init__(
            _Hooks(pool.configuration, protocol),
            data_size_limit=limits.size,
            enable_SMTPUTF8=True,
            hostname=pool.configuration.hostname,
            ident=replies.GREETING,
            tls_context=tls,
            timeout=limits.idle,
            auth_require_tls=False,  # _Hooks decides where AUTH may be used
            authenticator=lambda *asked: AuthResult(success=True, auth_data=asked[-1]),
            loop=asyncio.get_running_loop(),
        )
        self._reception = pool
        self._way = protocol
        self.closed: asyncio.Future[None] = self.loop.create_future()
        self.is_taking_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._reception.sessions.add(self)
        self.account = ""  # called after STARTTLS too: what came before it must be forgotten (RFC 3207 §4.2)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._reception.sessions.discard(self)
        if not self.closed.done():
            self.closed.set_result(None)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        with contextlib.suppress(ConnectionError):  # the peer has disconnected
            await super()._handle_client()

    async def push(self, status: AnyStr) -> None:
        """Send a reply; after a 421 the connection ends (RFC 5321 §3.8)."""
        reply = status.decode() if isinstance(status, bytes) else status
        await super().push(replies.with_enhanced_code(reply))
        if reply.startswith("421"):
            self.cut()

    def dismiss(self, reply: str) -> None:
        """End an idle session with this reply, without waiting for the peer."""
        self._writer.write(f"{reply}\r\n".encode())
        self.cut()

    def cut(self) -> None:
        """Close the connection once what was written has gone out."""
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Close the connection at once."""
        self._writer.transport.abort()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        usual = replies.plain_path(arg)
        if usual is not None:
            return usual
        try:
            return super()._getaddr(arg)
        except Exception:  # the standard library's parser raises all kinds of exceptions on malformed input
            return None, None

    async def smtp_MAIL(self, arg: str | None) -> None:
        await super().smtp_MAIL(arg and replies.without_auth_parameter(arg))

    async def smtp_STARTTLS(self, arg: str) -> None:
        if self._tls_protocol is not None:
            await self.push(replies.TLS_ALREADY)
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_HELP(self, arg: str) -> None:
        await self.push(replies.HELP)

    async def smtp_VRFY(self, arg: str) -> None:
        await self.push(replies.CANNOT_VERIFY)

    async def smtp_DATA(self, arg: str | None) -> None:
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        recipients = len(self.envelope.rcpt_tos)
        if not recipients or arg:
            await self.push(replies.BAD_SYNTAX if arg else replies.NEED_RECIPIENT)
            return
        await self.push(replies.SEND_DATA)
        self.is_taking_mail = True
        try:
            reply = await self._receive(self.envelope)
        finally:
            self.is_taking_mail = False
        self.envelope = self._create_envelope()
        await self.push(replies.per_recipient(reply, recipients if self._way is MailProtocol.LMTP else 1))
        if self._reception.stopping:
            self.dismiss(replies.STOPPING)

    async def _receive(self, envelope: Envelope) -> str:
        """Read one message and store it; return the reply."""
        data = DataBlocks(self._reception.configuration.limits.size, self._reception.memory)
        try:
            await self._read(data)
            raw = data.message()
            return data.refusal or await self._commit(self._mail(raw, envelope))
        finally:
            data.release()

    def _mail(self, raw: bytes, envelope: Envelope) -> RawMail:
        return RawMail(
            raw=raw,
            received_at=self._reception.configuration.now(),
            source=self._way.value,
            envelope_from=(envelope.mail_from or "").removeprefix("<>"),
            recipients=tuple(dict.fromkeys(envelope.rcpt_tos)),
            submitted_by=self.account,
        )

    async def _commit(self, mail: RawMail) -> str:
        try:
            await self._reception.commit(mail)
        except GiveUp:
            return replies.REFUSED
        except Exception:  # TryAgain, or a bug that group commit has logged
            return replies.TRY_AGAIN
        return replies.TAKEN

    async def _read(self, data: DataBlocks) -> None:
        limits = self._reception.configuration.limits
        until = self.loop.time() + limits.data
        rest = None
        while rest is None:
            if self.loop.time() > until:
                self.cut()
            self._reset_timeout(limits.idle)
            block = await self._reader.read(1 << 30)  # everything that has arrived: `rest` is put back below, in order
            rest = data.feed(block)
        self._reset_timeout()
        self._reader.feed_data(rest)


class LmtpSession(SmtpSession, LMTP):
    """An LMTP connection (RFC 2033)."""


def _is_private(server: SMTP) -> bool:
    """Return whether nobody else can read the connection: TLS, a unix socket, or loopback."""
    transport = server.transport
    if transport is None or transport.get_extra_info("sslcontext") is not None:
        return True
    peer = transport.get_extra_info("peername")
    return not isinstance(peer, tuple) or ipaddress.ip_address(peer[0].partition("%")[0]).is_loopback
