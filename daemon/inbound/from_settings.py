"""From settings to what each edge is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime

from config.settings import Settings
from daemon.inbound.imap_folder import Afterwards, ImapAccount, Privacy
from daemon.inbound.imap_poller import ImapPoller, StoredPositions
from daemon.inbound.imap_report import StateReport
from daemon.inbound.smtp_config import Listener, MailProtocol, Receiving, SmtpLimits
from daemon.installation import Installation
from storage import inbox
from storage.engine import Database
from storage.values import RawMail


def accepting(db: Database) -> Callable[[Sequence[RawMail]], None]:
    """What every edge hands its mail to: durable when it returns. Raises TryAgain."""

    def accept(mails: Sequence[RawMail]) -> None:
        with db.write() as conn:
            inbox.accept(conn, mails)

    return accept


def knowing(installation: Installation) -> Callable[[str], bool]:
    """Whether an address is one of ours, sub-addresses included."""

    def knows(address: str) -> bool:
        return installation.ours.bare(address) in installation.addresses

    return knows


def receiving(settings: Settings, installation: Installation, db: Database, now: Callable[[], datetime]) -> Receiving:
    """What the SMTP edge is told."""
    smtp = settings.smtp
    return Receiving(
        hostname=smtp.hostname or socket.gethostname(),
        accept=accepting(db),
        knows=knowing(installation),
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
    """Where the SMTP edge listens."""
    places = [
        Listener(way=MailProtocol.SMTP, host=one.host, port=one.port, path=one.path) for one in settings.smtp.listen
    ]
    mode = int(settings.lmtp.mode, 8)
    places += [
        Listener(way=MailProtocol.LMTP, host=one.host, port=one.port, path=one.path, mode=mode)
        for one in settings.lmtp.listen
    ]
    implicit = settings.submission.tls == "tls"
    places += [
        Listener(way=MailProtocol.SUBMISSION, host=one.host, port=one.port, path=one.path, implicit_tls=implicit)
        for one in settings.submission.listen
    ]
    return places


def mailboxes(settings: Settings, db: Database, now: Callable[[], datetime]) -> list[ImapPoller]:
    """The IMAP mailboxes to read, each a thread that is not started yet."""
    threads = []
    for one in settings.mailboxes:
        account = ImapAccount(
            account=one.name,
            host=one.host,
            user=one.user,
            port=one.real_port,
            privacy=Privacy(one.tls),
            password=one.password.get_secret_value(),
            authorities=str(one.authorities or ""),
            address=one.address or settings.addresses[0].address,
            folder=one.folder,
            afterwards=Afterwards.MOVE if one.processed else Afterwards.FLAG,
            processed=one.processed or "Processed",
            from_the_beginning=one.start == "all",
            whole=settings.smtp.size_limit,
            idle=one.idle,
            renew=float(one.poll),
        )
        report = StateReport(db, account, node=socket.gethostname(), now=now)
        threads.append(ImapPoller(account, StoredPositions(db, account), now=now, report=report))
    return threads
