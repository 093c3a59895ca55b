"""Load an installation's settings from its file, the environment and its secrets, with all faults reported at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from config.faults import Fault, FaultsFound, nearest
from config.files.load_policy import known_policies
from config.files.toml_layers import Source, Table, read_source
from config.files.validation_errors import annotation_at, validate
from config.settings import ImapAccountSettings, RelaySettings, Settings
from config.working_time.calendars import country_calendar

FILE = "reclamo.toml"
PREFIX = "RECLAMO_"
_NOT_SETTINGS = {"RECLAMO_SETTINGS"}  # the path of the settings file; read by the caller
_ALWAYS = Source("", {"relay": {}, "keys": {}})  # sections whose defaults depend on the folder
_SQLITE = "sqlite:///"

Login = TypeVar("Login", ImapAccountSettings, RelaySettings)


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Load the settings from this file, or from the settings file in this folder. Raises FaultsFound.

    RECLAMO_SECTION__KEY in `environ` overrides the file. A password is read from the file, from the file that
    password_file names, or from the service manager's credentials ($CREDENTIALS_DIRECTORY) under the name
    relay.password or mailboxes.NAME.password; the token keys may be there too, as "keys".
    """
    file = path / FILE if path.is_dir() else path
    folder = file.parent.absolute()
    sources = [_ALWAYS, read_source(file), *_from_environment(environ)]
    settings = validate(Settings, sources, {"folder": folder})
    credentials = Path(environ["CREDENTIALS_DIRECTORY"]) if environ.get("CREDENTIALS_DIRECTORY") else None
    faults = [*_inconsistent(settings, str(file)), *_wrong_logins(settings, str(file), credentials)]
    if faults:
        raise FaultsFound(faults)
    return _completed(settings, credentials)


def _from_environment(environ: Mapping[str, str]) -> Iterator[Source]:
    """One source per variable, so that a fault names the variable."""
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in _NOT_SETTINGS:
            key = variable.removeprefix(PREFIX).lower().split("__")
            table: Any = _typed(environ[variable], key)
            for part in reversed(key):
                table = {part: table}
            yield Source(f"environment variable {variable}", table)


def _typed(text: str, key: list[str]) -> Any:
    """The value of a variable: a string if the key takes one, else parsed as TOML."""
    if annotation_at(Settings, tuple(key)) in (str, Path, SecretStr):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _inconsistent(settings: Settings, file: str) -> Iterator[Fault]:
    """Faults of values that are well-formed but contradict each other."""
    known = known_policies(settings.policies)
    ours = [entry.address.lower() for entry in settings.addresses]
    for number, entry in enumerate(settings.addresses):
        key = f"addresses[{number + 1}]"
        if entry.policy not in known:
            near = nearest(entry.policy, known)
            yield Fault(file, f"{key}.policy", "no such policy", entry.policy, ", ".join(known), near)
        if entry.address.lower() in ours[:number]:
            yield Fault(file, f"{key}.address", "is there twice", entry.address)
    for number, mailbox in enumerate(settings.mailboxes):
        if mailbox.address is not None and mailbox.address.lower() not in ours:
            near = nearest(mailbox.address, ours)
            key = f"mailboxes[{number + 1}].address"
            yield Fault(file, key, "is not one of the addresses", mailbox.address, ", ".join(ours), near)
    yield from _inconsistent_accounts(settings, file)


def _inconsistent_accounts(settings: Settings, file: str) -> Iterator[Fault]:
    names = [mailbox.name for mailbox in settings.mailboxes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(file, "mailboxes", "two mailboxes have one name", name)
    if settings.submission.listen and settings.smtp.certificate is None:
        problem = "passwords do not travel in the clear"
        yield Fault(file, "submission.listen", problem, allowed="a certificate and its key in [smtp]")


# ------------------------------------------------------------------------------------------------------- secrets


def _wrong_logins(settings: Settings, file: str, credentials: Path | None) -> Iterator[Fault]:
    logins: list[tuple[str, ImapAccountSettings | RelaySettings]] = [("relay", settings.relay)]
    logins += [(f"mailboxes.{mailbox.name}", mailbox) for mailbox in settings.mailboxes]
    for name, login in logins:
        if login.password_file is not None and login.password.get_secret_value():
            yield Fault(
                file, f"{name}.password_file", "there is a password too", str(login.password_file), "one of them"
            )
        try:
            secret = _secret(login, name, credentials)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            yield Fault(file, f"{name}.password_file", f"cannot be read: {why}", str(login.password_file))
            continue
        if login.user and not secret:
            yield Fault(file, f"{name}.password", "is missing", allowed="password, password_file, or a credential")


def _secret(login: ImapAccountSettings | RelaySettings, name: str, credentials: Path | None) -> str:
    """The password of a login from any of its sources; empty when there is none."""
    if login.password_file is not None:
        return login.password_file.read_text(encoding="utf-8").rstrip("\r\n")
    kept = credentials / f"{name}.password" if credentials else None
    if kept is not None and kept.is_file():
        return kept.read_text(encoding="utf-8").rstrip("\r\n")
    return login.password.get_secret_value()


def _completed(settings: Settings, credentials: Path | None) -> Settings:
    """The settings with their secrets read, the company's zone known, and the database's file found."""

    def with_secret(login: Login, name: str) -> Login:
        return login.model_copy(update={"password": SecretStr(_secret(login, name, credentials))})

    company = settings.company
    update: Table = {
        "relay": with_secret(settings.relay, "relay"),
        "mailboxes": tuple(with_secret(box, f"mailboxes.{box.name}") for box in settings.mailboxes),
        "company": company.model_copy(update={"zone": company.zone or country_calendar(company.country).zone}),
        "database": _database(settings),
    }
    if credentials is not None and (credentials / "keys").is_file():
        update["keys"] = settings.keys.model_copy(update={"file": credentials / "keys"})
    return settings.model_copy(update=update)


def _database(settings: Settings) -> str:
    """The database's URL; a relative SQLite file is found from the settings' folder."""
    if not settings.database.startswith(_SQLITE) or settings.database == _SQLITE:
        return settings.database
    return _SQLITE + str(settings.folder / settings.database.removeprefix(_SQLITE))
