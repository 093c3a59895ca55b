"""The tool that tries mutants: what it draws, which tests it runs on one, and when a mutant counts as killed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from tests.house.source import ROOT
from tests.mutation import mutants
from tests.mutation.mutants import Mutant, draw, mutants_of, reaching, reasons, report

SOURCES = {
    "daemon/decide/small.py": "def later(a: int, b: int) -> bool:\n    return a < b\n",
    "daemon/decide/large.py": "".join(f"def f{n}(a: int) -> int:\n    return a + {n}\n\n\n" for n in range(30)),
}
FINDINGS = "daemon/decide/findings.py"
TEST = "tests/daemon/decide/test_findings.py::test_words_with_a_token_in_them_are_not_sent"


def test_a_sample_is_spread_evenly_and_drawn_alike_for_a_seed() -> None:
    """One of each file in turn; a file that has no more leaves its share to the others."""
    sample, again, other = draw(SOURCES, 12, 7), draw(SOURCES, 12, 7), draw(SOURCES, 12, 8)
    assert sample == again != other
    assert len({mutant.code for mutant in sample}) == len(sample) == 12
    few = len([mutant for mutant in sample if mutant.file.endswith("small.py")])
    assert 0 < few < 6
    everything = draw(SOURCES, 10_000, 7)
    assert len(everything) < 10_000


def test_a_mutant_names_its_line_and_compiles() -> None:
    """As it was, and as it is."""
    source = SOURCES["daemon/decide/small.py"]
    found = {(m.line, m.was, m.now) for m in draw({"daemon/decide/small.py": source}, 99, 1)}
    assert (2, "return a < b", "return a <= b") in found
    assert next(mutants_of("x.py", "", random.Random(1)), None) is None


def test_the_tests_of_a_line_begin_with_those_named_after_its_file() -> None:
    """Then the fastest, until the budget is spent; a line that runs at import takes those of the file."""
    tests: dict[str, Any] = {
        "tests/test_other.py::a": {"seconds": 0.1, "lines": {"daemon/decide/small.py": [2]}},
        "tests/test_other.py::b": {"seconds": 9.0, "lines": {"daemon/decide/small.py": [2]}},
        "tests/test_other.py::c": {"seconds": 0.2, "lines": {"daemon/decide/small.py": [1]}},
        "tests/test_small.py::d": {"seconds": 2.0, "lines": {"daemon/decide/small.py": [2]}},
        "tests/test_other.py::e": {"seconds": 0.1, "lines": {"daemon/decide/large.py": [2]}},
    }
    mutant = Mutant("daemon/decide/small.py", 2, "", "", "")
    names = [test[-1] for test in reaching(mutant, tests)]
    assert names == ["d", "a", "b"]
    assert [test[-1] for test in reaching(mutant, tests, budget=3.0)] == ["d", "a"]
    assert [test[-1] for test in reaching(replace(mutant, line=5), tests)] == ["d", "a", "c", "b"]


@pytest.mark.parametrize(("change", "killed"), [(None, False), (('HEADER = "header"', "HEADER = None"), True)])
def test_a_mutant_is_killed_by_a_test_that_fails(change: tuple[str, str] | None, killed: bool) -> None:
    """A module without a change lives; one that a test of it notices does not."""
    source = (ROOT / FINDINGS).read_text(encoding="utf-8")
    mutant = Mutant(FINDINGS, 1, "", "", source.replace(*change) if change else source)
    script = "import sys\nfrom tests.mutation.test_mutants import try_one\nsys.exit(try_one(sys.stdin.read()))"
    assert _run(script, mutant.code) == (1 if killed else 0)


def try_one(code: str) -> int:
    """Run one test on this source of a module, in a process that has imported nothing of the daemon."""
    pid = mutants.run_tests_on(Mutant(FINDINGS, 1, "", "", code), [TEST])
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _run(script: str, given: str) -> int:
    return subprocess.run([sys.executable, "-c", script], input=given.encode(), cwd=ROOT, check=False).returncode


def test_survivors_are_told_with_their_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    """From the kept list; one that is not there has none yet."""
    two = [Mutant("a.py", 1, "x = 1", "x = 2", ""), Mutant("a.py", 3, "y = 1", "y = 2", "")]
    known = reasons("# the list\n\na.py\tx = 1\tx = 2\tnobody reads it\n")
    assert report([*two, *two], two, known) == 0.5
    printed = capsys.readouterr().out
    assert "a.py\tx = 1\tx = 2\tnobody reads it\n" in printed
    assert "NO REASON YET (line 3)" in printed
    assert "2 of 4 killed, 50.0%" in printed


def test_the_kept_list_can_be_read() -> None:
    """Four columns in each line, the last of them a reason."""
    assert all(reasons(mutants.KNOWN.read_text(encoding="utf-8")).values())
