"""Verbs about staff: who is on which team, who is away, and passwords for submission."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

from cyclopts import App, Parameter

from daemon.cli.base import Config, Json, app, database_of, fail, read_instant, settings_of
from daemon.cli.output import print_rows

staff = App(name="staff", help="Staff: teams, substitutes, absences.")


def register() -> None:
    """Add these verbs to the command line."""
    staff.default(staff_list)
    staff.command(staff_away, name="away")
    staff.command(staff_back, name="back")
    app.command(staff)
    app.command(password)


def staff_list(*, json: Json = False, config: Config = None) -> None:
    """List all team members with their substitutes, and who is away since when and until when."""
    from daemon.installation_build import load_installation
    from storage import absences

    settings = settings_of(config)
    installation = load_installation(settings)
    with database_of(settings) as db:
        known = {absence.address: absence for absence in absences.listing(db)}
    rows = []
    for policy in installation.policies.values():
        for name, team in policy.teams.items():
            for member in (*team.members, *((team.manager,) if team.manager else ())):
                absence = known.get(member.address.lower())
                rows.append(
                    {
                        "team": f"{policy.name}/{name}",
                        "member": member.address,
                        "manager": member is team.manager,
                        "substitute": member.substitute,
                        "away": absence.why.value if absence else "",
                        "since": absence.since if absence else None,
                        "until": absence.until if absence else None,
                        "times": absence.times if absence else 0,
                    }
                )
    columns = ("team", "member", "substitute", "away", "since", "until")
    print_rows(rows, columns=columns, as_json=json, zone=settings.zone, none="nobody is on a team")


def staff_away(
    address: str,
    *,
    until: Annotated[str, Parameter(help="An instant; if not given, until they write.")] = "",
    config: Config = None,
) -> None:
    """Mark somebody as away: from now on their substitute gets their work."""
    from daemon.app import now
    from daemon.installation_build import load_installation
    from daemon.staff.absence import position_of, save_absences
    from storage.absences import Absence, AbsenceReason

    settings = settings_of(config)
    installation, moment = load_installation(settings), now()
    if position_of(installation, address) is None:
        fail(f"{address!r} is on no team; `reclamo staff` lists everybody")
    end = read_instant(until, settings) if until else None
    if end is not None and end <= moment:
        fail(f"--until: {until} is over; allowed: an instant to come")
    absence = Absence(address=address.lower(), why=AbsenceReason.AWAY, since=moment, moves_at=moment, until=end)
    with database_of(settings) as db, db.write() as conn:
        save_absences(conn, installation, [absence], moment)
    print(f"{address} is away" + (f" until {end.astimezone(settings.zone):%Y-%m-%d %H:%M}" if end else ""))


def staff_back(address: str, *, config: Config = None) -> None:
    """Mark somebody as back: they get their work again."""
    from daemon.app import now
    from daemon.staff.absence import end_absence
    from storage import absences

    settings = settings_of(config)
    with database_of(settings) as db:
        if address.lower() not in absences.by_address(db, [address]):
            fail(f"{address!r} is not away; `reclamo staff` lists who is")
        with db.write() as conn:
            end_absence(conn, address, now())
    print(f"{address} is back")


def password() -> None:
    """Hash a password, asked for or read from standard input, and print the line for [submission] users."""
    from daemon.inbound.passwords import hash_password

    asked = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not asked:
        fail("no password was given")
    if sys.stdin.isatty() and getpass.getpass("Once more: ") != asked:
        fail("the two are not the same")
    print(hash_password(asked))
