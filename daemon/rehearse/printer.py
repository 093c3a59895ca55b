"""Prints a rehearsal as a person reads a correspondence: day by day, the customer's mails and ours, letters to staff
in one line each, and at the end how every promise fared."""

from __future__ import annotations

from datetime import date
from io import StringIO
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from daemon.rehearse.dates import say_day, say_moment
from daemon.rehearse.rehearsal import PromiseOutcome, Rehearsal, Turn

WIDTH = 100
_COLOURS = {"customer": "cyan", "third party": "magenta", "machine": "bright_black", "staff": "yellow"}
_MARKS = {"kept": ("✓", "green"), "broken": ("✗", "red"), "open": ("…", "blue"), "moot": ("–", "bright_black")}


def lines(rehearsal: Rehearsal, *, whole: bool = False) -> list[str]:
    """The conversation as plain lines."""
    console = Console(file=StringIO(), width=WIDTH, color_system=None, force_terminal=False, highlight=False)
    show(rehearsal, console, whole=whole)
    file = console.file
    assert isinstance(file, StringIO), "we made it one"
    return [line.rstrip() for line in file.getvalue().rstrip("\n").split("\n")]


def show(rehearsal: Rehearsal, console: Console, *, whole: bool = False, most_lines: int = 0) -> None:
    """Print it. With `whole`, letters to staff too are printed with all their words; `most_lines` cuts each letter
    short, 0 none."""
    console.print(Text(rehearsal.title, style="bold"))
    last: date | None = None
    for day, turns in groupby(rehearsal.turns, key=lambda turn: turn.at.astimezone(rehearsal.zone).date()):
        passed = f"   ({(day - last).days} days later)" if last and (day - last).days > 1 else ""
        console.print(f"\n[bold]{say_day(day)}[/bold][bright_black]{passed}[/bright_black]")
        last = day
        for turn in turns:
            _show_turn(turn, rehearsal, console, whole=whole, most_lines=most_lines)
    if rehearsal.promises:
        console.print("\n[bold]Promises[/bold]")
        for kept in rehearsal.promises:
            console.print(_promise(kept, rehearsal))


def _show_turn(turn: Turn, rehearsal: Rehearsal, console: Console, *, whole: bool, most_lines: int) -> None:
    clock = turn.at.astimezone(rehearsal.zone).strftime("%H:%M")
    colour = _COLOURS.get(turn.sort, "white")
    files = f"  [{', '.join(turn.files)}]" if turn.files else ""
    inside = bool(turn.notice) and turn.sort == "staff"
    if inside and not whole:
        head = f"{clock}      [{colour}]→ {escape(turn.to)}[/] [bright_black]{turn.notice}[/]"
    elif turn.notice:
        head = f"{clock}      [{colour}]→ {escape(turn.to)}[/] [bright_black]{turn.notice}, {turn.language}:[/] "
        head += escape(turn.subject + files)
    else:
        head = f"{clock}  [bold {colour}]{escape(turn.who)}[/] [bright_black]writes:[/] " + escape(turn.subject + files)
    console.print(Padding(head, (0, 0, 0, 2)))
    if turn.text.strip() and (whole or not inside):
        _show_words(turn, console, colour, most_lines)


def _show_words(turn: Turn, console: Console, colour: str, most_lines: int) -> None:
    margin = 13 if turn.notice else 9
    wrapped = list(Text(turn.text.strip()).wrap(console, min(console.width, WIDTH) - margin - 2))
    cut = most_lines and len(wrapped) > most_lines + 1
    for line in wrapped[:most_lines] if cut else wrapped:
        line.rstrip()
        console.print(Text(" " * margin) + Text("│ ", style=colour) + line)
    if cut:
        rest = f"… and {len(wrapped) - most_lines} lines more"
        console.print(Text(" " * margin) + Text("│ ", style=colour) + Text(rest, style="bright_black"))


def _promise(kept: PromiseOutcome, rehearsal: Rehearsal) -> Text:
    mark, colour = _MARKS[kept.state]
    ended = f"kept {say_moment(kept.kept_at, rehearsal.zone)}" if kept.kept_at else kept.state
    if kept.kept_at:
        ended += " by itself" if kept.automatic else " by a person"
    if kept.state == "broken" and kept.kept_at:
        ended = f"broken, {ended}"
    row = f"{kept.reference}  {kept.title:<34.34} due {say_day(kept.due):<16} "
    return Text(f"  {mark} ", style=colour) + Text(row) + Text(ended, style=colour)
