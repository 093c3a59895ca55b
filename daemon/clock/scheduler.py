"""The ticks: APScheduler calls functions at intervals. It holds no state of the business: what is due is in the
database, and a late or doubled tick finds there what is left to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]


class Ticks:
    """Functions called every so many seconds, each on its own, never twice at once."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(4)},
            # A machine that slept gives one tick for all it missed, however late.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def every(self, seconds: float, name: str, call: Callable[[], object]) -> None:
        """Have `call` called at once and then every so many seconds. What it raises is logged by the scheduler."""
        self._scheduler.add_job(call, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking, and wait for what is running."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
