"""Turn the settings into the configuration of the SMTP server and the IMAP pollers."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime

from config.settings import Settings
from daemon.inbound.imap_folder import AfterReading, ImapAccount, ImapSecurity
from daemon.inbound.imap_poller import ImapPoller, StoredPositions
from daemon.inbound.imap_report import StateReport
from daemon.inbound.smtp_config import Listener, MailProtocol, SmtpConfiguration, SmtpLimits
from daemon.installation import Installation
from storage import inbox
from storage.engine import Database
from storage.values import RawMail


def store_mails(db: Database) -> Callable[[Sequence[RawMail]], None]:
    """Return the function that stores mails in the inbox: when it returns they are durable. It raises TryAgain."""

    def accept(mails: Sequence[RawMail]) -> None:
        with db.write() as conn:
            inbox.accept(conn, mails)

    return accept


def is_ours(installation: Installation) -> Callable[[str], bool]:
    """Return the test for addresses of ours, sub-addresses included."""

    def knows(address: str) -> bool:
        return installation.ours.without_subaddress(address) in installation.addresses

    return knows


def smtp_configuration(
    settings: Settings, installation: Installation, db: Database, now: Callable[[], datetime]
) -> SmtpConfiguration:
    """Return the configuration of the SMTP server."""
    smtp = settings.smtp
    return SmtpConfiguration(
        hostname=smtp.hostname or socket.gethostname(),
        accept=store_mails(db),
        is_ours=is_ours(installation),
        now=now,
        limits=SmtpLimits(
            size=smtp.size_limit, memory=smtp.memory_limit, recipients=smtp.recipients, sessions=smtp.sessions
        ),
        tls=_tls(settings),
        users=settings.submission.users,
    )


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.smtp.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.smtp.certificate, settings.smtp.key)
    return context


def listeners(settings: Settings) -> list[Listener]:
    """Return where the SMTP server listens."""
    where = [
        Listener(protocol=MailProtocol.SMTP, host=listen.host, port=listen.port, path=listen.path)
        for listen in settings.smtp.listen
    ]
    mode = int(settings.lmtp.mode, 8)
    where += [
        Listener(protocol=MailProtocol.LMTP, host=listen.host, port=listen.port, path=listen.path, mode=mode)
        for listen in settings.lmtp.listen
    ]
    implicit = settings.submission.tls == "tls"
    where += [
        Listener(
            protocol=MailProtocol.SUBMISSION,
            host=listen.host,
            port=listen.port,
            path=listen.path,
            implicit_tls=implicit,
        )
        for listen in settings.submission.listen
    ]
    return where


def imap_pollers(settings: Settings, db: Database, now: Callable[[], datetime]) -> list[ImapPoller]:
    """Return a poller for each IMAP mailbox, not started yet."""
    pollers = []
    for mailbox in settings.mailboxes:
        account = ImapAccount(
            account=mailbox.name,
            host=mailbox.host,
            user=mailbox.user,
            port=mailbox.real_port,
            security=ImapSecurity(mailbox.tls),
            password=mailbox.password.get_secret_value(),
            authorities=str(mailbox.authorities or ""),
            address=mailbox.address or settings.addresses[0].address,
            folder=mailbox.folder,
            after_reading=AfterReading.MOVE if mailbox.processed else AfterReading.FLAG,
            processed=mailbox.processed or "Processed",
            from_the_beginning=mailbox.start == "all",
            fetch_limit=settings.smtp.size_limit,
            idle=mailbox.idle,
            interval=float(mailbox.poll),
        )
        report = StateReport(db, account, node=socket.gethostname(), now=now)
        pollers.append(ImapPoller(account, StoredPositions(db, account), now=now, report=report))
    return pollers
