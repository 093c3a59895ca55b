"""Tell people when letters cannot be sent: by a command, or by a mail through another server."""

from __future__ import annotations

import smtplib
import subprocess
from datetime import datetime, timedelta

import structlog

from config.settings import Settings
from daemon.letters.headers import LetterHead
from daemon.letters.operator_mail import plain_mail
from storage import last_runs, outbox
from storage.engine import Database
from storage.values import LetterState

log = structlog.get_logger("alarm")
AWAY, RAISED = "relay away", "alarm"
_REPEAT = timedelta(hours=24)  # an alarm that is repeated every minute is soon switched off or ignored


def relay_away(db: Database, why: str, now: datetime) -> None:
    """Store since when the relay is away: the time of the first failure."""
    if AWAY not in last_runs.all_marks(db):
        with db.write() as conn:
            last_runs.put(conn, AWAY, last_runs.Mark(now, why))


def relay_back(db: Database, now: datetime) -> None:
    """Forget that the relay was away: letters are delivered again."""
    if AWAY in last_runs.all_marks(db):
        with db.write() as conn:
            last_runs.drop(conn, AWAY)
            last_runs.drop(conn, RAISED)
        log.info("relay is back", at=now.isoformat())


def raise_alarm(db: Database, settings: Settings, now: datetime) -> bool:
    """Raise the alarm when the relay has been away for alarm.after_minutes, at most once a day; return whether it was.

    Raises TryAgain while the database is away.
    """
    known = last_runs.all_marks(db)
    away = known.get(AWAY)
    if away is None or now - away.at < timedelta(minutes=settings.alarm.after_minutes):
        return False
    if RAISED in known and now - known[RAISED].at < _REPEAT:
        return False
    waiting = outbox.counts(db)[LetterState.WAITING]
    text = (
        f"Letters to customers and staff cannot leave.\n\nSince: {away.at.isoformat()}\nWhy: {away.text}\n"
        f"Waiting: {waiting}\n\nThey are kept, and go as soon as the relay takes them again.\n"
    )
    channels = _send_alarm(settings, text, now)
    if channels:
        with db.write() as conn:
            last_runs.put(conn, RAISED, last_runs.Mark(now, channels))
    return bool(channels)


def _send_alarm(settings: Settings, text: str, now: datetime) -> str:
    """Use every channel of the settings; return the names of those that worked."""
    channels: list[str] = []
    if settings.alarm.command:
        try:
            subprocess.run(list(settings.alarm.command), input=text.encode(), timeout=60, check=True)
            channels.append("command")
        except (OSError, subprocess.SubprocessError) as error:
            log.error("the alarm command failed", reason=str(error))
    if settings.alarm.address and settings.alarm.relay:
        try:
            _send_mail(settings, text, now)
            channels.append("mail")
        except OSError as error:  # smtplib's errors are OSErrors
            log.error("the alarm mail failed", reason=str(error))
    return ", ".join(channels)


def _send_mail(settings: Settings, text: str, now: datetime) -> None:
    to, relay = settings.alarm.address or "", settings.alarm.relay
    if relay is None:
        return
    subject = "Reclamo: letters cannot leave"
    sender = settings.addresses[0].address
    head = LetterHead(sender=sender, sender_name="Reclamo", recipient=to, subject=subject, at=now, language="en")
    raw = plain_mail(head, text, f"alarm/{now.isoformat()}")
    with smtplib.SMTP(relay.host or "localhost", relay.port, timeout=30) as connection:
        connection.sendmail("", [to], raw)
