"""The reference of policy keys is complete and the page generated from it is up to date."""

from __future__ import annotations

import re

from config.diagrams.key_reference import as_markdown, fill_page, key_meanings, key_sections
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")


def test_every_key_has_its_meaning() -> None:
    """config/policy_keys.toml has a line for each key of each shape, and no other."""
    keys = {f"{section.shape}.{row.key}" for section in key_sections() for row in section.rows}
    explained = {f"{shape}.{key}" for shape, lines in key_meanings().items() for key in lines}
    assert sorted(keys - explained) == []
    assert sorted(explained - keys) == []
    assert [
        key for shape, lines in key_meanings().items() for key, meaning in lines.items() if not meaning.strip()
    ] == []


def test_the_page_is_up_to_date() -> None:
    """docs/policies.md has the generated table of every shape."""
    assert {section.place for section in key_sections()} == set(re.findall(r"<!-- keys ([a-z_. ]+) -->", PAGE))
    assert fill_page(PAGE) == PAGE, "run: make pictures"


def test_type_and_default_are_read_from_the_shape() -> None:
    """Types in words, defaults, and keys that are required."""
    rows = {f"{section.place}.{row.key}": row for section in key_sections() for row in section.rows}
    assert (rows["teams.title"].wants, rows["teams.title"].otherwise) == ("words by language", "must be there")
    assert (rows["steps.does"].wants, rows["steps.does"].otherwise) == ("a sentence, or a list", "")
    assert (rows["steps.after"].wants, rows["steps.moves"].wants) == (
        "by period: a step, or branches",
        "by name: a step, or branches",
    )
    assert (rows["teams.rights"].wants, rows["teams.rights"].otherwise) == (
        "`note`, `reply`, `decide`, `extend`, `erase`",
        "`extend`",
    )
    assert (rows["things.slots.capacity"].wants, rows["things.slots.capacity"].otherwise) == (
        "a whole number, at least 1",
        "`1`",
    )
    assert (rows["away.after"].wants, rows["away.after"].otherwise) == ("a period", "`1 working day`")
    assert rows["teams.manager"].wants == "a table (`teams.members`)"
    assert rows["conditions.known"].wants == "`true` or `false`"
    assert rows["tables.rows"].wants.startswith("by name: by name: ")


def test_no_meaning_breaks_its_table() -> None:
    """None contains an unescaped "|", which would end its cell."""
    for section in key_sections():
        assert {line.count("|") for line in as_markdown(section).splitlines()} == {5}
