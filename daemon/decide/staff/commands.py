"""The commands of staff, one function each.

A function gets the draft, the argument that was read, the text below the command and the writer's address. It returns
a row of the transcript: `did` (a fixed key that the templates turn into a sentence) and `value`. It raises Refused if
the command cannot be done.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from config.faults import nearest
from config.policy_shapes.commands import staff_commands
from daemon.decide.arguments import language_of, local_today, read_detail_value
from daemon.decide.customer import newcomers
from daemon.decide.draft import Done, Draft
from daemon.decide.outside import third_party_at
from daemon.decide.procedure import details, notices, pauses, promises, recall, satisfaction, steps, unhandled_mail
from daemon.decide.procedure.people import barred_members, give_to_team, member_at
from daemon.decide.procedure.promise_terms import promise_of
from daemon.decide.procedure.third_party_reminders import set_chase_timer
from daemon.decide.refusals import AllowedText, RefusalReason, Refused
from daemon.decide.staff import casework, dossiers, erasure, policy_change, quotes, rights
from daemon.decide.staff.command_arguments import (
    AddressArgument,
    Argument,
    ArgumentContext,
    DayArgument,
    DetailArgument,
    DetailsArgument,
    NameArgument,
    ReferencesArgument,
    ThirdPartyArgument,
    read_argument,
)
from storage.ledger_events import LedgerEvent
from storage.values import Detail

NOT_WHEN_CLOSED = (
    "kind",
    "team",
    "ask",
    "third",
    "extend",
    "decide",
    "close",
    "wait",
    "remind",
    "merge",
    "split",
    "quote",
    "dossier",
    "move",
    "satisfied",
    "dissatisfied",
)


ALONE = (policy_change.MOVE, erasure.ERASE)  # a mail with one of these may have no other command


def takes_text(name: str) -> bool:
    """Whether the words below this command belong to it."""
    return staff_commands()[name].text != "none"


def obey_command(draft: Draft, name: str, rest: str, text: str, *, member: str) -> Done:
    """Obey one command: check that the writer may give it now, read its argument and do it. Raises Refused."""
    spec = staff_commands()[name]
    rights.require_right(draft.policy, draft.ticket.team, member, spec.right)
    if spec.text == "required" and not text:
        raise Refused(RefusalReason.NEEDS_TEXT, allowed=name)
    if spec.takes == "nothing" and rest:
        raise Refused(RefusalReason.TAKES_NOTHING, allowed=name)
    if draft.step.final and name in NOT_WHEN_CLOSED:
        raise Refused(RefusalReason.CLOSED, near="reopen", allowed="reopen")
    if name in ("decide", "extend") and member in barred_members(draft):
        raise Refused(RefusalReason.SOMEBODY_ELSE_DECIDES, allowed="assign")
    if spec.takes == "nothing":
        return _WITHOUT_ARGUMENT[name](draft, text, member)
    context = ArgumentContext(draft.policy, draft.policies, language_of(draft), local_today(draft))
    return _WITH_ARGUMENT[name](draft, read_argument(spec.takes, rest, context), text, member)


def _kind(draft: Draft, sorted_as: NameArgument, _text: str, _member: str) -> Done:
    kind = sorted_as.name
    draft.change_ticket(kind=kind)
    draft.log_event(LedgerEvent.SORTED, kind=kind)
    if draft.step.owner or draft.ticket.team != draft.policy.kinds[kind].team:
        give_to_team(draft, draft.policy.kinds[kind].team, draft.facts.not_for)
        notices.write_notice(
            draft, "new_case" if "new_case" in draft.policy.notices else notices.CUSTOMER_WROTE, to="team"
        )
    steps.apply_outcome(draft, "sorted")
    steps.ask_details(draft)
    return {"did": "sorted", "value": kind}


def _team(draft: Draft, receiver: NameArgument, _text: str, _member: str) -> Done:
    team = receiver.name
    if team != draft.ticket.team:
        draft.facts = dataclasses.replace(draft.facts, reassigned=draft.facts.reassigned + 1)
    give_to_team(draft, team, draft.facts.not_for)
    draft.change_ticket(assignee="")
    if not steps.apply_outcome(draft, "reassigned"):
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team")
    return {"did": "passed on", "value": team}


def _assign(draft: Draft, assignee: AddressArgument, _text: str, _member: str) -> Done:
    member = member_at(draft.policy, assignee.address) if assignee.address else None
    if member is None:
        everyone = [m.address for team in draft.policy.teams.values() for m in team.members]
        raise Refused(
            RefusalReason.UNKNOWN_MEMBER if assignee.written else RefusalReason.NOBODY_NAMED,
            said=assignee.written,
            near=nearest(assignee.written, everyone),
            allowed=", ".join(everyone),
        )
    return _given(draft, member.address.lower())


def _take(draft: Draft, _text: str, member: str) -> Done:
    return _given(draft, member)


def _given(draft: Draft, address: str) -> Done:
    if address in barred_members(draft):
        raise Refused(RefusalReason.SOMEBODY_ELSE_DECIDES, allowed="assign")
    draft.change_ticket(assignee=address)
    draft.log_event(LedgerEvent.ASSIGNED, team=draft.ticket.team, assignee=address)
    if not steps.apply_outcome(draft, "assigned") and draft.parties[draft.writer].address != address:
        notices.write_notice(draft, notices.CUSTOMER_WROTE, to="assignee")
    return {"did": "assigned", "value": address}


def _detail(draft: Draft, given: DetailArgument, _text: str, member: str) -> Done:
    detail = given.name
    if not given.value:
        raise Refused(RefusalReason.NO_VALUE, allowed="detail")
    read, shown = read_detail_value(draft, draft.policy.details[detail], given.value)
    draft.change_ticket(details={**draft.ticket.details, detail: Detail(value=read, shown=shown, by=member)})
    draft.log_event(LedgerEvent.DETAIL_FOUND, detail=detail, value=read, where="staff")
    if not details.missing_required(draft) and "details_complete" in draft.step.moves:
        steps.apply_outcome(draft, "details_complete")
    return {"did": "noted detail", "value": f"{detail}: {given.value}"}


def _ask(draft: Draft, wanted: DetailsArgument, text: str, _member: str) -> Done:
    names = list(wanted.names)
    if not names and not text:
        raise Refused(RefusalReason.NEEDS_TEXT, allowed="ask")
    asked = {name: value for name, value in draft.ticket.details.items() if name not in names}
    draft.change_ticket(details=asked, asked=tuple(dict.fromkeys((*draft.ticket.asked, *names))))
    draft.letter_values.update(staff_text=text, ask_details=names)
    if not notices.write_notice(draft, notices.ASK):
        raise Refused(RefusalReason.UNREACHABLE)
    draft.log_event(LedgerEvent.ASKED_CUSTOMER, details=names)
    steps.apply_outcome(draft, "asked_customer")
    return {"did": "asked the customer", "value": ", ".join(names)}


def _third(draft: Draft, asked: ThirdPartyArgument, text: str, _member: str) -> Done:
    name = asked.name
    first = draft.policy.third_parties[name].dossier
    if first and dossiers.dossier_state(draft.ticket, first) != dossiers.SENT:
        raise Refused(RefusalReason.NEEDS_THE_DOSSIER, near="dossier", allowed="dossier")
    party = third_party_at(draft, name, asked.address)
    draft.letter_values.update(third_party=name, staff_text=text)
    if not notices.write_notice(draft, notices.THIRD_PARTY_QUESTION, to="third party"):
        raise Refused(RefusalReason.UNREACHABLE)
    draft.letter_values["staff_text"] = ""  # no other letter of this mail may repeat these words
    draft.log_event(LedgerEvent.ASKED_THIRD_PARTY, third_party=name, address=party.address)
    set_chase_timer(draft, name)
    steps.apply_outcome(draft, "asked_third_party")
    return {"did": "asked a third party", "value": f"{name} <{party.address}>"}


def _note(draft: Draft, _text: str, _member: str) -> Done:
    draft.log_event(LedgerEvent.NOTE)
    return {"did": "noted", "value": ""}


def _wait(draft: Draft, until: DayArgument, _text: str, _member: str) -> Done:
    pauses.pause_case(draft, until.day)
    return {"did": "waits", "value": until.day.isoformat()}


def _extend(draft: Draft, to: DayArgument, text: str, _member: str) -> Done:
    day = to.day
    deadline = promises.extendable_deadline(draft)
    at_due = promise_of(draft.policy, deadline).at_due if deadline else None
    if deadline is None or at_due is None:
        raise Refused(RefusalReason.NOTHING_TO_EXTEND)
    if day <= deadline.due_on:
        raise Refused(RefusalReason.DAY_TOO_EARLY, said=day.isoformat(), after=deadline.due_on)
    if not draft.calendar.is_working(day):
        raise Refused(RefusalReason.DAY_NOT_WORKING, said=day.isoformat(), allowed=AllowedText.WORKING_DAY)
    new = promises.extend_promise(draft, deadline, to=day, reason=text)
    draft.letter_values.update(
        reason=text, old_date=deadline.due_on.isoformat(), new_date=day.isoformat(), promise=deadline.promise
    )
    if not notices.write_notice(draft, at_due.send, of=f"{new.promise}:{new.occurrence}"):
        raise Refused(RefusalReason.UNREACHABLE)
    draft.log_event(
        LedgerEvent.EXTENDED,
        promise=deadline.promise,
        old=deadline.due_on.isoformat(),
        new=day.isoformat(),
        automatic=False,
        reason=text,
    )
    steps.apply_outcome(draft, "extended")
    return {"did": "extended", "value": day.isoformat()}


def _decide(draft: Draft, decided: NameArgument, text: str, member: str) -> Done:
    decision = decided.name
    if draft.policy.decisions[decision].needs_text and not text:
        raise Refused(RefusalReason.NEEDS_TEXT, allowed="decide")
    draft.facts = dataclasses.replace(
        draft.facts, outcome=decision, decided_by=member, decided_at=draft.now.isoformat()
    )
    draft.letter_values.update(staff_text=text, decision=decision)
    draft.log_event(LedgerEvent.DECIDED, decision=decision, text=text)
    if not steps.apply_outcome(draft, "decided"):
        raise Refused(RefusalReason.NOTHING_TO_DECIDE)
    return {"did": "decided", "value": decision}


def _close(draft: Draft, text: str, _member: str) -> Done:
    draft.letter_values["staff_text"] = text
    if not steps.apply_outcome(draft, "closed"):
        raise Refused(RefusalReason.CANNOT_BE_CLOSED_HERE, near="decide", allowed="decide")
    return {"did": "closed", "value": ""}


def _reopen(draft: Draft, _text: str, _member: str) -> Done:
    if not draft.step.final:
        raise Refused(RefusalReason.NOT_CLOSED)
    if not steps.apply_outcome(draft, "reopened"):
        raise Refused(RefusalReason.CANNOT_BE_REOPENED)
    return {"did": "reopened", "value": ""}


def _language(draft: Draft, language: NameArgument, _text: str, _member: str) -> Done:
    code = language.name
    customer = draft.customer()
    draft.parties[customer.number] = dataclasses.replace(customer, language=code)
    draft.change_ticket(language=code)
    draft.log_event(LedgerEvent.LANGUAGE, language=code)
    return {"did": "language", "value": code}


def _spam(draft: Draft, _text: str, _member: str) -> Done:
    recall.stop_all_letters(draft)
    if not steps.apply_outcome(draft, "spam"):
        raise Refused(RefusalReason.CANNOT_BE_SET_ASIDE)
    return {"did": "set aside", "value": ""}


def _help(_draft: Draft, _text: str, _member: str) -> Done:
    return {"did": "helped", "value": ""}


_WithArgument: TypeAlias = Callable[[Draft, Argument, str, str], Done]
_Read = TypeVar("_Read", bound=Argument)


def _taking(kind: type[_Read], obey: Callable[[Draft, _Read, str, str], Done]) -> _WithArgument:
    """Return a command that takes any argument from one that takes arguments of this kind."""

    def obey_any(draft: Draft, argument: Argument, text: str, member: str) -> Done:
        assert isinstance(argument, kind), f"read as {argument!r}"
        return obey(draft, argument, text, member)

    return obey_any


_WITHOUT_ARGUMENT: dict[str, Callable[[Draft, str, str], Done]] = {
    "take": _take,
    "note": _note,
    "close": _close,
    "reopen": _reopen,
    "spam": _spam,
    "accept": newcomers.accept_held_mail,
    "separate": newcomers.separate_held_mail,
    "split": casework.split_off_words,
    "vulnerable": casework.mark_vulnerable,
    "cancel": recall.cancel_letters,
    "help": _help,
    "satisfied": satisfaction.set_satisfied,
    "dissatisfied": satisfaction.set_dissatisfied,
    "seen": unhandled_mail.mark_seen,
}
_WITH_ARGUMENT: dict[str, _WithArgument] = {
    "kind": _taking(NameArgument, _kind),
    "team": _taking(NameArgument, _team),
    "assign": _taking(AddressArgument, _assign),
    "detail": _taking(DetailArgument, _detail),
    "ask": _taking(DetailsArgument, _ask),
    "third": _taking(ThirdPartyArgument, _third),
    "wait": _taking(DayArgument, _wait),
    "extend": _taking(DayArgument, _extend),
    "decide": _taking(NameArgument, _decide),
    "language": _taking(NameArgument, _language),
    "remind": _taking(DayArgument, casework.set_own_reminder),
    "merge": _taking(ReferencesArgument, casework.merge_into_older),
    "send-again": _taking(AddressArgument, casework.send_last_letter_again),
    "dossier": _taking(NameArgument, dossiers.begin_dossier),
    "quote": _taking(NameArgument, quotes.quote_price),
    "move": _taking(NameArgument, policy_change.move_by_command),
    "erase": _taking(ReferencesArgument, erasure.erase_by_command),
}
