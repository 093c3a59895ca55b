"""Record what each question offered, so that an answer counts only for the offer in the letter that it answers.

A question may be put more than once, each time with other slots or another sum. Each time is one Offer, stored in order
by question among the ticket's facts under "offered". A letter contains the last offer made before it was written, so
the letter that a mail answers identifies the offer. An answer to an earlier offer is not taken as one to the current
offer; the current offer is sent again instead.
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
    """What a question offered the `n`th time it was put: slots (`options`), quoted totals (`sums`). `at`: ISO 8601."""

    n: int
    at: str
    options: tuple[str, ...] = ()
    sums: Mapping[str, str] = field(default_factory=dict)

    def differs(self, other: Offer) -> bool:
        """Whether slots or totals differ."""
        return self.options != other.options or self.sums != other.sums


def offers_of(ticket: Ticket, question: OpenQuestion) -> tuple[Offer, ...]:
    """The offers of this question in order; the last is the current one."""
    kept = ticket.facts.offered.get(question.question, ())
    known = tuple(Offer(**{**row, "options": tuple(row["options"])}) for row in kept)
    return known or (Offer(n=1, at=question.put_at.isoformat(), options=question.options),)


def record_offers(draft: Draft) -> None:
    """Record new and changed offers to anybody who is not staff; called at the end of every decision."""
    quoted = any(entry.event == LedgerEvent.QUOTED for entry in draft.ledger)
    kept: dict[str, Any] = dict(draft.facts.offered)
    for question in draft.ticket.questions:
        party = draft.parties.get(question.party)
        if party is None or party.role not in _OUTSIDE:
            continue
        known = offers_of(draft.ticket, question) if question.question in kept else ()
        last = known[-1] if known else None
        sums = _totals(draft) if quoted or (last and last.sums) else {}
        at = question.put_at if last is None or question.put_at > datetime.fromisoformat(last.at) else draft.now
        fresh = Offer(n=last.n + 1 if last else 1, at=at.isoformat(), options=question.options, sums=sums)
        if last is None or fresh.differs(last) or question.put_at > datetime.fromisoformat(last.at):
            kept[question.question] = [_row(offer) for offer in (*known, fresh)][-_MOST_KEPT:]
    if kept != draft.facts.offered:
        draft.facts = replace(draft.facts, offered=kept)


def _totals(draft: Draft) -> dict[str, str]:
    things_of_case = {name: draft.thing(name) for name in draft.policy.things}
    return {name: str(thing["total"]) for name, thing in things_of_case.items() if "total" in thing}


def _row(offer: Offer) -> dict[str, Any]:
    return {**asdict(offer), "options": list(offer.options), "sums": dict(offer.sums)}


def record_uncounted_answer(draft: Draft, wrote: CustomerWrote, miss: UncountedAnswer, taken: Collection[str]) -> str:
    """Record an answer that is not one to the current offer; returns the verdict.

    Where it answers an earlier offer, the current one is sent again at once, and the mail stays unhandled only if it
    says more than `taken`. Staff are told in every case.
    """
    draft.log_event(LedgerEvent.ANSWER_NOT_COUNTED, question=miss.question, answer=miss.answer, why=miss.why.value)
    if miss.why in (WhyNotCounted.SUPERSEDED, WhyNotCounted.UNCLEAR) and _tell_again(draft, miss.question):
        unhandled_mail.drop_if_complete(draft, wrote.mail, *taken)
        if any(key.startswith("step:") for key in draft.timers):
            steps.set_step_timers(draft)
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
    return f"{draft.ticket.reference}: {miss.answer} is no answer to what is asked now, {miss.why.value}"


def _tell_again(draft: Draft, name: str) -> bool:
    """Send the current offer again, saying that the earlier one no longer holds; returns whether that was possible."""
    question = next((row for row in draft.ticket.questions if row.question == name), None)
    if question is None:
        return False
    draft.letter_values["superseded"] = True
    try:
        if renew_offers(draft):
            return True
        notice = _question_notice(draft, question)
        thing = _thing(draft, name)
        return bool(notice) and notices.write_notice(draft, notice, about={"thing": thing} if thing else {})
    finally:
        del draft.letter_values["superseded"]


def _question_notice(draft: Draft, question: OpenQuestion) -> str:
    """The notice that puts a question: its own, else the last one written to the party when the question was put."""
    own = draft.policy.questions[question.question].notice
    at = datetime.fromisoformat(offers_of(draft.ticket, question)[-1].at)
    written = [
        message.notice
        for message in draft.case.messages
        if message.direction == "out" and message.party == question.party and message.at == at
    ]
    return own or next((notice for notice in reversed(written) if notice in draft.policy.notices), "")


def _thing(draft: Draft, question: str) -> str:
    """The appointment that a question offers slots of, or empty."""
    specs = draft.policy.things.items()
    return next((name for name, spec in specs if spec.slots and spec.slots.question == question), "")


def renew_offers(draft: Draft) -> bool:
    """Stop offering slots that have passed: offer the rest, or new ones where fewer than two are left.

    Returns whether new slots were offered, for which a letter has then been written.
    """
    for question in draft.ticket.questions:
        name = _thing(draft, question.question)
        left = tuple(slot for slot in question.options if datetime.fromisoformat(slot) > draft.now)
        if not name or len(left) == len(question.options):
            continue
        if len(left) < appointments.FEWEST:
            steps.offer_slots(draft, name)
            return True
        things.change_thing(draft, name, offered=list(left))
        draft.put_question(question.question, question.party, left)
        draft.log_event(LedgerEvent.SLOTS_OFFERED, thing=name, slots=list(left))
    return False
