"""Notice at start that the database was restored from a copy, by the file of numbers beside the keys.

Cases were opened and letters sent after the copy was made that the database does not know. Their numbers are not given
out again, letters are marked with a new key from now on, and the operator is told. Answers to those letters are
recognised by their tokens and never filed on another case (daemon/intake/unknown_case.py).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import structlog

from config.faults import FaultsFound
from config.files.keys import add_key, read_keys
from config.files.numbers_file import Numbers, write_numbers
from config.settings import Settings
from daemon.installation import Installation
from daemon.letters.operator_mail import operator_or_manager, plain_letter
from parsers.sender.tokens import TokenKeys
from storage import counters, last_runs, outbox
from storage.engine import Database
from storage.values import Letter

log = structlog.get_logger("restored")
RESTORED, KEY = "database restored", "key in use"
NOTICE = "restored"


def continue_numbers(db: Database, settings: Settings, installation: Installation, now: datetime) -> TokenKeys:
    """Continue numbers after the highest ever used, before any is given out; return the keys to mark letters with.

    Raises FaultsFound when the file of numbers cannot be read or written, TryAgain while the database is away.
    """
    keys, numbering = installation.keys, installation.numbering
    if not numbering.paths:
        return keys
    known, stored = numbering.recorded() or Numbers(), counters.last_values(db)
    if lost := sorted(name for name, value in known.used.items() if value > stored.get(name, 0)):
        keys = _continue_numbers(db, settings, installation, known, lost, now)
    noticed = last_runs.get(db, RESTORED)
    used = counters.last_values(db)
    write_numbers(numbering.paths, Numbers(used=used, restored=noticed.at.isoformat() if noticed else ""))
    _compare_keys(db, installation, keys, now)
    return keys


def _continue_numbers(
    db: Database, settings: Settings, installation: Installation, known: Numbers, lost: list[str], now: datetime
) -> TokenKeys:
    """Continue the numbers, and make a new key unless another node has made one since this database was restored."""
    noticed = last_runs.get(db, RESTORED)
    first = noticed is None or noticed.at.isoformat() <= known.restored
    keys, new_key = _another_key(settings, installation.keys) if first else (installation.keys, "")
    log.error("the database was restored from a copy", lost=lost, numbers_go_on_from=dict(known.ahead), key=new_key)
    with db.write() as conn:
        counters.raise_to(conn, known.ahead)
        if first:
            last_runs.put(conn, RESTORED, last_runs.Mark(now))
            if letter := _letter(installation, lost, new_key, now):
                outbox.add(conn, [letter])
    return keys


def _another_key(settings: Settings, keys: TokenKeys) -> tuple[TokenKeys, str]:
    """Return the keys with a new current one and its name; as they are, and "", when the file cannot be changed."""
    try:
        version = add_key(settings.keys.file)
        changed = read_keys(settings.keys.file)
    except (OSError, FaultsFound) as error:
        log.warning("no key could be added", file=str(settings.keys.file), reason=str(error))
        return keys, ""
    return TokenKeys(current=changed.current, secrets=changed.secrets), f"key {version}"


def _compare_keys(db: Database, installation: Installation, keys: TokenKeys, now: datetime) -> None:
    """Store which key marks letters now. Log an error when another node has a newer one, or another one of the same
    version: answers to its letters would not be recognised here."""
    mine = f"{keys.current}:{hashlib.sha256(b'which key' + keys.secrets[keys.current]).hexdigest()[:16]}"
    mark = last_runs.get(db, KEY)
    newest = int(mark.text.partition(":")[0]) if mark is not None else -1
    if mark is not None and mark.text != mine and newest >= keys.current and not _has(keys, mark.text):
        log.error("another node marks letters with a key that is not here; copy its keys to this node", key=newest)
    elif mark is None or newest < keys.current:
        with db.write() as conn:
            last_runs.put(conn, KEY, last_runs.Mark(now, mine))


def _has(keys: TokenKeys, text: str) -> bool:
    version, _, digest = text.partition(":")
    secret = keys.secrets.get(int(version))
    return secret is not None and hashlib.sha256(b"which key" + secret).hexdigest()[:16] == digest


def _letter(installation: Installation, lost: list[str], new_key: str, now: datetime) -> Letter | None:
    """Return the letter to the operator, else to a manager; None when there is neither."""
    to = operator_or_manager(installation.operator, installation.policies.values())
    if not to:
        return None
    key = f"Letters are marked with {new_key} from now on; copy the keys to every other node." if new_key else (
        "The keys could not be changed from here. Make a new one: reclamo keys add"
    )  # fmt: skip
    text = (
        "The database is older than the case numbers that were given out: it was restored from a copy.\n\n"
        f"Numbers that it does not know of: {', '.join(lost)}\nNoticed: {now.isoformat()}\n\n"
        "Cases opened since that copy was made are gone from here. New cases have numbers that nobody had before.\n"
        "Whoever answers a letter of a case that is gone gets a new case, which says so; staff who answer one are\n"
        f"told that nothing was done.\n{key}\n"
    )
    return plain_letter(
        installation.sender_identity,
        notice=NOTICE,
        key=f"{NOTICE}/{now.isoformat()}",
        to=to,
        subject="Reclamo: the database was restored from a copy",
        text=text,
        now=now,
    )
