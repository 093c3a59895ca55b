"""Worker threads: they work while there is work, and else wait to be woken."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from config.faults import TryAgain

log = structlog.get_logger("worker")
_LONGEST_PAUSE = 30.0  # seconds between two attempts while the database is away


class Worker:
    """One thread. `work` does a batch and returns whether there was any; `wait(idle)` blocks until woken, or so long.

    `beat` is called before each batch, so that a watchdog sees a thread that hangs.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], bool],
        wait: Callable[[float], object],
        *,
        idle: float,
        beat: Callable[[str], None],
    ) -> None:
        self.name = name
        self._work = work
        self._wait = wait
        self._idle = idle
        self._beat = beat
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Have the thread stop after its current batch."""
        self._stop.set()

    def join(self, seconds: float) -> bool:
        """Wait until the thread has ended, at most so long; return whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.is_set():
            self._beat(self.name)
            try:
                found = self._work()
                pause = 0.0
                if not found:
                    self._wait(self._idle)
            except TryAgain as reason:
                pause = min(_LONGEST_PAUSE, max(1.0, pause * 2))
                log.warning("will try again", worker=self.name, reason=reason.reason)
            except Exception as error:
                pause = _LONGEST_PAUSE
                log.error("a fault in Reclamo", worker=self.name, exc_info=error)
            if pause:
                self._stop.wait(pause)
