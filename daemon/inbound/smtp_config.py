"""The configuration of the SMTP server: where it listens, its limits, and the function that stores mail."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from daemon.inbound.group_commit import Accept

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpLimits:
    """How much the server accepts. Sizes in bytes, times in seconds.

    `size` of one mail is advertised by EHLO (RFC 1870); the large mail providers send at most 50 MiB, base64 included.
    `memory` limits the mail that all sessions hold together. `recipients` may not be lower than 100 (RFC 5321
    §4.5.3.1.8). `idle` is the longest wait for a command or the next bytes of DATA (§4.5.3.2.7: at least 5 minutes);
    `data` the longest time one DATA may take. `unknown_recipients` is how many of these a session may name before it is
    disconnected, so that addresses cannot be guessed; `failed_logins` the same for logins.
    """

    size: int = 50 * MIB
    memory: int = 128 * MIB
    recipients: int = 1000
    sessions: int = 200
    idle: float = 300.0
    data: float = 1800.0
    unknown_recipients: int = 50
    failed_logins: int = 3


class MailProtocol(StrEnum):
    """The protocol that mail comes in by; also `RawMail.source`."""

    SMTP = "smtp"
    LMTP = "lmtp"
    SUBMISSION = "submission"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """Where to listen: an inherited socket (`fd`), a unix socket (`path`), or host and port (0: any free one).

    `implicit_tls` means TLS from the first byte (RFC 8314); otherwise STARTTLS is offered when there is a certificate.
    `mode` is set on the unix socket, so that a mail server that runs as another user may connect.
    """

    protocol: MailProtocol = MailProtocol.SMTP
    host: str = "127.0.0.1"
    port: int = 0
    path: str = ""
    fd: int = -1
    implicit_tls: bool = False
    mode: int = 0o660


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpConfiguration:
    """Everything the sessions need. `accept` blocks and runs on a thread; `is_ours` and `now` return at once.

    `is_ours` returns whether an address is ours, sub-addresses included; if it raises, the reply is a 451. `users` maps
    submission accounts to hashed passwords (daemon/inbound/passwords.py).
    """

    hostname: str
    accept: Accept
    is_ours: Callable[[str], bool]
    now: Callable[[], datetime]
    limits: SmtpLimits = field(default_factory=SmtpLimits)
    tls: ssl.SSLContext | None = None
    users: Mapping[str, str] = field(default_factory=dict)
