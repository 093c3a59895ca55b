"""Every template variable is documented by the comment on its field, and docs/letters.md is up to date."""

from __future__ import annotations

from pathlib import Path

from daemon.letters.variables import NAMES
from daemon.letters.variables_table import as_markdown, filled, meanings

PAGE = Path("docs/letters.md").read_text(encoding="utf-8")


def test_every_name_has_a_meaning_of_its_own() -> None:
    """Every field has a comment, and no two fields share one."""
    known = meanings()
    assert tuple(known) == NAMES
    assert [name for name, meaning in known.items() if len(meaning) < 10] == []
    assert len(set(known.values())) == len(known)


def test_a_comment_is_read_behind_its_field_or_above_it() -> None:
    """A comment longer than a line stands above its field and is joined again."""
    assert meanings()["tag"] == "the reference in brackets, as every subject carries it"
    assert meanings()["things"].startswith("what the case carries, by name (None where it does not): rows of name,")
    assert meanings()["things"].endswith("lines (rows of label, amount), total, currency")


def test_the_page_has_the_table_as_it_is_now() -> None:
    """docs/letters.md has the table generated from the fields."""
    assert as_markdown() in PAGE
    assert filled(PAGE) == PAGE, "run: make pictures"


def test_a_table_is_a_table() -> None:
    """No comment has a character that would end its table cell."""
    assert {line.count("|") for line in as_markdown().splitlines()} == {3}
