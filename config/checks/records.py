"""Check records, invitations, boards and reports: every name is defined, every period fits."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks.finding import Finding, Findings, check_name
from config.checks.step_graph import effects_in
from config.files.toml_layers import Key
from config.policy import DetailType, Policy
from config.policy_shapes.periods import Unit
from config.policy_shapes.records import InvitationSpec, RecordSpec
from config.policy_shapes.sentences import Verb

_BY_DAY = (Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS)


def check_records(policy: Policy) -> Findings:
    """Faults of records, invitations, boards and reports, and of effects on them."""
    for name, record in policy.records.items():
        yield from _record(policy, ("records", name), record)
    for name, invitation in policy.invitations.items():
        yield from _invitation(policy, ("invitations", name), invitation)
    for name, board in policy.boards.items():
        key: Key = ("boards", name)
        yield from check_name((*key, "to"), board.to, policy.teams, "team")
        yield from check_name((*key, "notice"), board.notice, policy.notices, "notice")
        yield from _each((*key, "details"), board.details, policy.details, "detail")
        yield from _each((*key, "questions"), board.questions, policy.questions, "question")
        slotted = [thing for thing, spec in policy.things.items() if spec.slots]
        yield from _each((*key, "things"), board.things, slotted, "thing with slots")
        if board.before.unit not in (Unit.MINUTES, Unit.HOURS):
            yield Finding((*key, "before"), "not a time before closing", str(board.before), 'as in "1 hour"')
    for name, report in policy.reports.items():
        yield from check_name(("reports", name, "to"), report.to, [*policy.teams, *policy.third_parties], "team")
        yield from check_name(("reports", name, "notice"), report.notice, policy.notices, "notice")
    for key, effect in effects_in(policy):
        if effect.verb is Verb.MARK:
            yield from check_name(key, effect.to, policy.records, "record")
            if effect.to in policy.records:
                yield from check_name(key, effect.about, policy.records[effect.to].columns, "column of this record")
        if effect.verb in (Verb.AWAIT, Verb.ANNOUNCE):
            yield from check_name(key, effect.about, policy.details, "detail")


def _record(policy: Policy, key: Key, record: RecordSpec) -> Findings:
    grows = record.grows
    for field, column in (
        ("key", record.key), ("address", record.address), ("name", record.name), ("language", record.language),
        ("grows.value", grows.value if grows else ""), ("grows.at", grows.at if grows else ""),
        ("grows.since", grows.since if grows else ""),
    ):  # fmt: skip
        if column:
            yield from check_name((*key, *field.split(".")), column, record.columns, "column")
    for name, column_spec in record.columns.items():
        if column_spec.detail:
            yield from check_name((*key, "columns", name, "detail"), column_spec.detail, policy.details, "detail")
    for column in (grows.at, grows.since) if grows else ():
        if column in record.columns and column_type(policy, record, column) is not DetailType.DATE:
            sort = column_type(policy, record, column)
            yield Finding((*key, "columns", column, "sort"), "the day of a reading is a date", sort, "date")


def column_type(policy: Policy, record: RecordSpec, column: str) -> DetailType:
    """The type of a column: that of the detail it fills, if any."""
    spec = record.columns[column]
    return policy.details[spec.detail].sort if spec.detail in policy.details else spec.sort


def _invitation(policy: Policy, key: Key, invitation: InvitationSpec) -> Findings:
    yield from check_name((*key, "of"), invitation.of, policy.records, "record")
    yield from check_name((*key, "kind"), invitation.kind, policy.kinds, "kind")
    yield from check_name((*key, "first"), invitation.first, policy.steps, "step")
    yield from check_name((*key, "notice"), invitation.notice, policy.notices, "notice")
    yield from _each((*key, "not_while"), invitation.not_while, policy.steps, "step")
    record = policy.records.get(invitation.of)
    for field in ("since", "unless"):
        yield from _each((*key, field), getattr(invitation, field), record.columns if record else (), "column")
    for column in invitation.since if record else ():
        if record and column in record.columns and column_type(policy, record, column) is not DetailType.DATE:
            yield Finding((*key, "since"), "nothing can be counted from this column", column, "a column that is a date")
    yield from _counted(policy, key, invitation)


def _counted(policy: Policy, key: Key, invitation: InvitationSpec) -> Findings:
    record = policy.records.get(invitation.of)
    if invitation.since and invitation.within is None:
        yield Finding((*key, "within"), "is missing: since what is said, after how long is not", allowed='"60 days"')
    if not invitation.since and (invitation.within or invitation.grown or invitation.ahead):
        yield Finding((*key, "since"), "is missing: after what?", allowed="a column that is a date")
    if invitation.grown and record and record.grows is None:
        yield Finding((*key, "grown"), "the record has no figure that grows", allowed=f"records.{invitation.of}.grows")
    spans = [
        ("within", invitation.within),
        ("late", invitation.late),
        *(("ahead", period) for period in invitation.ahead),
    ]
    for field, period in spans:
        if period is not None and period.unit not in _BY_DAY:
            yield Finding((*key, field), "not a period in days", str(period), 'as in "10 days"')


def _each(key: Key, values: tuple[str, ...], names: object, what: str) -> Iterator[Finding]:
    for number, value in enumerate(values):
        yield from check_name((*key, number), value, list(names), what)  # type: ignore[call-overload]
