"""Loading policies from files: overlays, and every fault with the file it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.faults import FaultsFound
from config.files.load_policy import known_policies, load_policy
from config.policy import in_language
from config.policy_shapes.periods import Period, Unit
from tests.paths import TESTS

GOOD = TESTS / "config" / "good_policy"


def faults_of(name: str | Path, **more: object) -> str:
    with pytest.raises(FaultsFound) as found:
        load_policy(name, **more)  # type: ignore[arg-type]
    return str(found.value)


def test_every_shipped_policy_loads() -> None:
    """Shipped policies have no faults and are named by their folder."""
    assert known_policies()
    for name in known_policies():
        assert name == load_policy(name).name


def test_the_operators_words_are_laid_over(tmp_path: Path) -> None:
    """Tables merge key by key, lists and values replace, the rest stays."""
    folder = tmp_path / "good_policy"
    folder.mkdir()
    (folder / "policy.toml").write_text(
        '[promises.repair]\nwithin = "5 working days"\nwarn = []\n[details.lamp.label]\nde = "Lampe"\n',
        encoding="utf-8",
    )
    policy = load_policy(GOOD, overlay=tmp_path)
    assert Period(5, Unit.WORKING_DAYS) == policy.promises["repair"].within
    assert policy.promises["repair"].warn == ()
    assert policy.promises["repair"].kept_by == ("decision",)
    assert in_language(policy.details["lamp"].label, "de") == "Lampe"
    assert in_language(policy.details["lamp"].label, "it") == "Lampada"


def test_an_operators_own_policy_needs_nothing_shipped(tmp_path: Path) -> None:
    """A policy only in the operator's folder loads."""
    folder = tmp_path / "lamps"
    folder.mkdir()
    (folder / "policy.toml").write_bytes((GOOD / "policy.toml").read_bytes())
    assert "lamps" in known_policies(tmp_path)
    assert load_policy("lamps", overlay=tmp_path).name == "lamps"


def test_a_rehearsal_may_lay_its_own_words_over() -> None:
    """An overlay in memory comes last."""
    policy = load_policy(GOOD, extra={"promises": {"repair": {"within": "2 hours"}}})
    assert Period(2, Unit.HOURS) == policy.promises["repair"].within


def test_faults_name_the_file_they_stand_in(tmp_path: Path) -> None:
    """With two files the one that holds the wrong key is named; all faults are reported together."""
    folder = tmp_path / "good_policy"
    folder.mkdir()
    (folder / "policy.toml").write_text('titel = "Lamps"\n[steps.sorting]\nmoves.sorted = 7\n', encoding="utf-8")
    told = faults_of(GOOD, overlay=tmp_path)
    assert f"{folder / 'policy.toml'}: titel: no such key" in told
    assert "did you mean 'title'?" in told
    assert f"{folder / 'policy.toml'}: steps.sorting.moves.sorted" in told
    assert str(GOOD) not in told


def test_an_unknown_policy_is_refused_with_the_nearest() -> None:
    """The fault names the nearest policy."""
    assert "did you mean 'complaints'?" in faults_of("complaint")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'title = "Lamps\n', "line 1, column 15: not TOML"),
        (b'title = "Lamps"\n\nlanguages = [', "end of file: not TOML"),
        (b'a = "x"\na = "y"\n', 'line 2, column 8: not TOML: cannot overwrite a value; found a = "y"'),
        (b'title = "L\xe4mpchen"\n', "line 1: not UTF-8 text"),
    ],
)
def test_broken_toml_is_told_by_line(tmp_path: Path, text: bytes, told: str) -> None:
    """The fault has line, column and text."""
    (tmp_path / "policy.toml").write_bytes(text)
    assert told in faults_of(tmp_path)


def test_a_name_in_the_file_is_refused() -> None:
    """The folder names the policy; a name in the file would be ignored."""
    assert "name: a policy is named by its folder" in faults_of(GOOD, extra={"name": "other"})
