"""What a timer does when it is due; one of a kind that only a newer version knows is never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.decide.events import TimerDue
from storage.values import Timer, TimerKind, timer_kind
from tests.daemon.decide.cases import Life, rome

WRAM = Timer(key="of:its:own", kind=timer_kind("wram"), at=rome("2026-03-03 09:00"), about="resolve", occurrence=2)


def life() -> Life:
    """A complaint that has such a timer."""
    life = Life(rome("2026-03-02 09:00"))
    life.opens()
    life.case = replace(life.case, timers=(*life.case.timers, WRAM))
    return life


def waiting(life: Life) -> list[Timer]:
    """The case's timers of unknown kinds."""
    return [timer for timer in life.case.timers if not isinstance(timer.kind, TimerKind)]


def test_every_stored_kind_is_read() -> None:
    """A kind is stored as its value, and read back as the same kind; what is no kind stays what it is."""
    assert [timer_kind(str(kind)) for kind in TimerKind] == list(TimerKind)
    assert type(timer_kind("wram")) is str


def test_an_unknown_kind_is_put_off_by_a_day() -> None:
    """Nothing of it is lost, nothing else happens, and the ledger says so once for each such timer."""
    case = life()
    case.now = WRAM.at
    first = case.happens(TimerDue(timer=WRAM))
    assert waiting(case) == [replace(WRAM, at=WRAM.at + timedelta(days=1))]
    assert [(entry.event, entry.facts) for entry in first.changes.ledger] == [
        ("timer unknown", {"timer": "of:its:own", "kind": "wram", "about": "resolve"})
    ]
    assert first.notices == ()
    case.now += timedelta(days=3)
    second = case.happens(TimerDue(timer=waiting(case)[0]))
    assert waiting(case) == [replace(WRAM, at=case.now + timedelta(days=1))]
    assert second.changes.ledger == ()


def test_an_unknown_kind_outlives_a_closing() -> None:
    """A closing takes the timers that it ends, and no other."""
    case = life()
    case.staff("spam")
    assert case.case.ticket.closed_at is not None
    assert case.case.timers == (WRAM,)
