"""Verbs that need no installation: parse, rehearse, demo."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from daemon.cli.base import Config, app, fail, log_warnings_only

if TYPE_CHECKING:
    from config.policy import Policy
    from parsers.reading import FoundDetail, Reading


def register() -> None:
    """Add these verbs to the command line."""
    for verb in (parse, rehearse, demo):
        app.command(verb)


def parse(
    files: Annotated[tuple[str, ...], Parameter(help="Mail files, or - for standard input.")],
    *,
    json: Annotated[bool, Parameter(negative="", help="Print JSON lines, one object for each file.")] = False,
    explain: Annotated[bool, Parameter(negative="", help="Print every verdict with its reason.")] = False,
    policy: Annotated[str, Parameter(help="The policy whose details are searched for.")] = "complaints",
    languages: Annotated[tuple[str, ...], Parameter(help="The languages to distinguish; all by default.")] = (),
    config: Config = None,
) -> None:
    """Read mail files and print what is recognised. Stores and sends nothing."""
    from daemon.app import now
    from daemon.cli.policies import _load
    from parsers.reading_json import as_json, explanation

    log_warnings_only()
    loaded = _load(policy, config)[0]
    for name in files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            fail(f"{name}: {error.strerror}")
        reading, details = _read_alone(raw, loaded, now().date(), languages)
        if json:
            print(json_module.dumps({"file": name, **as_json(reading, details)}, ensure_ascii=False))
        else:
            print(explanation(reading, details) if explain else _summary(reading))


def _read_alone(
    raw: bytes, policy: Policy, today: date, languages: tuple[str, ...]
) -> tuple[Reading, Sequence[FoundDetail]]:
    """Read a mail as this policy's inbox would, without an installation; returns the reading and the details found.

    Never raises, whatever the bytes.
    """
    from parsers.details.details import find_details
    from parsers.mail import read_mail
    from parsers.sender.own_identity import OwnIdentity

    reading = read_mail(raw, ours=OwnIdentity(prefixes=(policy.reference,)), languages=languages)
    return reading, find_details(reading, policy.details, languages=policy.languages, today=today)


def _summary(reading: Reading) -> str:
    """Return kind, language, sender and subject on one line, and the first 200 characters on the next."""
    first = " ".join((reading.reply or reading.text).split())[:200]
    return (
        f"{reading.kind.value}, {reading.language.code or 'language unknown'}: {reading.sender.address or 'nobody'}: "
        f"{reading.subject or '(no subject)'}\n  {first}"
    )


def rehearse(
    scenarios: Annotated[tuple[str, ...], Parameter(help="Scenario files.")],
    *,
    quiet_ones: Annotated[bool, Parameter(name="--brief", negative="", help="Print only failures.")] = False,
    config: Config = None,
) -> None:
    """Play scenarios against a policy, in memory, on a simulated clock. Exit status 1 if one fails.

    Uses the policies, letters and people of the settings; without settings, those that ship.
    """
    from rich.console import Console

    from daemon.cli.base import settings_if_any
    from daemon.rehearse import rehearse as play
    from daemon.rehearse.printer import conversation_lines, print_conversation

    log_warnings_only()
    settings = settings_if_any(config)
    console, failed = Console(highlight=False), 0
    for name in scenarios:
        played = play(Path(name), settings=settings)
        if not quiet_ones and console.is_terminal:
            print_conversation(played, console)
        elif not quiet_ones:
            print("\n".join(conversation_lines(played)))
        for failure in played.failures:
            print(failure, file=sys.stderr)
        print(f"{name}: {'passed' if played.passed else 'FAILED'}")
        failed += not played.passed
    if failed:
        sys.exit(1)


def demo() -> None:
    """Show complete complaints: a rehearsal in three languages, then the real daemon on this machine."""
    from daemon.demo import demo as show_demo

    log_warnings_only()
    sys.exit(show_demo())
