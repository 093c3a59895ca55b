"""Fill in what a letter knows (daemon/letters/variables.py) from the case, the policy and the decision.

Dates and instants stay values: the filters of templates write them in the reader's language and zone.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import Any

from config.policy import Policy, in_language
from config.policy_shapes.commands import command_word, staff_commands
from config.policy_shapes.periods import Period
from daemon.decide.procedure import lookup_tables
from daemon.decide.procedure.people import member_at
from daemon.decide.procedure.promise_terms import promise_named
from daemon.decide.procedure.unhandled_mail import unhandled_since
from daemon.decide.refusals import RefusalReason
from daemon.letters.case_rows import as_date, country_name, dossier_row, promises_owed, things_carried
from daemon.letters.case_summary import (
    bare_subject,
    details_known_and_missing,
    earlier_cases,
    files_received,
    last_question_letter,
    party_row,
    reported_mail,
    title_of,
)
from daemon.letters.history import history
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import ReplyAddresses, confirmation_address, is_staff, mailto, reply_addresses
from daemon.letters.reply_options import command_help, commands_and_decisions, question_and_answers
from daemon.letters.staff_context import staff_values
from daemon.letters.unproven_reader import hide_free_words, hide_subject
from daemon.letters.variables import (
    Answers,
    CaseShown,
    Knowledge,
    LetterContext,
    Owed,
    ReaderAndSender,
    Said,
    StaffMailResult,
)
from storage.ledger_events import LedgerEvent
from storage.values import Role, TimerKind


def letter_context(letter_input: LetterInput) -> LetterContext:
    """What one letter knows."""
    knowledge = hide_free_words(letter_input, _knowledge(letter_input))
    letter_input = hide_subject(letter_input)
    parts = (
        _reader_and_sender(letter_input),
        _case(letter_input),
        knowledge,
        _owed(letter_input),
        _said(letter_input),
        _answers(letter_input),
        _staff_mail_result(letter_input),
        staff_values(letter_input),
    )
    return LetterContext(**{name: value for part in parts for name, value in vars(part).items()})


def _reader_and_sender(letter_input: LetterInput) -> ReaderAndSender:
    brand = letter_input.policy.brands.get(letter_input.ticket.brand)
    from_address = letter_input.sender_identity.from_address(letter_input.ticket)
    return ReaderAndSender(
        language=letter_input.language,
        zone=letter_input.zone,
        zone_known=bool(letter_input.ticket.zone),
        now=letter_input.now,
        reader=party_row(letter_input.party),
        company=letter_input.sender_identity.company,
        brand=brand.title if brand else "",
        brand_signature=in_language(brand.signature, letter_input.language) if brand else "",
        portal=brand.portal if brand else "",
        sender_name=(brand.title if brand else "") or from_address.name or letter_input.sender_identity.company,
        address=from_address.address,
    )


def _case(letter_input: LetterInput) -> CaseShown:
    ticket, policy, language = letter_input.ticket, letter_input.policy, letter_input.language
    kind, team, step = policy.kinds.get(ticket.kind), policy.teams.get(ticket.team), policy.steps.get(ticket.step)
    title = in_language(kind.title, language) if kind else ""
    customer = next((party for party in letter_input.case.parties if party.role is Role.CUSTOMER), letter_input.party)
    worker = member_at(policy, ticket.assignee) if ticket.assignee else None
    return CaseShown(
        reference=ticket.reference,
        tag=f"[{ticket.reference}]",
        subject=bare_subject(ticket.subject, ticket.reference) or title,
        kind=title,
        kind_name=ticket.kind,
        form=ticket.facts.form,
        kind_unclear=bool(kind and kind.fallback),
        step=in_language(step.title, language) if step else "",
        step_since=ticket.step_since,
        unread_since=unhandled_since(letter_input.ticket, letter_input.due.party),
        received=ticket.received_at,
        closed_at=ticket.closed_at,
        team=in_language(team.title, language) if team else "",
        assignee=ticket.assignee,
        assignee_name=worker.name if worker else ticket.assignee,
        waiting_for=ticket.waiting_for,
        customer=party_row(customer),
        customer_language=customer.language or ticket.language,
        country=country_name(ticket.facts.country, language),
        answers_lost=ticket.facts.answers_lost,
        unreadable=ticket.facts.unreadable,
        related=list(ticket.facts.related),
        facts=ticket.facts.to_json(),
    )


def _knowledge(letter_input: LetterInput) -> Knowledge:
    found, missing, optional = details_known_and_missing(letter_input)
    things = things_carried(letter_input)
    return Knowledge(
        found=found,
        missing=missing,
        optional=optional,
        files=files_received(letter_input),
        earlier=earlier_cases(letter_input),
        things=things,
        thing=things[str(letter_input.about.get("thing", ""))],
    )


def _owed(letter_input: LetterInput) -> Owed:
    about, rows = letter_input.about, promises_owed(letter_input)
    name = str(about.get("promise", ""))
    spec = promise_named(letter_input.policy, letter_input.case.deadlines, name)
    step = letter_input.policy.steps.get(letter_input.ticket.step)
    return Owed(
        promises=rows,
        owed={row["name"]: row for row in rows},
        next_promise=rows[0] if rows else None,
        promise={"name": name, "title": in_language(spec.title, letter_input.language)} if spec else None,
        due=as_date(about.get("due")),
        working_days_left=about.get("working_days_left"),
        old_date=as_date(about.get("old_date")),
        new_date=as_date(about.get("new_date")),
        reason=str(about.get("reason", "")),
        automatic=bool(about.get("automatic", False)),
        sent_notice=str(about.get("sent_notice", "")),
        until=as_date(about.get("until")),
        will_send=spec.at_due.send if spec and spec.at_due else "",
        reply_keeps=bool(spec and spec.at_due and spec.at_due.send in spec.kept_by),
        will_extend=bool(spec and spec.at_due and spec.at_due.extend),
        terms={
            promise: {"count": terms.within.count, "unit": terms.within.unit.value}
            for promise, terms in letter_input.policy.promises.items()
        },
        tables=_table_cells(letter_input),
        goes_on=_last_day(letter_input, step.after if step else ()),
        closes_on=_last_day(letter_input, _closing(letter_input.policy, letter_input.ticket.step)),
    )


def _table_cells(letter_input: LetterInput) -> dict[str, dict[str, Any]]:
    """What the policy's tables say of this case, by table and column."""
    found = {
        name: {
            column: lookup_tables.cell_value(letter_input.policy, letter_input.ticket.details, f"{name}.{column}")
            for column in columns
        }
        for name, columns in lookup_tables.columns_by_table(letter_input.policy).items()
    }
    return {
        name: {column: {"count": cell.count, "unit": cell.unit.value} if isinstance(cell, Period) else cell
               for column, cell in cells.items()}
        for name, cells in found.items()
    }  # fmt: skip


def _last_day(letter_input: LetterInput, periods: Container[str]) -> date | None:
    """The last day of silence, after which one of these timers of the step (its `after`) comes; None without any."""
    ends = [timer.at for timer in letter_input.case.timers if timer.kind == TimerKind.AFTER and timer.about in periods]
    # Such a timer comes one second after its last day is over.
    return letter_input.calendar.local_date(min(ends) - timedelta(seconds=1)) if ends else None


def _closing(policy: Policy, step: str) -> set[str]:
    """The periods of silence after which this step may lead to a final one."""
    after = policy.steps[step].after if step in policy.steps else {}
    return {name for name, moves in after.items() if any(move.to and policy.steps[move.to].final for move in moves)}


def _awaited_third_party(letter_input: LetterInput) -> str:
    """The third party that the case waits for, the last one written to; empty where it waits for none."""
    written_to = [
        message.thread
        for message in letter_input.case.messages
        if message.direction == "out" and message.thread.startswith("third:")
    ]
    waits = letter_input.ticket.waiting_for == "third party" and written_to
    return written_to[-1].partition(":")[2] if waits else ""


def _said(letter_input: LetterInput) -> Said:
    about, policy, language = letter_input.about, letter_input.policy, letter_input.language
    third = str(about.get("third_party", "") or letter_input.party.third_party or _awaited_third_party(letter_input))
    outside = policy.third_parties.get(third)
    numbers: Mapping[str, str] = letter_input.ticket.facts.numbers
    return Said(
        staff_text=str(about.get("staff_text", "")),
        words=reported_mail(letter_input),
        asked_before=last_question_letter(letter_input),
        history=history(letter_input, inside=is_staff(letter_input.party)),
        decision=_decision(letter_input),
        times=int(about.get("times", 1)),
        last=bool(about.get("last", False)),
        third_party={"name": third, "title": in_language(outside.title, language)} if outside else None,
        third_number=numbers.get(third, ""),
        numbers=[
            {"third_party": in_language(policy.third_parties[name].title, language), "number": number}
            for name, number in numbers.items()
            if name in policy.third_parties and letter_input.party.role is not Role.CUSTOMER
        ],
        dossier=dossier_row(letter_input),
    )


def _decision(letter_input: LetterInput) -> dict[str, Any] | None:
    """The last decision, with who wrote it when, and why."""
    name = str(letter_input.about.get("decision", "") or letter_input.ticket.facts.outcome)
    spec = letter_input.policy.decisions.get(name)
    if spec is None:
        return None
    taken = [entry for entry in letter_input.case.history if entry.event == LedgerEvent.DECIDED]
    by = member_at(letter_input.policy, taken[-1].by) if taken else None
    return {
        "name": name,
        "title": in_language(spec.title, letter_input.language),
        "reasons": str(taken[-1].facts.get("text", "")) if taken else "",
        "by": (by.name or by.address) if by else "",
        "at": taken[-1].at if taken else letter_input.now,
    }


def _answers(letter_input: LetterInput) -> Answers:
    ticket = letter_input.ticket
    to = reply_addresses(letter_input.sender_identity, ticket, letter_input.party)
    if asked := int(letter_input.about.get("confirms", 0)):
        to = ReplyAddresses(
            confirmation_address(letter_input.sender_identity, ticket, letter_input.party, asked), to.note
        )
    # A third party is not told what the customer wrote as the subject.
    shown = "" if letter_input.party.role is Role.THIRD_PARTY else bare_subject(ticket.subject, ticket.reference)
    subject = f"Re: [{ticket.reference}] {shown}".rstrip()
    question, offered = question_and_answers(letter_input, to.reply, subject)
    inside = is_staff(letter_input.party)
    commands, decisions = commands_and_decisions(letter_input, to.reply, subject) if inside else ([], [])
    return Answers(
        question=question,
        answers=offered,
        commands=commands,
        decisions=decisions,
        reply_address=to.reply,
        reply_link=mailto(to.reply, subject),
        note_address=to.note,
        note_link=mailto(to.note, subject) if to.note else "",
    )


def _staff_mail_result(letter_input: LetterInput) -> StaffMailResult:
    about = letter_input.about
    return StaffMailResult(
        letters=list(letter_input.letters),
        done=[_done(row, letter_input.policy, letter_input.language) for row in about.get("done", ())],
        why=str(about.get("why", "")),
        wrong_date=as_date(about.get("why")),
        near=_command_word(str(about.get("nearest", "")), letter_input.language),
        allowed=_allowed(letter_input),
        allowed_after=as_date(about.get("allowed_after")),
        in_doubt=bool(about.get("in_doubt")),
        lost=bool(about.get("lost")),
        unsent_text=str(about.get("unsent_text", "")),
        failed_address=str(about.get("failed_address", "")),
        failed_notice=str(about.get("failed_notice", "")),
    )


def _command_word(near: str, language: str) -> str:
    return command_word(near, language) if near in staff_commands() else near


def _allowed(letter_input: LetterInput) -> str:
    """What is allowed instead: the help of a command where that is named, unless the reader lacks the right to it."""
    allowed = str(letter_input.about.get("allowed", ""))
    known = (
        allowed in staff_commands() and allowed != "help" and letter_input.about.get("why") != RefusalReason.NO_RIGHT
    )
    return command_help(letter_input, allowed) if known else allowed


def _done(row: Mapping[str, Any], policy: Policy, language: str) -> dict[str, Any]:
    value = str(row.get("value", ""))
    return {
        "line": str(row.get("line", "")),
        "did": str(row.get("did", "")),
        "value": title_of(policy, value, language),
        "date": as_date(value),
        "stopped": list(row.get("stopped", ())),
        "gone": list(row.get("gone", ())),
        "held": dict(row.get("held", {})),
    }
