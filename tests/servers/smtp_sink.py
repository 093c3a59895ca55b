"""An SMTP server that keeps the mails it receives, and can be made to refuse, hang or drop connections."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections import defaultdict
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

CUT = "cut"
HANG = "hang"


class Sink:
    """A relay for tests, on a free port of loopback.

    `answers[stage]` are the next replies, in order, at stage MAIL, RCPT, DATA or DATA-END; after them come the usual
    ones. CUT drops the connection and HANG never replies. `refused` maps recipients to the reply they always get.
    """

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, implicit: bool = False, port: int = 0, **options: Any
    ) -> None:
        self.answers: dict[str, list[str]] = defaultdict(list)
        self.refused: dict[str, str] = {}
        self.mails: list[Envelope] = []
        self.commands: list[str] = []
        self.connections = 0
        self.logins: list[tuple[str, str]] = []
        self._options: dict[str, Any] = {"hostname": "sink.example", "enable_SMTPUTF8": True} | options
        self._tls, self._implicit = tls, implicit
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(port), self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _listen(self, port: int) -> asyncio.Server:
        tls = self._tls if self._implicit else None
        return await self._loop.create_server(lambda: _Session(self), "127.0.0.1", port, ssl=tls)

    def session_options(self) -> dict[str, Any]:
        """The keyword arguments of aiosmtpd's SMTP class."""
        return self._options | {"tls_context": None if self._implicit else self._tls, "loop": self._loop}

    def stop(self) -> None:
        """Stop the server and drop all connections."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the next turn of the loop

    def restart(self) -> None:
        """Drop all connections and listen again on the same port."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(self.port), self._loop).result()

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        """Accept the user mara with the password secret only."""
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.logins[-1] == ("mara", "secret"), handled=False)

    async def next_answer(self, stage: str, server: SMTP, usual: str) -> str:
        """The reply at this stage: the next of `answers`, else the usual one."""
        answer = self.answers[stage].pop(0) if self.answers[stage] else usual
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == CUT:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            raise ConnectionResetError
        return answer


class _Session(SMTP):
    def __init__(self, sink: Sink) -> None:
        super().__init__(_Hooks(sink), authenticator=sink.login, **sink.session_options())
        self._sink = sink
        sink.connections += 1

    async def _handle_client(self) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await super()._handle_client()
        if self.transport is not None:
            self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:
        answer = await self._sink.next_answer("DATA", self, "")
        if answer:
            await self.push(answer)
            return
        await super().smtp_DATA(arg)


class _Hooks:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self._sink.commands.append(f"MAIL {address} {' '.join(options)}".strip())
        answer = await self._sink.next_answer("MAIL", server, "250 2.1.0 Ok")
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        usual = self._sink.refused.get(address, "250 2.1.5 Ok")
        answer = await self._sink.next_answer("RCPT", server, usual)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await self._sink.next_answer("DATA-END", server, "250 2.0.0 Queued")
        if answer.startswith("250"):
            self._sink.mails.append(envelope)
        return answer
