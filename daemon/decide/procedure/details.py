"""The details of a case: merge those found in mails, and list those that are still missing."""

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
"""Prefix of `Detail.wrong` for a date before its first allowed day; the day follows."""


def merge_details(draft: Draft, found: Iterable[FoundDetail], by: str) -> tuple[str, ...]:
    """Merge found details into those of the case; returns the names of new and changed ones.

    An invalid value never replaces a valid one, and the first description of what happened is kept: what the customer
    writes later is in the messages.
    """
    details = dict(draft.ticket.details)
    changed: list[str] = []
    for found_detail in found:
        given = _with_earlier_files(draft, details.get(found_detail.name), found_detail)
        if given.name not in draft.policy.details or _keep_known(draft, details.get(given.name), given):
            continue
        new = Detail(value=given.value, shown=given.shown, wrong=given.wrong, by=by)
        if details.get(given.name) != new:
            details[given.name] = new
            changed.append(given.name)
            facts = {"detail": given.name, "value": given.value, "where": given.where}
            draft.log_event(LedgerEvent.DETAIL_FOUND, by=by, **facts, **({"wrong": given.wrong} if given.wrong else {}))
    draft.change_ticket(details=_with_dates_checked(draft, details))
    return tuple(changed)


def reread_details(draft: Draft, old: Mapping[str, DetailSpec], found: Iterable[FoundDetail]) -> None:
    """Read the details of a case again under its new policy; `old` has the specs of the former one.

    A detail that only the former policy has is kept; one that both have is kept where it is valid under the new one;
    the others are those `found` in the mails under the new policy.
    """
    country = draft.facts.country
    languages = draft.policy.speaking(draft.ticket.language)
    context = ReadingContext(languages, draft.calendar.local_date(draft.now), country)
    read = {name: _reread(draft, old, name, detail, context) for name, detail in draft.ticket.details.items()}
    kept = {name: detail for name, detail in read.items() if detail is not None}
    draft.change_ticket(details=kept)
    merge_details(draft, (given for given in found if given.name not in kept or kept[given.name].wrong), "customer")


def _reread(
    draft: Draft, old: Mapping[str, DetailSpec], name: str, detail: Detail, context: ReadingContext
) -> Detail | None:
    spec = draft.policy.details.get(name)
    if spec is None or spec == old.get(name):
        return detail
    value = read_value(spec, detail.shown, context)
    return replace(detail, value=value.value, wrong=value.wrong) if value else None


def _with_earlier_files(draft: Draft, known: Detail | None, new: FoundDetail) -> FoundDetail:
    """Add files to those of earlier mails, as together they may be enough; any other detail is returned as it is."""
    spec = draft.policy.details.get(new.name)
    if spec is None or spec.sort is not DetailType.FILES or known is None or not known.wrong or not new.wrong:
        return new
    count = int(known.wrong.split()[0]) + int(new.wrong.split()[0])  # "2 of at least 3 files"
    names = f"{known.value}, {new.value}"
    few = f"{count} of at least {spec.at_least} files" if count < spec.at_least else ""
    return replace(new, value=names, shown=names, wrong=few)


def _with_dates_checked(draft: Draft, details: dict[str, Detail]) -> dict[str, Detail]:
    """Mark dates before their first allowed day as wrong, and unmark others; that day may depend on another detail."""
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
    """The first day that a date may have: from the column that the policy names for it, else the fixed one, or None."""
    cell = lookup_tables.cell_value(policy, details, spec.not_before_of) if spec.not_before_of else None
    return cell if isinstance(cell, date) else spec.not_before


def _keep_known(draft: Draft, known: Detail | None, new: FoundDetail) -> bool:
    if known is None or known.wrong:
        return False
    if new.wrong or known.value == new.value:
        return True
    spec = draft.policy.details[new.name]
    # Free text is read from every mail; a label in front of it says that the customer means to correct it.
    return spec.sort is DetailType.DESCRIPTION and new.where == "text"


def missing_required(draft: Draft) -> tuple[str, ...]:
    """The required details that are missing or invalid."""
    return _missing(draft, draft.policy.kinds[draft.ticket.kind].requires)


def missing_optional(draft: Draft) -> tuple[str, ...]:
    """The optional details that are asked for and are missing or invalid."""
    return _missing(draft, draft.policy.kinds[draft.ticket.kind].asks)


def _missing(draft: Draft, names: Iterable[str]) -> tuple[str, ...]:
    details = draft.ticket.details
    return tuple(name for name in names if name not in details or details[name].wrong)


def details_to_ask(draft: Draft) -> tuple[str, ...]:
    """The details to ask the customer for now: missing required ones, and optional ones not asked for before."""
    optional = tuple(name for name in missing_optional(draft) if name not in draft.ticket.asked)
    return tuple(dict.fromkeys((*missing_required(draft), *optional)))
