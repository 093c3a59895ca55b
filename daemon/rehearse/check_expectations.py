"""Check the expectations of a scenario; each one not met is recorded with what was seen instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import singledispatch
from typing import Any

from daemon.rehearse.check_letters import check_letter, check_no_letters, ignore_letters
from daemon.rehearse.dates import format_day, format_moment
from daemon.rehearse.scenario import (
    Act,
    ExpectCase,
    ExpectCount,
    ExpectDeadline,
    ExpectDetail,
    ExpectLedger,
    ExpectLetter,
    ExpectNoDeadline,
    ExpectNoLetters,
    ExpectRecord,
    ExpectRecords,
    IgnoreLetters,
)
from daemon.rehearse.scenario_run import ScenarioRun
from storage import company_records, inbox, ledger
from storage.values import Case, Deadline, DeadlineState, InboxState, LedgerEntry


def check_expectation(run: ScenarioRun, act: Act) -> None:
    """Check one expectation, and record a failure if it is not met."""
    _check(act, run)


def check_final_state(run: ScenarioRun) -> None:
    """Check what holds at the end of every scenario.

    No letter is unexpected, no mail is in quarantine unexpectedly, and the ledger's chain is intact.
    """
    check_no_letters(run, 0, "no letter goes out but those the scenario expects or lets pass", ())
    found = inbox.counts(run.db).get(InboxState.QUARANTINED, 0)
    if found != run.quarantine_expected:
        run.add_failure(0, f"{run.quarantine_expected} mails in quarantine", _quarantine(run) or "none")
    verdict = ledger.verify(run.db)
    if not verdict.holds:
        run.add_failure(0, "an unbroken ledger", f"entry {verdict.broken_at}: {verdict.problem}")


@singledispatch
def _check(act: Act, run: ScenarioRun) -> None:
    """Check one expectation."""
    raise TypeError(f"{type(act).__name__} is no expectation")


@_check.register
def _letter(act: ExpectLetter, run: ScenarioRun) -> None:
    for reader in act.to:
        check_letter(run, act, reader)


@_check.register
def _let_pass(act: IgnoreLetters, run: ScenarioRun) -> None:
    ignore_letters(run, act)


@_check.register
def _silence(act: ExpectNoLetters, run: ScenarioRun) -> None:
    check_no_letters(run, act.line, act.source_line, act.to)


@_check.register
def _count(act: ExpectCount, run: ScenarioRun) -> None:
    if act.what == "cases":
        known = [case.ticket.reference for case in run.all_cases()]
        if len(known) != act.count:
            run.add_failure(act.line, act.source_line, ", ".join(known) or "no case")
        return
    run.quarantine_expected = act.count
    if inbox.counts(run.db).get(InboxState.QUARANTINED, 0) != act.count:
        run.add_failure(act.line, act.source_line, _quarantine(run) or "no mail in quarantine")


def _quarantine(run: ScenarioRun) -> str:
    rows = inbox.listing(run.db, state=InboxState.QUARANTINED)
    return "; ".join(f"{row.id} from {row.envelope_from or 'nobody'}: {row.error}" for row in rows)


# ------------------------------------------------------------------------------------------------------- the case


def _with_case(check_case: Callable[[Any, ScenarioRun, Case], None]) -> Callable[[Any, ScenarioRun], None]:
    """Make a check of the current case; it fails if there is none."""

    def check_with_case(act: Any, run: ScenarioRun) -> None:
        case = run.current_case()
        if case is None:
            run.add_failure(act.line, act.source_line, "there is no case")
        else:
            check_case(act, run, case)

    return check_with_case


def _deadline(act: ExpectDeadline, run: ScenarioRun, case: Case) -> None:
    rows = [row for row in case.deadlines if row.promise == act.promise]
    if not any(row.due_on == act.due and _is_as_expected(row, act) for row in rows):
        seen = "; ".join(_describe_deadline(run, row) for row in rows) or _all_deadlines(run, case)
        run.add_failure(act.line, act.source_line, seen)


def _is_as_expected(row: Deadline, act: ExpectDeadline) -> bool:
    ended = row.state.value == act.state and (row.kept_at is not None) is (act.late or act.state == "kept")
    return ended and act.automatic in (None, row.automatic)


def _no_deadline(act: ExpectNoDeadline, run: ScenarioRun, case: Case) -> None:
    rows = [row for row in case.deadlines if row.state is DeadlineState.OPEN and act.promise in ("", row.promise)]
    if rows:
        run.add_failure(act.line, act.source_line, "; ".join(_describe_deadline(run, row) for row in rows))


def _all_deadlines(run: ScenarioRun, case: Case) -> str:
    return (
        f"none of this name; there are: {'; '.join(_describe_deadline(run, row) for row in case.deadlines) or 'none'}"
    )


def _describe_deadline(run: ScenarioRun, row: Deadline) -> str:
    kept = f", kept {format_moment(row.kept_at, run.scenario.zone)} by {row.kept_by}" if row.kept_at else ""
    kept += (", by itself" if row.automatic else ", by a person") if row.kept_at else ""
    return f"{row.promise} due {format_day(row.due_on)} {row.state.value}{kept}"


def _case(act: ExpectCase, run: ScenarioRun, case: Case) -> None:
    wrong = [
        f"{name} is {seen or 'empty'}, not {value or 'so'}"
        for name, value in act.fields
        if (seen := _case_value(case, name)) != _wanted(run, name, value)
    ]
    if wrong:
        run.add_failure(act.line, act.source_line, f"{case.ticket.reference}: {'; '.join(wrong)}")


def _wanted(run: ScenarioRun, name: str, value: str) -> str:
    if name in ("open", "closed"):
        return name
    if name in ("assigned to", "customer") and value not in ("nobody", ""):
        named = [person.address for person in run.scenario.people if value in (person.name, person.address)]
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


def _detail(act: ExpectDetail, run: ScenarioRun, case: Case) -> None:
    detail = case.ticket.details.get(act.detail)
    found = None if detail is None or detail.wrong else detail
    if act.value is None:
        if found is not None:
            run.add_failure(act.line, act.source_line, f"{act.detail} is {found.shown!r}")
    elif found is None or act.value not in (found.value, found.shown):
        known = {
            name: detail.value + (f" (wrong: {detail.wrong})" if detail.wrong else "")
            for name, detail in case.ticket.details.items()
        }
        run.add_failure(act.line, act.source_line, f"details found: {known or 'none'}")


def _ledger(act: ExpectLedger, run: ScenarioRun, case: Case) -> None:
    found = [entry for entry in case.history if entry.event == act.event and _has_facts(entry, act.facts)]
    if len(found) == act.times or (act.times is None and found):
        return
    same_event = [entry for entry in case.history if entry.event == act.event]
    seen = "; ".join(_describe_entry(run, entry) for entry in same_event)
    events = ", ".join(dict.fromkeys(entry.event for entry in case.history))
    run.add_failure(act.line, act.source_line, seen or f"no such entry; the ledger has: {events}")


def _has_facts(entry: LedgerEntry, facts: Iterable[tuple[str, str]]) -> bool:
    return all(_fact_value(entry, name) == value for name, value in facts)


def _fact_value(entry: LedgerEntry, name: str) -> str:
    value = entry.by if name == "by" else entry.facts.get(name, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _describe_entry(run: ScenarioRun, entry: LedgerEntry) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in entry.facts.items() if value not in ("", None, []))
    return f"{format_moment(entry.at, run.scenario.zone)} {entry.event} by {entry.by}" + (
        f" ({facts})" if facts else ""
    )


@_check.register
def _records(act: ExpectRecords, run: ScenarioRun) -> None:
    found = [
        record
        for policy in run.installation.policies
        for record in company_records.listing(run.db, policy, limit=100_000)
    ]
    if (len(found), len(run.rows_wrong)) != (act.count, act.wrong):
        run.add_failure(act.line, act.source_line, "; ".join([f"{len(found)} records", *run.rows_wrong]))


@_check.register
def _record(act: ExpectRecord, run: ScenarioRun) -> None:
    records = [
        record
        for policy in run.installation.policies
        for record in company_records.listing(run.db, policy, limit=100_000)
    ]
    found = next((record.content for record in records if record.key == act.key), None)
    if found is None or str(found.get(act.column, "")) != act.value:
        run.add_failure(act.line, act.source_line, str(dict(found)) if found is not None else "no such record")


_check.register(ExpectDeadline, _with_case(_deadline))
_check.register(ExpectNoDeadline, _with_case(_no_deadline))
_check.register(ExpectCase, _with_case(_case))
_check.register(ExpectDetail, _with_case(_detail))
_check.register(ExpectLedger, _with_case(_ledger))
