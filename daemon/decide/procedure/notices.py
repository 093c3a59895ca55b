"""Notices: to whom one goes, which occurrence it is, whether its delivery may keep a promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.policy import NoticeSpec
from daemon.decide.draft import Draft
from daemon.decide.outcome import NoticeDue
from daemon.decide.procedure import recall
from daemon.decide.procedure.participants import participants_written_to
from daemon.decide.procedure.people import member_at, party_of_member, staff_parties
from daemon.decide.procedure.promises import may_keep_promise, stop_warning_until_sent
from daemon.decide.procedure.write_limits import over_limit_until, why_not_written
from storage.ledger_events import LedgerEvent
from storage.values import Party, Role

# The notices every policy may be asked for by the engine itself; a policy that lacks one cannot be loaded.
ASK, REPLY, REFUSED, TRANSCRIPT = "ask", "reply", "refused", "transcript"
CONFIRM = "confirm"
WARNING, HELD, UNDELIVERABLE = "warning", "held", "undeliverable"
THIRD_PARTY_QUESTION, CUSTOMER_WROTE = "third_party_question", "customer_wrote"
THIRD_PARTY_WROTE, WAITING_OVER = "third_party_wrote", "waiting_over"
SELF_REMINDER, VULNERABLE, LIMIT_REACHED = "self_reminder", "vulnerable", "limit_reached"
UNCLAIMED, UNHANDLED = "unclaimed", "unhandled"

_NOBODY = ("reclamo", "customer", "stranger")  # who brings a letter about without having worked on the case

# What a letter to somebody outside speaks of beyond the case: kept, so that it can be sent again.
_SAID = (
    "staff_text", "decision", "reason", "old_date", "new_date", "promise", "automatic", "ask_details", "third_party",
    "question", "thing", "times", "last", "due",
)  # fmt: skip


def write_notice(
    draft: Draft, notice: str, *, to: str = "", about: Mapping[str, Any] | None = None, of: str = ""
) -> bool:
    """Have a notice written; False, with a line on the ledger, where nobody may be written to.

    `of` is the deadline it is about, as "promise:occurrence".
    """
    spec = draft.policy.notices[notice]
    parties = recipients(draft, to or spec.to)
    number = draft.facts.written.get(notice, 0) + 1
    sent = False
    for party in parties:
        why_not = why_not_written(draft, notice, party)
        if why_not:
            draft.log_event(LedgerEvent.NOTICE_WITHHELD, by="reclamo", notice=notice, to=party.role.value, why=why_not)
            continue
        _put(draft, notice, party, number=number, about={**draft.letter_values, **(about or {})}, of=of)
        sent = True
    if not parties:
        draft.log_event(
            LedgerEvent.NOTICE_WITHHELD, by="reclamo", notice=notice, to=to or spec.to, why="nobody to write to"
        )
    if sent:
        draft.facts = replace(draft.facts, written={**draft.facts.written, notice: number})
        stop_warning_until_sent(draft, notice, of)
    return sent


def reaches_anybody(draft: Draft, notice: str) -> bool:
    """Whether anybody a notice goes to may be written to now."""
    return any(
        not why_not_written(draft, notice, party) for party in recipients(draft, draft.policy.notices[notice].to)
    )


def _put(draft: Draft, notice: str, party: Party, *, number: int, about: dict[str, Any], of: str) -> None:
    spec = draft.policy.notices[notice]
    outside = not party.is_staff
    answers = draft.in_reply_to if party.number == draft.writer or party.role is Role.CUSTOMER else ""
    draft.notices.append(
        NoticeDue(
            notice=notice,
            party=party.number,
            occurrence=f"{number}@{of}" if of else str(number),
            about=about,
            not_before=_not_before(draft, spec, party, notice),
            in_reply_to=answers,
            keeps_promise=may_keep_promise(draft, notice) and party.role is not Role.PARTICIPANT,
            by_person=draft.actor not in _NOBODY and not about.get("automatic"),
            attach=tuple(draft.attach.get(_thread(party), ())),
        )
    )
    said = {name: about[name] for name in _SAID if about.get(name)} if outside else {}
    facts: dict[str, Any] = {"notice": notice, "to": party.role.value, "party": party.number, "of": of, "about": said}
    draft.log_event(LedgerEvent.NOTICE_WRITTEN, by="reclamo", **{name: fact for name, fact in facts.items() if fact})


def _not_before(draft: Draft, spec: NoticeSpec, party: Party, notice: str) -> datetime | None:
    """When a letter may leave at the earliest; None: at once."""
    opens = spec.office_hours and not draft.calendar.is_open(draft.now)
    too_many = over_limit_until(draft, party) if notice != LIMIT_REACHED else None
    if too_many is not None:
        draft.log_event(LedgerEvent.LETTER_HELD_BACK, by="reclamo", notice=notice, party=party.number)
        tell_limit_once(draft, "letters", party.address)
    waits = (draft.calendar.next_open(draft.now) if opens else None, too_many, recall.hold_letter_until(draft, party))
    return max((at for at in waits if at is not None), default=None)


def tell_limit_once(draft: Draft, why: str, address: str) -> None:
    """Tell staff that a limit is reached, once a day for each."""
    facts = {"why": why, "address": address}
    since = draft.now - timedelta(days=1)
    told = [
        entry
        for entry in (*draft.case.history, *draft.ledger)
        if entry.event == LedgerEvent.LIMIT_REACHED and entry.at > since
    ]
    if not any(entry.facts == facts for entry in told):
        draft.log_event(LedgerEvent.LIMIT_REACHED, by="reclamo", **facts)
        write_notice(draft, LIMIT_REACHED, about={"why": why, "limited_address": address})


def _thread(party: Party) -> str:
    return "staff" if party.is_staff else "outside"


def recipients(draft: Draft, whom: str) -> list[Party]:
    """The parties meant by a policy's words: customer, team, manager, writer, third party, a team's name, or one
    member by address."""
    if whom == "customer":
        return [
            *(party for party in draft.parties.values() if party.role is Role.CUSTOMER),
            *participants_written_to(draft),
        ]
    if whom == "writer":
        return [draft.parties[draft.writer]] if draft.writer else []
    if whom == "third party" or whom in draft.policy.third_parties:
        name = str(draft.letter_values.get("third_party", "")) if whom == "third party" else whom
        spec = draft.policy.third_parties.get(name)
        if spec and spec.address:  # whoever has a usual address need not have been written to before
            language = spec.language or draft.ticket.language
            draft.party(Role.THIRD_PARTY, spec.address, name=spec.name, third=name, language=language)
        return [p for p in draft.parties.values() if p.role is Role.THIRD_PARTY and name in ("", p.third_party)][-1:]
    if "@" in whom:
        member = member_at(draft.policy, whom)
        earlier = [p for p in draft.parties.values() if p.address == whom and p.is_staff]
        return [party_of_member(draft, member, Role.STAFF)] if member else earlier[:1]
    return staff_parties(draft, "team" if whom == "staff" else whom)


def asks_details_anyway(draft: Draft) -> bool:
    """Whether a letter of this very decision already asks the customer for what is missing."""
    return any(
        draft.policy.notices[notice.notice].asks_details and draft.parties[notice.party].role is Role.CUSTOMER
        for notice in draft.notices
    )
