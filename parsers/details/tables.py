"""Exported tables: CSV in any common encoding and with any common delimiter, read row by row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from config.policy import DetailSpec
from parsers.details.detail_types import ReadingContext, read_value
from parsers.mime.charsets import clean_text

_SAMPLE = 1 << 20  # octets of the file from which its encoding is detected
_DELIMITERS = ",;\t|"
# Big5 text nearly always decodes as GB18030 too, but as rare characters; the reverse is not true.
_ENCODINGS = ("utf-8-sig", "big5hkscs", "gb18030")


@dataclass(frozen=True, slots=True)
class TableLine:
    """One row: its line number in the file, its cells by column name, and what is wrong with it, or empty."""

    number: int
    cells: Mapping[str, str]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """An expected column: its name, its possible headings, the type of its values, whether it must be filled."""

    name: str
    headings: tuple[str, ...]
    spec: DetailSpec
    required: bool


def read_table(
    path: Path, columns: Sequence[Column], *, encoding: str = "", today: date, country: str = ""
) -> Iterator[TableLine]:
    """Yield the rows of a CSV file as they are read, each value in its normal form.

    Raises ValueError if the file cannot be read as a table: a required heading is missing, or it is not in the
    encoding.
    """
    code = encoding or detect_encoding(path)
    with path.open(encoding=code, newline="", errors="strict") as file:
        reader = csv.reader(file, delimiter=_delimiter(path, code))
        heads = _match_headings(next(reader, []), columns)
        for row in reader:
            if any(cell.strip() for cell in row):
                yield _read_row(reader.line_num, row, heads, columns, ReadingContext((), today, country))


def detect_encoding(path: Path) -> str:
    """Return the encoding of a file: UTF-16 by its mark, else UTF-8 if it decodes, else the likelier of Big5 and
    GB18030.

    Raises ValueError if it decodes as none of them.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    fits = [code for code in _ENCODINGS if _decodes(sample, code)]
    if not fits:
        raise ValueError(f"not text in any of {', '.join(_ENCODINGS)}; say which with --encoding")
    return fits[0] if fits[0] == "utf-8-sig" else max(fits, key=lambda code: _common_share(sample, code))


def _decodes(sample: bytes, code: str) -> bool:
    try:
        codecs.getincrementaldecoder(code)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _common_share(sample: bytes, code: str) -> float:
    """Return the share of non-ASCII characters that are in the first, common level of the encoding's character set."""
    text = codecs.getincrementaldecoder(code)().decode(sample)
    non_ascii = [character for character in text if ord(character) > 0x7F]
    level = "big5" if code == "big5hkscs" else "gb2312"
    common = sum(1 for character in non_ascii if _in_first_level(character, level))
    return common / len(non_ascii) if non_ascii else 1.0


def _in_first_level(letter: str, level: str) -> bool:
    octets = letter.encode(level, "ignore")
    if len(octets) != 2:
        return False
    return 0xA1 <= octets[0] <= (0xC6 if level == "big5" else 0xD7)


def _delimiter(path: Path, code: str) -> str:
    with path.open(encoding=code, newline="") as file:
        head = file.readline()
    return max(_DELIMITERS, key=head.count)


def _match_headings(row: Sequence[str], columns: Sequence[Column]) -> list[Column | None]:
    known = {_heading_key(heading): column for column in columns for heading in (column.name, *column.headings)}
    matched = [known.get(_heading_key(cell)) for cell in row]
    missing = [column.name for column in columns if column.required and column not in matched]
    if missing:
        found = ", ".join(cell.strip() for cell in row) or "nothing"
        raise ValueError(f"no column for {', '.join(missing)}; the first line has: {found}")
    return matched


def _heading_key(heading: str) -> str:
    return "".join(letter for letter in clean_text(heading).casefold() if letter.isalnum())


def _read_row(
    number: int, row: Sequence[str], heads: Sequence[Column | None], columns: Sequence[Column], context: ReadingContext
) -> TableLine:
    if len(row) > len(heads):
        return TableLine(number, {}, f"{len(row)} cells under {len(heads)} headings")
    cells: dict[str, str] = {}
    for column, cell in zip(heads, row, strict=False):
        if column is None or not cell.strip():
            continue
        found = read_value(column.spec, clean_text(cell).strip(), context)
        if found is None or found.wrong:
            why = found.wrong if found else "not understood"
            return TableLine(number, cells, f"{column.name}: {why}: {cell.strip()[:60]}")
        cells[column.name] = found.value
    empty = [column.name for column in columns if column.required and column.name not in cells]
    return TableLine(number, cells, f"{', '.join(empty)}: empty" if empty else "")
