"""The composition root: the only place that reads the clock, the environment and signals, and where parts meet."""

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

from config.checks import patterns_slow
from config.faults import TryAgain
from config.settings import Settings
from daemon.cases.deliveries import after_delivery
from daemon.clock import failed_timers, recurring
from daemon.clock.scheduler import Ticks
from daemon.inbound.from_settings import listeners, mailboxes, receiving
from daemon.inbound.smtp_server import SmtpThread
from daemon.installation import Installation
from daemon.installation_build import lease_of, load_installation, patience_of, transport_of, with_keys
from daemon.intake.batch import prepare, work_batch
from daemon.outbound import relay_alarm
from daemon.outbound.leak_check import why_held
from daemon.outbound.sender import Batch, Sender
from daemon.runtime import restored_database, staff_proof_notice
from daemon.runtime.workers import Worker
from storage import inbox, last_runs, migrate, outbox, timers
from storage.engine import Database

log = structlog.get_logger("reclamo")
_SILENT = 300.0  # seconds without a beat after which a thread counts as hanging; one relay time-out is 60


class Duty(StrEnum):
    """What a node does. All of them by default; several nodes on one database may share them out."""

    INTAKE = "intake"
    WORK = "work"
    CLOCK = "clock"
    SEND = "send"


ALL_DUTIES = tuple(Duty)


def now() -> datetime:
    """The instant it is, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place where the clock is read


def environment() -> dict[str, str]:
    """The process's environment."""
    return dict(os.environ)


def open_database(settings: Settings, *, upgrade: bool) -> Database:
    """The database of an installation, its tables brought up to date where `upgrade` is true."""
    db = Database(settings.database)
    if upgrade:
        migrate.upgrade(db)
    return db


class Daemon:
    """One node: `start`, then `stop`. Between them everything happens on threads of its own."""

    def __init__(
        self, settings: Settings, *, only: Iterable[Duty] = ALL_DUTIES, installation: Installation | None = None
    ) -> None:
        self.settings = settings
        self.duties = frozenset(only)
        self.installation = installation or load_installation(settings)
        self.db = open_database(settings, upgrade=True)
        try:
            self.installation = with_keys(
                self.installation, restored_database.begin(self.db, settings, self.installation, now())
            )
        except BaseException:
            self.db.close()
            raise
        self._beats: dict[str, float] = {}
        self._prepared = False
        self._workers: list[Worker] = []
        self._ticks = Ticks()
        self._smtp: SmtpThread | None = None
        self._mailboxes = mailboxes(settings, self.db, now) if Duty.INTAKE in self.duties else []
        self._sender = Sender(
            self.db,
            transport_of(settings),
            now=now,
            follow=partial(after_delivery, self.installation),
            not_followed=partial(failed_timers.not_followed, self.installation),
            patience=patience_of(settings),
            lease=lease_of(settings),
            why_held=partial(why_held, keys=self.installation.keys, limits=self.installation.limits),
        )

    def start(self) -> list[object]:
        """Start everything; where the listeners listen. Raises OSError where a place cannot be had."""
        for warning in (fault for policy in self.installation.policies.values() for fault in patterns_slow(policy)):
            log.warning("policy", problem=str(warning))
        if Duty.CLOCK in self.duties:
            staff_proof_notice.tell_once(self.db, self.settings, self.installation, now())
        places: list[object] = []
        if Duty.INTAKE in self.duties:
            where = listeners(self.settings)
            if where:
                self._smtp = SmtpThread(receiving(self.settings, self.installation, self.db, now), where)
                places = self._smtp.start()
            for poller in self._mailboxes:
                poller.start()
        if Duty.WORK in self.duties:
            self._work("work", self._intake, inbox.CHANNEL)
        if Duty.SEND in self.duties:
            self._work("send", self._send, outbox.CHANNEL)
        if Duty.CLOCK in self.duties:
            with self.db.write() as conn:
                timers.try_again(conn, now=now())  # what they failed by may be what somebody has just mended
            self._ticks.every(self.settings.work.tick, "sweep", self._sweep)
            self._ticks.every(60, "alarm", self._alarm)
        self._ticks.every(self.settings.work.tick, "numbers", self._numbers)
        self._ticks.start()
        log.info(
            "started", duties=sorted(duty.value for duty in self.duties), listening=[str(place) for place in places]
        )
        return places

    def _work(self, name: str, work: Callable[[], bool], channel: str) -> None:
        worker = Worker(name, work, partial(self.db.listen, channel), idle=self.settings.work.tick, beat=self._beat)
        self._workers.append(worker)
        worker.start()

    def _beat(self, name: str) -> None:
        self._beats[name] = time.monotonic()

    def _intake(self) -> bool:
        if not self._prepared:
            prepare(self.installation, now())
            self._prepared = True
        return work_batch(self.db, self.installation, now()) > 0

    def _send(self) -> bool:
        batch = self._sender.send_batch()
        self._mark_relay(batch)
        return bool(batch.sent or batch.failed)

    def _mark_relay(self, batch: Batch) -> None:
        """Remember since when the relay is away: what the alarm and `status` go by."""
        if batch.sent or batch.failed:
            relay_alarm.relay_back(self.db, now())
        elif batch.away:
            relay_alarm.relay_away(self.db, batch.away, now())

    def _sweep(self) -> None:
        self._beat("sweep")
        try:
            while recurring.run_due(self.db, self.installation, now()) >= self.installation.pace.batch:
                self._beat("sweep")
            with self.db.write() as conn:
                last_runs.put(conn, "swept", last_runs.Mark(now()))
        except TryAgain as reason:
            log.warning("will try again", worker="sweep", reason=reason.reason)

    def _numbers(self) -> None:
        try:
            self.installation.numbering.follow(self.db)
        except TryAgain as reason:
            log.warning("will try again", worker="numbers", reason=reason.reason)

    def _alarm(self) -> None:
        try:
            relay_alarm.sound(self.db, self.settings, now())
        except TryAgain as reason:
            log.warning("will try again", worker="alarm", reason=reason.reason)

    def healthy(self) -> list[str]:
        """What hangs or has died; nothing when all is well."""
        still = time.monotonic()
        hanging = [name for name, beat in self._beats.items() if still - beat > _SILENT]
        dead = [worker.name for worker in self._workers if not worker.alive]
        return sorted({*hanging, *dead})

    def stop(self) -> None:
        """Stop taking mail in first, then finish what is in hand."""
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


def run(settings: Settings, only: Iterable[Duty] = ALL_DUTIES) -> None:
    """Run until SIGTERM or SIGINT, telling the service manager how we are (sd_notify)."""
    from sdnotify import SystemdNotifier  # type: ignore[import-untyped]

    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    daemon = Daemon(settings, only=only)
    tell = SystemdNotifier().notify
    daemon.start()
    tell("READY=1")
    pause = int(os.environ.get("WATCHDOG_USEC", "60000000")) / 2_000_000
    while not asked.wait(pause):
        ill = daemon.healthy()
        tell(f"STATUS=hanging: {', '.join(ill)}" if ill else "WATCHDOG=1")
        if ill:
            log.error("hanging", workers=ill)
    tell("STOPPING=1")
    daemon.stop()


def settings_path(given: Path | None) -> Path:
    """Where the settings are: as given, else $RECLAMO_SETTINGS, else the folder we are in, else /etc/reclamo."""
    if given is not None:
        return given
    named = os.environ.get("RECLAMO_SETTINGS")
    if named:
        return Path(named)
    here = Path.cwd() / "reclamo.toml"
    return here if here.is_file() else Path("/etc/reclamo/reclamo.toml")
