"""The shapes of an installation's settings (reclamo.toml). Every key is explained in default.toml, which is also the
file that `reclamo init` writes.

Paths are relative to the folder of the settings file. Secrets are SecretStr: they print as stars.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StrictBool,
    ValidationInfo,
    model_validator,
)

from config.faults import Wrong
from config.listen_address import Listen, read_listen
from config.policy_shapes.base import Names
from config.working_time.calendars import country_calendar
from config.working_time.hours import read_zone

MIB = 1024 * 1024
_ADDRESS = ("not an address", "one address without a name, as in complaints@example.org")
_NAME = ("not a name", 'small letters, digits, "-" and "_", a letter first')
_MARK = ("not a mark", "a header field and the beginning of its value, as in X-Spam-Flag: YES")
_SCRYPT = r"scrypt\$\d+\$\d+\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+"
_HASHED = ("not a hashed password", "a line made by `reclamo password`")


def _zone(value: str) -> str:
    if value:
        read_zone(value)
    return value


def _country(value: str) -> str:
    if value:
        try:
            country_calendar(value)
        except Wrong:
            raise Wrong("no such country", "an ISO 3166 code, as in IT") from None
    return value


def _like(pattern: str, problem: str, allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise Wrong(problem, allowed)
        return value

    return AfterValidator(check)


def _in_folder(value: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / value


def _whole(value: Any) -> Any:
    if isinstance(value, bool):
        raise Wrong("must be a whole number")
    return value


Address = Annotated[str, _like(r"[^\s@<>,;]+@[^\s@<>,;]+", *_ADDRESS)]
Zone = Annotated[str, AfterValidator(_zone)]
Place = Annotated[Path, AfterValidator(_in_folder)]
Hashed = Annotated[str, _like(_SCRYPT, *_HASHED)]
Country = Annotated[str, AfterValidator(_country)]
Name = Annotated[str, _like(r"[a-z][a-z0-9_-]*", *_NAME)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1)]
Amount = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Port = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=65535)]
Listens = Annotated[
    tuple[Annotated[Listen, BeforeValidator(read_listen)], ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
]
Tls = Literal["none", "starttls", "tls"]


class SettingsSection(BaseModel):
    """The base of all sections: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, arbitrary_types_allowed=True, hide_input_in_errors=True
    )


class Company(SettingsSection):
    """The company. `country` completes telephone numbers; `zone` is the time zone of the dates shown, the capital's
    when empty."""

    name: str = Field(min_length=1)
    country: Annotated[Country, Field(min_length=1)]
    zone: Zone = ""


class AddressSettings(SettingsSection):
    """An address customers write to, the policy of its cases, and the sender name of its letters. `calendar` and
    `country` default to the policy's and the company's."""

    address: Address
    policy: str
    name: str = ""
    calendar: str = ""
    country: Country = ""


class Smtp(SettingsSection):
    """The listener for mail from other servers. Sizes in bytes."""

    listen: Listens = (Listen("127.0.0.1", 8025),)
    hostname: str = ""
    size_limit: Count = 40 * MIB
    memory_limit: Count = 128 * MIB
    sessions: Count = 200
    recipients: Annotated[int, BeforeValidator(_whole), Field(ge=100)] = 1000
    certificate: Place | None = None
    key: Place | None = None

    @model_validator(mode="after")
    def _both(self) -> Smtp:
        if (self.certificate is None) is not (self.key is None):
            raise Wrong("certificate and key go together", "both, or neither")
        return self


class Lmtp(SettingsSection):
    """The listener for the local mail server (RFC 2033). `mode` is set on a unix socket."""

    listen: Listens = ()
    mode: Annotated[str, _like(r"[0-7]{3}", "not file rights", "three digits from 0 to 7, as in 660")] = "660"


class Submission(SettingsSection):
    """The listener for authenticated submission by staff. `users` maps addresses to hashed passwords."""

    listen: Listens = ()
    tls: Literal["starttls", "tls"] = "starttls"
    users: dict[Address, Hashed] = {}


class ImapAccountSettings(SettingsSection):
    """A mailbox read by IMAP. `address` is the support address its mail was sent to, where no header says so."""

    name: Name
    host: str
    port: Port = 0
    tls: Tls = "tls"
    authorities: Place | None = None
    user: str
    password: SecretStr = SecretStr("")
    password_file: Place | None = None
    address: Address | None = None
    folder: str = "INBOX"
    processed: str = ""
    start: Literal["now", "all"] = "now"
    poll: Count = 60
    idle: StrictBool = True

    @property
    def real_port(self) -> int:
        """The port; the standard one when none is set."""
        return self.port or (993 if self.tls == "tls" else 143)


class RelaySettings(SettingsSection):
    """Where letters are sent: a mail server, or a maildir for trials. `give_up_after` in days, `timeout` in seconds."""

    transport: Literal["smtp", "maildir"] = "smtp"
    host: str = "localhost"
    port: Port = 0
    tls: Tls = "none"
    authorities: Place | None = None
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: Place | None = None
    folder: Place = Path("letters")
    give_up_after: Count = 5
    timeout: Count = 60

    @property
    def real_port(self) -> int:
        """The port; the standard one when none is set."""
        return self.port or {"none": 25, "starttls": 587, "tls": 465}[self.tls]

    @model_validator(mode="after")
    def _guarded(self) -> RelaySettings:
        if self.user and self.tls == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise Wrong("a password does not travel in the clear", 'tls = "starttls" or tls = "tls"')
        return self


class KeysFile(SettingsSection):
    """The file of the token keys."""

    file: Place = Path("keys")


class Staff(SettingsSection):
    """How mail from staff is verified, besides the token and the address. `hold` in minutes."""

    proof: Literal["confirmation", "token", "authentication-results", "dkim"] = "confirmation"
    authserv_id: str = ""
    hold: Amount = 2
    list_ids: Names = ()

    @model_validator(mode="after")
    def _named(self) -> Staff:
        if self.proof == "authentication-results" and not self.authserv_id:
            raise Wrong('proof "authentication-results" needs authserv_id, the name our mail server signs with')
        return self


class Spam(SettingsSection):
    """The spam verdicts of the company's mail server that are trusted: header fields with the start of a value."""

    marks: tuple[Annotated[str, _like(r"[!-9;-~]+:.*", *_MARK)], ...] = ("X-Spam-Flag: YES",)


class Alarm(SettingsSection):
    """How the operator is alerted when letters cannot be sent: a command, or a mail through another server."""

    command: Names = ()
    address: Address | None = None
    relay: Annotated[Listen | None, BeforeValidator(lambda value: read_listen(value) if value else None)] = None
    after_minutes: Count = 60


class Log(SettingsSection):
    """The daemon's log, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Work(SettingsSection):
    """How work is claimed. `lease` and `tick` in seconds."""

    batch: Count = 50
    batch_bytes: Count = 32 * MIB
    lease: Count = 120
    attempts: Count = 5
    tick: Count = 5


class ReadingSettings(SettingsSection):
    """How much of one mail is read. The reasons are in default.toml."""

    header_block: Count = 256 * 1024
    header_count: Count = 1_000
    header_value: Count = 64 * 1024
    addresses: Count = 1_000
    parts: Count = 300
    depth: Count = 24
    text: Count = 400_000
    html: Count = 600_000
    attachments: Count = 300
    unpacked: Count = 20 * MIB
    archive_entries: Count = 1_000


class Settings(SettingsSection):
    """One installation. `folder` is where its settings file lies."""

    folder: Path
    database: str = "sqlite:///reclamo.db"
    policies: Place = Path("policies")
    templates: Place = Path("templates")
    state: Place = Path("state")
    delimiter: Annotated[str, _like(r"[^\w\s@]", "not a delimiter", 'one sign, as in "+" or "-"')] = "+"
    company: Company
    addresses: tuple[AddressSettings, ...] = Field(min_length=1)
    smtp: Smtp = Smtp()
    lmtp: Lmtp = Lmtp()
    submission: Submission = Submission()
    mailboxes: tuple[ImapAccountSettings, ...] = ()
    relay: RelaySettings
    keys: KeysFile
    staff: Staff = Staff()
    spam: Spam = Spam()
    alarm: Alarm = Alarm()
    log: Log = Log()
    work: Work = Work()
    limits: ReadingSettings = ReadingSettings()

    @property
    def zone(self) -> ZoneInfo:
        """The zone for dates when the reader's own is not known."""
        return ZoneInfo(self.company.zone)
