"""The verb that moves a case to another policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.daemon.cli.test_command_line import MAIL, Say, installation, say

__all__ = ["installation", "say"]

SECOND = """
[[addresses]]
address = "devices@example.org"
policy = "device-support"
"""


@pytest.fixture
def case(installation: Path, say: Say) -> str:
    """A case of one policy, in an installation that has two."""
    settings = installation / "reclamo.toml"
    settings.write_text(settings.read_text() + SECOND)
    teams = installation / "policies" / "device-support"
    teams.mkdir()
    people = [f'[teams.{team}]\nmembers = [{{ name = "{team}", address = "{team}@firm.example" }}]\n'
              for team in ("general", "tech", "rrr", "payments", "logistics")]  # fmt: skip
    (teams / "policy.toml").write_text("".join(people))
    mail = installation / "mail.eml"
    mail.write_text(MAIL)
    say("ingest", str(mail))
    say("tick")
    return str(json.loads(say("tickets", "--json"))[0]["reference"])


def test_a_case_is_moved_with_all_that_was_promised(say: Say, case: str) -> None:
    """The case is listed under the new policy with its open promises; the ledger records who moved it and why."""
    owed = {row["promise"]: row["due_on"] for row in json.loads(say("due", "--until", "2099-01-01", "--json"))}
    assert f"{case} moved from complaints to device-support" in say(
        "move", case.lower(), "device-support", "--reason", "it is a telephone"
    )
    (line,) = json.loads(say("tickets", "--json"))
    assert (line["policy"], line["reference"], line["team"]) == ("device-support", case, "general")
    now = {row["promise"]: row["due_on"] for row in json.loads(say("due", "--until", "2099-01-01", "--json"))}
    assert owed
    assert all(now[promise] <= due for promise, due in owed.items())
    printed = say("explain", case)
    assert "moved" in printed
    assert "it is a telephone" in printed
    assert "operator" in printed


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("complaints", "stays with complaints: same policy"),
        ("device-suport", "did you mean 'device-support'?"),
    ],
)
def test_a_move_that_cannot_be_says_why(say: Say, case: str, policy: str, expected: str) -> None:
    """Nothing is changed, and the reason is printed."""
    assert expected in say("move", case, policy, status=1)
    assert json.loads(say("tickets", "--json"))[0]["policy"] == "complaints"


def test_a_case_that_is_not_there_is_not_moved(say: Say, case: str) -> None:
    """An unknown reference is reported."""
    assert "no case 'C-1999-000001'" in say("move", "C-1999-000001", "device-support", status=1)
