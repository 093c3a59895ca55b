"""Cases as decisions want them: with letters counted, slots taken, and earlier cases of the same product."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from daemon.cases.load import known_as, known_by, load, told_now
from storage import bookings, cases
from storage.engine import Database
from storage.values import Booking, Case, CaseChange
from tests.daemon.decide import histories
from tests.daemon.installations import NOW, accept, installation_in, mail, walk_on


def stored(db: Database, case: Case, number: int) -> int:
    """A case in the database, under a number and a reference of its own; its number there."""
    ticket = replace(case.ticket, id=number, reference=f"F-2026-{number:06}", policy="field-repair", version=0)
    change = CaseChange(
        ticket=ticket, is_new=True, parties=case.parties, known_by=known_by(ticket, histories.repairs())
    )
    with db.write() as conn:
        cases.save(conn, [change])
    return number


def test_letters_to_those_outside_are_counted(sqlite: Database, tmp_path: Path) -> None:
    """One acknowledgement within the hour and the day; staff are not counted; ids of no case are left out."""
    accept(sqlite, mail(1))
    walk_on(sqlite, tmp_path).settle()
    loaded = load(sqlite, installation_in(tmp_path), [1, 99], NOW)
    assert list(loaded) == [1]
    assert loaded[1].letters_to == {"c1@example.net": (1, 1)}
    later = load(sqlite, installation_in(tmp_path), [1], NOW + timedelta(hours=2))
    assert later[1].letters_to == {"c1@example.net": (0, 1)}


def test_slots_and_earlier_cases_of_the_same_product(sqlite: Database, tmp_path: Path) -> None:
    """Where the policy gives appointments and keeps a history by a serial number."""
    life = histories.repair(serial_number="SN-12345678")
    first, second = (stored(sqlite, life.case, number) for number in (1, 2))
    at = life.now + timedelta(days=1)
    slot = Booking(
        place="field-repair/li", start_at=at, end_at=at + timedelta(hours=1), seat=0, ticket_id=first, thing="visit"
    )
    with sqlite.write() as conn:
        bookings.save(conn, [slot], [])
    installation = replace(installation_in(tmp_path), policies={"field-repair": histories.repairs()})
    loaded = load(sqlite, installation, [first, second], life.now)
    assert [booking.start_at for booking in loaded[second].taken] == [at]
    assert [earlier.reference for earlier in loaded[second].earlier] == ["F-2026-000001"]
    assert loaded[first].earlier == ()
    known = loaded[second]
    assert told_now(sqlite, installation, known, known.ticket) is known


def test_the_numbers_that_others_gave_a_case_find_it() -> None:
    """By third party."""
    assert [number for _, number in known_as(histories.dossier().case.ticket)] == ["VC-123456"]
    assert known_as(histories.complaint().case.ticket) == ()
