"""The SMTP server: its listeners, how it starts and how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Sequence
from typing import Any

from daemon.inbound import smtp_replies as replies
from daemon.inbound.smtp_config import Listener, SmtpConfiguration
from daemon.inbound.smtp_session import SessionPool

_BACKLOG = 512  # connections that the kernel queues while the event loop is busy


class SmtpServer:
    """The listeners and their sessions, on one event loop: `start`, then `stop`."""

    def __init__(self, configuration: SmtpConfiguration, listeners: Sequence[Listener]) -> None:
        self._receiving = configuration
        self._listeners = listeners
        self._servers: list[asyncio.Server] = []
        self._reception: SessionPool | None = None

    def addresses(self) -> list[Any]:
        """Return where each listener listens, in the order given: (host, port …) or a path."""
        return [server.sockets[0].getsockname() for server in self._servers]

    async def start(self) -> None:
        """Start all listeners. Raises OSError, and starts none, when one cannot listen."""
        self._reception = SessionPool(self._receiving)
        try:
            for listener in self._listeners:
                self._servers.append(await self._listen(self._reception, listener))
        except OSError:
            await self.stop()
            raise

    async def stop(self, grace: float = 30.0) -> None:
        """Stop listening, let mail that is being taken in finish for `grace` seconds, close every session."""
        for server in self._servers:
            server.close()
        if self._reception is None:
            return
        self._reception.stopping = True
        for session in list(self._reception.sessions):
            if not session.is_taking_mail:
                session.dismiss(replies.STOPPING)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await asyncio.gather(*(session.closed for session in self._reception.sessions))
        for session in list(self._reception.sessions):
            session.abort()
        await self._reception.commit.drain()

    async def _listen(self, pool: SessionPool, listener: Listener) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        tls = self._receiving.tls if listener.implicit_tls else None

        def answer() -> asyncio.Protocol:
            return pool.new_session(listener.protocol, implicit_tls=listener.implicit_tls)

        if listener.fd >= 0:
            inherited = socket.socket(fileno=listener.fd)
            return await loop.create_server(answer, sock=inherited, ssl=tls, backlog=_BACKLOG)
        if listener.path:
            server = await loop.create_unix_server(answer, listener.path, ssl=tls, backlog=_BACKLOG)
            os.chmod(listener.path, listener.mode)
            return server
        return await loop.create_server(answer, listener.host, listener.port, ssl=tls, backlog=_BACKLOG)


class SmtpThread:
    """The server on a thread and an event loop of its own, for the synchronous rest of the daemon."""

    def __init__(self, configuration: SmtpConfiguration, listeners: Sequence[Listener]) -> None:
        self.server = SmtpServer(configuration, listeners)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-in")

    def start(self) -> list[Any]:
        """Start listening; return the addresses. Raises OSError when a listener cannot listen."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result()
        except BaseException:
            self._end()
            raise
        return self.server.addresses()

    def stop(self, grace: float = 30.0) -> None:
        """Stop as `SmtpServer.stop` does, and end the thread; a second call does nothing."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self.server.stop(grace), self._loop).result()
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
