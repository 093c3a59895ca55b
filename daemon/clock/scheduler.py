"""Call functions at intervals, with APScheduler. It holds no business state: what is due is in the database, so a late
or doubled call finds there what is left to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]


class Scheduler:
    """Calls functions at intervals, each independently, never one of them twice at once."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(4)},
            # After a suspend the calls that were missed are made up for by one, however late.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def call_every(self, seconds: float, name: str, call: Callable[[], object]) -> None:
        """Call `call` at this interval from now on. What it raises is logged by APScheduler."""
        self._scheduler.add_job(call, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Start calling."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop calling, and wait for what is running."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
