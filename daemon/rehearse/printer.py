"""Print a rehearsal as a conversation, day by day, and at the end the outcome of every promise.

Letters to staff are one line each.
"""

from __future__ import annotations

from datetime import date
from io import StringIO
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from daemon.rehearse.dates import format_day, format_moment
from daemon.rehearse.rehearsal import ConversationEntry, PromiseOutcome, Rehearsal

WIDTH = 100
_COLOURS = {"customer": "cyan", "third party": "magenta", "machine": "bright_black", "staff": "yellow"}
_MARKS = {"kept": ("✓", "green"), "broken": ("✗", "red"), "open": ("…", "blue"), "moot": ("–", "bright_black")}


def conversation_lines(rehearsal: Rehearsal, *, whole: bool = False) -> list[str]:
    """Return the conversation as lines of plain text."""
    console = Console(file=StringIO(), width=WIDTH, color_system=None, force_terminal=False, highlight=False)
    print_conversation(rehearsal, console, whole=whole)
    file = console.file
    assert isinstance(file, StringIO), "set above"
    return [line.rstrip() for line in file.getvalue().rstrip("\n").split("\n")]


def print_conversation(rehearsal: Rehearsal, console: Console, *, whole: bool = False, most_lines: int = 0) -> None:
    """Print the conversation.

    With `whole`, letters to staff are printed in full too; `most_lines` limits the lines printed of each letter, 0 is
    no limit.
    """
    console.print(Text(rehearsal.title, style="bold"))
    previous: date | None = None
    for day, turns in groupby(rehearsal.entries, key=lambda entry: entry.at.astimezone(rehearsal.zone).date()):
        gap = f"   ({(day - previous).days} days later)" if previous and (day - previous).days > 1 else ""
        console.print(f"\n[bold]{format_day(day)}[/bold][bright_black]{gap}[/bright_black]")
        previous = day
        for entry in turns:
            _show_turn(entry, rehearsal, console, whole=whole, most_lines=most_lines)
    if rehearsal.promises:
        console.print("\n[bold]Promises[/bold]")
        for promise in rehearsal.promises:
            console.print(_promise_line(promise, rehearsal))


def _show_turn(
    entry: ConversationEntry, rehearsal: Rehearsal, console: Console, *, whole: bool, most_lines: int
) -> None:
    clock = entry.at.astimezone(rehearsal.zone).strftime("%H:%M")
    colour = _COLOURS.get(entry.correspondent, "white")
    files = f"  [{', '.join(entry.files)}]" if entry.files else ""
    internal = bool(entry.notice) and entry.correspondent == "staff"
    if internal and not whole:
        head = f"{clock}      [{colour}]→ {escape(entry.recipient)}[/] [bright_black]{entry.notice}[/]"
    elif entry.notice:
        head = (
            f"{clock}      [{colour}]→ {escape(entry.recipient)}[/] [bright_black]{entry.notice}, {entry.language}:[/] "
        )
        head += escape(entry.subject + files)
    else:
        head = f"{clock}  [bold {colour}]{escape(entry.sender)}[/] [bright_black]writes:[/] " + escape(
            entry.subject + files
        )
    console.print(Padding(head, (0, 0, 0, 2)))
    if entry.text.strip() and (whole or not internal):
        _show_text(entry, console, colour, most_lines)


def _show_text(entry: ConversationEntry, console: Console, colour: str, most_lines: int) -> None:
    margin = 13 if entry.notice else 9
    wrapped = list(Text(entry.text.strip()).wrap(console, min(console.width, WIDTH) - margin - 2))
    cut = most_lines and len(wrapped) > most_lines + 1
    for line in wrapped[:most_lines] if cut else wrapped:
        line.rstrip()
        console.print(Text(" " * margin) + Text("│ ", style=colour) + line)
    if cut:
        rest = f"… and {len(wrapped) - most_lines} lines more"
        console.print(Text(" " * margin) + Text("│ ", style=colour) + Text(rest, style="bright_black"))


def _promise_line(promise: PromiseOutcome, rehearsal: Rehearsal) -> Text:
    mark, colour = _MARKS[promise.state]
    ended = f"kept {format_moment(promise.kept_at, rehearsal.zone)}" if promise.kept_at else promise.state
    if promise.kept_at:
        ended += " by itself" if promise.automatic else " by a person"
    if promise.state == "broken" and promise.kept_at:
        ended = f"broken, {ended}"
    row = f"{promise.reference}  {promise.title:<34.34} due {format_day(promise.due):<16} "
    return Text(f"  {mark} ", style=colour) + Text(row) + Text(ended, style=colour)
