"""Whether a policy's condition holds for a case, now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from config.policy import ConditionSpec
from config.policy_shapes.periods import Period, Unit
from daemon.decide.draft import Draft
from daemon.decide.procedure import lookup_tables
from daemon.decide.procedure.details import missing_required
from parsers.details.same_person import same_person


def condition_holds(draft: Draft, name: str) -> bool:
    """Whether the named condition holds; the empty name always does."""
    if not name:
        return True
    spec = draft.policy.conditions[name]
    return (
        all(condition_holds(draft, other) for other in spec.all_of)
        and (not spec.any_of or any(condition_holds(draft, other) for other in spec.any_of))
        and not any(condition_holds(draft, other) for other in spec.none_of)
        and _own_tests(draft, spec)
    )


def _own_tests(draft: Draft, spec: ConditionSpec) -> bool:
    if spec.kind and draft.ticket.kind not in spec.kind:
        return False
    if spec.team and draft.ticket.team not in spec.team:
        return False
    if spec.missing_details is not None and bool(missing_required(draft)) is not spec.missing_details:
        return False
    if spec.booked and not _booked_ahead(draft, spec.booked, spec.ahead):
        return False
    value = _value(draft, spec)
    if spec.known is not None and bool(value) is not spec.known:
        return False
    if spec.same_name is not None and same_person(value, draft.customer().name) is not spec.same_name:
        return False
    if spec.zone_known is not None and bool(draft.ticket.zone) is not spec.zone_known:
        return False
    if spec.is_ and value not in spec.is_:
        return False
    if spec.at_least is not None and (int(value) if value.isdecimal() else 0) < spec.at_least:
        return False
    period = (
        lookup_tables.cell_value(draft.policy, draft.ticket.details, spec.within_of) if spec.within_of else spec.within
    )
    if not isinstance(period, Period):
        return not spec.within_of
    return _within(draft, value, spec, period)


def _booked_ahead(draft: Draft, name: str, ahead: Period | None) -> bool:
    """Whether this appointment is booked, and was booked at least `ahead` days before its day."""
    known = draft.thing(name)
    if not known.get("start"):
        return False
    made, start = (
        datetime.fromisoformat(known[name]).astimezone(draft.calendar.zone) for name in ("booked_at", "start")
    )
    return ahead is None or (start.date() - made.date()).days >= ahead.count


def _value(draft: Draft, spec: ConditionSpec) -> str:
    if spec.question:
        return str((draft.facts.answers.get(spec.question) or [""])[0])
    if spec.detail:
        detail = draft.ticket.details.get(spec.detail)
        return "" if detail is None or detail.wrong else detail.value
    value = draft.facts.named_value(spec.fact) if spec.fact else None
    return "" if value is None else str(value)


def _within(draft: Draft, value: str, spec: ConditionSpec, period: Period) -> bool:
    """Whether the date is at most `period` ago; the last day counts in full, working day or not."""
    try:
        start = date.fromisoformat(value)
    except ValueError:
        return False
    zone = draft.calendar.zone
    today = (draft.ticket.received_at if spec.at == "received" else draft.now).astimezone(zone).date()
    if start > today:
        return False
    if period.unit is Unit.DAYS:
        return (today - start).days <= period.count
    noon = datetime.combine(start, time(12), zone).astimezone(UTC)
    return today <= draft.calendar.due(noon, period).on
