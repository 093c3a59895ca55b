"""Group commit: all mails that wait to be stored share one call of `accept`, one transaction and one fsync.

While a call runs on the writer thread, arriving mails are collected; the next call stores them all. There is no timer:
a single mail is written at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from config.faults import GiveUp, TryAgain
from storage.values import RawMail

Accept = Callable[[Sequence[RawMail]], None]
"""Stores mails, all or none, and blocks until they are durable; raises TryAgain when the database fails."""

_log = logging.getLogger(__name__)
_Waiting = tuple[RawMail, asyncio.Future[None]]


class GroupCommit:
    """Stores single mails from one event loop; `accept` runs on its own thread, with at most `most` mails a call."""

    def __init__(self, accept: Accept, *, most: int = 200) -> None:
        self._accept = accept
        self._most = most
        self._waiting: list[_Waiting] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="accept")
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, mail: RawMail) -> None:
        """Return when the mail is durable. Raises what `accept` raised for it."""
        loop = asyncio.get_running_loop()
        durable = loop.create_future()
        self._waiting.append((mail, durable))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._write_all())
        await durable

    async def drain(self) -> None:
        """Wait until every mail is stored, then end the writer thread."""
        if self._running is not None:
            await self._running
        self._writer.shutdown()

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            failure = await self._write(batch)
            if failure is None or isinstance(failure, TryAgain) or len(batch) == 1:
                _settle(batch, failure)
                continue
            for waiting in batch:  # one at a time, so that only the mail that cannot be stored fails
                _settle([waiting], await self._write([waiting]))

    async def _write(self, batch: Sequence[_Waiting]) -> Exception | None:
        mails = [mail for mail, _ in batch]
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._accept, mails)
        except (TryAgain, GiveUp) as failure:
            return failure
        except Exception as failure:
            _log.exception("accepting %d mails failed", len(mails))
            return failure
        return None


def _settle(batch: Sequence[_Waiting], failure: Exception | None) -> None:
    for _, durable in batch:
        if durable.done():  # its client has disconnected
            continue
        if failure is None:
            durable.set_result(None)
        else:
            durable.set_exception(failure)
