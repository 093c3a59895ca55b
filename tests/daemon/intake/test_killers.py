"""A mail that crashes the process does not hold up others, is not retried for ever, and is reported to the operator."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.files.load_settings import load_settings
from storage import inbox, outbox, tickets
from storage.engine import Database
from storage.values import InboxState
from tests.daemon.installations import NOW, OPERATOR, accept, installation_in, mail
from tests.paths import ROOT
from tests.storage.conftest import db, empty_postgres_url, postgres_server, postgres_url, url

__all__ = ["db", "empty_postgres_url", "postgres_server", "postgres_url", "url"]


# A node in its own process, which is killed, as if out of memory, when it reads a certain mail.
NODE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from daemon.intake import batch, incoming_mail
from storage.engine import Database
from tests.daemon.installations import installation_in

good = incoming_mail.read_mail

def read(raw, **more):
    if b"X-Killer" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return good(raw, **more)

incoming_mail.read_mail = read
db, installation = Database(sys.argv[1]), installation_in(Path(sys.argv[2]))
while batch.work_batch(db, installation, datetime.fromisoformat(sys.argv[3])):
    pass
"""


def node(url: str, folder: Path, now: datetime) -> bool:
    """Run a node until nothing is left to do or it is killed; return whether it was killed."""
    command = [sys.executable, "-c", NODE, url, str(folder), now.isoformat()]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def cases_of(db: Database) -> set[str]:
    """Return the customers of all cases."""
    return {line.customer for line in tickets.listing(db)}


def customers(*numbers: int) -> set[str]:
    """Return the addresses of the customers."""
    return {f"c{number}@example.net" for number in numbers}


@pytest.fixture
def lease(tmp_path: Path) -> timedelta:
    """How long a killed node keeps its claim on mails."""
    installation_in(tmp_path)
    return timedelta(seconds=load_settings(tmp_path, {}).work.lease)


def test_a_mail_that_kills_is_set_aside_and_the_mails_beside_it_become_cases(
    db: Database, url: str, tmp_path: Path, lease: timedelta
) -> None:
    """The tenth of twenty mails kills its reader: after two restarts the others are cases, that mail was tried no more
    often than any, and the operator is told."""
    ids = accept(db, *(mail(number, *(["X-Killer: yes"] if number == 10 else [])) for number in range(1, 21)))
    killer, honest = ids[9], customers(*range(1, 10), *range(11, 21))
    now = NOW
    assert node(url, tmp_path, now)
    now += lease
    assert node(url, tmp_path, now)  # reads the nine mails before it, each alone, then it is killed
    assert cases_of(db) == customers(*range(1, 10))
    assert not node(url, tmp_path, now)  # the rest; the killing mail is not due again yet
    assert cases_of(db) == honest
    kills = 2
    while inbox.counts(db)[InboxState.NEW]:
        now += lease
        kills += node(url, tmp_path, now)
    [line] = inbox.listing(db, state=InboxState.QUARANTINED)
    assert (line.id, line.attempts, kills) == (killer, 5, 5)
    assert "the process ended 5 times while reading it" in line.error
    alarms = [letter for letter in outbox.listing(db) if letter.recipient == OPERATOR]
    assert [f"inbox {killer}" in letter.subject for letter in alarms] == [True]
    assert cases_of(db) == honest


def test_new_mail_goes_on_beside_several_killers(db: Database, url: str, tmp_path: Path, lease: timedelta) -> None:
    """While three such mails wait, a new customer's mail is read by the very next process."""
    accept(db, *(mail(number, "X-Killer: yes") for number in (1, 2, 3)))
    now = NOW
    assert node(url, tmp_path, now)
    now += lease
    for number in (4, 5, 6):
        accept(db, mail(number))
        assert node(url, tmp_path, now)
        assert cases_of(db) == customers(*range(4, number + 1))
    assert [line.attempts for line in inbox.listing(db, state=InboxState.NEW)] == [2, 2, 2]
