"""The facts of a case: merged from what was found, and what of them is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from config.policy import DetailSpec, DetailType, Policy
from daemon.decide.draft import Draft
from daemon.decide.procedure import lookup_tables
from parsers.details.detail_types import ReadingContext, read_value
from parsers.reading import FoundDetail
from storage.ledger_events import LedgerEvent
from storage.values import Detail

TOO_EARLY = "before "
"""How the rule begins that a date before its first day breaks; the day follows."""


def merge_details(draft: Draft, found: Iterable[FoundDetail], by: str) -> tuple[str, ...]:
    """Take in what was found; the names of what is new or changed.

    A value that is wrong never replaces a right one, and a first description of what happened is kept: what the
    customer writes later is in the messages.
    """
    details = dict(draft.ticket.details)
    changed: list[str] = []
    for given in found:
        one = _with_earlier(draft, details.get(given.name), given)
        if one.name not in draft.policy.details or _keep_known(draft, details.get(one.name), one):
            continue
        new = Detail(value=one.value, shown=one.shown, wrong=one.wrong, by=by)
        if details.get(one.name) != new:
            details[one.name] = new
            changed.append(one.name)
            facts = {"detail": one.name, "value": one.value, "where": one.where}
            draft.log_event(LedgerEvent.DETAIL_FOUND, by=by, **facts, **({"wrong": one.wrong} if one.wrong else {}))
    draft.change_ticket(details=_with_launches(draft, details))
    return tuple(changed)


def reread_details(draft: Draft, old: Mapping[str, DetailSpec], found: Iterable[FoundDetail]) -> None:
    """The details as another policy than the one before reads them. What `old` knew and this one does not stays on the
    case; what both know stays where it is right here too; the rest is what was `found` in the mails by this one."""
    country = draft.facts.country
    languages = draft.policy.speaking(draft.ticket.language)
    context = ReadingContext(languages, draft.calendar.local_date(draft.now), country)
    read = {name: _as_here(draft, old, name, one, context) for name, one in draft.ticket.details.items()}
    kept = {name: one for name, one in read.items() if one is not None}
    draft.change_ticket(details=kept)
    merge_details(draft, (one for one in found if one.name not in kept or kept[one.name].wrong), "customer")


def _as_here(
    draft: Draft, old: Mapping[str, DetailSpec], name: str, one: Detail, context: ReadingContext
) -> Detail | None:
    spec = draft.policy.details.get(name)
    if spec is None or spec == old.get(name):
        return one
    value = read_value(spec, one.shown, context)
    return replace(one, value=value.value, wrong=value.wrong) if value else None


def _with_earlier(draft: Draft, known: Detail | None, new: FoundDetail) -> FoundDetail:
    """Files that were too few, and those that came later: together they may be enough."""
    spec = draft.policy.details.get(new.name)
    if spec is None or spec.sort is not DetailType.FILES or known is None or not known.wrong or not new.wrong:
        return new
    count = int(known.wrong.split()[0]) + int(new.wrong.split()[0])  # "2 of at least 3 files"
    names = f"{known.value}, {new.value}"
    few = f"{count} of at least {spec.at_least} files" if count < spec.at_least else ""
    return replace(new, value=names, shown=names, wrong=few)


def _with_launches(draft: Draft, details: dict[str, Detail]) -> dict[str, Detail]:
    """Dates that cannot be: before the first day there is for them, which may hang on another detail."""
    checked = dict(details)
    for name, spec in draft.policy.details.items():
        known = details.get(name)
        if known is None or (known.wrong and not known.wrong.startswith(TOO_EARLY)):
            continue
        first = first_allowed_day(draft.policy, spec, details)
        if first is None and not known.wrong:
            continue
        early = first is not None and known.value < first.isoformat()
        checked[name] = replace(known, wrong=f"{TOO_EARLY}{first}" if early else "")
    return checked


def first_allowed_day(policy: Policy, spec: DetailSpec, details: Mapping[str, Detail]) -> date | None:
    """The first day that a date may be: as the column says that it hangs on, else for all."""
    found = lookup_tables.cell_value(policy, details, spec.not_before_of) if spec.not_before_of else None
    return found if isinstance(found, date) else spec.not_before


def _keep_known(draft: Draft, known: Detail | None, new: FoundDetail) -> bool:
    if known is None or known.wrong:
        return False
    if new.wrong or known.value == new.value:
        return True
    spec = draft.policy.details[new.name]
    # Free text is read from every mail; a label in front of it says that the customer means to correct it.
    return spec.sort is DetailType.DESCRIPTION and new.where == "text"


def missing_required(draft: Draft) -> tuple[str, ...]:
    """The required details that are not there, or are there and wrong."""
    return _missing(draft, draft.policy.kinds[draft.ticket.kind].requires)


def missing_optional(draft: Draft) -> tuple[str, ...]:
    """The details that are asked for if available, and are not there."""
    return _missing(draft, draft.policy.kinds[draft.ticket.kind].asks)


def _missing(draft: Draft, names: Iterable[str]) -> tuple[str, ...]:
    details = draft.ticket.details
    return tuple(name for name in names if name not in details or details[name].wrong)


def details_to_ask(draft: Draft) -> tuple[str, ...]:
    """What to ask the customer for now: all that is required, and once what would help."""
    optional = tuple(name for name in missing_optional(draft) if name not in draft.ticket.asked)
    return tuple(dict.fromkeys((*missing_required(draft), *optional)))
