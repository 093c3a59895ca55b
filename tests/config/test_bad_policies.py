"""One bad policy for every message: expected.txt beside it has the reported faults.

Each policy.toml is laid over good_policy, which has no faults, so it holds the one mistake; one that begins with "#
whole" stands alone.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from config.checks import check_policy, checked_policy, slow_pattern_faults
from config.faults import Fault, FaultsFound
from config.files.load_policy import load_policy

HERE = Path(__file__).parent
GOOD = HERE / "good_policy"
BAD = sorted((HERE / "bad_policies").iterdir())


def reported_faults(folder: Path, tmp_path: Path) -> str:
    """Return all faults of this bad policy as a person reads them, without the folder's path."""
    text = (folder / "policy.toml").read_bytes()
    overlay = tmp_path / "over"
    target = overlay / GOOD.name
    target.mkdir(parents=True)
    (target / "policy.toml").write_bytes(text)
    name: Path = target if text.startswith(b"# whole") else GOOD
    faults = _faults(name, overlay)
    return "".join(f"{fault}\n" for fault in faults).replace(f"{target}/", "").replace(f"{GOOD}/", "good ")


def _faults(name: Path, overlay: Path) -> tuple[Fault, ...]:
    try:
        policy = checked_policy(
            name, overlay=overlay, notices=lambda notice, code: (notice, code) != ("unwritten", "it")
        )
    except FaultsFound as found:
        return found.faults
    return tuple(slow_pattern_faults(policy))  # faults where a policy is checked, warnings where it runs


@pytest.mark.parametrize("folder", BAD, ids=lambda folder: folder.name)
def test_a_bad_policy_is_told_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    """Each mistake is reported with file, key, value, what is allowed and the nearest spelling, and nothing else is."""
    assert (folder / "expected.txt").read_text(encoding="utf-8") == reported_faults(folder, tmp_path)


def test_the_good_policy_has_no_faults() -> None:
    """The policy that the bad ones are based on is valid."""
    assert not check_policy(load_policy(GOOD), notices=lambda _notice, _code: True)


def test_there_is_a_bad_policy_for_most_that_can_be_wrong() -> None:
    """Enough of them that no message changes unnoticed."""
    assert len(BAD) >= 35


if __name__ == "__main__":  # python -m tests.config.test_bad_policies: write expected.txt anew; review the diff
    for bad in BAD:
        with tempfile.TemporaryDirectory() as place:
            (bad / "expected.txt").write_text(reported_faults(bad, Path(place)), encoding="utf-8")
