"""Command-line verbs about staff."""

from __future__ import annotations

import io
import json
import re

import pytest

from daemon.inbound.passwords import is_password
from tests.daemon.cli.test_command_line import Say, installation, say

__all__ = ["installation", "say"]


def test_somebody_is_marked_away_and_back(say: Say) -> None:
    """An absence and its end are in `staff` and `status` until the person is back."""
    assert "ada@firm.example is away until 2099-01-02 10:00" in say(
        "staff", "away", "Ada@firm.example".lower(), "--until", "2099-01-02T10:00"
    )
    listed = {row["member"]: row for row in json.loads(say("staff", "--json"))}
    assert (listed["ada@firm.example"]["away"], listed["max@firm.example"]["away"]) == ("away", "")
    assert "ada@firm.example 2099-01-02" in say("status")
    assert "is back" in say("staff", "back", "ada@firm.example")
    assert "ada@firm.example" not in say("status")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("away", "nobody@firm.example"), "is on no team"),
        (("away", "ada@firm.example", "--until", "2020-01-01"), "allowed: an instant to come"),
        (("back", "ada@firm.example"), "is not away"),
    ],
)
def test_a_slip_is_told(say: Say, words: tuple[str, ...], expected: str) -> None:
    """A wrong address or date changes nothing and is explained."""
    assert expected in say("staff", *words, status=1)


def test_a_password_is_hashed(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """The printed line is what settings take, and matches only that password."""
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    line = say("password", config=False).strip()
    assert re.fullmatch(r"scrypt\$\d+\$\d+\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+", line)
    assert is_password("correct horse", line)
    assert not is_password("correct house", line)


def test_no_password_is_none(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty password is refused."""
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert "no password" in say("password", status=1, config=False)
