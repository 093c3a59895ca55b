"""Mail that nobody has dealt with yet, and what is held back meanwhile. No policy can switch this off.

A mail from a person on a case (the customer, another participant, a third party, a stranger whose mail is held) stays
unhandled until staff answer it, decide, note something or mark it `seen`, or until everything it says has been
processed automatically. While a side has unhandled mail it is not silent, so no reminder or other step for its silence
is taken; silence is counted again from when its last mail was dealt with. The manager is told once of mail that stays
unhandled too long.

The mails are kept among the ticket's facts, oldest first. `unhandled_since` on the ticket is when the oldest came;
the worklists find the case by it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from config.policy_shapes.stance import Stance
from daemon.decide.draft import Done, Draft
from daemon.decide.events import MailIn, StaffWrote
from daemon.decide.procedure import notices, promises, steps
from daemon.decide.procedure.answered_letter import answered_letter
from daemon.decide.procedure.third_party_reminders import set_chase_timer
from parsers.reply.empty_mail import has_no_words
from parsers.reply.left_over import says_more
from storage.ledger_events import LedgerEvent
from storage.values import Role, Ticket, Timer, TimerKind

TIMER = "unhandled"
_FIRST_WORDS = 160
_MOST_KEPT = 50  # mails on one case; a flood must not fill the row
_SIDES = ("customer", "third party")
_CUSTOMERS = (Role.CUSTOMER, Role.PARTICIPANT, Role.STRANGER)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnhandledMail:
    """One unhandled mail. `sender` is the party's name or address, `at` when it came (ISO 8601), `words` its beginning;
    `told` is set once the manager has been told of it."""

    id: str
    party: int
    at: str
    sender: str = ""
    words: str = ""
    inbox_id: int | None = None
    told: bool = False


def unhandled_mails(ticket: Ticket) -> tuple[UnhandledMail, ...]:
    """The unhandled mails of a case, oldest first."""
    return tuple(UnhandledMail(**stored) for stored in ticket.facts.unhandled)


def unhandled_since(ticket: Ticket, party: int) -> datetime | None:
    """When this party's oldest unhandled mail came; None where there is none."""
    return min(
        (datetime.fromisoformat(mail.at) for mail in unhandled_mails(ticket) if mail.party == party), default=None
    )


def _store(draft: Draft, mails: Collection[UnhandledMail]) -> None:
    draft.facts = replace(draft.facts, unhandled=tuple(asdict(mail) for mail in mails))
    oldest = min((datetime.fromisoformat(mail.at) for mail in mails), default=None)
    draft.change_ticket(unhandled_since=oldest)


def add_unhandled(draft: Draft, mail: MailIn, party: int) -> bool:
    """Store a mail as unhandled. Returns False where it has no words or attachments, or too many are stored already."""
    reading = mail.reading
    types = [attachment.type for attachment in reading.attachments if not attachment.inline]
    known = unhandled_mails(draft.ticket)
    if (not reading.unreadable and has_no_words(reading.reply, types)) or len(known) >= _MOST_KEPT:
        return False
    words = " ".join((reading.reply or reading.text or reading.subject).split())
    if len(words) > _FIRST_WORDS:
        words = words[: _FIRST_WORDS - 1].rsplit(" ", 1)[0] + "…"
    at = mail.received_at.isoformat()
    sender = reading.sender.name or reading.sender.address
    new = UnhandledMail(id=reading.message_id, party=party, at=at, words=words, inbox_id=mail.inbox_id, sender=sender)
    _store(draft, sorted((*known, new), key=lambda stored: stored.at))
    return True


def add_unhandled_of_merged(draft: Draft, stored: Collection[Mapping[str, Any]]) -> None:
    """Add the unhandled mails of a case that was merged into this one, as mail of this case's customer."""
    number = draft.customer().number
    more = [replace(UnhandledMail(**row), party=number) for row in stored]
    if more:
        _store(draft, sorted((*unhandled_mails(draft.ticket), *more), key=lambda mail: mail.at)[:_MOST_KEPT])


def drop_if_complete(draft: Draft, mail: MailIn, *taken: str) -> None:
    """Drop a mail of which everything was processed, such as an answer or a detail that was asked for.

    Where it says more than the texts in `taken`, it stays unhandled so that a person reads it.
    """
    if not says_more(mail.reading.reply, taken):
        drop_unhandled(draft, lambda stored: stored.id == mail.reading.message_id and stored.inbox_id == mail.inbox_id)


def tell_team_of_unhandled(draft: Draft, mail: MailIn) -> None:
    """Tell the team of a mail that stays unhandled, unless this decision already writes to them."""
    is_open = any(
        stored.inbox_id == mail.inbox_id and stored.id == mail.reading.message_id
        for stored in unhandled_mails(draft.ticket)
    )
    team_is_told = any(draft.parties[notice.party].role is Role.STAFF for notice in draft.notices)
    if is_open and not team_is_told:
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")


def drop_unhandled(draft: Draft, which: Callable[[UnhandledMail], bool]) -> tuple[UnhandledMail, ...]:
    """Drop the unhandled mails for which `which` is true; returns them."""
    before = unhandled_mails(draft.ticket)
    dropped = tuple(mail for mail in before if which(mail))
    if dropped:
        _store(draft, [mail for mail in before if mail not in dropped])
    return dropped


# ------------------------------------------------------------------------------------------------- dealt with


_ANSWERS = frozenset({
    "wrote", "asked the customer", "extended", "decided", "closed", "quoted", "noted", "split off", "merged",
    "set aside", "waits", "seen",
})  # fmt: skip
"""The staff actions (`Done["did"]`) that deal with the mail of the customer's side."""
_FOR_THIRD_PARTIES = frozenset({"decided", "closed", "noted", "seen", "merged", "set aside"})
"""Those of them that deal with the mail of third parties too."""
_STANCE_COMMANDS = frozenset({Stance.SATISFIED.value, Stance.DISSATISFIED.value})
"""The commands with which staff say whether the customer's mail was satisfied or not."""
_FOR_STRANGERS = frozenset({"noted", "seen"})


def drop_dealt_with(draft: Draft, done: Collection[Done], wrote: StaffWrote) -> None:
    """Drop the unhandled mails that these staff actions deal with."""
    did, mail = {str(action["did"]) for action in done}, wrote.mail
    if wrote.answer and _step_changed(draft) and _knew_all(draft, mail, wrote.answer.question):
        did.add("decided")
    if any(command.name in _STANCE_COMMANDS for command in wrote.commands):
        did.add("wrote")
    third = str(draft.letter_values.get("third_party", "")) if "asked a third party" in did else ""
    if not (did & _ANSWERS or third):
        return
    answered_at = _answered_letter_at(draft, mail)
    dropped = drop_unhandled(draft, lambda stored: _deals_with(draft, did, stored, third, answered_at))
    if dropped:
        draft.log_event(LedgerEvent.DEALT_WITH, mails=[stored.id for stored in dropped])


def _step_changed(draft: Draft) -> bool:
    return draft.ticket.step != draft.case.ticket.step or draft.ticket.step_since != draft.case.ticket.step_since


def _knew_all(draft: Draft, mail: MailIn, question: str) -> bool:
    """Whether the writer of an answer knew all unhandled mail.

    True where the question was put, or the letter that they answer was written, after the newest of it came.
    """
    newest = max((datetime.fromisoformat(stored.at) for stored in unhandled_mails(draft.ticket)), default=None)
    answered_at = _answered_letter_at(draft, mail)
    put_at = max((row.put_at for row in draft.case.ticket.questions if row.question == question), default=None)
    return newest is None or any(at is not None and at >= newest for at in (answered_at, put_at))


def _answered_letter_at(draft: Draft, mail: MailIn) -> datetime | None:
    """When we wrote the letter that a mail's headers name; None where they name none of this case."""
    letter = answered_letter(draft.case.messages, mail)
    return letter.at if letter else None


def _deals_with(draft: Draft, did: set[str], mail: UnhandledMail, third: str, answered_at: datetime | None) -> bool:
    party, at = draft.parties[mail.party], datetime.fromisoformat(mail.at)
    if did <= {"seen"} and answered_at is not None and answered_at < at:
        return False  # `seen` answers a letter written before this mail came
    if party.role is Role.STRANGER or mail.party in draft.facts.unconfirmed:
        return bool(did & _FOR_STRANGERS)
    if party.role is Role.THIRD_PARTY:
        was_answered = bool(did & _ANSWERS) and answered_at is not None and answered_at >= at  # its letter showed it
        return bool(did & _FOR_THIRD_PARTIES) or third == party.third_party or was_answered
    return bool(did & _ANSWERS)


def mark_seen(draft: Draft, _text: str, _member: str) -> Done:
    """Command `seen`: the mail was read, and there is nothing to answer."""
    return {"did": "seen", "value": ""}


# ------------------------------------------------------------------------------------------------- meanwhile


def has_unhandled(draft: Draft, side: str) -> bool:
    """Whether a side has unhandled mail: "customer", "third party" for any of them, or one third party's name."""
    return any(_is_of(draft, mail, side) for mail in unhandled_mails(draft.ticket))


def _is_of(draft: Draft, mail: UnhandledMail, side: str) -> bool:
    party = draft.parties.get(mail.party)
    if party is None or party.role in _CUSTOMERS:
        return side == "customer"
    return party.role is Role.THIRD_PARTY and side in ("third party", party.third_party)


def hold_back_timer(draft: Draft, timer: Timer) -> bool:
    """Hold back a due timer for a side's silence while that side has unhandled mail; returns whether it was held back.

    The timer is set again when the mail is dealt with.
    """
    side = _silent_side(draft, timer)
    if not side or not has_unhandled(draft, side):
        return False
    kept = draft.facts.held_back
    draft.facts = replace(draft.facts, held_back=(*(key for key in kept if key != timer.key), timer.key))
    draft.log_event(LedgerEvent.NOT_SILENT, what=timer.key)
    return True


def _silent_side(draft: Draft, timer: Timer) -> str:
    """The side for whose silence a timer was set; empty for any other timer."""
    waits_for = draft.step.waits_for
    if timer.kind == TimerKind.CHASE:
        return timer.about
    if timer.kind == TimerKind.REMIND:
        to = draft.policy.notices[timer.about].to
        return to if to in draft.policy.third_parties else "customer" if to == "customer" else ""
    if timer.kind != TimerKind.AFTER:
        return ""
    if waits_for != "staff":
        return "third party" if waits_for == "third party" else "customer"
    branches = draft.step.after.get(timer.about, ())
    # A case is not closed automatically while the customer has unhandled mail, whoever it waits for.
    return "customer" if any(branch.to and draft.policy.steps[branch.to].final for branch in branches) else ""


def update_unhandled(draft: Draft) -> None:
    """Update who the case waits for, held back timers and the manager's timer; called at the end of every decision.

    A case with unhandled mail of the customer waits for staff, and for the customer again once all is dealt with.
    """
    before = {side for side in _SIDES if any(_is_of(draft, mail, side) for mail in unhandled_mails(draft.case.ticket))}
    after = {side for side in _SIDES if has_unhandled(draft, side)}
    if not draft.step.final:
        if "customer" in after and draft.ticket.waiting_for == "customer":
            draft.change_ticket(waiting_for="staff")
            promises.pause_promises(draft, "staff")
        for side in before - after:
            _restart_silence(draft, side)
    _set_timer(draft)


def _restart_silence(draft: Draft, side: str) -> None:
    """Count a side's silence from now: all its mail is dealt with."""
    held = draft.facts.held_back
    waits_for = draft.step.waits_for
    if waits_for == side == "customer" and draft.ticket.waiting_for == "staff":
        draft.change_ticket(waiting_for="customer")
        promises.pause_promises(draft, "customer")
    if "wait" not in draft.timers:  # silence is not counted during a pause
        mine = waits_for == side or (waits_for == "nobody" and side == "customer")
        steps.set_step_timers(draft, only=None if mine else [key for key in held if key.startswith("step:")])
    if side == "third party":
        for key in held:
            name = key.partition(":")[2].partition(":")[0]
            if key.startswith("third:") and name in draft.policy.third_parties and key not in draft.timers:
                set_chase_timer(draft, name)
    draft.facts = replace(draft.facts, held_back=())


def _set_timer(draft: Draft) -> None:
    """Set the timer for telling the manager of the oldest mail that they have not been told of."""
    untold_at = [datetime.fromisoformat(mail.at) for mail in unhandled_mails(draft.ticket) if not mail.told]
    if not untold_at or draft.ticket.erased_at is not None:
        draft.timers.pop(TIMER, None)
        return
    period = draft.policy.limits.unhandled_before_manager
    at = draft.calendar.due(min(untold_at), period).at + timedelta(seconds=period.unit.is_daily)
    at = draft.calendar.next_open(max(at, draft.now))
    if draft.timers.get(TIMER) is None or draft.timers[TIMER].at != at:
        draft.set_timer(TIMER, TimerKind.UNHANDLED, at)


def tell_manager_of_unhandled(draft: Draft) -> None:
    """Tell the manager, once for each mail, of mail that nobody has dealt with in time."""
    period, known = draft.policy.limits.unhandled_before_manager, unhandled_mails(draft.ticket)
    late = [mail for mail in known if draft.calendar.due(datetime.fromisoformat(mail.at), period).at <= draft.now]
    fresh = [mail for mail in late if not mail.told]
    if not fresh:
        return
    draft.log_event(LedgerEvent.MANAGER_TOLD_OF_MAIL, mails=[mail.id for mail in fresh])
    _store(draft, [replace(mail, told=mail.told or mail in fresh) for mail in known])
    about: dict[str, Any] = {"unhandled_since": fresh[0].at, "new_words": _words(draft, fresh[0])}
    notices.write_notice(draft, notices.UNHANDLED, to="manager", about={**about, "from_party": fresh[0].party})


def _words(draft: Draft, mail: UnhandledMail) -> str:
    messages = (*draft.case.messages, *draft.messages)
    texts = [message.text for message in messages if message.inbox_id == mail.inbox_id and message.direction == "in"]
    return texts[-1] if texts else mail.words
