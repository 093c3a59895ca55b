"""Verbs that try things out without an installation: parse, rehearse, demo."""

from __future__ import annotations

import json as json_module
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from daemon.cli.base import Config, app, fail, quiet


def register() -> None:
    """Add these verbs to the command line."""
    for verb in (parse, rehearse, demo):
        app.command(verb)


def parse(
    files: Annotated[tuple[str, ...], Parameter(help="Mail files, or - for standard input.")],
    *,
    json: Annotated[bool, Parameter(negative="", help="JSON lines, one object for each file.")] = False,
    explain: Annotated[bool, Parameter(negative="", help="Every verdict with its reason.")] = False,
    policy: Annotated[str, Parameter(help="The policy whose details are looked for.")] = "complaints",
    languages: Annotated[tuple[str, ...], Parameter(help="The languages to tell apart; all by default.")] = (),
    config: Config = None,
) -> None:
    """Read mail files and say what is understood; nothing is stored or sent."""
    from daemon.app import now
    from daemon.cli.policies import _load
    from daemon.cli.reading_aloud import read_aloud

    quiet()
    loaded = _load(policy, config)[0]
    wanted = languages or ()
    for name in files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            fail(f"{name}: {error.strerror}")
        told = read_aloud(raw, loaded, today=now().date(), languages=wanted)
        if json:
            print(json_module.dumps({"file": name, **told.as_json}, ensure_ascii=False))
        else:
            print(told.explained if explain else told.summary)


def rehearse(
    scenarios: Annotated[tuple[str, ...], Parameter(help="Scenario files.")],
    *,
    quiet_ones: Annotated[bool, Parameter(name="--brief", negative="", help="Only what fails.")] = False,
    config: Config = None,
) -> None:
    """Play written scenarios against a policy, in memory, on a made-up clock; exit status 1 where one fails.

    By the policies, words and people of the settings; where there are none, by what ships.
    """
    from rich.console import Console

    from daemon.cli.base import settings_if_any
    from daemon.rehearse import rehearse as play
    from daemon.rehearse.printer import lines, show

    quiet()
    settings = settings_if_any(config)
    console, failed = Console(highlight=False), 0
    for name in scenarios:
        played = play(Path(name), settings=settings)
        if not quiet_ones and console.is_terminal:
            show(played, console)
        elif not quiet_ones:
            print("\n".join(lines(played)))
        for failure in played.failures:
            print(failure, file=sys.stderr)
        print(f"{name}: {'passed' if played.passed else 'FAILED'}")
        failed += not played.passed
    if failed:
        sys.exit(1)


def demo() -> None:
    """Show a complaint's whole life: a rehearsal in three languages, then the real daemon on this machine."""
    from daemon.demo import demo as show

    quiet()
    sys.exit(show())
