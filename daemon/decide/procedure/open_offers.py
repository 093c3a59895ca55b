"""Which of our questions and offers an answer counts for: only for the one in the letter that it answers.

A question may be put more than once, with other slots or another sum each time. Every time is an occasion of its own,
kept among the ticket's facts under "offered", by question, in order. A letter speaks of the last occasion before it
was written, so the letter that a mail answers tells which is meant. What was answered to an earlier offer is never
taken for the one that holds now: it is refused with that one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from daemon.decide.draft import Draft
from daemon.decide.events import CustomerWrote, UncountedAnswer, WhyNotCounted
from daemon.decide.procedure import appointments, notices, steps, things, unhandled_mail
from storage.ledger_events import LedgerEvent
from storage.values import OpenQuestion, Role, Ticket

_MOST_KEPT = 12
_OUTSIDE = (Role.CUSTOMER, Role.PARTICIPANT, Role.THIRD_PARTY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One time that a question was put: the `n`th, when (ISO 8601), the slots to choose from, the totals quoted."""

    n: int
    at: str
    options: tuple[str, ...] = ()
    sums: Mapping[str, str] = field(default_factory=dict)

    def differs(self, other: Offer) -> bool:
        """Whether something else was offered."""
        return self.options != other.options or self.sums != other.sums


def offers_of(ticket: Ticket, question: OpenQuestion) -> tuple[Offer, ...]:
    """The times that this question was put, the last being the one that is open."""
    kept = ticket.facts.offered.get(question.question, ())
    known = tuple(Offer(**{**one, "options": tuple(one["options"])}) for one in kept)
    return known or (Offer(n=1, at=question.put_at.isoformat(), options=question.options),)


def record_offers(draft: Draft) -> None:
    """At the end of every decision: keep what has been put to somebody outside, or changed while it is put."""
    quoted = any(entry.event == LedgerEvent.QUOTED for entry in draft.ledger)
    kept: dict[str, Any] = dict(draft.facts.offered)
    for question in draft.ticket.questions:
        party = draft.parties.get(question.party)
        if party is None or party.role not in _OUTSIDE:
            continue
        known = offers_of(draft.ticket, question) if question.question in kept else ()
        last = known[-1] if known else None
        totals = {name: str(one["total"]) for name in draft.policy.things if "total" in (one := draft.thing(name))}
        sums = totals if quoted or (last and last.sums) else {}
        at = question.put_at if last is None or question.put_at > datetime.fromisoformat(last.at) else draft.now
        fresh = Offer(n=last.n + 1 if last else 1, at=at.isoformat(), options=question.options, sums=sums)
        if last is None or fresh.differs(last) or question.put_at > datetime.fromisoformat(last.at):
            kept[question.question] = [_row(one) for one in (*known, fresh)][-_MOST_KEPT:]
    if kept != draft.facts.offered:
        draft.facts = replace(draft.facts, offered=kept)


def _totals(draft: Draft) -> dict[str, str]:
    known = {name: draft.thing(name) for name in draft.policy.things}
    return {name: str(one["total"]) for name, one in known.items() if "total" in one}


def _row(one: Offer) -> dict[str, Any]:
    return {**asdict(one), "options": list(one.options), "sums": dict(one.sums)}


def record_uncounted_answer(draft: Draft, wrote: CustomerWrote, miss: UncountedAnswer, taken: Collection[str]) -> str:
    """An answer that is none to what holds now. Of an offer they are told at once, with the one that holds; staff see
    what was written, and where it is about something else it is theirs to answer."""
    draft.log_event(LedgerEvent.ANSWER_NOT_COUNTED, question=miss.question, answer=miss.answer, why=miss.why.value)
    if miss.why in (WhyNotCounted.SUPERSEDED, WhyNotCounted.UNCLEAR) and _tell_again(draft, miss.question):
        unhandled_mail.drop_if_complete(draft, wrote.mail, *taken)
        if any(key.startswith("step:") for key in draft.timers):
            steps.set_step_timers(draft)
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
    return f"{draft.ticket.reference}: {miss.answer} is no answer to what is asked now, {miss.why.value}"


def _tell_again(draft: Draft, name: str) -> bool:
    """Write once more what holds now, and that the earlier offer does not."""
    question = next((one for one in draft.ticket.questions if one.question == name), None)
    if question is None:
        return False
    draft.letter_values["superseded"] = True
    try:
        if renew_offers(draft):
            return True
        notice = _notice(draft, question)
        thing = _thing(draft, name)
        return bool(notice) and notices.write_notice(draft, notice, about={"thing": thing} if thing else {})
    finally:
        del draft.letter_values["superseded"]


def _notice(draft: Draft, question: OpenQuestion) -> str:
    """The letter that put the question: its own, else the last that was written to them when it was put."""
    own = draft.policy.questions[question.question].notice
    at = datetime.fromisoformat(offers_of(draft.ticket, question)[-1].at)
    then = [m.notice for m in draft.case.messages if m.direction == "out" and m.party == question.party and m.at == at]
    return own or next((one for one in reversed(then) if one in draft.policy.notices), "")


def _thing(draft: Draft, question: str) -> str:
    """The appointment that a question offers slots of, or empty."""
    specs = draft.policy.things.items()
    return next((name for name, spec in specs if spec.slots and spec.slots.question == question), "")


def renew_offers(draft: Draft) -> bool:
    """Times that have passed are offered no longer: the rest is, under numbers of its own, or where fewer than two are
    left others. Whether others were offered, which is a letter by itself."""
    for question in draft.ticket.questions:
        name = _thing(draft, question.question)
        left = tuple(one for one in question.options if datetime.fromisoformat(one) > draft.now)
        if not name or len(left) == len(question.options):
            continue
        if len(left) < appointments.FEWEST:
            steps.offer_slots(draft, name)
            return True
        things.change_thing(draft, name, offered=list(left))
        draft.put_question(question.question, question.party, left)
        draft.log_event(LedgerEvent.SLOTS_OFFERED, thing=name, slots=list(left))
    return False
