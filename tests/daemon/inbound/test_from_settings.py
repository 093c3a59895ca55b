"""How settings reach the listeners and pollers."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.files.load_settings import load_settings
from config.files.starter import write_starter
from daemon.inbound.from_settings import imap_pollers
from storage.engine import Database
from tests.daemon.installations import NOW


@pytest.mark.parametrize("idle", [True, False])
def test_a_mailbox_is_read_as_the_settings_say(tmp_path: Path, idle: bool) -> None:
    """The IMAP account has the folder, intervals and IDLE switch of the settings."""
    write_starter(tmp_path)
    file = tmp_path / "reclamo.toml"
    table = 'name = "main"\nhost = "imap.firm.example"\nuser = "anna"\npassword = "x"\nfolder = "Reclami"\npoll = 90\n'
    file.write_text(f"{file.read_text()}\n[[mailboxes]]\n{table}idle = {str(idle).lower()}\n")
    db = Database("sqlite://")
    (poller,) = imap_pollers(load_settings(tmp_path, {}), db, lambda: NOW)
    account = poller._account
    assert (account.folder, account.interval, account.idle) == ("Reclami", 90.0, idle)
    db.close()
