"""Exported tables: encodings, delimiters, wrong rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.policy_shapes.base import DetailSpec, DetailType
from parsers.details.tables import Column, detect_encoding, read_table

TODAY = date(2026, 3, 3)
COLUMNS = (
    Column("vin", ("车架号", "車架號", "VIN"), DetailSpec(label={"*": "VIN"}, sort=DetailType.VIN), True),
    Column("owner", ("车主", "車主", "owner"), DetailSpec(label={"*": "owner"}, sort=DetailType.NAME), False),
    Column("sold", ("销售日期", "銷售日期", "sale date"), DetailSpec(label={"*": "sold"}, sort=DetailType.DATE), False),
)
SIMPLIFIED = "车架号,车主,销售日期\nLSVAA49J332000021,王小明,2025-06-01\n"
TRADITIONAL = "車架號;車主;銷售日期\nLSVAA49J332000021;陳大文;2025/6/1\n"


@pytest.mark.parametrize(
    ("text", "encoding", "known_as"),
    [
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "utf-8", "utf-8-sig"),
    ],
)
def test_encodings_and_delimiters_are_told_apart(tmp_path: Path, text: str, encoding: str, known_as: str) -> None:
    """A file is read as it was exported, from any program and country."""
    file = tmp_path / "cars.csv"
    file.write_bytes(text.encode(encoding))
    assert detect_encoding(file) == known_as
    (line,) = read_table(file, COLUMNS, today=TODAY)
    assert (line.cells["vin"], line.cells["sold"], line.wrong) == ("LSVAA49J332000021", "2025-06-01", "")
    assert line.cells["owner"] in ("王小明", "陳大文")


def test_a_wrong_row_says_its_line_and_why(tmp_path: Path) -> None:
    """Each wrong row is reported with line and reason; the others are read."""
    file = tmp_path / "cars.csv"
    rows = ["VIN,owner,sale date", "LSVAA49J332000021,A,2025-06-01", "LSVAA49J1,B,2025-06-01", ",C,2025-06-01",
            "LSVAA49J332000021,D,never", "LSVAA49J332000021,E,2025-06-01,more"]  # fmt: skip
    file.write_text("\n".join(rows), encoding="utf-8")
    problems = [(line.number, line.wrong) for line in read_table(file, COLUMNS, today=TODAY) if line.wrong]
    assert problems == [
        (3, "vin: a VIN has 17 characters, this has 9: LSVAA49J1"),
        (4, "vin: empty"),
        (5, "sold: not understood: never"),
        (6, "4 cells under 3 headings"),
    ]


def test_a_file_without_the_key_is_refused_whole(tmp_path: Path) -> None:
    """A file of another kind is refused as a whole."""
    file = tmp_path / "cars.csv"
    file.write_text("name,colour\nA,red\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column for vin; the first line has: name, colour"):
        list(read_table(file, COLUMNS, today=TODAY))
