"""Group commit: everybody who waits for a mail to be durable shares one call of `accept`, one transaction,
one fsync.

While one call runs on the writer thread, the mails that arrive gather; the next call takes them all. Nobody
waits for a timer: a lone mail is written at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from config.faults import GiveUp, TryAgain
from storage.values import RawMail

Accept = Callable[[Sequence[RawMail]], None]
"""Makes mails durable, all or none, and blocks until they are; raises TryAgain when the database cannot."""

_log = logging.getLogger(__name__)
_Waiting = tuple[RawMail, asyncio.Future[None]]


class GroupCommit:
    """Awaits durability for single mails, on one event loop; `accept` runs on one thread of its own."""

    def __init__(self, accept: Accept, *, most: int = 200) -> None:
        self._accept = accept
        self._most = most
        self._waiting: list[_Waiting] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="accept")
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, mail: RawMail) -> None:
        """Return when the mail is durable; raises what `accept` raised for it."""
        loop = asyncio.get_running_loop()
        durable = loop.create_future()
        self._waiting.append((mail, durable))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._write_all())
        await durable

    async def drain(self) -> None:
        """Wait until nothing waits, and let the writer thread go."""
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
            for one in batch:  # one poisoned mail fails alone
                _settle([one], await self._write([one]))

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
        if durable.done():  # its client went away meanwhile
            continue
        if failure is None:
            durable.set_result(None)
        else:
            durable.set_exception(failure)
