"""Fill in what only letters to staff speak of, and tell which commands their reader could write now."""

from __future__ import annotations

from datetime import datetime

from config.policy_shapes.commands import command_word, staff_commands
from config.policy_shapes.stance import Stance
from config.satisfaction import can_record_stance
from daemon.decide.staff.command_grammar import BEFORE_WORDS
from daemon.decide.staff.commands import NOT_WHEN_CLOSED
from daemon.decide.staff.pending_mail import WAITS_FOR, WhyWaiting, pending_mails
from daemon.decide.staff.rights import includes_right, right_of
from daemon.letters.letter_input import LetterInput
from daemon.letters.variables import ForStaff
from storage.values import TimerKind


def staff_values(letter_input: LetterInput) -> ForStaff:
    """What only letters to staff speak of; the rest of `about` is there for all."""
    about = letter_input.about

    def text(name: str) -> str:
        return str(about.get(name, ""))

    return ForStaff(
        vulnerable=bool(letter_input.ticket.facts.vulnerable),
        held_until=_instant(text("held_until")),
        crossed_until=_instant(text("crossed_until")),
        taken_back=bool(about.get("taken_back")),
        stance=text("stance"),
        stance_said=text("stance_said"),
        stance_open=may_write_command(letter_input, Stance.DISSATISFIED.value),
        note_text=text("note_text"),
        staff_name=text("staff_name"),
        newcomer=text("newcomer"),
        joined=text("joined"),
        limited_address=text("limited_address"),
        claimed_by=text("claimed_by"),
        claimed_for=text("claimed_for"),
        unhandled_since=_instant(text("unhandled_since")),
        superseded=bool(about.get("superseded")),
        moved_to=text("moved_to"),
        moved_by=text("moved_by"),
        findings=[dict(row) for row in about.get("findings", ())],
        asked_lines=list(about.get("asked_lines", ())),
        may_send=bool(about.get("may_send")),
        send_until=letter_input.calendar.local_date(letter_input.now + WAITS_FOR),
        reply_word=command_word(BEFORE_WORDS, letter_input.language),
        stayed=list(about.get("stayed", ())),
        meanwhile=list(about.get("meanwhile", ())),
        failed_here=bool(about.get("failed_here")),
        passed_on=bool(about.get("passed_on")),
        about=dict(about),
    )


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def may_write_command(letter_input: LetterInput, command: str) -> bool:
    """Whether the reader could write this command now, as the case and their rights are."""
    policy, ticket = letter_input.policy, letter_input.ticket
    has = right_of(policy, ticket.team, letter_input.party.address)
    if not includes_right(has, staff_commands()[command].right):
        return False
    closed = ticket.closed_at is not None
    match command:
        case "send":
            return any(
                row.by == letter_input.party.address and row.why is WhyWaiting.WORDS
                for row in pending_mails(letter_input.case)
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
            return not closed and can_record_stance(policy, ticket.step, Stance(command))
        case _:
            return not (closed and command in NOT_WHEN_CLOSED)


def _may_cancel(letter_input: LetterInput) -> bool:
    undo = letter_input.ticket.facts.undo
    if not undo:
        return False
    late = letter_input.now >= datetime.fromisoformat(undo["until"])
    return not late or any(letter["key"] in letter_input.case.recallable for letter in undo["letters"])
