"""Dossiers: forms for a third party, begun by a command, filled in from the case and by staff, sent when complete.

They are stored among the ticket's facts under "dossiers", by name: the state (open, sent), the values that staff gave,
and the values that were refused.
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
    """The state of a dossier: open, sent, or empty where it has not been begun."""
    return str(_stored(ticket, name).get("state", ""))


def open_dossier(ticket: Ticket) -> str:
    """The name of the dossier that staff are filling in, or empty."""
    return next((name for name, stored in ticket.facts.dossiers.items() if stored.get("state") == OPEN), "")


def _stored(ticket: Ticket, name: str) -> Mapping[str, Any]:
    stored: Mapping[str, Any] = ticket.facts.dossiers.get(name, {})
    return stored


def _store(draft: Draft, name: str, **fields: Any) -> None:
    dossiers = draft.facts.dossiers
    draft.facts = replace(draft.facts, dossiers={**dossiers, name: {**_stored(draft.ticket, name), **fields}})


# --------------------------------------------------------------------------------------------------- field values


def field_value(case: Case, policy: Policy, dossier: str, name: str) -> str | datetime:
    """The value of a field: what staff gave, else the detail or the fact that fills it; empty where there is none."""
    given = str(_stored(case.ticket, dossier).get("values", {}).get(name, ""))
    field = policy.dossiers[dossier].fields[name]
    if given:
        return given
    if field.detail:
        detail = case.ticket.details.get(field.detail)
        if detail and not detail.wrong:
            return detail.shown
    return _FACTS[field.fact](case, policy) if field.fact else ""


def wrong_fields(ticket: Ticket, dossier: str) -> Mapping[str, Mapping[str, str]]:
    """The invalid values that staff gave, by field: "given" and "why"."""
    wrong: Mapping[str, Mapping[str, str]] = _stored(ticket, dossier).get("wrong", {})
    return wrong


def missing_fields(case: Case, policy: Policy, dossier: str) -> tuple[str, ...]:
    """The mandatory fields without a value and the fields with an invalid one, in the dossier's order."""
    wrong = wrong_fields(case.ticket, dossier)
    return tuple(
        name
        for name, field in policy.dossiers[dossier].fields.items()
        if name in wrong or (field.mandatory and not field_value(case, policy, dossier, name))
    )


def _current_case(draft: Draft) -> Case:
    """The case with what this decision has changed so far."""
    messages = (*draft.case.messages, *draft.messages)
    return replace(draft.case, ticket=draft.ticket, parties=tuple(draft.parties.values()), messages=messages)


def _customer(case: Case, _policy: Policy) -> str:
    customer = case.customer()
    return f"{customer.name} <{customer.address}>" if customer.name else customer.address


def _brand(case: Case, policy: Policy) -> str:
    brand = policy.brands.get(case.ticket.brand)
    return brand.title if brand else ""


def _customer_mails(case: Case) -> Iterable[Message]:
    return (
        message
        for message in case.messages
        if message.direction == "in" and message.thread == "customer" and not message.held
    )


def _words(case: Case, _policy: Policy) -> str:
    return next((" ".join(message.text.split()) for message in _customer_mails(case)), "")


def _files(case: Case, _policy: Policy) -> str:
    attachments = (file for message in _customer_mails(case) for file in message.attachments)
    names = (str(file["name"]) for file in attachments if not file.get("inline"))
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
}  # described in config.policy_shapes.builtin_names.DOSSIER_FACTS


# ------------------------------------------------------------------------------------------- begin, fill in, send


def begin_dossier(draft: Draft, dossier: NameArgument, _text: str, _member: str) -> Done:
    """Command `dossier`: begin a dossier, and send it at once where the case has every value. Raises Refused."""
    name = dossier.name
    if not steps.can_apply(draft, "dossier_sent"):
        raise Refused(RefusalReason.CANNOT_BE_PASSED_ON_HERE)
    third_party_at(draft, draft.policy.dossiers[name].to, "")
    _store(draft, name, state=OPEN)
    return _send_or_ask(draft, name)


def dossier_being_filled(draft: Draft, filled: tuple[FoundDetail, ...], answered: tuple[str, ...]) -> str:
    """The open dossier that a staff mail fills in, or whose letter about missing fields it answers; else empty.

    The words of such a mail are never sent to the customer.
    """
    name = open_dossier(draft.ticket)
    if not name or filled:
        return name if filled else ""
    gaps = draft.policy.dossiers[name].gaps
    asking_ids = {message.message_id for message in draft.case.messages if message.notice == gaps}
    return name if not asking_ids.isdisjoint(answered) else ""


def fill_in_dossier(draft: Draft, name: str, filled: tuple[FoundDetail, ...]) -> Done:
    """Store the values that staff gave; send the dossier where it is complete now, else ask for what is missing.

    Raises Refused where there is no value.
    """
    if not filled:
        raise Refused(RefusalReason.NOTHING_FILLED_IN)
    stored = _stored(draft.ticket, name)
    right = {found.name: found.value for found in filled if not found.wrong}
    wrong = {found.name: {"given": found.shown, "why": found.wrong} for found in filled if found.wrong}
    still_wrong = {field: why for field, why in stored.get("wrong", {}).items() if field not in right}
    _store(draft, name, values={**stored.get("values", {}), **right}, wrong={**still_wrong, **wrong})
    _store_case_details(draft, name, filled)
    draft.log_event(LedgerEvent.DOSSIER_FILLED_IN, dossier=name, fields=sorted(right))
    return _send_or_ask(draft, name)


def _store_case_details(draft: Draft, name: str, filled: tuple[FoundDetail, ...]) -> None:
    """Store the valid values of fields that are details as details of the case too."""
    fields = draft.policy.dossiers[name].fields
    for found in filled:
        detail = fields[found.name].detail
        if detail and not found.wrong:
            details.merge_details(draft, [FoundDetail(detail, found.value, found.shown, "form")], draft.actor)


def _send_or_ask(draft: Draft, name: str) -> Done:
    missing = missing_fields(_current_case(draft), draft.policy, name)
    if not missing:
        return _send(draft, name)
    spec = draft.policy.dossiers[name]
    language = str(draft.letter_values.get("writer_language", ""))
    draft.log_event(LedgerEvent.DOSSIER_INCOMPLETE, dossier=name, fields=list(missing))
    notices.write_notice(draft, spec.gaps, to="writer", about={"dossier": name, "third_party": spec.to})
    labels = [in_language(spec.fields[field].label, language) for field in missing]
    return {"did": "dossier incomplete", "value": ", ".join(labels)}


def _send(draft: Draft, name: str) -> Done:
    spec = draft.policy.dossiers[name]
    party = third_party_at(draft, spec.to, "")
    _attach_files(draft)
    draft.letter_values.update(third_party=spec.to, staff_text="")
    if not notices.write_notice(draft, spec.notice, to=spec.to, about={"dossier": name}):
        raise Refused(RefusalReason.UNREACHABLE)
    draft.attach["outside"] = []  # sent with the dossier, and with no other letter of this decision
    _store(draft, name, state=SENT, sent_at=draft.now.isoformat())
    draft.log_event(LedgerEvent.DOSSIER_PASSED_ON, dossier=name, third_party=spec.to, address=party.address)
    set_chase_timer(draft, spec.to)
    steps.apply_outcome(draft, "dossier_sent")
    return {"did": "dossier passed on", "value": spec.to}


def _attach_files(draft: Draft) -> None:
    """Attach the customer's files, without inline and dangerous ones, and those of the staff mail to the dossier."""
    case = _current_case(draft)
    files = [
        (message.inbox_id, int(file["part"]))
        for message in _customer_mails(case)
        for file in message.attachments
        if message.inbox_id is not None and not file.get("inline") and not file.get("danger")
    ]
    draft.attach["outside"] = [*files, *draft.attach.get("outside", ())]
