"""The demo: three complaints are rehearsed on a simulated clock, then the real daemon receives their mails."""

from __future__ import annotations

from importlib.resources import as_file, files

from rich.console import Console

from daemon.demo.live import run_live_demo
from daemon.rehearse import rehearse
from daemon.rehearse.printer import WIDTH, print_conversation
from daemon.rehearse.read import read_scenario
from daemon.rehearse.scenario import Scenario

NAMES = ("italian", "german", "english")
_LINES = 14  # lines shown of each letter; the whole letters are in the maildir afterwards

__all__ = ["demo"]


def demo(console: Console | None = None) -> int:
    """Run the demo; return 0 if everything was as expected, else 1. Takes well under a minute and leaves its folder."""
    console = console or _console()
    console.rule("[bold]1. Three complaints, rehearsed on a made-up clock")
    scripts: list[Scenario] = []
    failed = 0
    for name in NAMES:
        with as_file(files("daemon.demo").joinpath(f"{name}.scenario")) as path:
            rehearsal = rehearse(path)
            scripts.append(read_scenario(path))
        console.print()
        print_conversation(rehearsal, console, most_lines=_LINES)
        for failure in rehearsal.failures:
            console.print(str(failure), style="red", markup=False)
        console.print(f"\n{rehearsal.checks} expectations, {len(rehearsal.failures)} of them not met")
        failed += not rehearsal.passed
    console.print()
    console.rule("[bold]2. The same mails, taken by the real daemon on this machine")
    failed += not run_live_demo(scripts, console)
    return 1 if failed else 0


def _console() -> Console:
    console = Console(highlight=False)
    # Outside a terminal, as in a log, there is no width to adapt to.
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)
