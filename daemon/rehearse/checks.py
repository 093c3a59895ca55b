"""Check the expectations of a scenario; each one not met is recorded with what was seen instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import singledispatch
from typing import Any

from daemon.rehearse.dates import say_day, say_moment
from daemon.rehearse.letter_checks import check_letter, check_silence, let_pass
from daemon.rehearse.script import (
    Act,
    ExpectCase,
    ExpectCount,
    ExpectDeadline,
    ExpectDetail,
    ExpectLedger,
    ExpectLetter,
    ExpectNoDeadline,
    ExpectRecord,
    ExpectRecords,
    ExpectSilence,
    LetPass,
)
from daemon.rehearse.stage import Stage
from storage import company_records, inbox, ledger
from storage.values import Case, Deadline, DeadlineState, InboxState, LedgerEntry


def check(stage: Stage, act: Act) -> None:
    """Check one expectation, and record a failure if it is not met."""
    _check(act, stage)


def check_end(stage: Stage) -> None:
    """Check what holds at the end of every scenario.

    No letter is unexpected, no mail is in quarantine unexpectedly, and the ledger's chain is intact.
    """
    check_silence(stage, 0, "no letter goes out but those the scenario expects or lets pass", ())
    found = inbox.counts(stage.db).get(InboxState.QUARANTINED, 0)
    if found != stage.set_aside_expected:
        stage.fail(0, f"{stage.set_aside_expected} mails in quarantine", _quarantine(stage) or "none")
    verdict = ledger.verify(stage.db)
    if not verdict.holds:
        stage.fail(0, "an unbroken ledger", f"entry {verdict.broken_at}: {verdict.problem}")


@singledispatch
def _check(act: Act, stage: Stage) -> None:
    """Check one expectation."""
    raise TypeError(f"{type(act).__name__} is no expectation")


@_check.register
def _letter(act: ExpectLetter, stage: Stage) -> None:
    for reader in act.to:
        check_letter(stage, act, reader)


@_check.register
def _let_pass(act: LetPass, stage: Stage) -> None:
    let_pass(stage, act)


@_check.register
def _silence(act: ExpectSilence, stage: Stage) -> None:
    check_silence(stage, act.line, act.said, act.to)


@_check.register
def _count(act: ExpectCount, stage: Stage) -> None:
    if act.what == "cases":
        known = [case.ticket.reference for case in stage.all_cases()]
        if len(known) != act.count:
            stage.fail(act.line, act.said, ", ".join(known) or "no case")
        return
    stage.set_aside_expected = act.count
    if inbox.counts(stage.db).get(InboxState.QUARANTINED, 0) != act.count:
        stage.fail(act.line, act.said, _quarantine(stage) or "no mail in quarantine")


def _quarantine(stage: Stage) -> str:
    rows = inbox.listing(stage.db, state=InboxState.QUARANTINED)
    return "; ".join(f"{row.id} from {row.envelope_from or 'nobody'}: {row.error}" for row in rows)


# ------------------------------------------------------------------------------------------------------- the case


def _with_case(check_case: Callable[[Any, Stage, Case], None]) -> Callable[[Any, Stage], None]:
    """Make a check of the current case; it fails if there is none."""

    def check_with_case(act: Any, stage: Stage) -> None:
        case = stage.case()
        if case is None:
            stage.fail(act.line, act.said, "there is no case")
        else:
            check_case(act, stage, case)

    return check_with_case


def _deadline(act: ExpectDeadline, stage: Stage, case: Case) -> None:
    rows = [row for row in case.deadlines if row.promise == act.promise]
    if not any(row.due_on == act.due and _is_as_expected(row, act) for row in rows):
        seen = "; ".join(_describe_deadline(stage, row) for row in rows) or _all_deadlines(stage, case)
        stage.fail(act.line, act.said, seen)


def _is_as_expected(row: Deadline, act: ExpectDeadline) -> bool:
    ended = row.state.value == act.state and (row.kept_at is not None) is (act.late or act.state == "kept")
    return ended and act.automatic in (None, row.automatic)


def _no_deadline(act: ExpectNoDeadline, stage: Stage, case: Case) -> None:
    rows = [row for row in case.deadlines if row.state is DeadlineState.OPEN and act.promise in ("", row.promise)]
    if rows:
        stage.fail(act.line, act.said, "; ".join(_describe_deadline(stage, row) for row in rows))


def _all_deadlines(stage: Stage, case: Case) -> str:
    return (
        f"none of this name; there are: {'; '.join(_describe_deadline(stage, row) for row in case.deadlines) or 'none'}"
    )


def _describe_deadline(stage: Stage, row: Deadline) -> str:
    kept = f", kept {say_moment(row.kept_at, stage.script.zone)} by {row.kept_by}" if row.kept_at else ""
    kept += (", by itself" if row.automatic else ", by a person") if row.kept_at else ""
    return f"{row.promise} due {say_day(row.due_on)} {row.state.value}{kept}"


def _case(act: ExpectCase, stage: Stage, case: Case) -> None:
    wrong = [
        f"{name} is {seen or 'empty'}, not {value or 'so'}"
        for name, value in act.stands
        if (seen := _case_value(case, name)) != _wanted(stage, name, value)
    ]
    if wrong:
        stage.fail(act.line, act.said, f"{case.ticket.reference}: {'; '.join(wrong)}")


def _wanted(stage: Stage, name: str, value: str) -> str:
    if name in ("open", "closed"):
        return name
    if name in ("assigned to", "customer") and value not in ("nobody", ""):
        named = [person.address for person in stage.script.people if value in (person.name, person.address)]
        return named[0] if named else value
    return value


def _case_value(case: Case, name: str) -> str:
    ticket = case.ticket
    match name:
        case "open" | "closed":
            return "closed" if ticket.closed_at else "open"
        case "waiting for":
            return ticket.waiting_for
        case "assigned to":
            return ticket.assignee or "nobody"
        case "outcome":
            return ticket.facts.outcome or "none"
        case "customer":
            return case.customer().address
    return str(getattr(ticket, name))


def _detail(act: ExpectDetail, stage: Stage, case: Case) -> None:
    detail = case.ticket.details.get(act.detail)
    found = None if detail is None or detail.wrong else detail
    if act.value is None:
        if found is not None:
            stage.fail(act.line, act.said, f"{act.detail} is {found.shown!r}")
    elif found is None or act.value not in (found.value, found.shown):
        known = {
            name: detail.value + (f" (wrong: {detail.wrong})" if detail.wrong else "")
            for name, detail in case.ticket.details.items()
        }
        stage.fail(act.line, act.said, f"details found: {known or 'none'}")


def _ledger(act: ExpectLedger, stage: Stage, case: Case) -> None:
    found = [entry for entry in case.history if entry.event == act.event and _has_facts(entry, act.facts)]
    if len(found) == act.times or (act.times is None and found):
        return
    same_event = [entry for entry in case.history if entry.event == act.event]
    seen = "; ".join(_describe_entry(stage, entry) for entry in same_event)
    events = ", ".join(dict.fromkeys(entry.event for entry in case.history))
    stage.fail(act.line, act.said, seen or f"no such entry; the ledger has: {events}")


def _has_facts(entry: LedgerEntry, facts: Iterable[tuple[str, str]]) -> bool:
    return all(_fact_value(entry, name) == value for name, value in facts)


def _fact_value(entry: LedgerEntry, name: str) -> str:
    value = entry.by if name == "by" else entry.facts.get(name, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _describe_entry(stage: Stage, entry: LedgerEntry) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in entry.facts.items() if value not in ("", None, []))
    return f"{say_moment(entry.at, stage.script.zone)} {entry.event} by {entry.by}" + (f" ({facts})" if facts else "")


@_check.register
def _records(act: ExpectRecords, stage: Stage) -> None:
    found = [
        record
        for policy in stage.installation.policies
        for record in company_records.listing(stage.db, policy, limit=100_000)
    ]
    if (len(found), len(stage.rows_wrong)) != (act.count, act.wrong):
        stage.fail(act.line, act.said, "; ".join([f"{len(found)} records", *stage.rows_wrong]))


@_check.register
def _record(act: ExpectRecord, stage: Stage) -> None:
    records = [
        record
        for policy in stage.installation.policies
        for record in company_records.listing(stage.db, policy, limit=100_000)
    ]
    found = next((record.content for record in records if record.key == act.key), None)
    if found is None or str(found.get(act.column, "")) != act.value:
        stage.fail(act.line, act.said, str(dict(found)) if found is not None else "no such record")


_check.register(ExpectDeadline, _with_case(_deadline))
_check.register(ExpectNoDeadline, _with_case(_no_deadline))
_check.register(ExpectCase, _with_case(_case))
_check.register(ExpectDetail, _with_case(_detail))
_check.register(ExpectLedger, _with_case(_ledger))
