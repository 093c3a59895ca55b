"""Dossiers: begun with one word, filled in by what the case knows and by staff, passed on when they are whole.

They are kept among the ticket's facts, under "dossiers": by name the state (open, sent), the values that staff gave,
and what was wrong with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.policy import Policy, in_language
from daemon.decide.draft import Done, Draft
from daemon.decide.outside import third_party_at
from daemon.decide.procedure import details, notices, steps
from daemon.decide.procedure.third_party_reminders import set_chase_timer
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff.command_arguments import NameArgument
from parsers.reading import FoundDetail
from storage.ledger_events import LedgerEvent
from storage.values import Case, Message, Ticket

OPEN, SENT = "open", "sent"


def dossier_state(ticket: Ticket, name: str) -> str:
    """Where a dossier of the case stands: open, sent, or empty where nobody has begun it."""
    return str(_kept(ticket, name).get("state", ""))


def open_dossier(ticket: Ticket) -> str:
    """The dossier that staff are filling in, or empty."""
    return next((name for name, kept in ticket.facts.dossiers.items() if kept.get("state") == OPEN), "")


def _kept(ticket: Ticket, name: str) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = ticket.facts.dossiers.get(name, {})
    return kept


def _keep(draft: Draft, name: str, **fields: Any) -> None:
    every = draft.facts.dossiers
    draft.facts = replace(draft.facts, dossiers={**every, name: {**_kept(draft.ticket, name), **fields}})


# --------------------------------------------------------------------------------------------------- what is known


def field_value(case: Case, policy: Policy, dossier: str, name: str) -> str | datetime:
    """What stands in a field: what staff wrote there, else the detail or the fact that fills it; empty for a gap."""
    given = str(_kept(case.ticket, dossier).get("values", {}).get(name, ""))
    field = policy.dossiers[dossier].fields[name]
    if given:
        return given
    if field.detail:
        detail = case.ticket.details.get(field.detail)
        if detail and not detail.wrong:
            return detail.shown
    return _FACTS[field.fact](case, policy) if field.fact else ""


def wrong_fields(ticket: Ticket, dossier: str) -> Mapping[str, Mapping[str, str]]:
    """What staff gave that cannot be right, by field: given, why."""
    wrong: Mapping[str, Mapping[str, str]] = _kept(ticket, dossier).get("wrong", {})
    return wrong


def missing_fields(case: Case, policy: Policy, dossier: str) -> tuple[str, ...]:
    """The fields that must be filled and are not, or are wrong, in the dossier's order."""
    wrong = wrong_fields(case.ticket, dossier)
    return tuple(
        name
        for name, field in policy.dossiers[dossier].fields.items()
        if name in wrong or (field.mandatory and not field_value(case, policy, dossier, name))
    )


def _now(draft: Draft) -> Case:
    """The case as the decision has it so far."""
    messages = (*draft.case.messages, *draft.messages)
    return replace(draft.case, ticket=draft.ticket, parties=tuple(draft.parties.values()), messages=messages)


def _customer(case: Case, _policy: Policy) -> str:
    customer = case.customer()
    return f"{customer.name} <{customer.address}>" if customer.name else customer.address


def _brand(case: Case, policy: Policy) -> str:
    brand = policy.brands.get(case.ticket.brand)
    return brand.title if brand else ""


def _from_customer(case: Case) -> Iterable[Message]:
    return (m for m in case.messages if m.direction == "in" and m.thread == "customer" and not m.held)


def _words(case: Case, _policy: Policy) -> str:
    return next((" ".join(message.text.split()) for message in _from_customer(case)), "")


def _files(case: Case, _policy: Policy) -> str:
    names = (str(f["name"]) for m in _from_customer(case) for f in m.attachments if not f.get("inline"))
    return ", ".join(names)


_FACTS: Mapping[str, Callable[[Case, Policy], str | datetime]] = {
    "reference": lambda case, _policy: case.ticket.reference,
    "customer": _customer,
    "brand": _brand,
    "country": lambda case, _policy: case.ticket.facts.country,
    "kind": lambda case, policy: in_language(policy.kinds[case.ticket.kind].title, policy.languages[0]),
    "subject": lambda case, _policy: case.ticket.subject,
    "received": lambda case, _policy: case.ticket.received_at,
    "words": _words,
    "files": _files,
    "related": lambda case, _policy: ", ".join(case.ticket.facts.related),
}  # config.policy_shapes.builtin_names.DOSSIER_FACTS says what each is


# --------------------------------------------------------------------------------------------------- what is done


def begin_dossier(draft: Draft, dossier: NameArgument, _text: str, _member: str) -> Done:
    """The command: take up a dossier, and pass it on at once where the case knows all of it. Raises Refused."""
    name = dossier.name
    if not steps.can_apply(draft, "dossier_sent"):
        raise Refused(RefusalReason.CANNOT_BE_PASSED_ON_HERE)
    third_party_at(draft, draft.policy.dossiers[name].to, "")
    _keep(draft, name, state=OPEN)
    return _go_on(draft, name)


def dossier_being_filled(draft: Draft, filled: tuple[FoundDetail, ...], answered: tuple[str, ...]) -> str:
    """The open dossier that a staff mail is about: it fills some of it in, or answers the letter that asked for that.
    What is in such a mail is never for the customer."""
    name = open_dossier(draft.ticket)
    if not name or filled:
        return name if filled else ""
    asked = [m.message_id for m in draft.case.messages if m.notice == draft.policy.dossiers[name].gaps]
    return name if any(one in asked for one in answered) else ""


def fill_in_dossier(draft: Draft, name: str, filled: tuple[FoundDetail, ...]) -> Done:
    """Take what staff filled in; pass the dossier on where it is whole now, else say what is missing still."""
    if not filled:
        raise Refused(RefusalReason.NOTHING_FILLED_IN)
    kept = _kept(draft.ticket, name)
    right = {found.name: found.value for found in filled if not found.wrong}
    wrong = {found.name: {"given": found.shown, "why": found.wrong} for found in filled if found.wrong}
    still = {field: why for field, why in kept.get("wrong", {}).items() if field not in right}
    _keep(draft, name, values={**kept.get("values", {}), **right}, wrong={**still, **wrong})
    _note_details(draft, name, filled)
    draft.log_event(LedgerEvent.DOSSIER_FILLED_IN, dossier=name, fields=sorted(right))
    return _go_on(draft, name)


def _note_details(draft: Draft, name: str, filled: tuple[FoundDetail, ...]) -> None:
    """What fills a detail of the case is the case's from now on."""
    fields = draft.policy.dossiers[name].fields
    for found in filled:
        detail = fields[found.name].detail
        if detail and not found.wrong:
            details.merge_details(draft, [FoundDetail(detail, found.value, found.shown, "form")], draft.actor)


def _go_on(draft: Draft, name: str) -> Done:
    missing = missing_fields(_now(draft), draft.policy, name)
    if not missing:
        return _pass_on(draft, name)
    spec = draft.policy.dossiers[name]
    language = str(draft.letter_values.get("writer_language", ""))
    draft.log_event(LedgerEvent.DOSSIER_INCOMPLETE, dossier=name, fields=list(missing))
    notices.write_notice(draft, spec.gaps, to="writer", about={"dossier": name, "third_party": spec.to})
    labels = [in_language(spec.fields[field].label, language) for field in missing]
    return {"did": "dossier incomplete", "value": ", ".join(labels)}


def _pass_on(draft: Draft, name: str) -> Done:
    spec = draft.policy.dossiers[name]
    party = third_party_at(draft, spec.to, "")
    _attach_files(draft)
    draft.letter_values.update(third_party=spec.to, staff_text="")
    if not notices.write_notice(draft, spec.notice, to=spec.to, about={"dossier": name}):
        raise Refused(RefusalReason.UNREACHABLE)
    draft.attach["outside"] = []  # they went with the dossier, and go with nothing else
    _keep(draft, name, state=SENT, sent_at=draft.now.isoformat())
    draft.log_event(LedgerEvent.DOSSIER_PASSED_ON, dossier=name, third_party=spec.to, address=party.address)
    set_chase_timer(draft, spec.to)
    steps.apply_outcome(draft, "dossier_sent")
    return {"did": "dossier passed on", "value": spec.to}


def _attach_files(draft: Draft) -> None:
    """The customer's files go along, and those that staff sent with the dossier."""
    case = _now(draft)
    files = [
        (message.inbox_id, int(file["part"]))
        for message in _from_customer(case)
        for file in message.attachments
        if message.inbox_id is not None and not file.get("inline") and not file.get("danger")
    ]
    draft.attach["outside"] = [*files, *draft.attach.get("outside", ())]
