"""A process killed at any point leaves what it committed and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from storage import cases, inbox, ledger, retries, timers
from storage.engine import Database
from storage.values import InboxState
from tests.paths import ROOT
from tests.storage.values import DAY, LEASE, NOW, in_hand, mail

# One mail from inbox to sent letter, killed by SIGKILL at the point named on the command line.
ROAD = """
import os, signal, sys
from storage import cases, inbox
from storage.engine import Database
from storage.values import CaseChange
from tests.storage.values import *

def reach(point):
    if point == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

db = Database(sys.argv[1])
with db.write() as conn:
    inbox.accept(conn, [mail(1)])
    reach("before the mail is accepted")
reach("after the mail is accepted")
row = inbox.claim(db, now=NOW, limit=1, lease=LEASE)[0]
reach("after the claim")
with db.write() as conn:
    [(number, reference)] = cases.reserve(conn, "C", 2026, 1)
    reach("before the reference is reserved")
reach("after the reference is reserved")
change = CaseChange(ticket=ticket(number, reference), is_new=True, parties=(customer(),), timers_set=(timer(at=NOW),),
    ledger=(entry(number),), letters=(letter(f"{row.id}", number),))
with db.write() as conn:
    cases.save(conn, [change])
    reach("before the mail is finished")
    finish_row(conn, row.id, verdict="new case", ticket_id=number)
    reach("before the case is committed")
reach("after the case is committed")
"""
POINTS = [line.split('"')[1] for line in ROAD.splitlines() if 'reach("' in line]


def run(url: str, point: str) -> int:
    """Process a mail in a subprocess that is killed at this point; return how it ended."""
    root = ROOT
    done = subprocess.run([sys.executable, "-c", ROAD, url, point], cwd=root, check=False, capture_output=True)
    return done.returncode


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_nothing_is_lost_or_doubled(db: Database, url: str, point: str) -> None:
    """After the sender's retry there is one case, one letter, one timer and one ledger entry."""
    assert run(url, point) == -9
    with db.write() as conn:
        [accepted] = inbox.accept(conn, [mail(1)])
    assert accepted.is_new is (point == "before the mail is accepted")
    if inbox.listing(db)[0].state is InboxState.NEW:
        tried = retries.claim_one(db, now=NOW + LEASE, lease=LEASE, attempts=5, longest=DAY)
        rows = [tried.row] if tried else inbox.claim(db, now=NOW + LEASE, limit=1, lease=LEASE)
        assert [row.attempts for row in rows] == [1 if "accepted" in point else 2]
        with db.write() as conn:
            inbox.set_aside(conn, rows[0].id, error="")
            inbox.replay(conn, rows[0].id)
        assert run(url, "the end of the road") == 0
    assert [line.state for line in inbox.listing(db)] == [InboxState.DONE]
    assert len(in_hand(db)) == 1
    [due] = timers.claim(db, now=NOW, limit=9, lease=LEASE)
    assert [case.ticket.version for case in cases.load(db, [due.ticket_id]).values()] == [1]
    verdict = ledger.verify(db)
    assert (verdict.holds, verdict.entries) == (True, 1)
