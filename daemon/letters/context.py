"""What a letter can say: the one context that all templates read, made of plain values.

Every name is always there (empty, None or False where it does not apply), so that a template may read any of them and
a misspelt one fails at once. NAMES says what each means; dates and instants are values that the templates' filters
write in the reader's language and zone.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import Any

from config.policy import Policy, say
from config.policy_shapes.commands import command_word, standing_commands
from config.policy_shapes.periods import Period
from daemon.decide.procedure import lookup_tables
from daemon.decide.procedure.people import member_at
from daemon.decide.procedure.promise_terms import promise_named
from daemon.decide.procedure.unhandled_mail import since_of
from daemon.decide.refusals import RefusalReason
from daemon.letters.carried_things import carried
from daemon.letters.case_rows import as_date, binding, by_name
from daemon.letters.case_summary import (
    asked_before,
    bare_subject,
    details,
    earlier,
    files,
    last_words,
    person,
    title_of,
)
from daemon.letters.dossier_rows import country, dossier
from daemon.letters.history import history
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import ReplyAddresses, confirmation_address, is_staff, mailto, reply_addresses
from daemon.letters.reply_options import answers, commands, explained
from daemon.letters.staff_context import staff_view
from daemon.letters.unproven_reader import quieted, without_words
from storage.ledger_events import LedgerEvent
from storage.values import Role, TimerKind


def view(letter_input: LetterInput) -> dict[str, Any]:
    """The context for one letter."""
    known = without_words(letter_input, _knowledge(letter_input))
    letter_input = quieted(letter_input)
    return {
        "language": letter_input.language,
        "zone": letter_input.zone,
        "zone_known": bool(letter_input.ticket.zone),
        "now": letter_input.now,
        "about": dict(letter_input.about),
        "letters": list(letter_input.letters),
        **_people(letter_input),
        **_case(letter_input),
        **known,
        **_things(letter_input),
        **_debts(letter_input),
        **_speech(letter_input),
        **_answering(letter_input),
        **_result(letter_input),
        **staff_view(letter_input),
    }


def _people(letter_input: LetterInput) -> dict[str, Any]:
    brand = letter_input.policy.brands.get(letter_input.ticket.brand)
    from_address = letter_input.sender_identity.from_address(letter_input.ticket)
    customer = next((party for party in letter_input.case.parties if party.role is Role.CUSTOMER), letter_input.party)
    return {
        "reader": person(letter_input.party),
        "customer": person(customer),
        "country": country(letter_input.ticket.facts.country, letter_input.language),
        "customer_language": customer.language or letter_input.ticket.language,
        "company": letter_input.sender_identity.company,
        "brand": brand.title if brand else "",
        "brand_signature": say(brand.signature, letter_input.language) if brand else "",
        "portal": brand.portal if brand else "",
        "sender_name": (brand.title if brand else "") or from_address.name or letter_input.sender_identity.company,
        "address": from_address.address,
    }


def _case(letter_input: LetterInput) -> dict[str, Any]:
    ticket, policy, language = letter_input.ticket, letter_input.policy, letter_input.language
    kind, team, step = policy.kinds.get(ticket.kind), policy.teams.get(ticket.team), policy.steps.get(ticket.step)
    title = say(kind.title, language) if kind else ""
    worker = member_at(policy, ticket.assignee) if ticket.assignee else None
    return {
        "reference": ticket.reference,
        "tag": f"[{ticket.reference}]",
        "subject": bare_subject(ticket.subject, ticket.reference) or title,
        "kind": title,
        "kind_name": ticket.kind,
        "form": ticket.facts.form,
        "kind_unclear": bool(kind and kind.fallback),
        "step": say(step.title, language) if step else "",
        "step_since": ticket.step_since,
        "unread_since": since_of(letter_input.ticket, letter_input.due.party),
        "received": ticket.received_at,
        "closed_at": ticket.closed_at,
        "team": say(team.title, language) if team else "",
        "assignee": ticket.assignee,
        "assignee_name": worker.name if worker else ticket.assignee,
        "waiting_for": ticket.waiting_for,
        "answers_lost": ticket.facts.answers_lost,
        "unreadable": ticket.facts.unreadable,
        "related": list(ticket.facts.related),
        "facts": ticket.facts.to_json(),
    }


def _knowledge(letter_input: LetterInput) -> dict[str, Any]:
    found, missing, optional = details(letter_input)
    return {
        "found": found,
        "missing": missing,
        "optional": optional,
        "files": files(letter_input),
        "earlier": earlier(letter_input),
    }


def _things(letter_input: LetterInput) -> dict[str, Any]:
    known = carried(letter_input)
    return {"things": known, "thing": known[str(letter_input.about.get("thing", ""))]}


def _debts(letter_input: LetterInput) -> dict[str, Any]:
    about, rows = letter_input.about, binding(letter_input)
    name = str(about.get("promise", ""))
    spec = promise_named(letter_input.policy, letter_input.case.deadlines, name)
    return {
        "promises": rows,
        "owed": by_name(rows),
        "next_promise": rows[0] if rows else None,
        "promise": {"name": name, "title": say(spec.title, letter_input.language)} if spec else None,
        "due": as_date(about.get("due")),
        "working_days_left": about.get("working_days_left"),
        "old_date": as_date(about.get("old_date")),
        "new_date": as_date(about.get("new_date")),
        "reason": str(about.get("reason", "")),
        "automatic": bool(about.get("automatic", False)),
        "sent_notice": str(about.get("sent_notice", "")),
        "until": as_date(about.get("until")),
        "will_send": spec.at_due.send if spec and spec.at_due else "",
        "reply_keeps": bool(spec and spec.at_due and spec.at_due.send in spec.kept_by),
        "will_extend": bool(spec and spec.at_due and spec.at_due.extend),
        "terms": {
            one: {"count": known.within.count, "unit": known.within.unit.value}
            for one, known in letter_input.policy.promises.items()
        },
        "tables": _looked_up(letter_input),
        **_silence_ends(letter_input),
    }


def _looked_up(letter_input: LetterInput) -> dict[str, dict[str, Any]]:
    """What the policy's tables say of this case."""
    found = {
        name: {
            column: lookup_tables.cell(letter_input.policy, letter_input.ticket.details, f"{name}.{column}")
            for column in columns
        }
        for name, columns in lookup_tables.columns(letter_input.policy).items()
    }
    return {
        name: {one: {"count": cell.count, "unit": cell.unit.value} if isinstance(cell, Period) else cell
               for one, cell in cells.items()}
        for name, cells in found.items()
    }  # fmt: skip


def _silence_ends(letter_input: LetterInput) -> dict[str, date | None]:
    """The last day of silence, after which the step is left by itself: for whatever step, and for one that closes."""
    steps = letter_input.policy.steps
    after = steps[letter_input.ticket.step].after if letter_input.ticket.step in steps else {}
    final = {name for name, ways in after.items() if any(way.to and steps[way.to].final for way in ways)}

    def last_day(periods: Container[str]) -> date | None:
        ends = [
            timer.at for timer in letter_input.case.timers if timer.kind == TimerKind.AFTER and timer.about in periods
        ]
        # Such a timer comes one second after its last day is over.
        return letter_input.calendar.local_date(min(ends) - timedelta(seconds=1)) if ends else None

    return {"goes_on": last_day(after), "closes_on": last_day(final)}


def _awaited(letter_input: LetterInput) -> str:
    """The third party that the case waits for: the one last written to."""
    thirds = [
        message.thread
        for message in letter_input.case.messages
        if message.direction == "out" and message.thread.startswith("third:")
    ]
    waits = letter_input.ticket.waiting_for == "third party" and thirds
    return thirds[-1].partition(":")[2] if waits else ""


def _speech(letter_input: LetterInput) -> dict[str, Any]:
    about, policy, language = letter_input.about, letter_input.policy, letter_input.language
    third = str(about.get("third_party", "") or letter_input.party.third_party or _awaited(letter_input))
    outside = policy.third_parties.get(third)
    numbers: Mapping[str, str] = letter_input.ticket.facts.numbers
    return {
        "staff_text": str(about.get("staff_text", "")),
        "words": last_words(letter_input),
        "asked_before": asked_before(letter_input),
        "history": history(letter_input, inside=is_staff(letter_input.party)),
        "decision": _decision(letter_input),
        "times": int(about.get("times", 1)),
        "last": bool(about.get("last", False)),
        "third_party": {"name": third, "title": say(outside.title, language)} if outside else None,
        "third_number": numbers.get(third, ""),
        "numbers": [
            {"third_party": say(policy.third_parties[name].title, language), "number": number}
            for name, number in numbers.items()
            if name in policy.third_parties and letter_input.party.role is not Role.CUSTOMER
        ],
        "dossier": dossier(letter_input),
    }


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
        "title": say(spec.title, letter_input.language),
        "reasons": str(taken[-1].facts.get("text", "")) if taken else "",
        "by": (by.name or by.address) if by else "",
        "at": taken[-1].at if taken else letter_input.now,
    }


def _answering(letter_input: LetterInput) -> dict[str, Any]:
    ticket = letter_input.ticket
    to = reply_addresses(letter_input.sender_identity, ticket, letter_input.party)
    if asked := int(letter_input.about.get("confirms", 0)):
        to = ReplyAddresses(
            confirmation_address(letter_input.sender_identity, ticket, letter_input.party, asked), to.note
        )
    # What the customer called the matter is nobody else's business outside.
    shown = "" if letter_input.party.role is Role.THIRD_PARTY else bare_subject(ticket.subject, ticket.reference)
    subject = f"Re: [{ticket.reference}] {shown}".rstrip()
    question, offered = answers(letter_input, to.reply, subject)
    words, decisions = commands(letter_input, to.reply, subject) if is_staff(letter_input.party) else ([], [])
    return {
        "question": question,
        "answers": offered,
        "commands": words,
        "decisions": decisions,
        "reply_address": to.reply,
        "reply_link": mailto(to.reply, subject),
        "note_address": to.note,
        "note_link": mailto(to.note, subject) if to.note else "",
    }


def _result(letter_input: LetterInput) -> dict[str, Any]:
    about = letter_input.about
    return {
        "done": [_done(row, letter_input.policy, letter_input.language) for row in about.get("done", ())],
        "why": str(about.get("why", "")),
        "wrong_date": as_date(about.get("why")),
        "near": _command_word(str(about.get("nearest", "")), letter_input.language),
        "allowed": _allowed(letter_input),
        "allowed_after": as_date(about.get("allowed_after")),
        "in_doubt": bool(about.get("in_doubt")),
        "lost": bool(about.get("lost")),
        "unsent_text": str(about.get("unsent_text", "")),
        "failed_address": str(about.get("failed_address", "")),
        "failed_notice": str(about.get("failed_notice", "")),
    }


def _command_word(near: str, language: str) -> str:
    return command_word(near, language) if near in standing_commands() else near


def _allowed(letter_input: LetterInput) -> str:
    """What is allowed instead; of a command, what is said of it in the help."""
    allowed = str(letter_input.about.get("allowed", ""))
    known = (
        allowed in standing_commands() and allowed != "help" and letter_input.about.get("why") != RefusalReason.NO_RIGHT
    )
    return explained(letter_input, allowed) if known else allowed


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
