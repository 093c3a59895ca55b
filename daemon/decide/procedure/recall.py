"""Recall letters: letters that staff cause wait some minutes, and the command `cancel` stops them.

Where nothing else has happened to the case meanwhile, `cancel` restores the case as it was before the mail that caused
the letters. Where something has happened, or one of the letters has been sent, only the letters are stopped: the case
stays as it is, the promises they would have kept are owed again, and the transcript says so.

A mail from the customer's side that comes before such a letter has been sent cannot be an answer to it. Nothing that
depends on the letter is done because of that mail, and staff are told that they may still recall the letter. Where the
waiting letter had closed the case, it is recalled at once, so that the mail reaches an open case.
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
    """Until when a letter of this decision to this party waits so that it can be recalled; None where it does not wait.

    No letter waits where a promise is due before the wait would be over.
    """
    until = draft.hold_until
    if until is None or party.is_staff or any(row.due_at < until for row in promises.open_deadlines(draft)):
        return None
    return until


def keep_undo(draft: Draft) -> None:
    """Store what is needed to recall the letters of this mail, and until when, for the transcript."""
    held = [notice for notice in draft.notices if not draft.parties[notice.party].is_staff and notice.not_before]
    if draft.hold_until is None or not held:
        return
    at = draft.now.isoformat()
    letters = [
        {"key": letter_key(draft.ticket.reference, notice), "notice": notice.notice, "party": notice.party, "at": at}
        for notice in held
    ]
    earlier = draft.case.ticket.facts.undo
    # Restoring the case does not undo effects on other cases, on the inbox or in a calendar.
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
    """Drop the undo once its time is over; once anything else has happened to the case, keep only its letters."""
    undo = draft.facts.undo
    if not undo or undo is not draft.case.ticket.facts.undo:
        return
    over = draft.now >= datetime.fromisoformat(undo["until"])
    if over and not _recallable(draft, undo):
        draft.facts = dataclasses.replace(draft.facts, undo={})
    elif not isinstance(event, MachineWrote) and not undo["moved"]:
        undo = {"until": undo["until"], "letters": undo["letters"], "moved": True}
        draft.facts = dataclasses.replace(draft.facts, undo=undo)


def set_hold(draft: Draft, wrote: StaffWrote) -> None:
    """Let this mail's letters to anybody but staff wait for as long as the settings say."""
    draft.hold_until = draft.now + wrote.hold if wrote.hold else None


def cancel_letters(draft: Draft, _text: str, _member: str) -> Done:
    """Command `cancel`: stop every letter that still waits. Raises Refused where none does."""
    undo = draft.facts.undo
    if not undo:
        raise Refused(RefusalReason.NOTHING_WAITS)
    stopped, sent = _recallable(draft, undo), _sent_notices(draft, undo)
    if not stopped:
        raise Refused(RefusalReason.ALREADY_GONE)
    restored = _recall(draft, undo)
    notices = [letter["notice"] for letter in stopped]
    return {"did": "stopped and put back" if restored else "stopped", "value": "", "stopped": notices, "gone": sent}


def _recallable(draft: Draft, undo: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The letters of an undo that still wait in the outbox."""
    return [letter for letter in undo["letters"] if letter["key"] in draft.case.recallable]


def _sent_notices(draft: Draft, undo: Mapping[str, Any]) -> list[str]:
    """The notices of an undo's letters that can no longer be stopped."""
    return [letter["notice"] for letter in undo["letters"] if letter["key"] not in draft.case.recallable]


def _recall(draft: Draft, undo: Mapping[str, Any]) -> bool:
    """Stop the letters that still wait, and restore the case where nothing else has happened to it; returns whether
    it was restored."""
    stopped, sent = _recallable(draft, undo), _sent_notices(draft, undo)
    stop_letters(draft, stopped)
    restored = not sent and not undo["moved"]
    if restored:
        _restore(draft, undo["before"])
    for letter in stopped:
        _record_never_written(draft, letter["notice"])
    draft.facts = dataclasses.replace(draft.facts, undo={})
    notices = [letter["notice"] for letter in stopped]
    draft.log_event(LedgerEvent.LETTERS_STOPPED, notices=notices, gone=sent, put_back=restored)
    return restored


# --------------------------------------------------------------------- the customer writes before the letter is sent


def handle_crossed_mail(draft: Draft) -> None:
    """Handle mail of the customer's side that came before letters to them were sent: tell staff until when they can
    recall them, or recall them at once where they closed the case."""
    if not _unsent_to_customers(draft):
        return
    undo = draft.facts.undo
    if not draft.step.final:
        draft.letter_values["crossed_until"] = undo["until"]
        return
    _recall(draft, undo)
    draft.letter_values["taken_back"] = True


def is_letter_unread(draft: Draft, question: str = "") -> bool:
    """Whether the current step or this question was announced by a letter that the customer cannot have read yet."""
    since = min((letter["at"] for letter in _unsent_to_customers(draft)), default="")
    if not since or draft.letter_values.get("taken_back"):
        return False
    put_at = [row.put_at for row in draft.ticket.questions if row.question == question]
    return any(at >= datetime.fromisoformat(since) for at in (draft.ticket.step_since, *put_at))


def keep_what_mail_told(draft: Draft) -> None:
    """Add the details, facts, brand and zone read from this mail to the stored earlier state of the case too, so that a
    recall does not lose them."""
    undo = draft.facts.undo
    if undo["moved"]:
        return
    was, now = draft.case.ticket, draft.ticket
    earlier = _ticket(undo["before"]["ticket"])
    new_details = {name: detail for name, detail in now.details.items() if was.details.get(name) != detail}
    earlier = dataclasses.replace(
        earlier,
        details={**earlier.details, **new_details},
        facts=Facts.from_json({**earlier.facts.to_json(), **_changed_facts(was.facts, now.facts)}),
        brand=earlier.brand or now.brand,
        zone=earlier.zone or now.zone,
    )
    before = {**undo["before"], "ticket": _ticket_json(earlier)}
    draft.facts = dataclasses.replace(draft.facts, undo={**undo, "before": before})


def _unsent_to_customers(draft: Draft) -> list[dict[str, Any]]:
    """The letters to the customer's side that staff caused before this event and that have not been sent."""
    waiting = _recallable(draft, draft.case.ticket.facts.undo or {"letters": ()})
    return [letter for letter in waiting if draft.parties[letter["party"]].role in (Role.CUSTOMER, Role.PARTICIPANT)]


def stop_letters(draft: Draft, letters: list[dict[str, Any]]) -> None:
    """Cancel these letters in the outbox."""
    draft.cancelled += [letter["key"] for letter in letters]


def stop_all_letters(draft: Draft) -> None:
    """Stop every letter of this case that can still be recalled."""
    stop_letters(draft, _recallable(draft, draft.facts.undo or {"letters": ()}))
    draft.facts = dataclasses.replace(draft.facts, undo={})


def _record_never_written(draft: Draft, notice: str) -> None:
    returned = draft.facts.returned
    draft.facts = dataclasses.replace(draft.facts, returned={**returned, notice: returned.get(notice, 0) + 1})
    promises.resume_after_failed_letter(draft, notice)


def _restore(draft: Draft, before: dict[str, Any]) -> None:
    """Restore the ticket, deadlines and timers of before. The counts of letters written stay, because a letter's key
    contains its number and is never used again."""
    old = _ticket(before["ticket"])
    facts = Facts.from_json({**old.facts.to_json(), **_changed_facts(draft.case.ticket.facts, draft.facts)})
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


def _changed_facts(before: Facts, after: Facts) -> dict[str, Any]:
    """The facts, as JSON, whose value is new or differs from `before`."""
    known = before.to_json()
    return {name: fact for name, fact in after.to_json().items() if known.get(name) != fact}
