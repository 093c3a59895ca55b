"""The verb report: a month of a policy as CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from daemon.cli.base import Config, app, database_of, fail, settings_of


def register() -> None:
    """Add this verb to the command line."""
    app.command(report)


def report(
    policy: str,
    *,
    month: Annotated[str, Parameter(help="As in 2026-05; the month before this one by default.")] = "",
    table: Annotated[
        Literal["cases", "promises"], Parameter(help="Closed cases, or how promises were kept.")
    ] = "cases",
    language: Annotated[str, Parameter(help="Language of headings and titles; the policy's first by default.")] = "",
    out: Annotated[Path | None, Parameter(help="The file to write; standard output by default.")] = None,
    config: Config = None,
) -> None:
    """Report a month of a policy as CSV: a row for each closed case, or for each promise and team."""
    from datetime import timedelta

    from config.files.load_policy import load_policy
    from config.working_time.calendars import load_calendar
    from daemon.app import now
    from daemon.clock.report_tables import as_csv, month_of, promise_rows, promises_csv
    from storage.monthly_figures import closed_cases, deadline_counts

    settings = settings_of(config)
    spec = load_policy(policy, overlay=settings.policies if settings.policies.is_dir() else None)
    zone = load_calendar(spec.calendar, spec.calendars).zone
    last = now().astimezone(zone).replace(day=1) - timedelta(days=1)
    try:
        since, until = month_of(month or f"{last:%Y-%m}", zone)
    except ValueError:
        fail(f"{month!r} is no month; write it as in 2026-05")
    spoken = language or spec.languages[0]
    with database_of(settings) as db:
        if table == "cases":
            text = as_csv(closed_cases(db, policy, since=since, until=until), spec, spoken, zone)
        else:
            text = promises_csv(promise_rows(deadline_counts(db, policy, since=since, until=until), spec, spoken))
    if out is None:
        sys.stdout.write(text)
    else:
        # Spreadsheets recognise UTF-8 by its byte order mark.
        out.write_bytes(text.encode("utf-8-sig"))
