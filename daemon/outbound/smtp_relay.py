"""The client of the SMTP relay: one connection, kept open; one letter and one recipient at a time.

Refusals (RFC 5321 §4.2.1, RFC 3463): before a letter is begun (connection, greeting, TLS, login) all letters wait.
After a 4xx the letter is tried again later. After a 5xx it is given up, unless the reply is about our sender address or
our rights ("relaying denied"): the operator can correct that, and the letter waits meanwhile.
"""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import ip_address

from email_validator import EmailNotValidError, validate_email

from config.faults import GiveUp, TryAgain
from daemon.outbound.transports import LetterRefused, RelayAway
from storage.values import Letter

_log = logging.getLogger(__name__)
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f<>]|^[^\"]*\s")  # it could end the command and begin another
_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")


class RelaySecurity(StrEnum):
    """How the connection is encrypted. With `starttls` a relay that does not offer it is not used."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, kw_only=True, slots=True)
class RelayConnection:
    """The relay's address and how to connect. `timeout` in seconds, for each reply.

    `authorities` names a file of certificates to trust instead of the system's. `hello` is our own name. `plain_sender`
    is the envelope sender for a relay that refuses the one with a token.
    Raises ValueError for a password that would be sent unencrypted to another machine.
    """

    host: str = "localhost"
    port: int = 25
    security: RelaySecurity = RelaySecurity.NONE
    user: str = ""
    password: str = ""
    authorities: str = ""
    hello: str = "localhost"
    timeout: float = 60.0
    plain_sender: str = ""

    def __post_init__(self) -> None:
        if self.user and self.security is RelaySecurity.NONE and not _is_this_machine(self.host):
            raise ValueError("a password needs security starttls or tls, or a relay on this machine")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A reply of the relay: code, enhanced code ("" if it has none), and its text on one line."""

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def is_lasting(self) -> bool:
        """Whether the refusal is permanent. If the two codes disagree, it counts as temporary."""
        return self.code >= 500 and not self.enhanced.startswith("4")

    @property
    def is_about_us(self) -> bool:
        """Whether the reply is about our rights and not the letter: login required, policy (RFC 3463 §3.8)."""
        return self.code in (530, 534, 535, 538) or self.enhanced.startswith("5.7.")


class _OtherSender(Exception):
    """The relay refuses the sender with a token; it may accept the letter from our plain address."""


def read_reply(code: int, message: bytes) -> SmtpReply:
    """Return a reply from the code and bytes that smtplib returns."""
    text = " ".join(message.decode("utf-8", "replace").split())[:500]
    match = _ENHANCED.match(text)
    return SmtpReply(code, match[0] if match else "", text)


class SmtpRelay:
    """A transport. Keeps its connection between letters and opens a new one when the relay has closed it."""

    def __init__(self, settings: RelayConnection) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None
        self._tls = ssl.create_default_context(cafile=settings.authorities or None)
        self._plain = False  # the relay refuses senders with a token

    def deliver(self, letter: Letter) -> None:
        """Deliver one letter. Raises RelayAway, TryAgain or GiveUp."""
        try:
            self._deliver(letter)
        except smtplib.SMTPResponseException as failure:  # DATA was not answered by 354
            self._reset()
            _check(read_reply(failure.smtp_code, _as_bytes(failure.smtp_error)), retry_always=False)
        except (OSError, smtplib.SMTPException) as failure:
            self.close()
            reason = f"the connection to the relay broke: {_words(failure)}"
            hung = isinstance(failure.__context__, TimeoutError)  # the next letter would wait as long
            raise (RelayAway if hung else TryAgain)(reason) from failure
        except (TryAgain, GiveUp):
            self._reset()
            raise

    def close(self) -> None:
        """Send QUIT and close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _deliver(self, letter: Letter) -> None:
        plain = replace(letter, sender=self._settings.plain_sender) if letter.sender else letter
        if self._plain:
            self._hand_over(plain, may_differ=False)
            return
        try:
            self._hand_over(letter, may_differ=bool(plain.sender) and plain.sender != letter.sender)
        except _OtherSender as refusal:
            self._reset()
            self._hand_over(plain, may_differ=False)
            self._plain = True
            _log.warning("the relay refuses senders with a token; letters leave under %s: %s", plain.sender, refusal)

    def _hand_over(self, letter: Letter, *, may_differ: bool) -> None:
        """One transaction. With `may_differ` a refusal that may be for the sender's token raises _OtherSender."""
        connection, reply = self._begin(letter)
        if may_differ and reply.is_lasting and reply.code not in (552, 555):
            raise _OtherSender(str(reply))
        _check(reply, retry_always=reply.code not in (552, 555))
        reply = read_reply(*connection.docmd("RCPT", f"TO:<{_ascii_domain(letter.recipient)}>"))
        if may_differ and reply.is_lasting and reply.is_about_us:  # "not owned by user", after RCPT or DATA
            raise _OtherSender(str(reply))
        _check(reply, retry_always=reply.is_about_us)
        raw = _BARE.sub(b"\r\n", letter.raw) if _BARE.search(letter.raw) else letter.raw
        reply = read_reply(*connection.data(raw))
        if may_differ and reply.enhanced == "5.7.60":  # Exchange: may not send as this sender
            raise _OtherSender(str(reply))
        _check(reply, retry_always=False)

    def _begin(self, letter: Letter) -> tuple[smtplib.SMTP, SmtpReply]:
        """Send MAIL. If the kept connection has been closed meanwhile, a new one is opened at once."""
        if self._connection is not None:
            try:
                reply = self._name_sender(self._connection, letter)
                if reply.code != 421:
                    return self._connection, reply
            except (OSError, smtplib.SMTPException):
                pass
            self.close()
        self._connection = self._connect()
        return self._connection, self._name_sender(self._connection, letter)

    def _name_sender(self, connection: smtplib.SMTP, letter: Letter) -> SmtpReply:
        sender, recipient = _ascii_domain(letter.sender), _ascii_domain(letter.recipient)
        options = [f"SIZE={len(letter.raw)}"] if connection.has_extn("size") else []
        if not letter.raw.isascii() and connection.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if not (sender + recipient).isascii():
            if not connection.has_extn("smtputf8"):
                raise GiveUp("the relay takes no internationalised addresses (SMTPUTF8)")
            options.append("SMTPUTF8")
            connection.command_encoding = "utf-8"
        # not connection.mail(): it parses the address again and may change it
        return read_reply(*connection.docmd("MAIL", " ".join([f"FROM:<{sender}>", *options])))

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        try:
            return self._open()
        except (OSError, smtplib.SMTPException) as failure:
            raise RelayAway(f"relay {settings.host}:{settings.port}: {_words(failure)}") from failure

    def _open(self) -> smtplib.SMTP:
        settings, at = self._settings, (self._settings.host, self._settings.port)
        name, timeout = settings.hello, settings.timeout
        if settings.security is RelaySecurity.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(*at, name, timeout=timeout, context=self._tls)
        else:
            connection = smtplib.SMTP(*at, name, timeout=timeout)
        try:
            connection.ehlo_or_helo_if_needed()
            if settings.security is RelaySecurity.STARTTLS:
                connection.starttls(context=self._tls)
                connection.ehlo_or_helo_if_needed()
            if settings.user:
                connection.login(settings.user, settings.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _reset(self) -> None:
        """Send RSET, so that the connection can be used for the next letter; close it if that fails."""
        if self._connection is None:
            return
        try:
            if self._connection.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


def _check(reply: SmtpReply, *, retry_always: bool) -> None:
    """Raise GiveUp or TryAgain when the reply is a refusal; with `retry_always` always TryAgain."""
    if reply.code < 400:
        return
    if reply.is_lasting and not retry_always:
        raise LetterRefused(f"the relay refused: {reply}")
    raise TryAgain(f"the relay refused: {reply}")


def _ascii_domain(address: str) -> str:
    """Return the address with its domain in ASCII (RFC 5890), unless the part before the @ is not ASCII itself."""
    if _UNUSABLE.search(address):
        raise GiveUp(f"the address cannot be used: {address!r}")
    local, _, domain = address.rpartition("@")
    if domain.isascii() or not local.isascii():
        return address
    try:
        return validate_email(address, check_deliverability=False).ascii_email or address
    except EmailNotValidError as error:
        raise GiveUp(f"the address cannot be used: {error}") from error


def _words(failure: Exception) -> str:
    """Return what went wrong, on one line: the relay's reply if there is one."""
    if isinstance(failure, smtplib.SMTPResponseException):
        return str(read_reply(failure.smtp_code, _as_bytes(failure.smtp_error)))
    return f"{type(failure).__name__}: {' '.join(str(failure).split())}"


def _as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
