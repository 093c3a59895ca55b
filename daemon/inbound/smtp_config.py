"""What the SMTP edge is told: where to listen, how much to take, and who takes the mail from it."""

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
    """How much the edge takes. Sizes in bytes, times in seconds.

    `size` is what EHLO advertises (RFC 1870); 50 MiB is what the large mail providers send at most once
    base64 is counted. `memory` caps all the mail held by all sessions together: without it `sessions` ×
    `size` would be the cap. `recipients` may not be lower than 100 (RFC 5321 §4.5.3.1.8). `idle` is the wait
    for a command or the next bytes of DATA (§4.5.3.2.7: at least 5 minutes); `data` the longest one DATA may
    take, so that nobody holds a session for ever. `strangers` is how many unknown recipients one session may
    try before it is cut off: addresses are not guessed here.
    """

    size: int = 50 * MIB
    memory: int = 128 * MIB
    recipients: int = 1000
    sessions: int = 200
    idle: float = 300.0
    data: float = 1800.0
    strangers: int = 50
    logins: int = 3


class MailProtocol(StrEnum):
    """How mail comes in; also `RawMail.source`."""

    SMTP = "smtp"
    LMTP = "lmtp"
    SUBMISSION = "submission"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """One place to listen: an inherited socket (`fd`), a unix socket (`path`), or host and port (0: any free
    one).

    `implicit_tls` speaks TLS from the first byte (RFC 8314); otherwise STARTTLS is offered when there is a
    certificate. `mode` is set on the unix socket, so that a mail server that runs as another user may
    connect.
    """

    way: MailProtocol = MailProtocol.SMTP
    host: str = "127.0.0.1"
    port: int = 0
    path: str = ""
    fd: int = -1
    implicit_tls: bool = False
    mode: int = 0o660


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiving:
    """All that the sessions need. `accept` blocks and runs on a thread; `knows` and `now` must return at
    once.

    `knows` says whether an address is ours, sub-addresses included; what it raises is answered with a 451.
    `users` are names with passwords as made by daemon/inbound/passwords.py, for submission.
    """

    hostname: str
    accept: Accept
    knows: Callable[[str], bool]
    now: Callable[[], datetime]
    limits: SmtpLimits = field(default_factory=SmtpLimits)
    tls: ssl.SSLContext | None = None
    users: Mapping[str, str] = field(default_factory=dict)
