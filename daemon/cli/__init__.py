"""The command line: `reclamo VERB`. Each file holds the verbs of one subject."""

from __future__ import annotations

import sys
from functools import cache

from cyclopts import App

from config.faults import FaultsFound, GiveUp, TryAgain
from daemon.cli.base import app

FAULTY, FAILED = 1, 1


@cache
def application() -> App:
    """Return the application with all its verbs."""
    from daemon.cli import (
        cases,
        erasure,
        letters,
        moving,
        operating,
        policies,
        records,
        reports,
        staff,
        without_installation,
    )

    for verbs in (operating, cases, erasure, moving, letters, records, reports, policies, staff, without_installation):
        verbs.register()
    return app


def main() -> None:
    """Run the command line. Faults that a user can correct are printed without a traceback; exit status 1."""
    try:
        application()(sys.argv[1:])
    except FaultsFound as found:
        for fault in found.faults:
            print(fault, file=sys.stderr)
        count = len(found.faults)
        print(f"{count} fault{'' if count == 1 else 's'}; nothing was done", file=sys.stderr)
        sys.exit(FAULTY)
    except (TryAgain, GiveUp) as failure:
        print(f"reclamo: {failure.reason}", file=sys.stderr)
        sys.exit(FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FAILED)
