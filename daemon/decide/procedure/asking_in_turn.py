"""A question put to one member of a team after another, until somebody answers it.

Who has been asked is kept among the ticket's facts, under "in_turn": for each question who was asked this time
round (`round`), and who ever was (`asked`), so that a late answer can be distinguished from other words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config.policy_shapes.in_turn import InTurn
from daemon.decide.draft import Draft
from daemon.decide.procedure import notices, people
from storage.ledger_events import LedgerEvent
from storage.values import Role, TimerKind


def ask_next_member(draft: Draft, question: str) -> bool:
    """Put the question to the next member of the team who can be written to. Returns False where none is left."""
    spec = draft.policy.questions[question]
    turn = _turn(draft, question)
    kept = dict(draft.facts.in_turn.get(question, {}))
    tried: list[str] = list(kept.get("round", ()))
    stop_asking(draft, question)
    for member in people.members_available(draft, turn.team):
        address = member.address.lower()
        if address in tried:
            continue
        tried.append(address)
        party = people.party_of_member(draft, member, Role.STAFF)
        draft.put_question(question, party.number)
        if not spec.notice or notices.write_notice(draft, spec.notice, to=address, about={"question": question}):
            _keep(draft, question, kept, tried)
            draft.set_timer(
                _key(question), TimerKind.TURN, draft.calendar.due(draft.now, turn.within).at, about=question
            )
            draft.log_event(LedgerEvent.ASKED_IN_TURN, question=question, member=address)
            return True
        draft.close_question(question)
    _keep(draft, question, kept, [])
    draft.log_event(LedgerEvent.NOBODY_LEFT_TO_ASK, question=question)
    return False


def _turn(draft: Draft, question: str) -> InTurn:
    turn = draft.policy.questions[question].in_turn
    if turn is None:
        raise LookupError(f"{question} is not asked in turn")
    return turn


def _keep(draft: Draft, question: str, kept: dict[str, Any], tried: list[str]) -> None:
    asked = list(dict.fromkeys((*kept.get("asked", ()), *tried)))
    known = draft.facts.in_turn
    draft.facts = replace(draft.facts, in_turn={**known, question: {"round": tried, "asked": asked}})


def _key(question: str) -> str:
    return f"step:turn:{question}"


def stop_asking(draft: Draft, question: str) -> None:
    """Close the question and drop its timer."""
    draft.drop_timers(_key(question))
    draft.close_question(question)


def record_no_answer(draft: Draft, question: str) -> None:
    """Record that the member who was asked last did not answer in time."""
    tried = draft.facts.in_turn.get(question, {}).get("round", ())
    member = str(tried[-1]) if tried else ""
    draft.log_event(LedgerEvent.NO_ANSWER, question=question, member=member)
    draft.letter_values.update(member=member_name(draft, member), question_asked=question)
    stop_asking(draft, question)


def member_name(draft: Draft, address: str) -> str:
    """The name of the staff member with this address, else the address."""
    member = people.member_at(draft.policy, address) if address else None
    return member.name if member and member.name else address


def is_question_open(draft: Draft, question: str) -> bool:
    """Whether a question is open."""
    return any(row.question == question for row in draft.ticket.questions)


def is_taken_by_another(draft: Draft, question: str, party: int) -> bool:
    """Whether a question asked in turn is not, or no longer, put to this party."""
    open_to = [row.party for row in draft.ticket.questions if row.question == question]
    return draft.policy.questions[question].in_turn is not None and party not in open_to


def assign_by_answer(draft: Draft, whom: str) -> None:
    """Assign the case to the writer (`whom` "writer"), or to nobody."""
    address = draft.parties[draft.writer].address if whom == "writer" and draft.writer else ""
    draft.change_ticket(assignee=address)
    draft.log_event(LedgerEvent.ASSIGNED, team=draft.ticket.team, assignee=address)
