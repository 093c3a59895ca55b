"""Verbs about company records: records import, list, invite."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from daemon.cli.base import Config, Json, app, database_of, fail, settings_of
from daemon.cli.output import print_json, print_rows

records = App(name="records", help="Company records, and the letters written about them.")
Of = Annotated[str, Parameter(help="Which table of records of the policy; its only one by default.")]


def register() -> None:
    """Add these verbs to the command line."""
    records.command(records_import, name="import")
    records.command(records_list, name="list")
    records.command(records_invite, name="invite")
    app.command(records)


def records_import(
    file: Path,
    *,
    policy: str,
    of: Of = "",
    encoding: Annotated[str, Parameter(help="UTF-8, UTF-16, GB18030 and Big5 are detected.")] = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Import records from a CSV file: known ones are updated, others added. Exit status 1 if a row is wrong."""
    from daemon.app import now
    from daemon.cases.records_import import import_records

    settings = settings_of(config)
    spec = _policy(policy, settings)
    of = _of(spec, of)
    try:
        with database_of(settings) as db:
            done = import_records(db, spec, of, file, now(), encoding=encoding, country=settings.company.country)
    except (OSError, ValueError, LookupError) as error:
        fail(f"{file}: {error}")
    wrong = [{"line": line.number, "why": line.wrong} for line in done.wrong]
    if json:
        print_json({"new": done.new, "changed": done.changed, "same": done.same, "wrong": wrong})
    else:
        print(f"{done.new} new, {done.changed} changed, {done.same} as they were, {len(wrong)} wrong")
        for line in done.wrong:
            print(f"{file}:{line.number}: {line.wrong}", file=sys.stderr)
    if wrong:
        sys.exit(1)


def records_list(*, policy: str, of: Of = "", limit: int = 1000, json: Json = False, config: Config = None) -> None:
    """List records, each with the letters that were or will be written about it."""
    from storage import company_records, invitations

    settings = settings_of(config)
    spec = _policy(policy, settings)
    with database_of(settings) as db:
        found = company_records.listing(db, spec.name, of=of, limit=limit)
        rows = [
            {"of": record.of, "key": record.key, "address": record.address, "updated_at": record.updated_at,
             "content": dict(record.content), "letters": _letters(invitations.about(db, record.place))}
            for record in found
        ]  # fmt: skip
    columns = ("of", "key", "address", "updated_at", "letters")
    print_rows(rows, columns=columns, as_json=json, zone=settings.zone, none="no records")


def _letters(rows: Any) -> list[dict[str, Any]]:
    return [
        {"invitation": row.invitation, "period": row.period, "state": row.state.value, "reason": row.reason}
        for row in rows
    ]


def records_invite(
    campaign: str,
    *,
    policy: str,
    keys: Annotated[str, Parameter(help="A file with one key in each line.")] = "",
    first: Annotated[str, Parameter(name="--from", help="The first key of a range …")] = "",
    last: Annotated[str, Parameter(name="--to", help="… and the last.")] = "",
    json: Json = False,
    config: Config = None,
) -> None:
    """Schedule a campaign's letter for the records of a list or a range, once each, at the next opening time."""
    from daemon.app import now
    from daemon.cases.records_import import plan_campaign
    from storage import company_records

    settings = settings_of(config)
    spec = _policy(policy, settings)
    campaigns = [name for name, invitation in spec.invitations.items() if not invitation.since]
    if campaign not in campaigns:
        fail(f"{campaign!r} is no campaign; allowed: {', '.join(campaigns) or 'the policy has none'}")
    if bool(keys) is bool(first or last):
        fail("say which records: --keys FILE, or --from KEY --to KEY")
    with database_of(settings) as db:
        of = spec.invitations[campaign].of
        wanted = (
            _keys_in(keys)
            if keys
            else list(company_records.keys_between(db, spec.name, of, first, last or "\U0010ffff"))
        )
        known, unknown = plan_campaign(db, spec, campaign, wanted, now())
    if json:
        print_json({"invited": known, "unknown": unknown})
    else:
        print(f"{known} to be written at the next opening" + (f"; no record: {', '.join(unknown)}" if unknown else ""))


def _keys_in(file: str) -> list[str]:
    try:
        return [line.strip() for line in Path(file).read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        fail(f"{file}: {error}")


def _policy(name: str, settings: Any) -> Any:
    from config.files.load_policy import load_policy

    return load_policy(name, overlay=settings.policies if settings.policies.is_dir() else None)


def _of(policy: Any, of: str) -> str:
    if not of and len(policy.records) == 1:
        return str(next(iter(policy.records)))
    if of not in policy.records:
        fail(f"--of {of!r}: no such record; allowed: {', '.join(policy.records) or 'the policy has none'}")
    return of
