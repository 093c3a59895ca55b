"""Mutation testing of the decision: draw mutants, run the tests that reach each one's line, count those that fail.

The mutants are mutmut's; why the runner is not: docs/dependencies.md. This process imports what all tests need, and
forks once per mutant; the child replaces the source of one module before it imports `daemon`, and runs pytest.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from mutmut.mutation.file_mutation import create_mutations

from tests.house.source import ROOT, name_of, python_files

MUTATED = "daemon/decide"
SUITES = ("tests/daemon/decide", "tests/daemon/cases", "tests/scenarios")
MAP = ROOT / ".mutants.json"
KNOWN = ROOT / "tests/mutation/survivors.tsv"
LEAST_KILLED = 0.85
BUDGET = 15.0
"""Seconds of tests, as measured when they were recorded, that are run against one mutant."""
_CPU, _WALL, _MEMORY = 60, 900, 4 << 30  # limits of a child: CPU seconds, seconds of the clock, bytes
_ORDINARY = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=0", "--hypothesis-seed=0"]
_ORDINARY += ["-k", "not postgresql"]
_PRELOADED = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # plugins that are imported before pytest starts


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module: `code` is its whole source, `line` the first that differs, as it was and as it is."""

    file: str
    line: int
    was: str
    now: str
    code: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the list of survivors knows it by; line numbers move."""
        return self.file, self.was, self.now


def mutants_of(file: str, source: str, chance: random.Random) -> Iterator[Mutant]:
    """The mutants of one module that compile, in random order."""
    module, mutations, _, _ = create_mutations(file, source)
    chance.shuffle(mutations)
    for mutation in mutations:
        changed = module.deep_replace(mutation.original_node, mutation.mutated_node)
        code = changed.code  # type: ignore[union-attr]
        with suppress(SyntaxError):
            compile(code, file, "exec")
            yield _mutant(file, source, code)


def _mutant(file: str, source: str, code: str) -> Mutant:
    old, new = source.splitlines(), code.splitlines()
    at = next(
        (n for n, (was, now) in enumerate(zip(old, new, strict=False)) if was != now), min(len(old), len(new)) - 1
    )
    return Mutant(file, at + 1, old[at].strip(), new[at].strip(), code)


def draw(sources: dict[str, str], size: int, seed: int) -> list[Mutant]:
    """A sample spread evenly over the files: one of each in turn, until there are enough or no more."""
    waiting = {file: mutants_of(file, source, random.Random(f"{seed}:{file}")) for file, source in sources.items()}
    drawn: list[Mutant] = []
    while waiting and len(drawn) < size:
        for file in list(waiting):
            mutant = next(waiting[file], None)
            if mutant is None:
                del waiting[file]
            elif len(drawn) < size:
                drawn.append(mutant)
    return drawn


class Recorder:
    """A pytest plugin: the lines of the mutated package that each test runs, and how long it takes."""

    def __init__(self) -> None:
        import coverage

        self.coverage = coverage.Coverage(data_file=None, include=[f"{ROOT}/{MUTATED}/*"], config_file=False)
        self.seconds: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        """Lines that run from here on are this test's."""
        self.coverage.switch_context(item.nodeid)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Set-up counts too: a mutant's tests need it."""
        self.seconds[report.nodeid] += report.duration

    def tests(self) -> dict[str, Any]:
        """By test: `seconds`, and `lines` by file."""
        lines: dict[str, dict[str, list[int]]] = defaultdict(dict)
        data = self.coverage.get_data()
        for path in data.measured_files():
            for line, contexts in data.contexts_by_lineno(path).items():
                for test in contexts:
                    lines[test].setdefault(name_of(Path(path)), []).append(line)
        return {test: {"seconds": took, "lines": lines[test]} for test, took in self.seconds.items() if lines[test]}


def record(suites: Sequence[str]) -> None:
    """Run suites under coverage, in a child, and keep what they reach. Raises SystemExit where a test fails."""
    pid = os.fork()
    if not pid:
        recorder = Recorder()
        recorder.coverage.start()
        code = pytest.main([*_ORDINARY, *suites], plugins=[recorder])
        recorder.coverage.stop()
        kept = json.loads(MAP.read_text(encoding="utf-8"))["tests"] if MAP.exists() else {}
        kept = {test: reach for test, reach in kept.items() if not test.startswith(tuple(suites))}
        known = sorted(name for name in sys.modules if name.partition(".")[0] not in ("daemon", "tests", "__main__"))
        told = {"stamp": stamp(), "modules": known, "tests": kept | recorder.tests()}
        MAP.write_text(json.dumps(told), encoding="utf-8")
        os._exit(int(code))
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("the tests must pass before mutants are tried on them")


def stamp() -> str:
    """A hash of all that the map depends on."""
    files = [
        *python_files("daemon", "config", "parsers", *SUITES),
        *sorted((ROOT / "tests/scenarios").rglob("*.scenario")),
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def reaching(mutant: Mutant, tests: dict[str, Any], budget: float = BUDGET) -> list[str]:
    """The tests that reach a mutant's line, those named after its file first, then the fastest, within the budget.
    For a line that runs at import: those that reach the file, or any where nothing of it runs later."""
    name = f"/test_{Path(mutant.file).stem}.py"
    reach = {test: reached["lines"].get(mutant.file, ()) for test, reached in tests.items()}
    exact = [test for test, lines in reach.items() if mutant.line in lines]
    chosen = exact or [test for test in reach if reach[test]] or list(tests)
    spent, kept = 0.0, []
    for test in sorted(chosen, key=lambda test: (name not in test, tests[test]["seconds"], test)):
        spent += tests[test]["seconds"]
        if kept and spent > budget:
            break
        kept.append(test)
    return kept


class _MutatedLoader(SourceFileLoader):
    """Loads one module from a source that is not on disk."""

    def __init__(self, name: str, path: str, code: str) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.code, self.path, "exec")


class _MutatedFinder(MetaPathFinder):
    """Finds the mutant before anything finds the file."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = mutant.file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.mutant = mutant

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        """The mutant's spec, for its name alone."""
        if fullname != self.name:
            return None
        file = str(ROOT / self.mutant.file)
        package = [str(Path(file).parent)] if file.endswith("__init__.py") else None
        loader = _MutatedLoader(fullname, file, self.mutant.code)
        return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=package)


def run_tests_on(mutant: Mutant, tests: Sequence[str]) -> int:
    """Fork a child that runs these tests on the mutant; its process id. It exits with 0 where all of them pass."""
    pid = os.fork()
    if pid:
        return pid
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.alarm(_WALL)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{tempfile.gettempdir()}/hypothesis-of-mutants"
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.meta_path.insert(0, _MutatedFinder(mutant))
    slow = [test for test in tests if test.startswith("tests/scenarios")]
    try:
        for group in ([test for test in tests if test not in slow], slow):
            if group and pytest.main(["-x", *_ORDINARY, *_PRELOADED, *group]):
                os._exit(1)
        os._exit(0)
    except BaseException:
        os._exit(1)


def demand_survival(source: str, file: str, tests: dict[str, Any]) -> None:
    """A mutant that is none must live: else the children fail by themselves, and no count means anything.
    Raises SystemExit."""
    busiest = Counter(line for reached in tests.values() for line in reached["lines"].get(file, ())).most_common(1)
    for line, _ in busiest:
        unchanged = Mutant(file, line, "", "", source)
        if os.waitpid(run_tests_on(unchanged, reaching(unchanged, tests)), 0)[1]:
            raise SystemExit(f"the tests fail on {file} as it is")


def survivors(mutants: Sequence[Mutant], tests: dict[str, Any], workers: int) -> Iterator[Mutant]:
    """The mutants that no test notices. A line that no test reaches is a survivor at once."""
    running: dict[int, Mutant] = {}
    waiting = list(reversed(mutants))
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            chosen = reaching(mutant, tests)
            if chosen:
                running[run_tests_on(mutant, chosen)] = mutant
            else:
                yield mutant
        if running:
            pid, status = os.wait()
            mutant = running.pop(pid)
            print("killed" if status else "ALIVE ", f"{mutant.file}:{mutant.line}", file=sys.stderr, flush=True)
            if not status:
                yield mutant


def reasons(text: str) -> dict[tuple[str, str, str], str]:
    """The kept list of survivors: file, line as it was, line as it is in the mutant, and why it may live."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {(file, was, now): why for file, was, now, why in rows}


def report(mutants: Sequence[Mutant], alive: Iterable[Mutant], known: dict[tuple[str, str, str], str]) -> float:
    """Print killed and alive by file, then the survivors as the kept list has them. Returns the share killed."""
    alive = list(alive)
    drawn, lived = Counter(m.file for m in mutants), Counter(m.file for m in alive)
    print(f"\n{'file':60} killed  alive")
    for file, count in sorted(drawn.items()):
        print(f"{file:60} {count - lived[file]:6} {lived[file]:6}")
    for mutant in sorted(alive, key=lambda m: (m.file, m.line)):
        print("\t".join((*mutant.key, known.get(mutant.key, f"NO REASON YET (line {mutant.line})"))))
    share = 1 - len(alive) / len(mutants)
    print(f"{len(mutants) - len(alive)} of {len(mutants)} killed, {share:.1%}")
    return share


def main() -> int:
    """Draw a sample, try it, and say what lives: 1 where less than 85 % are killed."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default=MUTATED, help="mutants of files whose path begins so")
    parser.add_argument("--record", nargs="*", help="record these tests anew, and trust the map for all others")
    given = parser.parse_args()
    recorded = json.loads(MAP.read_text(encoding="utf-8")) if MAP.exists() else {}
    if given.record or (given.record is None and recorded.get("stamp") != stamp()):
        record(given.record or SUITES)
        recorded = json.loads(MAP.read_text(encoding="utf-8"))
    for name in recorded["modules"]:  # imported once here rather than in every child
        with suppress(Exception):
            importlib.import_module(name)
    sources = {name_of(file): file.read_text(encoding="utf-8") for file in python_files(MUTATED)}
    chosen = {file: source for file, source in sources.items() if file.startswith(given.only)}
    mutants = draw(chosen, given.sample, given.seed)
    demand_survival(sources[f"{MUTATED}/__init__.py"], f"{MUTATED}/__init__.py", recorded["tests"])
    alive = list(survivors(mutants, recorded["tests"], given.workers))
    return int(report(mutants, alive, reasons(KNOWN.read_text(encoding="utf-8"))) < LEAST_KILLED)


if __name__ == "__main__":
    sys.exit(main())
