"""Check that every name a policy uses is defined."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from config.checks.finding import Finding, Findings, check_name
from config.checks.step_graph import branches_in, effects_in, first_steps, questions_asked, slots_in
from config.files.toml_layers import Key
from config.policy import ConditionSpec, DetailType, Policy, StepSpec
from config.policy_shapes.builtin_names import (
    ANSWER_TAKES,
    BUILTIN_NOTICES,
    CALENDAR_ANSWERS,
    FACTS,
    FORM_FIELDS,
    OUTCOMES,
    PARTIES,
    RECIPIENTS,
)
from config.policy_shapes.periods import Period
from config.policy_shapes.sentences import KIND_TEAM, Effect, Owner, Verb
from config.working_time.calendars import load_calendar


def check_names(policy: Policy) -> Findings:
    """Names that are used but not defined, and notices that are defined but not used."""
    for first, place in first_steps(policy).items():
        yield from check_name(place, first, policy.steps, "step")
    yield from _calendar(policy)
    yield from _kinds(policy)
    yield from _forms(policy)
    yield from _conditions(policy)
    yield from _tables(policy)
    for name, step in policy.steps.items():
        yield from _step(policy, ("steps", name), step)
    for written, effect in effects_in(policy):
        yield from _effect(policy, written, effect)
    yield from _branches(policy)
    yield from _promises(policy)
    yield from _questions(policy)
    yield from _notices(policy)
    for name, slots in slots_in(policy):
        key: Key = ("things", name, "slots")
        yield from check_name((*key, "question"), slots.question, policy.questions, "question")
        if slots.wish:
            yield from check_name((*key, "wish"), slots.wish, policy.details, "detail")
        if slots.not_before:
            remembered = {effect.about for _, effect in effects_in(policy) if effect.verb is Verb.REMEMBER}
            yield from check_name((*key, "not_before"), slots.not_before, remembered, "remembered fact")
        if slots.remind:
            yield from check_name((*key, "reminder"), slots.reminder, policy.notices, "notice")


def _calendar(policy: Policy) -> Findings:
    named: dict[Key, str] = {("calendar",): policy.calendar}
    named |= {("teams", name, "calendar"): team.calendar for name, team in policy.teams.items() if team.calendar}
    for key, name in named.items():
        if name in policy.calendars:
            continue
        try:
            load_calendar(name, policy.calendars)
        except ValueError:
            more = "or a country code, as in IT"
            yield from check_name(key, name, [*policy.calendars, more], "calendar")


def _kinds(policy: Policy) -> Findings:
    for name, kind in policy.kinds.items():
        yield from check_name(("kinds", name, "team"), kind.team, policy.teams, "team")
        for field, details in (("requires", kind.requires), ("asks", kind.asks)):
            for number, detail in enumerate(details):
                yield from check_name(("kinds", name, field, number), detail, policy.details, "detail")
        for detail in sorted(set(kind.requires) & set(kind.asks)):
            yield Finding(("kinds", name, "asks"), "is required as well, which asks for it anyway", detail)
    fallbacks = [name for name, kind in policy.kinds.items() if kind.fallback]
    if len(fallbacks) != 1:
        found = ", ".join(fallbacks) or "none"
        yield Finding(("kinds",), "exactly one kind takes what is unclear", found, "fallback = true in one kind")


def _forms(policy: Policy) -> Findings:
    for name, form in policy.forms.items():
        for field in form.fields:
            yield from check_name(
                ("forms", name, "fields", field), field, policy.details, "detail or field", *FORM_FIELDS
            )
        if form.consent_words and "consent" not in form.fields:
            yield Finding(("forms", name, "consent_words"), "the form has no consent field", allowed="fields.consent")
        if form.consent_words and not form.without_consent:
            key = ("forms", name, "without_consent")
            yield Finding(key, "is missing", allowed="the notice for a form without consent")
        if form.without_consent:
            yield from check_name(("forms", name, "without_consent"), form.without_consent, policy.notices, "notice")


def _conditions(policy: Policy) -> Findings:
    remembered = {effect.about for _, effect in effects_in(policy) if effect.verb is Verb.REMEMBER}
    facts = [*FACTS, *sorted(remembered), *sorted(f"{fact}_by" for fact in remembered)]
    for name, spec in policy.conditions.items():
        key: Key = ("conditions", name)
        if spec.detail:
            yield from check_name((*key, "detail"), spec.detail, policy.details, "detail")
        if spec.fact:
            yield from check_name((*key, "fact"), spec.fact, facts, "remembered fact")
        for number, kind in enumerate(spec.kind):
            yield from check_name((*key, "kind", number), kind, policy.kinds, "kind")
        if spec.question:
            yield from check_name((*key, "question"), spec.question, policy.questions, "question")
            for number, answer in enumerate(spec.is_ if spec.question in policy.questions else ()):
                yield from check_name((*key, "is", number), answer, policy.questions[spec.question].answers, "answer")
        if spec.booked:
            yield from check_name(
                (*key, "booked"), spec.booked, [name for name, _ in slots_in(policy)], "thing with slots"
            )
        for field in ("all_of", "any_of", "none_of"):
            for number, other in enumerate(getattr(spec, field)):
                yield from check_name((*key, field, number), other, policy.conditions, "condition")
        yield from _condition_tests(policy, key, spec)


def _tables(policy: Policy) -> Findings:
    for name, table in policy.tables.items():
        yield from check_name(("tables", name, "by"), table.by, policy.details, "detail")
    periods, days = _columns(policy, Period), _columns(policy, date)
    for name, spec in policy.conditions.items():
        if spec.within_of:
            yield from check_name(("conditions", name, "within_of"), spec.within_of, periods, "column of a table")
    for name, detail in policy.details.items():
        if detail.not_before_of:
            yield from check_name(("details", name, "not_before_of"), detail.not_before_of, days, "column of a table")


def _columns(policy: Policy, of: type) -> list[str]:
    """The columns, as TABLE.COLUMN, all of whose cells are of this type."""
    cells: dict[str, list[object]] = {}
    for name, table in policy.tables.items():
        for row in table.rows.values():
            for column, cell in row.items():
                cells.setdefault(f"{name}.{column}", []).append(cell)
    return [column for column, found in cells.items() if all(isinstance(cell, of) for cell in found)]


def _condition_tests(policy: Policy, key: Key, spec: ConditionSpec) -> Findings:
    tests = (
        "detail", "fact", "kind", "team", "missing_details", "question", "booked", "zone_known", "all_of", "any_of",
        "none_of",
    )  # fmt: skip
    if not any(getattr(spec, field) not in ("", (), None) for field in tests):
        yield Finding(key, "tests nothing, and so always holds", allowed=", ".join(tests))
    detail = policy.details.get(spec.detail)
    if detail and spec.within and detail.sort is not DetailType.DATE:
        yield Finding((*key, "within"), "only a date is so long ago", detail.sort, "a detail of sort date")
    if detail and detail.sort is DetailType.CHOICE:
        for number, value in enumerate(spec.is_):
            yield from check_name((*key, "is", number), value, detail.choices, "choice")
    for number, team in enumerate(spec.team):
        yield from check_name((*key, "team", number), team, policy.teams, "team")
    counts = spec.at_least is not None
    looks = spec.is_ or spec.known is not None or spec.within or counts or spec.same_name is not None
    if looks and not (spec.detail or spec.fact or spec.question):
        yield Finding(key, "of what? it names neither a detail nor a fact", allowed="detail, fact, or question")


def _step(policy: Policy, key: Key, step: StepSpec) -> Findings:
    yield from check_name((*key, "waits_for"), step.waits_for, PARTIES, "party to wait for")
    if step.owner:
        yield from _owner(policy, (*key, "owner"), step.owner)
    if step.asks:
        yield from check_name((*key, "asks"), step.asks, policy.questions, "question")
    if step.remind:
        yield from check_name((*key, "reminder"), step.reminder, policy.notices, "notice")


def _owner(policy: Policy, key: Key, owner: Owner) -> Findings:
    yield from check_name(key, owner.team, policy.teams, "team", KIND_TEAM)
    remembered = {effect.about for _, effect in effects_in(policy) if effect.verb is Verb.REMEMBER}
    if owner.but_not:
        yield from check_name(key, owner.but_not, ["decided", *sorted(remembered)], "remembered fact")


def _effect(policy: Policy, key: Key, effect: Effect) -> Findings:
    with_slots = [name for name, _ in slots_in(policy)]
    where: dict[Verb, tuple[Collection[str], str]] = {
        Verb.SEND: (policy.notices, "notice"),
        Verb.ASK: (policy.questions, "question"),
        Verb.GO: (policy.steps, "step"),
        Verb.START: (policy.promises, "promise"),
        Verb.DROP: (policy.promises, "promise"),
        Verb.OPEN: (policy.things, "thing"),
        Verb.BECOMES: (policy.things, "thing"),
        Verb.OFFER: (with_slots, "thing with slots"),
        Verb.BOOK: (with_slots, "thing with slots"),
        Verb.FREE: (with_slots, "thing with slots"),
        Verb.GIVE: (policy.teams, "team"),
    }
    if effect.verb in where:
        names_there, what = where[effect.verb]
        yield from check_name(key, effect.about, names_there, what)
    if effect.verb is Verb.BECOMES and effect.about in policy.things:
        yield from check_name(key, effect.to, policy.things[effect.about].states, "state of this thing")
    if effect.verb in (Verb.SEND, Verb.ASK) and effect.to:
        yield from _recipient(policy, key, effect.to)


def _recipient(policy: Policy, key: Key, whom: str) -> Findings:
    yield from check_name(key, whom, [*RECIPIENTS, *policy.teams, *policy.third_parties], "recipient")


def _branches(policy: Policy) -> Findings:
    asked = questions_asked(policy)
    answers = [answer for name, question in policy.questions.items() if name in asked for answer in question.answers]
    for key, branches in branches_in(policy):
        if "moves" in key or key[0] == "always":
            yield from check_name(key, str(key[-1]), list(OUTCOMES), "outcome", *dict.fromkeys(answers))
        for number, branch in enumerate(branches):
            if branch.to:
                yield from check_name((*key, number, "to"), branch.to, policy.steps, "step")
            if branch.when:
                yield from check_name((*key, number, "when"), branch.when, policy.conditions, "condition")


def _promises(policy: Policy) -> Findings:
    for name, promise in policy.promises.items():
        key: Key = ("promises", name)
        yield from check_name((*key, "from"), promise.from_, ["received", *policy.promises, *policy.steps], "event")
        if promise.from_ in policy.promises and promise.from_ in policy.steps:
            yield Finding((*key, "from"), "is a promise and a step", promise.from_, "a name that only one of them has")
        for number, notice in enumerate(promise.kept_by):
            yield from check_name((*key, "kept_by", number), notice, policy.notices, "notice")
        for number, notice in enumerate(promise.again.kept_by if promise.again else ()):
            yield from check_name((*key, "again", "kept_by", number), notice, policy.notices, "notice")
        for number, kind in enumerate(promise.kinds):
            yield from check_name((*key, "kinds", number), kind, policy.kinds, "kind")
        for number, party in enumerate(promise.pauses):
            yield from check_name((*key, "pauses", number), party, PARTIES, "party to wait for")
        if promise.warn:
            yield from check_name((*key, "warning"), promise.warning, policy.notices, "notice")
        if promise.at_due:
            yield from check_name((*key, "at_due", "send"), promise.at_due.send, policy.notices, "notice")


def _questions(policy: Policy) -> Findings:
    for name, question in policy.questions.items():
        if question.to != "staff":
            yield from _recipient(policy, ("questions", name, "to"), question.to)
        if question.notice:
            yield from check_name(("questions", name, "notice"), question.notice, policy.notices, "notice")
        if question.when:
            yield from check_name(("questions", name, "when"), question.when, policy.conditions, "condition")
        if question.in_turn:
            yield from check_name(("questions", name, "in_turn", "team"), question.in_turn.team, policy.teams, "team")
        for answer, spec in question.answers.items():
            for number, detail in enumerate(spec.brings):
                brings: Key = ("questions", name, "answers", answer, "brings", number)
                yield from check_name(brings, detail, policy.details, "detail")
            yield from check_name(
                ("questions", name, "answers", answer, "takes"), spec.takes, ANSWER_TAKES, "sort of answer"
            )
            for number, state in enumerate(spec.calendar):
                place: Key = ("questions", name, "answers", answer, "calendar", number)
                yield from check_name(place, state, CALENDAR_ANSWERS, "answer of a calendar")
            if spec.detail:
                key: Key = ("questions", name, "answers", answer, "detail")
                yield from check_name(key, spec.detail, policy.details, "detail")
            if answer in OUTCOMES:
                problem = "this name is the engine's own outcome; a case could not tell them apart"
                yield Finding(("questions", name, "answers", answer), problem, answer, "another name")


def _notices(policy: Policy) -> Findings:
    for name, notice in policy.notices.items():
        yield from _recipient(policy, ("notices", name, "to"), notice.to)
        for number, thing in enumerate(notice.attach):
            yield from check_name(("notices", name, "attach", number), thing, policy.things, "thing")
    for name, what in BUILTIN_NOTICES.items():
        if name not in policy.notices:
            yield Finding(("notices", name), f"is missing: it {what}", allowed=f"notices.{name}")
    for name, third in policy.third_parties.items():
        if third.chase_after:
            yield from check_name(("third_parties", name, "chase"), third.chase, policy.notices, "notice")
