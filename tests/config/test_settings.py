"""Settings: the manual matches the code, the starter works, secrets stay secret, all faults are reported together."""

from __future__ import annotations

import dataclasses
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.faults import FaultsFound
from config.files.keys import add_key, create_keys, read_keys
from config.files.load_settings import load_settings
from config.files.starter import write_starter
from config.listen_address import Listen, read_listen
from config.settings import ImapAccountSettings, ReadingSettings, Settings
from parsers.limits import ReadingLimits
from tests.paths import ROOT

MANUAL = ROOT / "config" / "default.toml"
ALL_KEYS = re.sub(r"(?m)^#(?=\S)", "", MANUAL.read_text(encoding="utf-8"))
LEAST = """\
[company]
name = "Lamps"
country = "IT"
[[addresses]]
address = "a@lamps.example"
policy = "complaints"
"""
# What the manual shows that is no default: examples where the default is nothing, and what makes the starter work.
EXAMPLES = {"certificate", "key", "authorities", "password_file", "address", "relay", "transport"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_starter(tmp_path)
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "reclamo.toml").write_text(LEAST + text, encoding="utf-8")


def faults_of(folder: Path, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(FaultsFound) as found:
        load_settings(folder, environ or {})
    return str(found.value)


def test_the_starter_works_at_once(folder: Path) -> None:
    """A new folder has settings that load, with SQLite, a maildir, and a listener on loopback only."""
    settings = load_settings(folder, {})
    assert f"sqlite:///{folder}/reclamo.db" == settings.database
    assert ("maildir", folder / "letters") == (settings.relay.transport, settings.relay.folder)
    assert (Listen("127.0.0.1", 8025),) == settings.smtp.listen
    assert settings.company.zone == "Europe/Rome"
    assert [entry.address for entry in settings.addresses] == ["complaints@example.org"]
    assert settings == load_settings(folder / "reclamo.toml", {})


def test_the_starter_overwrites_nothing(folder: Path) -> None:
    """Existing files are unchanged; missing ones are written."""
    keys = (folder / "keys").read_bytes()
    (folder / "reclamo.toml").write_text("# mine\n", encoding="utf-8")
    (folder / "policies" / "complaints" / "policy.toml").unlink()
    assert [folder / "policies" / "complaints" / "policy.toml"] == write_starter(folder)
    assert (folder / "reclamo.toml").read_text(encoding="utf-8") == "# mine\n"
    assert keys == (folder / "keys").read_bytes()


def test_the_manual_shows_every_key_of_every_section() -> None:
    """Every setting is documented, and every documented setting exists."""
    table = tomllib.loads(ALL_KEYS)
    assert set(Settings.model_fields) - {"folder"} == set(table)
    for name in ("company", "smtp", "lmtp", "submission", "relay", "keys", "staff", "alarm", "log", "work", "limits"):
        section = Settings.model_fields[name].annotation
        assert isinstance(section, type)
        assert issubclass(section, BaseModel)
        assert set(section.model_fields) == set(table[name]), name
    assert set(ImapAccountSettings.model_fields) == set(table["mailboxes"][0])


def test_the_manual_tells_the_true_defaults(tmp_path: Path, folder: Path) -> None:
    """Uncommenting every key gives the same settings as an empty file."""
    write(tmp_path, "")
    plain = load_settings(tmp_path, {}).model_dump()
    lines = []
    in_mailbox = False
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        in_mailbox = line.startswith("#[[mailboxes") or (in_mailbox and not re.match(r"\[|# ---", line))
        key = re.match(r"#([a-z_]+) =", line)
        take = key is not None and key[1] not in EXAMPLES and not in_mailbox
        lines.append(line[1:] if take else line)
    (tmp_path / "reclamo.toml").write_text("\n".join(lines), encoding="utf-8")
    said = load_settings(tmp_path, {}).model_dump()
    assert said["relay"].pop("transport") == "maildir"
    assert plain["relay"].pop("transport") == "smtp"
    for table in (plain, said):
        table.pop("company")
        table.pop("addresses")
    assert plain == said


def test_limits_of_reading_are_those_of_the_parsers() -> None:
    """The settings' limits are those of the parsers, with the same defaults."""
    theirs = {field.name: field.default for field in dataclasses.fields(ReadingLimits)}
    ours = {name: field.default for name, field in ReadingSettings.model_fields.items()}
    assert {name: theirs[name] for name in ours} == ours


def test_the_environment_counts_more_than_the_file(folder: Path) -> None:
    """A variable overrides a key, as text, number or list."""
    environ = {
        "RECLAMO_RELAY__PORT": "2525",
        "RECLAMO_RELAY__TRANSPORT": "smtp",
        "RECLAMO_RELAY__PASSWORD": "12345",
        "RECLAMO_DATABASE": "postgresql+psycopg://reclamo@db/reclamo",
        "RECLAMO_LMTP__LISTEN": '["127.0.0.1:24", "unix:/run/reclamo/lmtp"]',
        "RECLAMO_SMTP__LISTEN": "[::1]:25",
        "HOME": "/root",
    }
    settings = load_settings(folder, environ)
    assert (
        settings.relay.real_port,
        settings.relay.transport,
        settings.relay.password.get_secret_value(),
    ) == (2525, "smtp", "12345")
    assert settings.database == "postgresql+psycopg://reclamo@db/reclamo"
    assert (Listen("127.0.0.1", 24), Listen(path="/run/reclamo/lmtp")) == settings.lmtp.listen
    assert tuple(str(place) for place in settings.smtp.listen) == ("[::1]:25",)


MAILBOX = '[[mailboxes]]\nname = "support"\nhost = "imap.lamps.example"\nuser = "a@lamps.example"\n'


def test_secrets_come_from_files_and_credentials(tmp_path: Path) -> None:
    """Passwords and keys are read from files or from the service manager's credentials."""
    write(tmp_path, f'{MAILBOX}password_file = "box.password"\n[relay]\nuser = "me"\n')
    (tmp_path / "box.password").write_text("geheim\n", encoding="utf-8")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "relay.password").write_text("segreto", encoding="utf-8")
    create_keys(credentials / "keys")
    settings = load_settings(tmp_path, {"CREDENTIALS_DIRECTORY": str(credentials)})
    assert settings.mailboxes[0].password.get_secret_value() == "geheim"
    assert settings.relay.password.get_secret_value() == "segreto"
    assert credentials / "keys" == settings.keys.file


def test_secrets_are_never_printed(tmp_path: Path) -> None:
    """Neither settings nor faults show a password, even under a misspelt key."""
    write(tmp_path, f'{MAILBOX}password = "geheim"\n')
    assert "geheim" not in repr(load_settings(tmp_path, {}))
    write(tmp_path, f'{MAILBOX}pasword = "geheim"\n[relay]\npassword = 12345\n[submission.users]\n"a@b.c" = "geheim"\n')
    told = faults_of(tmp_path)
    assert told.count("(not shown)") == 3
    assert "geheim" not in told
    assert "12345" not in told


FAULTS = [
    ("[smtp]\nlisen = []\n", "smtp.lisen: no such key; found []; allowed: listen"),
    ("[smtp]\nlisen = []\n", "did you mean 'listen'?"),
    ('[smtp]\nlisten = "8025"\n', 'smtp.listen: not a place to listen at; found "8025"; allowed: "host:port"'),
    ("[smtp]\nlisten = [25]\n", "smtp.listen[1]: not a place to listen at; found 25"),
    ("[smtp]\nrecipients = 20\n", "smtp.recipients: must be at least 100; found 20"),
    ("[smtp]\nsessions = true\n", "smtp.sessions: must be a whole number; found true"),
    ('[smtp]\ncertificate = "c.pem"\n', "smtp: certificate and key go together"),
    ('[relay]\ntls = "start"\n', 'relay.tls: no such value; found "start"; allowed: none, starttls, tls'),
    ('[relay]\nport = "smtp"\n', "relay.port: must be a whole number"),
    ('[relay]\nuser = "me"\npassword = "x"\nhost = "mail.example"\n', "relay: a password does not travel in the clear"),
    ('[relay]\nuser = "me"\n', "relay.password: is missing; allowed: password, password_file, or a credential"),
    ('[relay]\npassword_file = "none"\n', "relay.password_file: cannot be read: No such file or directory"),
    ('[staff]\nproof = "authentication-results"\n', 'staff: proof "authentication-results" needs authserv_id'),
    (f"{MAILBOX}{MAILBOX}", "mailboxes: two mailboxes have one name; found support"),
    (f'{MAILBOX}password = "x"\naddress = "b@lamps.example"\n', "mailboxes[1].address: is not one of the addresses"),
    ('[[mailboxes]]\nname = "support"\n', 'mailboxes[1].host: is missing; allowed: words in "quotes"'),
    ('[submission]\nlisten = "127.0.0.1:587"\n', "submission.listen: passwords do not travel in the clear"),
    ('[lmtp]\nmode = "rw"\n', 'lmtp.mode: not file rights; found "rw"; allowed: three digits'),
    (
        '[[addresses]]\naddress = "b@lamps.example"\npolicy = "complaints"\ncountry = "XX"\n',
        "[2].country: no such country",
    ),
    ('[log]\nlevel = "inf"\n', "did you mean 'info'?"),
    ('[alarm]\naddress = "Anna <a@b.c>"\n', "alarm.address: not an address"),
    ('[[addresses]]\naddress = "A@lamps.example"\npolicy = "complant"\n', "addresses[2].policy: no such policy"),
    ('[[addresses]]\naddress = "A@lamps.example"\npolicy = "complaints"\n', "addresses[2].address: is there twice"),
]


@pytest.mark.parametrize(("text", "told"), FAULTS)
def test_faults_are_told_in_plain_words(tmp_path: Path, text: str, told: str) -> None:
    """Each fault names file, key, value and what is allowed."""
    write(tmp_path, text)
    assert f"{tmp_path / 'reclamo.toml'}: " in faults_of(tmp_path)
    assert told in faults_of(tmp_path)


def test_all_faults_are_told_at_once_with_where_they_stand(folder: Path) -> None:
    """Faults of the file and the environment are reported together, each with its source."""
    write(folder, "[work]\nbatch = 0\n[log]\nlevle = 1\n")
    told = faults_of(folder, {"RECLAMO_COMPANY__ZONE": "Europe/Roma", "RECLAMO_NOTHING": "1"})
    assert len(told.splitlines()) == 4
    assert "environment variable RECLAMO_COMPANY__ZONE: company.zone: no such time zone" in told
    assert "did you mean 'Europe/Rome'?" in told
    assert "environment variable RECLAMO_NOTHING: nothing: no such key" in told


def test_settings_that_are_not_there_are_told() -> None:
    """A folder without settings is reported."""
    assert "cannot be read: No such file" in faults_of(Path("/nowhere/reclamo.toml"))


PLACES = [
    ("127.0.0.1:8025", Listen("127.0.0.1", 8025)),
    ("*:25", Listen("", 25)),
    ("[::1]:24", Listen("::1", 24)),
    ("mail.example.org:25", Listen("mail.example.org", 25)),
    ("unix:/run/reclamo/lmtp", Listen(path="/run/reclamo/lmtp")),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_places_to_listen_at(text: str, place: Listen) -> None:
    """Host names, IPv4 and IPv6 addresses and unix sockets are read."""
    assert place == read_listen(text)


def test_keys_are_private_and_rotate(tmp_path: Path) -> None:
    """New keys are readable by their owner only; a new key becomes current and older ones stay."""
    path = tmp_path / "keys"
    create_keys(path)
    first = read_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert add_key(path) == 2
    both = read_keys(path)
    assert (2, {1, 2}) == (both.current, set(both.secrets))
    assert first.secrets[1] == both.secrets[1] != both.secrets[2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        create_keys(path)


KEY = "ab" * 32
BAD_KEYS = [
    ("", "keys: is missing"),
    (f'current = 2\n[keys]\n1 = "{KEY}"\n', "current: no such key; found 2; allowed: 1"),
    (f'current = 64\n[keys]\n64 = "{KEY}"\n', "keys.64: not a version"),
    ('current = 1\n[keys]\n1 = "abcd"\n', "keys.1: not a key; found (not shown)"),
]


@pytest.mark.parametrize(("text", "told"), BAD_KEYS)
def test_a_damaged_file_of_keys_is_told_without_its_keys(tmp_path: Path, text: str, told: str) -> None:
    """The fault is named without showing the key."""
    path = tmp_path / "keys"
    path.write_text(text, encoding="ascii")
    path.chmod(0o600)
    with pytest.raises(FaultsFound, match=re.escape(told)) as found:
        read_keys(path)
    assert "abcd" not in str(found.value)


def test_keys_that_everybody_can_read_are_refused(tmp_path: Path) -> None:
    """A keys file readable by all is a fault."""
    path = tmp_path / "keys"
    create_keys(path)
    path.chmod(0o644)
    with pytest.raises(FaultsFound, match="everybody on this machine can read"):
        read_keys(path)
