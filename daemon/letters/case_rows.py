"""The parts of a case that letters show as rows: promises owed, things carried, the fields of a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale

from config.policy import Policy, PromiseSpec, in_language
from config.policy_shapes.things import ThingSpec
from daemon.decide.procedure.promise_terms import promise_of
from daemon.decide.procedure.promises import notices_that_keep
from daemon.decide.staff.dossiers import field_value, missing_fields, wrong_fields
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import is_staff
from daemon.letters.variables import Row
from storage.values import Deadline, DeadlineState, Role
from templates.filters import locale_of, long_date

# ------------------------------------------------------------------------------------------------------------- promises


def promises_owed(letter_input: LetterInput) -> list[Row]:
    """The promises owed once this letter is sent, the nearest first.

    Each row has name, title, due (a date), due_at (the last instant that keeps it), state, automatic and reason. Of
    a promise that was extended only the newest date counts. A promise that starts when this letter is sent is counted
    from now: the letter may be sent later but not earlier, so the real date is never before the one in the letter.
    """
    policy, language = letter_input.policy, letter_input.language
    rising = sorted(letter_input.case.deadlines, key=lambda deadline: deadline.occurrence)
    owed = {d.promise: d for d in rising if d.state is DeadlineState.OPEN}
    sent = {(due.notice, due.occurrence.partition("@")[2]) for due in (letter_input.due, *letter_input.together)}
    kept = [
        name
        for name, deadline in owed.items()
        if any(_keeps(promise_of(policy, deadline), deadline, notice, of) for notice, of in sent)
    ]
    rows = [_open_promise(policy, language, d) for name, d in owed.items() if name not in kept]
    for name, spec in policy.promises.items():
        starts = spec.from_ in kept or (spec.repeats and name in kept)
        if starts and (name not in owed or name in kept) and (not spec.kinds or letter_input.ticket.kind in spec.kinds):
            end = letter_input.calendar.due(letter_input.now, spec.within)
            rows.append(_expected_promise(spec, name, language, end.on, end.at))
    return sorted(rows, key=lambda row: (row["due_at"], row["name"]))


def as_date(value: Any) -> date | None:
    """The date that a notice's `about` holds as ISO text; None for anything else."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _keeps(spec: PromiseSpec, deadline: Deadline, notice: str, of: str) -> bool:
    """Whether this notice keeps the promise; a notice does not keep the deadline that it announces (`of`)."""
    return notice in notices_that_keep(spec, deadline) and of != f"{deadline.promise}:{deadline.occurrence}"


def _open_promise(policy: Policy, language: str, deadline: Deadline) -> Row:
    return {
        "name": deadline.promise,
        "title": in_language(promise_of(policy, deadline).title, language),
        "due": deadline.due_on,
        "due_at": deadline.due_at,
        "state": deadline.state.value,
        "automatic": deadline.automatic,
        "reason": deadline.reason,
    }


def _expected_promise(spec: PromiseSpec, name: str, language: str, due: date, due_at: datetime) -> Row:
    title = in_language(spec.title, language)
    open_ = DeadlineState.OPEN.value
    return {
        "name": name, "title": title, "due": due, "due_at": due_at, "state": open_, "automatic": False, "reason": "",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------- things carried


class Carried(dict[str, Row]):
    """Things by name, in the policy's order; None for one that the case does not carry, so that templates can test."""

    def __missing__(self, name: str) -> None:
        return None


def things_carried(letter_input: LetterInput) -> Carried:
    """What the case carries (appointments, quotes, orders, returns), each as a row; instants in the reader's zone."""
    known: Mapping[str, Mapping[str, Any]] = letter_input.ticket.facts.things
    specs = letter_input.policy.things.items()
    return Carried({name: _thing(letter_input, name, spec, known[name]) for name, spec in specs if name in known})


def _thing(letter_input: LetterInput, name: str, spec: ThingSpec, thing: Mapping[str, Any]) -> Row:
    state = str(thing.get("state", ""))
    return {
        "name": name,
        "title": in_language(spec.title, letter_input.language),
        "inside": spec.inside,
        "number": str(thing.get("number", "")),
        "state": state,
        "state_title": in_language(spec.states.get(state, {}), letter_input.language),
        "start": _local(letter_input, thing.get("start")),
        "end": _local(letter_input, thing.get("end")),
        "was": _local(letter_input, thing.get("was")),
        "wished": _wish(letter_input, str(thing.get("wished", ""))),
        "refused": str(thing.get("refused", "")),
        "offered": [_local(letter_input, slot) for slot in thing.get("offered", ())],
        "link": spec.slots.link if spec.slots else "",
        "lines": [{"label": label, "amount": Decimal(amount)} for label, amount in thing.get("lines", ())],
        "total": Decimal(thing["total"]) if "total" in thing else None,
        "currency": spec.currency,
    }


def _wish(letter_input: LetterInput, wished: str) -> date | None:
    """The time that the customer wished for as a datetime, or as a date where they named only a day."""
    if "T" not in wished:
        return date.fromisoformat(wished) if wished else None
    return datetime.fromisoformat(wished).replace(tzinfo=letter_input.calendar.zone)


def _local(letter_input: LetterInput, instant: str | None) -> datetime | None:
    return datetime.fromisoformat(instant).astimezone(letter_input.zone) if instant else None


# ------------------------------------------------------------------------------------------------------------- dossiers


def dossier_row(letter_input: LetterInput) -> Row | None:
    """The dossier that a letter is about: name, title, rows, missing. None for readers other than staff and the third
    party that it is meant for."""
    name, party = str(letter_input.about.get("dossier", "")), letter_input.party
    spec = letter_input.policy.dossiers.get(name)
    if spec is None:
        return None
    is_addressee = party.role is Role.THIRD_PARTY and party.third_party == spec.to
    if not (is_addressee or is_staff(party)):
        return None
    rows = [_dossier_field(letter_input, name, field) for field in spec.fields]
    missing = set(missing_fields(letter_input.case, letter_input.policy, name))
    return {
        "name": name,
        "title": in_language(spec.title, letter_input.language),
        "rows": [row for row in rows if row["value"] and row["name"] not in missing],
        "missing": [row for row in rows if row["name"] in missing],
    }


def _dossier_field(letter_input: LetterInput, dossier_name: str, name: str) -> Row:
    spec = letter_input.policy.dossiers[dossier_name].fields[name]
    detail = letter_input.policy.details.get(spec.detail)
    wrong = wrong_fields(letter_input.ticket, dossier_name).get(name, {})
    value = field_value(letter_input.case, letter_input.policy, dossier_name, name)
    if isinstance(value, datetime):
        value = long_date(value, letter_input.language, letter_input.zone)
    elif spec.fact == "country":
        value = country_name(value, letter_input.language)
    return {
        "name": name,
        "label": in_language(spec.label, letter_input.language),
        "value": value,
        "question": "",
        "example": detail.example if detail else "",
        "given": wrong.get("given", ""),
        "wrong": ((in_language(detail.wrong, letter_input.language) if detail else "") or wrong["why"])
        if wrong
        else "",
    }


def country_name(code: str, language: str) -> str:
    """The name of a country in a language; any text but an ISO 3166 code is returned unchanged."""
    known: Locale = locale_of(language)
    return str(known.territories.get(code, code))
