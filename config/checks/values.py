"""Check values that are well-formed but cannot be right: dates, hours, patterns, orders, circular conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

from config.checks.finding import Finding, Findings, check_name
from config.checks.patterns import why_slow
from config.checks.step_graph import branches_in, slots_in
from config.faults import Wrong
from config.files.toml_layers import Key
from config.policy import Branch, CalendarSpec, DetailType, Policy
from config.policy_shapes.periods import Period, Unit, read_period
from config.references import REFERENCE_PREFIX
from config.working_time.hours import read_opening, read_zone
from config.working_time.workdays import WEEKDAYS, public_holidays

_VIN_CODE = re.compile(r"[A-HJ-NPR-Z0-9]{3}")  # ISO 3780: three characters without I, O, Q
_MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.WORKING_HOURS: 60, Unit.HOURS_OPEN: 60}

_DAYS = {Unit.DAYS: 1, Unit.MONTHS: 30}


def check_values(policy: Policy) -> Findings:
    """Faults of single values and of their order."""
    if not re.fullmatch(REFERENCE_PREFIX, policy.reference):
        yield Finding(
            ("reference",), "not the beginning of a reference", policy.reference, "one to four letters A to Z"
        )
    for name, calendar in policy.calendars.items():
        yield from _calendar(("calendars", name), calendar)
    yield from _details(policy)
    yield from _brands(policy)
    yield from _things(policy)
    yield from _periods(policy)
    yield from _retention(policy)
    for key, branches in branches_in(policy):
        yield from _branches(key, branches)


def check_condition_circles(policy: Policy) -> Findings:
    """Conditions that refer to themselves, directly or through others."""
    for name in policy.conditions:
        yield from _circle(policy, name)


def _calendar(key: Key, spec: CalendarSpec) -> Findings:
    reads: dict[str, Callable[[], object]] = {
        "zone": lambda: read_zone(spec.zone),
        "opening": lambda: read_opening(spec.opening),
        "country": lambda: public_holidays(spec.country),
        "region": lambda: public_holidays(spec.country, spec.region),
    }
    for field, read in reads.items():
        try:
            read()
        except Wrong as wrong:
            yield Finding((*key, field), wrong.problem, getattr(spec, field), wrong.allowed, wrong.near)
            if field == "country":
                break  # the regions of an unknown country cannot be checked
    if not spec.week:
        yield Finding((*key, "week"), "no working day in the week", "[]", ", ".join(WEEKDAYS))
    for number, day in enumerate(spec.week):
        yield from check_name((*key, "week", number), day, WEEKDAYS, "day of the week")
    for field in ("closed", "open"):
        for number, day in enumerate(getattr(spec, field)):
            if not _is_date(day):
                yield Finding((*key, field, number), "no such date", day, 'a date in quotes, as in "2026-08-14"')
    for day in sorted(set(spec.closed) & set(spec.open)):
        yield Finding((*key, "open"), "is both closed and open", day, "one of them")


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _details(policy: Policy) -> Findings:
    for name, detail in policy.details.items():
        key: Key = ("details", name)
        if detail.pattern:
            yield from _pattern((*key, "pattern"), detail.pattern)
        if detail.sort is DetailType.PATTERN and not detail.pattern:
            yield Finding((*key, "pattern"), "is missing", allowed="a pattern, or another sort of detail")
        if detail.sort is DetailType.CHOICE and not detail.choices:
            yield Finding((*key, "choices"), "is missing", allowed="a table of choices with their words")
        if detail.when not in ("", "past", "future"):
            yield from check_name((*key, "when"), detail.when, ("past", "future"), "time")
        if detail.pattern and detail.example and not re.search(detail.pattern, detail.example):
            yield Finding(
                (*key, "example"), "the detail's own pattern does not find it", detail.example, detail.pattern
            )
    for name, third in policy.third_parties.items():
        if third.number:
            yield from _pattern(("third_parties", name, "number"), third.number)


def _pattern(key: Key, pattern: str) -> Findings:
    try:
        re.compile(pattern)
    except re.error as error:
        yield Finding(key, f"not a regular expression: {error}", pattern)
        return
    slow = why_slow(pattern)
    if slow:
        yield Finding(key, f"some mail would keep it searching for ages: {slow}", pattern, "one repetition, not two")


def _brands(policy: Policy) -> Findings:
    for name, brand in policy.brands.items():
        for number, code in enumerate(brand.vin_codes):
            if not _VIN_CODE.fullmatch(code):
                allowed = "three signs, as in VF3"
                yield Finding(("brands", name, "vin_codes", number), "not a maker's code", code, allowed)


def _things(policy: Policy) -> Findings:
    prefixes = {policy.reference: "the policy's own reference"}
    for name, thing in policy.things.items():
        if thing.number in prefixes:
            problem = f"is the beginning of {prefixes[thing.number]} too"
            yield Finding(("things", name, "number"), problem, thing.number, "letters of its own")
        prefixes.setdefault(thing.number, f"{name}'s number")
        for number, state in enumerate(thing.over):
            yield from check_name(("things", name, "over", number), state, thing.states, "state of this thing")
    for name, slots in slots_in(policy):
        key: Key = ("things", name, "slots")
        try:
            read_opening(slots.times)
        except Wrong as wrong:
            yield Finding((*key, "times"), wrong.problem, slots.times, wrong.allowed, wrong.near)
        if slots.length.unit not in (Unit.MINUTES, Unit.HOURS) or not slots.length.count:
            yield Finding((*key, "length"), "a slot lasts minutes or hours", str(slots.length), 'as in "90 minutes"')
        for number, remind in enumerate(slots.remind):
            if remind.unit not in (Unit.MINUTES, Unit.HOURS, Unit.DAYS):
                allowed = 'minutes, hours or days, as in "1 day"'
                yield Finding((*key, "remind", number), "not a time before an appointment", str(remind), allowed)


# -------------------------------------------------------------------------------------------------------- orders


def _periods(policy: Policy) -> Findings:
    for name, promise in policy.promises.items():
        key: Key = ("promises", name)
        if promise.within.count == 0:
            yield Finding((*key, "within"), "a promise needs time", str(promise.within), "at least 1")
        for number, warn in enumerate(promise.warn):
            if _not_shorter(warn, promise.within):
                problem = "staff would be warned before the promise begins"
                yield Finding((*key, "warn", number), problem, str(warn), f"less than {promise.within}")
        if promise.repeats and promise.at_due and promise.at_due.extend:
            problem = "a promise that repeats is not extended as well"
            yield Finding((*key, "at_due", "extend"), problem, str(promise.at_due.extend), "repeats, or extend")
    for name, step in policy.steps.items():
        for earlier, later in pairwise(step.remind):
            if _not_shorter(earlier, later):
                yield Finding(("steps", name, "remind"), "reminders come in order", f"{earlier}, {later}")
        for text in step.after:
            for number, remind in enumerate(step.remind):
                if _not_shorter(remind, read_period(text)):
                    problem = f"never comes: the step is left after {text}"
                    yield Finding(("steps", name, "remind", number), problem, str(remind), f"less than {text}")


def _retention(policy: Policy) -> Findings:
    key: Key = ("retention", "erase_after")
    kept, answered = policy.retention.erase_after, policy.limits.answers_after_closing
    if kept is None:
        return
    if kept.unit not in _DAYS:
        yield Finding(key, "cases are kept for days or months", str(kept), 'as in "24 months"')
    elif answered.unit in _DAYS and kept.count * _DAYS[kept.unit] < answered.count * _DAYS[answered.unit]:
        problem = "cases would be erased while staff may still write about them"
        yield Finding(key, problem, str(kept), f"at least limits.answers_after_closing, {answered}")


def _not_shorter(one: Period, other: Period) -> bool:
    """Whether the first period is at least as long as the second; false when their units are not comparable."""
    if one.unit in _MINUTES and other.unit in _MINUTES:
        if Unit.WORKING_HOURS in (one.unit, other.unit) and one.unit is not other.unit:
            return False
        return one.count * _MINUTES[one.unit] >= other.count * _MINUTES[other.unit]
    return one.unit is other.unit and one.count >= other.count


def _branches(key: Key, branches: Sequence[Branch]) -> Findings:
    if not branches and key[0] == "things":
        return
    if not branches:
        yield Finding(key, "leads nowhere and does nothing", "[]", "a step, or {} where nothing is to happen")
        return
    if branches[-1].when:
        allowed = "a last branch without when; {} where nothing is to happen"
        problem = "nothing is said for when no condition holds"
        yield Finding((*key, len(branches) - 1, "when"), problem, branches[-1].when, allowed)
    for number, branch in enumerate(branches):
        if not branch.when and number + 1 < len(branches):
            yield Finding(
                (*key, number), "the branches after this one are never reached", allowed="a when for this one"
            )
        if branch.refuse and (branch.to or branch.does):
            problem = "refuses, and so neither moves nor does anything"
            yield Finding((*key, number, "refuse"), problem, allowed="refuse, or to and does")


def _circle(policy: Policy, name: str) -> Findings:
    """The circle of conditions that leads back to this one. Reported once, at the first name in alphabetical order."""
    way = [name]

    def rests_on(here: str) -> list[str]:
        spec = policy.conditions[here]
        for other in (*spec.all_of, *spec.any_of, *spec.none_of):
            if other == name:
                return [*way, other]
            if other in policy.conditions and other not in way:
                way.append(other)
                found = rests_on(other)
                if found:
                    return found
                way.pop()
        return []

    circle = rests_on(name)
    if circle and name == min(circle):
        yield Finding(("conditions", name), "rests on itself", " → ".join(circle), "conditions without a circle")
