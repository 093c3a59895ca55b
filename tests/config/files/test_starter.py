"""Starter files of an installation and of a new policy: complete, and never overwriting anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checks import check_policy
from config.faults import FaultsFound
from config.files.load_policy import load_policy
from config.files.starter import write_policy
from templates.render import Templates


def name_fault(folder: Path, name: str) -> str:
    """Return the fault of this policy name."""
    with pytest.raises(FaultsFound) as found:
        write_policy(name, folder)
    return str(found.value)


def test_a_new_policy_is_whole(tmp_path: Path) -> None:
    """Every letter exists, names are its own, and the checks find nothing."""
    written = write_policy("lost-books", tmp_path)
    policy = load_policy("lost-books", overlay=tmp_path / "policies")
    templates = Templates(tmp_path / "templates")
    assert not check_policy(policy, notices=lambda notice, code: templates.has("lost-books", code, notice))
    assert policy.reference == "LB"
    assert written[0] == tmp_path / "policies" / "lost-books" / "policy.toml"
    left = [path for path in written if "new-policy" in path.read_text(encoding="utf-8") + str(path)]
    assert left == []


def test_it_stands_where_the_installation_has_its_policies(tmp_path: Path) -> None:
    """Settings may name other folders."""
    write_policy("shop", tmp_path / "here", policies=tmp_path / "p", templates=tmp_path / "t")
    assert load_policy("shop", overlay=tmp_path / "p").name == "shop"
    assert Templates(tmp_path / "t").has("shop", "en", "acknowledgement")
    assert (tmp_path / "here" / "scenarios" / "shop" / "first.scenario").is_file()


@pytest.mark.parametrize(
    ("name", "why", "near"),
    [
        ("Lost Books!", "not a name for a policy", "lost-books"),
        ("lost_books", "not a name for a policy", "lost-books"),
        ("-lost--books-", "not a name for a policy", "lost-books"),
        ("2nd-hand", "not a name for a policy", "nd-hand"),
        ("../etc", "not a name for a policy", "etc"),
        ("_common", "not a name for a policy", "common"),
        ("книги", "not a name for a policy", ""),
        ("", "not a name for a policy", ""),
        ("a" * 41, "is too long", ""),
        ("complaints", "a policy of this name ships with Reclamo", ""),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest_right_one(tmp_path: Path, name: str, why: str, near: str) -> None:
    """Only a name valid as folder, letter path and setting is accepted; otherwise nothing is written."""
    found = name_fault(tmp_path / "office", name)
    assert why in found
    assert (f"did you mean {near!r}?" in found) is bool(near)
    assert not (tmp_path / "office").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """If the policy or any letter exists, none of the files is written."""
    write_policy("shop", tmp_path)
    assert "you have a policy of this name" in name_fault(tmp_path, "shop")
    letter = tmp_path / "templates" / "store" / "en" / "ask.md.j2"
    letter.parent.mkdir(parents=True)
    letter.write_text("mine", encoding="utf-8")
    assert f"{letter}: file: is there already" in name_fault(tmp_path, "store")
    assert letter.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "policies" / "store").exists()
