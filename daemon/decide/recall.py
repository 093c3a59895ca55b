"""Calling letters back: what staff wrote waits some minutes, and `cancel` stops exactly those letters.

When nothing else has happened to the case meanwhile, the case is put back to where it stood before the mail that
wrote them: a decision whose letter nobody gets was not taken. Where something has happened, or where one of the
letters is gone, only the letters are stopped; the case stays as it is, what they would have kept is owed as before,
and the transcript says so.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from daemon.decide import promises
from daemon.decide.draft import Draft, Refused
from daemon.decide.happenings import Happening, MachineWrote, StaffWrote
from daemon.decide.naming import Done
from daemon.decide.outcome import letter_key
from storage.records import Deadline, DeadlineState, Party, Role, Ticket, Timer

_TICKET = TypeAdapter(Ticket)
_DEADLINES = TypeAdapter(tuple[Deadline, ...])
_TIMERS = TypeAdapter(tuple[Timer, ...])
_INSIDE = (Role.STAFF, Role.MANAGER)
UNDO = "undo"


def waits_until(draft: Draft, party: Party) -> datetime | None:
    """Until when a letter of this decision to this party waits, so that it can be called back; None: not at all.

    A letter that is owed before the wait is over does not wait: a promise is worth more than second thoughts.
    """
    until = draft.hold_until
    if until is None or party.role in _INSIDE or any(row.due_at < until for row in promises.open_rows(draft)):
        return None
    return until


def remember(draft: Draft) -> None:
    """Keep what is needed to call the letters of this mail back, and let the transcript say until when it can be."""
    held = [one for one in draft.notices if draft.parties[one.party].role not in _INSIDE and one.not_before]
    if draft.hold_until is None or not held:
        return
    letters = [{"key": letter_key(draft.ticket.reference, one), "notice": one.notice} for one in held]
    earlier = draft.case.ticket.facts.get(UNDO)
    # What leaves the case, or takes a place in a calendar, is not taken back by putting the case back.
    moved = bool(earlier or draft.splits or draft.joins or draft.replays or draft.booked or draft.freed)
    undo: dict[str, Any] = {
        "until": draft.hold_until.isoformat(),
        "letters": [*(earlier["letters"] if earlier else ()), *letters],
        "moved": moved,
    }
    if not moved:
        undo["before"] = _snapshot(draft)
    draft.remember(**{UNDO: undo})
    draft.about["held_until"] = draft.hold_until.isoformat()


def _snapshot(draft: Draft) -> dict[str, Any]:
    case = draft.case
    return {
        "ticket": _TICKET.dump_python(case.ticket, mode="json"),
        "deadlines": _DEADLINES.dump_python(case.deadlines, mode="json"),
        "timers": _TIMERS.dump_python(case.timers, mode="json"),
    }


def age(draft: Draft, happening: Happening) -> None:
    """Time has gone on: what can be called back no longer can, or not without losing what has happened since."""
    undo: dict[str, Any] = draft.ticket.facts.get(UNDO) or {}
    if not undo or undo is not draft.case.ticket.facts.get(UNDO):
        return
    if draft.now >= datetime.fromisoformat(undo["until"]):
        draft.remember(**{UNDO: None})
    elif not isinstance(happening, MachineWrote) and not undo["moved"]:
        draft.remember(**{UNDO: {"until": undo["until"], "letters": undo["letters"], "moved": True}})


def begin(draft: Draft, wrote: StaffWrote) -> None:
    """From now on letters to those outside wait, where the settings say so."""
    draft.hold_until = draft.now + wrote.hold if wrote.hold else None


def cancel(draft: Draft, _rest: str, _text: str, _member: str) -> Done:
    """Stop every letter that still waits. Raises Refused where none does."""
    undo = draft.ticket.facts.get(UNDO)
    if not undo:
        raise Refused("nothing waits", "", "")
    stopped = [one for one in undo["letters"] if one["key"] in draft.case.recallable]
    gone = [one["notice"] for one in undo["letters"] if one not in stopped]
    if not stopped:
        raise Refused("already gone", "", "")
    stop(draft, stopped)
    back = not gone and not undo["moved"]
    if back:
        _put_back(draft, undo["before"])
    for one in stopped:
        _never_written(draft, one["notice"])
    draft.remember(**{UNDO: None})
    names = [one["notice"] for one in stopped]
    draft.record("letters stopped", notices=names, gone=gone, put_back=back)
    return {"did": "stopped and put back" if back else "stopped", "value": "", "stopped": names, "gone": gone}


def stop(draft: Draft, letters: list[dict[str, str]]) -> None:
    """Take these letters out of the outbox."""
    draft.cancelled += [one["key"] for one in letters]


def stop_all(draft: Draft) -> None:
    """Stop whatever of this case still waits to be called back."""
    undo = draft.ticket.facts.get(UNDO) or {"letters": ()}
    stop(draft, [one for one in undo["letters"] if one["key"] in draft.case.recallable])
    draft.remember(**{UNDO: None})


def _never_written(draft: Draft, notice: str) -> None:
    returned = dict(draft.ticket.facts.get("returned", {}))
    draft.remember(returned={**returned, notice: returned.get(notice, 0) + 1})
    promises.still_owed(draft, notice)


def _put_back(draft: Draft, before: dict[str, Any]) -> None:
    """The case as it was. How often letters were written stays counted: their numbers are theirs for ever."""
    old = _TICKET.validate_python(before["ticket"])
    counted = {name: draft.ticket.facts.get(name) for name in ("written", "returned")}
    draft.ticket = dataclasses.replace(old, version=draft.ticket.version, facts={**old.facts})
    draft.remember(**counted)
    rows = {(one.promise, one.occurrence): one for one in _DEADLINES.validate_python(before["deadlines"])}
    for key, row in draft.deadlines.items():
        draft.deadlines[key] = rows.get(key, dataclasses.replace(row, state=DeadlineState.MOOT))
    draft.timers = {one.key: one for one in _TIMERS.validate_python(before["timers"])}
