"""The composition root: the only file that reads the clock, the environment and signals, and that joins the parts.

A node opens the database, compares it with the numbers it has given out (a restored copy is noticed before any number
is used again), and starts, in this order: SMTP listeners and IMAP mailboxes (intake), the thread that reads and decides
(work), the thread that delivers letters (send), and the ticks of the clock. It stops in the same order.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

import structlog

from config.checks import slow_pattern_faults
from config.faults import TryAgain
from config.settings import Settings
from daemon.cases.deliveries import after_delivery
from daemon.clock import failed_timers, recurring
from daemon.clock.scheduler import Scheduler
from daemon.inbound.from_settings import imap_pollers, listeners, smtp_configuration
from daemon.inbound.imap_poller import ImapPoller
from daemon.inbound.smtp_server import SmtpThread
from daemon.installation import Installation
from daemon.installation_build import load_installation, replace_keys, transport_of
from daemon.intake.batch import prepare, work_batch
from daemon.outbound import relay_alarm
from daemon.outbound.leak_check import why_not_sendable
from daemon.outbound.sender import Sender
from daemon.runtime import restored_database, staff_proof_notice
from daemon.runtime.workers import Worker
from storage import inbox, last_runs, migrate, outbox, timers
from storage.engine import Database

log = structlog.get_logger("reclamo")
_SILENT = 300.0  # seconds without a beat after which a thread counts as hanging; a relay may take 60 for one reply
_ALARM_INTERVAL = 60.0  # seconds


class Duty(StrEnum):
    """What a node does: everything by default; several nodes on one database may divide the duties."""

    INTAKE = "intake"
    WORK = "work"
    CLOCK = "clock"
    SEND = "send"


ALL_DUTIES = tuple(Duty)


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place where the clock is read


def environment() -> dict[str, str]:
    """Return the process's environment."""
    return dict(os.environ)


def open_database(settings: Settings, *, upgrade: bool) -> Database:
    """Open the installation's database; with `upgrade`, bring its tables up to date."""
    db = Database(settings.database)
    if upgrade:
        migrate.upgrade(db)
    return db


class Daemon:
    """One node: `start`, then `stop`. All work happens on its own threads.

    Raises FaultsFound and TryAgain as load_installation and restored_database do.
    """

    def __init__(
        self, settings: Settings, *, only: Iterable[Duty] = ALL_DUTIES, installation: Installation | None = None
    ) -> None:
        self.settings = settings
        self.duties = frozenset(only)
        self.installation = installation or load_installation(settings)
        self.db = open_database(settings, upgrade=True)
        try:
            keys = restored_database.continue_numbers(self.db, settings, self.installation, now())
        except BaseException:
            self.db.close()
            raise
        self.installation = replace_keys(self.installation, keys)
        self._smtp: SmtpThread | None = None
        self._mailboxes: list[ImapPoller] = []
        self._workers: list[Worker] = []
        self._sender = self._make_sender()
        self._ticks = Scheduler()
        self._beats: dict[str, float] = {}  # by thread, when it was last seen at work (time.monotonic)
        self._prepared = False

    def start(self) -> list[object]:
        """Start this node's duties; return where the listeners listen. Raises OSError when one cannot listen.

        The listeners come first: a port that is taken fails the start before any work is done. Then the threads follow
        the way of a mail, and last the clock, whose first tick does what fell due while the node was stopped.
        """
        self._warn_of_slow_patterns()
        addresses = self._start_receiving() if Duty.INTAKE in self.duties else []
        if Duty.WORK in self.duties:
            self._start_worker("work", self._intake, inbox.CHANNEL)
        if Duty.SEND in self.duties:
            self._start_worker("send", self._send, outbox.CHANNEL)
        if Duty.CLOCK in self.duties:
            self._schedule_clock()
        self._ticks.call_every(
            self.settings.work.tick, "numbers", self._numbers
        )  # every node keeps its file of numbers
        self._ticks.start()
        duties, listening = sorted(duty.value for duty in self.duties), [str(address) for address in addresses]
        log.info("started", duties=duties, listening=listening)
        return addresses

    def healthy(self) -> list[str]:
        """Return the names of the threads that hang or have died; none when all is well."""
        still = time.monotonic()
        hanging = [name for name, beat in self._beats.items() if still - beat > _SILENT]
        dead = [worker.name for worker in self._workers if not worker.alive]
        return sorted({*hanging, *dead})

    def stop(self) -> None:
        """Stop: first take no more mail, then finish the batches in hand, then close connections and database."""
        if self._smtp:
            self._smtp.stop()
        for poller in self._mailboxes:
            poller.stop()
        for worker in self._workers:
            worker.ask_to_stop()
        self._ticks.stop()
        for worker in self._workers:
            worker.join(self.settings.work.tick + 60.0)
        self._sender.close()
        self.db.close()
        log.info("stopped")

    # ------------------------------------------------------------------------------------------ starting each part

    def _warn_of_slow_patterns(self) -> None:
        for policy in self.installation.policies.values():
            for fault in slow_pattern_faults(policy):
                log.warning("a pattern of a policy is slow", problem=str(fault))

    def _start_receiving(self) -> list[object]:
        """Start the SMTP listeners and the IMAP mailboxes; return where the listeners listen."""
        addresses: list[object] = []
        where = listeners(self.settings)
        if where:
            self._smtp = SmtpThread(smtp_configuration(self.settings, self.installation, self.db, now), where)
            addresses = self._smtp.start()
        self._mailboxes = imap_pollers(self.settings, self.db, now)
        for poller in self._mailboxes:
            poller.start()
        return addresses

    def _start_worker(self, name: str, work: Callable[[], bool], channel: str) -> None:
        """Start a thread that works while there is work and is woken by the database's notifications on a channel."""
        worker = Worker(name, work, partial(self.db.listen, channel), idle=self.settings.work.tick, beat=self._beat)
        self._workers.append(worker)
        worker.start()

    def _schedule_clock(self) -> None:
        """Schedule what happens because time passes, and tell the operator if staff.proof is not set."""
        staff_proof_notice.ask_operator_once(self.db, self.settings, self.installation, now())
        with self.db.write() as conn:
            timers.try_again(conn, now=now())  # what they failed by may have been mended before this start
        self._ticks.call_every(self.settings.work.tick, "sweep", self._sweep)
        self._ticks.call_every(_ALARM_INTERVAL, "alarm", self._alarm)

    def _make_sender(self) -> Sender:
        installation = self.installation
        return Sender(
            self.db,
            transport_of(self.settings),
            now=now,
            retries=installation.letter_retries,
            follow=partial(after_delivery, installation),
            not_followed=partial(failed_timers.note_not_followed_up, installation),
            why_held=partial(why_not_sendable, keys=installation.keys, limits=installation.limits),
        )

    # --------------------------------------------------------------------------------- one batch of work, on a thread

    def _intake(self) -> bool:
        """Read and decide a batch of mail; return whether there was any."""
        if not self._prepared:
            prepare(self.installation, now())
            self._prepared = True
        return work_batch(self.db, self.installation, now()) > 0

    def _send(self) -> bool:
        """Send a batch of letters; return whether any was delivered or given up."""
        batch = self._sender.send_batch()
        if batch.sent or batch.failed:
            relay_alarm.relay_back(self.db, now())
        elif batch.away:
            relay_alarm.relay_away(self.db, batch.away, now())
        return bool(batch.sent or batch.failed)

    def _sweep(self) -> None:
        """Do everything that is due, batch by batch."""
        self._beat("sweep")
        try:
            while recurring.run_due(self.db, self.installation, now()) >= self.installation.work.batch:
                self._beat("sweep")
            with self.db.write() as conn:
                last_runs.put(conn, "swept", last_runs.Mark(now()))
        except TryAgain as reason:
            log.warning("will try again", worker="sweep", reason=reason.reason)

    def _numbers(self) -> None:
        try:
            self.installation.numbering.record_all_nodes(self.db)
        except TryAgain as reason:
            log.warning("will try again", worker="numbers", reason=reason.reason)

    def _alarm(self) -> None:
        try:
            relay_alarm.raise_alarm(self.db, self.settings, now())
        except TryAgain as reason:
            log.warning("will try again", worker="alarm", reason=reason.reason)

    def _beat(self, name: str) -> None:
        self._beats[name] = time.monotonic()


def run(settings: Settings, only: Iterable[Duty] = ALL_DUTIES) -> None:
    """Run until SIGTERM or SIGINT, reporting to the service manager (sd_notify)."""
    from sdnotify import SystemdNotifier  # type: ignore[import-untyped]

    stop_requested = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop_requested.set())
    daemon = Daemon(settings, only=only)
    notify = SystemdNotifier().notify
    daemon.start()
    notify("READY=1")
    pause = int(os.environ.get("WATCHDOG_USEC", "60000000")) / 2_000_000
    while not stop_requested.wait(pause):
        hanging = daemon.healthy()
        notify(f"STATUS=hanging: {', '.join(hanging)}" if hanging else "WATCHDOG=1")
        if hanging:
            log.error("threads hang", workers=hanging)
    notify("STOPPING=1")
    daemon.stop()


def settings_path(given: Path | None) -> Path:
    """Return the settings file: the one given, else $RECLAMO_SETTINGS, ./reclamo.toml, /etc/reclamo/reclamo.toml."""
    if given is not None:
        return given
    named = os.environ.get("RECLAMO_SETTINGS")
    if named:
        return Path(named)
    here = Path.cwd() / "reclamo.toml"
    return here if here.is_file() else Path("/etc/reclamo/reclamo.toml")
