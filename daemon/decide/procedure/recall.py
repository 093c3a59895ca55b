"""Calling letters back: what staff wrote waits some minutes, and `cancel` stops exactly those letters.

When nothing else has happened to the case meanwhile, the case is put back to where it stood before the mail that
wrote them: a decision whose letter nobody gets was not taken. Where something has happened, or where one of the
letters is gone, only the letters are stopped; the case stays as it is, what they would have kept is owed as before,
and the transcript says so.

Whoever on the customer's side writes before such a letter has left has not read it. What they write is then no answer
to it, and brings about nothing that follows from it: it is a mail like any other, and staff are told that they may call
the letter back. A case that only an unread letter closed is put back at once: no mail is lost to a closing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from daemon.decide.draft import Done, Draft
from daemon.decide.events import Event, MachineWrote, StaffWrote
from daemon.decide.outcome import letter_key
from daemon.decide.procedure import promises
from daemon.decide.refusals import RefusalReason, Refused
from storage.facts import Facts
from storage.ledger_events import LedgerEvent
from storage.values import Deadline, DeadlineState, Party, Role, Ticket, Timer, timer_kind

_TICKET = TypeAdapter(Ticket)
_DEADLINES = TypeAdapter(tuple[Deadline, ...])
_TIMERS = TypeAdapter(tuple[Timer, ...])


def hold_letter_until(draft: Draft, party: Party) -> datetime | None:
    """Until when a letter of this decision to this party waits, so that it can be called back; None: not at all.

    A letter that is owed before the wait is over does not wait: a promise is worth more than second thoughts.
    """
    until = draft.hold_until
    if until is None or party.is_staff or any(row.due_at < until for row in promises.open_deadlines(draft)):
        return None
    return until


def keep_undo(draft: Draft) -> None:
    """Keep what is needed to call back the letters of this mail, and tell the writer until when they can be."""
    held = [notice for notice in draft.notices if not draft.parties[notice.party].is_staff and notice.not_before]
    if draft.hold_until is None or not held:
        return
    at = draft.now.isoformat()
    letters = [
        {"key": letter_key(draft.ticket.reference, notice), "notice": notice.notice, "party": notice.party, "at": at}
        for notice in held
    ]
    earlier = draft.case.ticket.facts.undo
    # What leaves the case, or takes a place in a calendar, is not taken back by putting the case back.
    moved = bool(earlier or draft.splits or draft.joins or draft.replays or draft.booked or draft.freed)
    undo: dict[str, Any] = {
        "until": draft.hold_until.isoformat(),
        "letters": [*(earlier["letters"] if earlier else ()), *letters],
        "moved": moved,
    }
    if not moved:
        undo["before"] = _snapshot(draft)
    draft.facts = dataclasses.replace(draft.facts, undo=undo)
    draft.letter_values["held_until"] = draft.hold_until.isoformat()


def _ticket_json(ticket: Ticket) -> dict[str, Any]:
    stored: dict[str, Any] = _TICKET.dump_python(ticket, mode="json", exclude={"facts"})
    return {**stored, "facts": ticket.facts.to_json()}


def _ticket(stored: Mapping[str, Any]) -> Ticket:
    return _TICKET.validate_python({**stored, "facts": Facts.from_json(stored["facts"])})


def _snapshot(draft: Draft) -> dict[str, Any]:
    case = draft.case
    return {
        "ticket": _ticket_json(case.ticket),
        "deadlines": _DEADLINES.dump_python(case.deadlines, mode="json"),
        "timers": _TIMERS.dump_python(case.timers, mode="json"),
    }


def expire_undo(draft: Draft, event: Event) -> None:
    """Drop the undo once its time is over; once anything else has happened, keep only its letters."""
    undo = draft.facts.undo
    if not undo or undo is not draft.case.ticket.facts.undo:
        return
    over = draft.now >= datetime.fromisoformat(undo["until"])
    if over and not any(one["key"] in draft.case.recallable for one in undo["letters"]):
        draft.facts = dataclasses.replace(draft.facts, undo={})
    elif not isinstance(event, MachineWrote) and not undo["moved"]:
        undo = {"until": undo["until"], "letters": undo["letters"], "moved": True}
        draft.facts = dataclasses.replace(draft.facts, undo=undo)


def set_hold(draft: Draft, wrote: StaffWrote) -> None:
    """Let letters to anybody but staff wait for as long as the settings say."""
    draft.hold_until = draft.now + wrote.hold if wrote.hold else None


def cancel_letters(draft: Draft, _text: str, _member: str) -> Done:
    """Command `cancel`: stop every letter that still waits. Raises Refused where none does."""
    undo = draft.facts.undo
    if not undo:
        raise Refused(RefusalReason.NOTHING_WAITS)
    stopped = [one for one in undo["letters"] if one["key"] in draft.case.recallable]
    gone = [one["notice"] for one in undo["letters"] if one not in stopped]
    if not stopped:
        raise Refused(RefusalReason.ALREADY_GONE)
    back = _call_back(draft, undo, stopped, gone)
    names = [one["notice"] for one in stopped]
    return {"did": "stopped and put back" if back else "stopped", "value": "", "stopped": names, "gone": gone}


def _call_back(draft: Draft, undo: Mapping[str, Any], stopped: list[dict[str, Any]], gone: list[str]) -> bool:
    """Stop these letters, and put the case back where nothing else has happened to it."""
    stop_letters(draft, stopped)
    back = not gone and not undo["moved"]
    if back:
        _put_back(draft, undo["before"])
    for one in stopped:
        _never_written(draft, one["notice"])
    draft.facts = dataclasses.replace(draft.facts, undo={})
    draft.log_event(LedgerEvent.LETTERS_STOPPED, notices=[one["notice"] for one in stopped], gone=gone, put_back=back)
    return back


# ------------------------------------------------------------------------------- the customer writes before it leaves


def handle_crossed_mail(draft: Draft) -> None:
    """The customer's side wrote before letters to them had left: tell staff. Where such a letter closed the case, call
    it back."""
    unread = _unread(draft)
    if not unread:
        return
    undo = draft.facts.undo
    if not draft.step.final:
        draft.letter_values["crossed_until"] = undo["until"]
        return
    gone = [one["notice"] for one in undo["letters"] if one["key"] not in draft.case.recallable]
    _call_back(draft, undo, [one for one in undo["letters"] if one["key"] in draft.case.recallable], gone)
    draft.letter_values["taken_back"] = True


def is_letter_unread(draft: Draft, question: str = "") -> bool:
    """Whether the step, or this question, came about by a letter that whoever writes has not read."""
    since = min((one["at"] for one in _unread(draft)), default="")
    if not since or draft.letter_values.get("taken_back"):
        return False
    put = [one.put_at for one in draft.ticket.questions if one.question == question]
    return any(at >= datetime.fromisoformat(since) for at in (draft.ticket.step_since, *put))


def keep_what_mail_told(draft: Draft) -> None:
    """Keep what this mail told also for the case that the letters, if called back, are put back to."""
    undo = draft.facts.undo
    if undo["moved"]:
        return
    was, now = draft.case.ticket, draft.ticket
    back = _ticket(undo["before"]["ticket"])
    back = dataclasses.replace(
        back,
        details={**back.details, **{name: one for name, one in now.details.items() if was.details.get(name) != one}},
        facts=Facts.from_json({**back.facts.to_json(), **_changed(was.facts, now.facts)}),
        brand=back.brand or now.brand,
        zone=back.zone or now.zone,
    )
    before = {**undo["before"], "ticket": _ticket_json(back)}
    draft.facts = dataclasses.replace(draft.facts, undo={**undo, "before": before})


def _unread(draft: Draft) -> list[dict[str, Any]]:
    """Letters of staff to the customer's side that have not left."""
    undo = draft.case.ticket.facts.undo or {"letters": ()}
    waiting = [one for one in undo["letters"] if one["key"] in draft.case.recallable]
    return [one for one in waiting if draft.parties[one["party"]].role in (Role.CUSTOMER, Role.PARTICIPANT)]


def stop_letters(draft: Draft, letters: list[dict[str, Any]]) -> None:
    """Take these letters out of the outbox."""
    draft.cancelled += [one["key"] for one in letters]


def stop_all_letters(draft: Draft) -> None:
    """Stop whatever of this case still waits to be called back."""
    undo = draft.facts.undo or {"letters": ()}
    stop_letters(draft, [one for one in undo["letters"] if one["key"] in draft.case.recallable])
    draft.facts = dataclasses.replace(draft.facts, undo={})


def _never_written(draft: Draft, notice: str) -> None:
    returned = draft.facts.returned
    draft.facts = dataclasses.replace(draft.facts, returned={**returned, notice: returned.get(notice, 0) + 1})
    promises.resume_after_failed_letter(draft, notice)


def _put_back(draft: Draft, before: dict[str, Any]) -> None:
    """The case as it was. How often letters were written stays counted: their numbers are theirs for ever."""
    old = _ticket(before["ticket"])
    facts = Facts.from_json({**old.facts.to_json(), **_changed(draft.case.ticket.facts, draft.facts)})
    facts = dataclasses.replace(facts, written=draft.facts.written, returned=draft.facts.returned)
    draft.ticket = dataclasses.replace(old, version=draft.ticket.version, facts=facts)
    rows = {
        (deadline.promise, deadline.occurrence): deadline
        for deadline in _DEADLINES.validate_python(before["deadlines"])
    }
    for key, row in draft.deadlines.items():
        draft.deadlines[key] = rows.get(key, dataclasses.replace(row, state=DeadlineState.MOOT))
    kept = (
        dataclasses.replace(timer, kind=timer_kind(timer.kind)) for timer in _TIMERS.validate_python(before["timers"])
    )
    draft.timers = {timer.key: timer for timer in kept}


def _changed(before: Facts, after: Facts) -> dict[str, Any]:
    """The facts, as JSON, that are set now and were not, or not so."""
    known = before.to_json()
    return {name: fact for name, fact in after.to_json().items() if known.get(name) != fact}
