"""Verbs about personal data: export it, erase it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from daemon.cli.base import Config, app, database_of, fail, log_warnings_only, settings_of


def register() -> None:
    """Add these verbs to the command line."""
    app.command(erase)
    app.command(export)


def erase(
    reference: str,
    *,
    reason: Annotated[str, Parameter(help="The reason. It is kept on the ledger and must not name anybody.")],
    dry_run: Annotated[bool, Parameter(negative="", help="Print what would be erased, and erase nothing.")] = False,
    yes: Annotated[bool, Parameter(negative="", help="Do not ask to type the reference again.")] = False,
    config: Config = None,
) -> None:
    """Erase all personal data of a closed case, irrevocably."""
    from daemon.app import now
    from daemon.cases import erasure
    from daemon.cli.cases import _case
    from daemon.decide.refusals import Refused
    from daemon.installation_build import load_installation

    log_warnings_only()
    settings = settings_of(config)
    installation = load_installation(settings)
    with database_of(settings) as db:
        case = _case(db, reference)
        name = case.ticket.reference
        try:
            erasure.raise_if_not_erasable(db, installation, case, by="operator", why=reason, now=now())
            print(_what_goes(name, erasure.what_erasing_takes(db, installation, case, now())))
            if dry_run:
                return
            if not yes and not _is_meant(name):
                fail(f"{name} was not erased: the reference was not typed again")
            erasure.erase_case(db, installation, case.ticket.id, by="operator", why=reason, now=now())
        except Refused as why_not:
            fail(f"{name} was not erased: {_WHY_NOT.get(why_not.reason, why_not.why)}")
    print(f"{name} is erased; backups made before still have it")


_WHY_NOT = {
    "not closed yet": "it is open, and promises are still owed; close it first",
    "part of another": "it became part of another case; erase that one, and this goes with it",
    "erased": "that was done before",
    "letters wait": "letters of it have not left yet",
    "needs a reason": "--reason says nothing",
    "reason names somebody": "--reason has a name, an address or a detail of the case in it, and it is kept for ever",
}


def _what_goes(reference: str, what: Any) -> str:
    parts = f", with {', '.join(sorted(what.parts))}, which became part of it" if what.parts else ""
    return f"{reference}{parts}: {what.mails} mails and {what.letters} letters go, and every name, address and detail"


def _is_meant(reference: str) -> bool:
    print("Type the reference to erase it for good: ", end="", flush=True)
    return sys.stdin.readline().strip().upper() == reference


def export(
    what: str,
    *,
    out: Annotated[Path, Parameter(help="A new folder, or a file whose name ends in .zip.")],
    config: Config = None,
) -> None:
    """Write all data held about a case (by reference) or a customer (by address) to files."""
    from daemon.cases import export
    from daemon.cli.cases import _case
    from daemon.installation_build import load_installation

    log_warnings_only()
    settings = settings_of(config)
    installation = load_installation(settings)
    with database_of(settings) as db:
        person = "@" in what
        found = (
            export.export_person(db, installation, what)
            if person
            else export.export_case(db, installation, _case(db, what))
        )
        try:
            count = export.write_files(found, out)
        except LookupError:
            fail(f"nothing is held of {what}")
        except FileExistsError:
            fail(f"--out: {out} is there already; allowed: a new folder, or a new file ending in .zip")
    print(f"{count} files in {out}")
