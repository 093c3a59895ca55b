"""The numbers file: highest numbers given out, where the file is, and that it never goes back."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.faults import FaultsFound
from config.files.numbers_file import STEP, Numbers, check_writable, numbers_files, read_numbers, write_numbers

NAMES = st.dictionaries(st.sampled_from(["ticket", "reference C-2026", "reference R-2027"]), st.integers(0, 10**6))


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_the_highest_counts_and_the_file_is_a_step_ahead(all_used: list[dict[str, int]]) -> None:
    """Numbers may be recorded in any order; the file's value is at least a step above all of them."""
    numbers = Numbers()
    for used in all_used:
        numbers = numbers.together(Numbers(used=used))
    for name in {name for used in all_used for name in used}:
        highest = max(used.get(name, 0) for used in all_used)
        assert numbers.used[name] == highest
        assert highest + STEP <= numbers.ahead[name] < highest + 2 * STEP
        assert numbers.ahead[name] % STEP == 0


def test_it_lies_beside_the_keys_and_is_read_back(tmp_path: Path) -> None:
    """Only its owner can read it, and no temporary file is left."""
    where = numbers_files(tmp_path / "keys", tmp_path / "state")
    assert read_numbers(where) is None
    assert (
        write_numbers(where, Numbers({"ticket": 7, "reference C-2026": 3}, restored="2026"))
        == tmp_path / "keys.numbers"
    )
    known = read_numbers(where)
    assert known == Numbers({"ticket": 7, "reference C-2026": 3}, {"ticket": 200, "reference C-2026": 200}, "2026")
    assert [path.name for path in tmp_path.iterdir()] == ["keys.numbers"]
    assert (tmp_path / "keys.numbers").stat().st_mode & 0o077 == 0


def test_what_another_process_wrote_meanwhile_stays(tmp_path: Path) -> None:
    """The higher value of each number is kept."""
    where = numbers_files(tmp_path / "keys", tmp_path / "state")
    write_numbers(where, Numbers({"ticket": 9}, restored="2026-03"))
    write_numbers(where, Numbers({"ticket": 5, "reference C-2026": 2}))
    known = read_numbers(where)
    assert known is not None
    assert (known.used, known.restored) == ({"ticket": 9, "reference C-2026": 2}, "2026-03")


def _writer(folder: str, first: int) -> None:
    for number in range(first, first + 40, 2):
        write_numbers(
            numbers_files(Path(folder) / "keys", Path(folder)), Numbers({f"of {first}": number, "ticket": number})
        )


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each reads a complete file and keeps the other's numbers."""
    context = get_context("spawn")
    processes = [context.Process(target=_writer, args=(str(tmp_path), first)) for first in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    known = read_numbers([tmp_path / "keys.numbers"])
    assert known is not None
    assert known.used == {"of 1": 39, "of 2": 40, "ticket": 40}


def test_where_nothing_can_be_written_beside_the_keys(tmp_path: Path) -> None:
    """The daemon's own folder is used, created if missing; the higher value of both files counts."""
    beside, own = numbers_files(tmp_path / "keys", tmp_path / "state")
    write_numbers([beside], Numbers({"ticket": 40}))
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "keys.numbers").mkdir()  # cannot be replaced by a file, not even by root
    assert write_numbers([locked / "keys.numbers", own], Numbers({"ticket": 7})) == own
    known = read_numbers([beside, own])
    assert known is not None
    assert known.used == {"ticket": 40}
    check_writable([locked / "keys.numbers", own])


def test_where_it_can_be_written_nowhere(tmp_path: Path) -> None:
    """The error names every place that was tried, and `check` says the same without writing."""
    where = numbers_files(tmp_path / "keys", tmp_path / "state")
    where[0].mkdir()
    (tmp_path / "state").write_text("a file, no folder")
    for attempt in (lambda: write_numbers(where, Numbers({"ticket": 1})), lambda: check_writable(where)):
        with pytest.raises(FaultsFound) as found:
            attempt()
        assert [fault.file for fault in found.value.faults] == [str(path) for path in where]
        assert "cannot be written" in str(found.value)


@pytest.mark.parametrize("text", ["[used]\nticket = 'x'\n", "used = 3\n", "not toml", "restored = 3\n"])
def test_a_file_that_says_nothing_sensible(tmp_path: Path, text: str) -> None:
    """It is not overwritten, since a person might still recover its numbers."""
    path = tmp_path / "keys.numbers"
    path.write_text(text)
    with pytest.raises(FaultsFound):
        read_numbers([path])
    with pytest.raises(FaultsFound):
        write_numbers([path], Numbers({"ticket": 1}))
    assert path.read_text() == text
