"""What only letters to staff speak of: names for the templates, beside those of daemon/view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.policy_shapes.commands import command_word, standing_commands
from config.satisfaction import Stance, can_be_said
from daemon.decide.staff.command_grammar import BEFORE_WORDS
from daemon.decide.staff.commands import NOT_WHEN_CLOSED
from daemon.decide.staff.pending_mail import WAITS_FOR, WhyWaiting, waiting
from daemon.decide.staff.rights import allows, right_of
from daemon.letters.letter_input import LetterInput
from storage.values import TimerKind

NAMES: Mapping[str, str] = {
    "vulnerable": "whether staff put the case on the fast road",
    "held_until": "until when the letters of this decision can be called back, or None",
    "crossed_until": "until when a letter waits that the customer had not read when they wrote, or None",
    "taken_back": "whether a letter that closed the case was stopped because the customer wrote before it left",
    "stance": "what the customer's words say of their satisfaction: satisfied, dissatisfied, unclear; or empty",
    "stance_said": "the words that say so, or empty",
    "stance_open": "whether staff can say with one word how the customer meant it",
    "note_text": "words of staff that stay inside: a note that came due, a reason; or empty",
    "staff_name": "the name of the staff member whose mail brought this letter about, or empty",
    "newcomer": "the address of somebody new who wrote with the right address of the case, or empty",
    "joined": "the reference of a case that became part of this one, or empty",
    "limited_address": "the address that a limit was reached for, or empty",
    "claimed_by": "the address that staff mail came from which was not obeyed, or empty",
    "claimed_for": "the staff member whose mail it pretended to be, or empty",
    "unhandled_since": "since when the mail in hand waits to be dealt with, in a letter about that, or None",
    "superseded": "whether the reader's answer was to an offer that no longer holds, or to one that cannot be told",
    "moved_to": "the title of the policy that the case was moved to, or empty",
    "moved_by": "the name of who moved it there, or empty",
    "findings": "what speaks against sending words of staff: rows of reason and line",
    "may_send": "whether one word lets the words go that were not sent",
    "send_until": "the last day on which it does",
    "reply_word": "the word that marks what follows as words for the customer",
    "asked_lines": "the command lines of a mail that its writer is asked to confirm",
    "stayed": "names of files of staff that went to nobody outside, since they are letters to staff",
    "meanwhile": "what has happened since words were written that waited for their writer's word",
    "failed_here": "whether a letter was not handed over because of what is in it",
    "passed_on": "whether words of somebody who had the case before were passed on",
}


def staff_view(letter_input: LetterInput) -> dict[str, Any]:
    """These names for one letter."""
    about = letter_input.about
    words = ("note_text", "staff_name", "newcomer", "joined", "limited_address", "claimed_by", "claimed_for",
             "moved_to", "moved_by", "stance", "stance_said")  # fmt: skip
    return {
        "vulnerable": bool(letter_input.ticket.facts.vulnerable),
        "passed_on": bool(about.get("passed_on")),
        "findings": [dict(row) for row in about.get("findings", ())],
        "failed_here": bool(about.get("failed_here")),
        "may_send": bool(about.get("may_send")),
        "send_until": letter_input.calendar.local_date(letter_input.now + WAITS_FOR),
        "reply_word": command_word(BEFORE_WORDS, letter_input.language),
        "asked_lines": list(about.get("asked_lines", ())),
        "stayed": list(about.get("stayed", ())),
        "meanwhile": list(about.get("meanwhile", ())),
        "taken_back": bool(about.get("taken_back")),
        "stance_open": possible(letter_input, Stance.DISSATISFIED.value),
        "superseded": bool(about.get("superseded")),
        **{name: _instant(str(about.get(name, ""))) for name in ("held_until", "crossed_until", "unhandled_since")},
        **{name: str(about.get(name, "")) for name in words},
    }


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def possible(letter_input: LetterInput, command: str) -> bool:
    """Whether the reader could write this command now: as the case stands, and as their rights are."""
    policy, ticket = letter_input.policy, letter_input.ticket
    has = right_of(policy, ticket.team, letter_input.party.address)
    if not allows(has, standing_commands()[command].right):
        return False
    closed = ticket.closed_at is not None
    match command:
        case "send":
            return any(
                row.by == letter_input.party.address and row.why is WhyWaiting.WORDS
                for row in waiting(letter_input.case)
            )
        case "confirm":
            return bool(letter_input.about.get("confirms"))
        case "cancel":
            return _may_cancel(letter_input)
        case "reopen" | "erase":
            return closed and ticket.erased_at is None
        case "accept" | "separate":
            return bool(ticket.facts.unconfirmed) or any(
                timer.kind == TimerKind.HOLD for timer in letter_input.case.timers
            )
        case "seen":
            return ticket.unhandled_since is not None
        case "move":
            return len(letter_input.sender_identity.from_addresses) > 1 and not closed
        case "third":
            return bool(policy.third_parties) and not closed
        case "decide":
            return bool(policy.decisions) and not closed
        case "quote":
            return any(thing.lines for thing in policy.things.values()) and not closed
        case Stance.SATISFIED.value | Stance.DISSATISFIED.value:
            return not closed and can_be_said(policy, ticket.step, Stance(command))
        case _:
            return not (closed and command in NOT_WHEN_CLOSED)


def _may_cancel(letter_input: LetterInput) -> bool:
    undo = letter_input.ticket.facts.undo
    if not undo:
        return False
    late = letter_input.now >= datetime.fromisoformat(undo["until"])
    return not late or any(one["key"] in letter_input.case.recallable for one in undo["letters"])
