"""An installation with an overlay on a shipped policy, rehearsed with its own settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings
from daemon.rehearse import rehearse

# A person is to acknowledge, not Reclamo.
BY_A_PERSON = '[steps.sorting]\ndoes = ["send new_case to team"]\n'
HEAD = """\
Scenario: a person acknowledges
Policy: complaints
Zone: Europe/Rome
Team technical: Ada Bianchi <ada@firm.example> it; manager Max Moro <max@firm.example> it
At Mon 2 Mar 2026 10:00
Mail from Anna Rossi <anna@example.it>
  Subject: Inverter guasto
  | Il mio inverter ST-6.0K, numero di serie SN60A2412345, non si accende più da tre giorni.
Expect letter new_case to Ada
Expect silence
At Tue 10 Mar 2026 18:00
Expect letter warning to Ada on Mon 9 Mar 2026
  says date Wed 11 Mar 2026
Expect letter warning to Ada on Tue 10 Mar 2026
Expect silence
"""
NOBODY = """\
At Wed 11 Mar 2026 12:00
Expect letter acknowledgement to Anna in it on Wed 11 Mar 2026
Expect silence
Expect deadline acknowledge due Wed 11 Mar 2026 kept
"""
ADA = """\
Reply from Ada to warning
  | Gentile signora, ce ne occupiamo in due.
Expect letter acknowledgement to Anna in it
  says "C-2026-000001"
  says "ce ne occupiamo in due"
Expect letter transcript to Ada
Expect deadline acknowledge due Wed 11 Mar 2026 kept
At Thu 12 Mar 2026 9:00
Expect silence
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The installation's settings."""
    own = tmp_path / "policies" / "complaints"
    own.mkdir(parents=True)
    (own / "policy.toml").write_text(BY_A_PERSON, encoding="utf-8")
    table = {
        "folder": tmp_path,
        "company": {"name": "Firm", "country": "IT", "zone": "Europe/Rome"},
        "addresses": [{"address": "complaints@firm.example", "policy": "complaints"}],
        "relay": {},
        "keys": {},
    }
    return Settings.model_validate(table, context={"folder": tmp_path})


@pytest.mark.parametrize("story", [NOBODY, ADA], ids=["nobody does", "by reply to the warning"])
def test_a_person_acknowledges_or_reclamo_does_on_the_last_morning(
    tmp_path: Path, settings: Settings, story: str
) -> None:
    """Staff are reminded, and their text goes into the acknowledgement; without one it is sent automatically."""
    file = tmp_path / "own.scenario"
    file.write_text(HEAD + story, encoding="utf-8")
    assert [str(failure) for failure in rehearse(file, settings=settings).failures] == []
