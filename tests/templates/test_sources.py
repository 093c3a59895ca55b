"""The letter templates of every shipped policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.files.load_policy import load_policy
from daemon.letters.variables import NAMES
from templates.render import Templates

POLICIES = sorted(path.parent.name for path in Path("config/policies").glob("*/policy.toml"))
TEMPLATES = Templates()


@pytest.mark.parametrize("name", POLICIES)
def test_every_letter_is_written_and_sound(name: str) -> None:
    """Each notice has a template in each language that uses only known variables."""
    policy = load_policy(name)
    faults = [
        fault
        for notice in policy.notices
        for language in policy.languages
        for fault in TEMPLATES.faults(name, language, notice, NAMES)
    ]
    assert faults == []
