"""Mail of people that nobody has dealt with yet, and what must not happen meanwhile. No policy can switch this off.

Whatever a person says on a case (the customer, whoever else is on it, somebody outside, a stranger whose mail is
held) stays open until it is dealt with: answered, decided, noted or set to `seen` by staff, or complete in itself and
taken in whole. While it is open, nothing is done or written for that side's silence: it is not silent. The silence is
counted anew from when the last such mail was dealt with. What stays open too long is told to the manager, once.

The mails are kept among the ticket's facts, the oldest first; `unhandled_since` is when the oldest of them came, by
which the lists of the morning find the case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from config.satisfaction import Stance
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
    """One such mail: of which party (`sender` is their name or address), when it came (ISO 8601), how it begins; `told`
    once the manager knows of it."""

    id: str
    party: int
    at: str
    sender: str = ""
    words: str = ""
    inbox_id: int | None = None
    told: bool = False


def unhandled_mails(ticket: Ticket) -> tuple[UnhandledMail, ...]:
    """The mails of a case that nobody has dealt with, the oldest first."""
    return tuple(UnhandledMail(**one) for one in ticket.facts.unhandled)


def unhandled_since(ticket: Ticket, party: int) -> datetime | None:
    """When the oldest such mail of this party came; None where there is none."""
    return min(
        (datetime.fromisoformat(mail.at) for mail in unhandled_mails(ticket) if mail.party == party), default=None
    )


def _keep(draft: Draft, those: Collection[UnhandledMail]) -> None:
    draft.facts = replace(draft.facts, unhandled=tuple(asdict(mail) for mail in those))
    first = min((datetime.fromisoformat(mail.at) for mail in those), default=None)
    draft.change_ticket(unhandled_since=first)


def add_unhandled(draft: Draft, mail: MailIn, party: int) -> bool:
    """Keep a mail as not dealt with. Returns False where it says nothing, or too many are kept already."""
    reading = mail.reading
    types = [attachment.type for attachment in reading.attachments if not attachment.inline]
    known = unhandled_mails(draft.ticket)
    if (not reading.unreadable and has_no_words(reading.reply, types)) or len(known) >= _MOST_KEPT:
        return False
    words = " ".join((reading.reply or reading.text or reading.subject).split())
    if len(words) > _FIRST_WORDS:
        words = words[: _FIRST_WORDS - 1].rsplit(" ", 1)[0] + "…"
    at = mail.received_at.isoformat()
    box = reading.sender
    new = UnhandledMail(
        id=reading.message_id, party=party, at=at, words=words, inbox_id=mail.inbox_id, sender=box.name or box.address
    )
    _keep(draft, sorted((*known, new), key=lambda one: one.at))
    return True


def add_unhandled_of_merged(draft: Draft, those: Collection[Mapping[str, Any]]) -> None:
    """Take over open mail of a case that became part of this one, as the customer's."""
    number = draft.customer().number
    more = [replace(UnhandledMail(**one), party=number) for one in those]
    if more:
        _keep(draft, sorted((*unhandled_mails(draft.ticket), *more), key=lambda mail: mail.at)[:_MOST_KEPT])


def drop_if_complete(draft: Draft, mail: MailIn, *taken: str) -> None:
    """Drop a mail that was complete in itself, such as an answer or a detail that was asked for.

    Where it says more than the texts in `taken`, it stays open for a person to read.
    """
    if not says_more(mail.reading.reply, taken):
        drop_unhandled(draft, lambda one: one.id == mail.reading.message_id and one.inbox_id == mail.inbox_id)


def tell_team_of_unhandled(draft: Draft, mail: MailIn) -> None:
    """Tell the team of a mail that is left open, where nothing else in this decision has told them."""
    is_open = any(
        one.inbox_id == mail.inbox_id and one.id == mail.reading.message_id for one in unhandled_mails(draft.ticket)
    )
    told = any(draft.parties[notice.party].role is Role.STAFF for notice in draft.notices)
    if is_open and not told:
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")


def drop_unhandled(draft: Draft, which: Callable[[UnhandledMail], bool]) -> tuple[UnhandledMail, ...]:
    """Drop the mails that `which` is true of; returns them."""
    before = unhandled_mails(draft.ticket)
    gone = tuple(mail for mail in before if which(mail))
    if gone:
        _keep(draft, [mail for mail in before if mail not in gone])
    return gone


# ------------------------------------------------------------------------------------------------- dealt with


_ANSWERS = frozenset({
    "wrote", "asked the customer", "extended", "decided", "closed", "quoted", "noted", "split off", "merged",
    "set aside", "waits", "seen",
})  # fmt: skip
"""What staff do (as transcripts say it) that deals with the mail of the customer's side."""
_FOR_ALL = frozenset({"decided", "closed", "noted", "seen", "merged", "set aside"})
"""… and with that of everybody outside."""
_SAY_HOW_MEANT = frozenset({Stance.SATISFIED.value, Stance.DISSATISFIED.value})
"""The commands that say how the customer's mail was meant."""
_STRANGERS_TOO = frozenset({"noted", "seen"})


def drop_dealt_with(draft: Draft, done: Collection[Done], wrote: StaffWrote) -> None:
    """Drop the mails that are dealt with by what staff have done."""
    did, mail = {str(one["did"]) for one in done}, wrote.mail
    if wrote.answer and _moved(draft) and _knew_all(draft, mail, wrote.answer.question):
        did.add("decided")
    if any(command.name in _SAY_HOW_MEANT for command in wrote.commands):
        did.add("wrote")
    third = str(draft.letter_values.get("third_party", "")) if "asked a third party" in did else ""
    if not (did & _ANSWERS or third):
        return
    read = _written_to(draft, mail)
    gone = drop_unhandled(draft, lambda one: _deals(draft, did, one, third, read))
    if gone:
        draft.log_event(LedgerEvent.DEALT_WITH, mails=[one.id for one in gone])


def _moved(draft: Draft) -> bool:
    return draft.ticket.step != draft.case.ticket.step or draft.ticket.step_since != draft.case.ticket.step_since


def _knew_all(draft: Draft, mail: MailIn, question: str) -> bool:
    """Whether somebody who answered a question had all open mail before them: it was put, or the letter that they
    answer was written, after the last of them."""
    last = max((datetime.fromisoformat(one.at) for one in unhandled_mails(draft.ticket)), default=None)
    read = _written_to(draft, mail)
    put = max((one.put_at for one in draft.case.ticket.questions if one.question == question), default=None)
    return last is None or any(at is not None and at >= last for at in (read, put))


def _written_to(draft: Draft, mail: MailIn) -> datetime | None:
    """When the letter was written that a mail answers by its headers; None where it answers none of this case."""
    letter = answered_letter(draft.case.messages, mail)
    return letter.at if letter else None


def _deals(draft: Draft, did: set[str], mail: UnhandledMail, third: str, read: datetime | None) -> bool:
    party, at = draft.parties[mail.party], datetime.fromisoformat(mail.at)
    if did <= {"seen"} and read is not None and read < at:
        return False  # they have seen an earlier letter, not this mail
    if party.role is Role.STRANGER or mail.party in draft.facts.unconfirmed:
        return bool(did & _STRANGERS_TOO)
    if party.role is Role.THIRD_PARTY:
        spoke = bool(did & _ANSWERS) and read is not None and read >= at  # they had it before them
        return bool(did & _FOR_ALL) or third == party.third_party or spoke
    return bool(did & _ANSWERS)


def mark_seen(draft: Draft, _text: str, _member: str) -> Done:
    """Command `seen`: the mail was read, and there is nothing to answer."""
    return {"did": "seen", "value": ""}


# ------------------------------------------------------------------------------------------------- meanwhile


def has_unhandled(draft: Draft, side: str) -> bool:
    """Whether mail is open of the customer's side, of any third party, or of one third party by name."""
    return any(_is_of(draft, mail, side) for mail in unhandled_mails(draft.ticket))


def _is_of(draft: Draft, mail: UnhandledMail, side: str) -> bool:
    party = draft.parties.get(mail.party)
    if party is None or party.role in _CUSTOMERS:
        return side == "customer"
    return party.role is Role.THIRD_PARTY and side in ("third party", party.third_party)


def hold_back_timer(draft: Draft, timer: Timer) -> bool:
    """Hold back a due timer that acts on silence while mail of that side is open; returns whether it was held back.

    It is set again when the mail is dealt with.
    """
    side = _silent_side(draft, timer)
    if not side or not has_unhandled(draft, side):
        return False
    kept = draft.facts.held_back
    draft.facts = replace(draft.facts, held_back=(*(key for key in kept if key != timer.key), timer.key))
    draft.log_event(LedgerEvent.NOT_SILENT, what=timer.key)
    return True


def _silent_side(draft: Draft, timer: Timer) -> str:
    """The side whose silence a timer acts on; empty where it acts on none."""
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
    # Nothing is closed by itself over somebody's words, whomever the case waits for.
    return "customer" if any(branch.to and draft.policy.steps[branch.to].final for branch in branches) else ""


def update_unhandled(draft: Draft) -> None:
    """At the end of every decision: a case with open mail of the customer waits for staff, and for the customer again
    once all of it is dealt with. Sets the timer by which the manager is told of what stays open."""
    before = {
        side
        for side in ("customer", "third party")
        if any(_is_of(draft, mail, side) for mail in unhandled_mails(draft.case.ticket))
    }
    after = {side for side in ("customer", "third party") if has_unhandled(draft, side)}
    if not draft.step.final:
        if "customer" in after and draft.ticket.waiting_for == "customer":
            draft.change_ticket(waiting_for="staff")
            promises.pause_promises(draft, "staff")
        for side in before - after:
            _silence_begins(draft, side)
    _set_timer(draft)


def _silence_begins(draft: Draft, side: str) -> None:
    """All mail of this side is dealt with: count its silence from now on."""
    held = draft.facts.held_back
    waits_for = draft.step.waits_for
    if waits_for == side == "customer" and draft.ticket.waiting_for == "staff":
        draft.change_ticket(waiting_for="customer")
        promises.pause_promises(draft, "customer")
    if "wait" not in draft.timers:  # during a pause nothing is counted
        mine = waits_for == side or (waits_for == "nobody" and side == "customer")
        steps.set_step_timers(draft, only=None if mine else [key for key in held if key.startswith("step:")])
    if side == "third party":
        for key in held:
            name = key.partition(":")[2].partition(":")[0]
            if key.startswith("third:") and name in draft.policy.third_parties and key not in draft.timers:
                set_chase_timer(draft, name)
    draft.facts = replace(draft.facts, held_back=())


def _set_timer(draft: Draft) -> None:
    """Set the timer for telling the manager of the oldest mail of which they were not told."""
    untold = [datetime.fromisoformat(mail.at) for mail in unhandled_mails(draft.ticket) if not mail.told]
    if not untold or draft.ticket.erased_at is not None:
        draft.timers.pop(TIMER, None)
        return
    period = draft.policy.limits.unhandled_before_manager
    at = draft.calendar.due(min(untold), period).at + timedelta(seconds=period.unit.is_daily)
    at = draft.calendar.next_open(max(at, draft.now))
    if draft.timers.get(TIMER) is None or draft.timers[TIMER].at != at:
        draft.set_timer(TIMER, TimerKind.UNHANDLED, at)


def tell_manager_of_unhandled(draft: Draft) -> None:
    """Tell the manager of mail that nobody has dealt with in time, once."""
    period, known = draft.policy.limits.unhandled_before_manager, unhandled_mails(draft.ticket)
    late = [mail for mail in known if draft.calendar.due(datetime.fromisoformat(mail.at), period).at <= draft.now]
    fresh = [mail for mail in late if not mail.told]
    if not fresh:
        return
    draft.log_event(LedgerEvent.MANAGER_TOLD_OF_MAIL, mails=[mail.id for mail in fresh])
    _keep(draft, [replace(mail, told=mail.told or mail in fresh) for mail in known])
    about: dict[str, Any] = {"unhandled_since": fresh[0].at, "new_words": _words(draft, fresh[0])}
    notices.write_notice(draft, notices.UNHANDLED, to="manager", about={**about, "from_party": fresh[0].party})


def _words(draft: Draft, mail: UnhandledMail) -> str:
    found = [
        m.text for m in (*draft.case.messages, *draft.messages) if m.inbox_id == mail.inbox_id and m.direction == "in"
    ]
    return found[-1] if found else mail.words
