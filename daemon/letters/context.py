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
from daemon.letters.letter_input import Scene
from daemon.letters.reply_addresses import Ways, confirmation_address, is_staff, mailto, ways
from daemon.letters.reply_options import answers, commands, explained
from daemon.letters.staff_context import staff_view
from daemon.letters.unproven_reader import quieted, without_words
from storage.values import Role


def view(scene: Scene) -> dict[str, Any]:
    """The context for one letter."""
    known = without_words(scene, _knowledge(scene))
    scene = quieted(scene)
    return {
        "language": scene.language,
        "zone": scene.zone,
        "zone_known": bool(scene.ticket.zone),
        "now": scene.now,
        "about": dict(scene.about),
        "letters": list(scene.letters),
        **_people(scene),
        **_case(scene),
        **known,
        **_things(scene),
        **_debts(scene),
        **_speech(scene),
        **_answering(scene),
        **_result(scene),
        **staff_view(scene),
    }


def _people(scene: Scene) -> dict[str, Any]:
    brand = scene.policy.brands.get(scene.ticket.brand)
    room = scene.desk.mailroom(scene.ticket)
    customer = next((one for one in scene.case.parties if one.role is Role.CUSTOMER), scene.party)
    return {
        "reader": person(scene.party),
        "customer": person(customer),
        "country": country(str(scene.ticket.facts.get("country", "")), scene.language),
        "customer_language": customer.language or scene.ticket.language,
        "company": scene.desk.company,
        "brand": brand.title if brand else "",
        "brand_signature": say(brand.signature, scene.language) if brand else "",
        "portal": brand.portal if brand else "",
        "sender_name": (brand.title if brand else "") or room.name or scene.desk.company,
        "address": room.address,
    }


def _case(scene: Scene) -> dict[str, Any]:
    ticket, policy, language = scene.ticket, scene.policy, scene.language
    kind, team, step = policy.kinds.get(ticket.kind), policy.teams.get(ticket.team), policy.steps.get(ticket.step)
    title = say(kind.title, language) if kind else ""
    worker = member_at(policy, ticket.assignee) if ticket.assignee else None
    return {
        "reference": ticket.reference,
        "tag": f"[{ticket.reference}]",
        "subject": bare_subject(ticket.subject, ticket.reference) or title,
        "kind": title,
        "kind_name": ticket.kind,
        "form": str(ticket.facts.get("form", "")),
        "kind_unclear": bool(kind and kind.fallback),
        "step": say(step.title, language) if step else "",
        "step_since": ticket.step_since,
        "unread_since": since_of(scene.ticket, scene.due.party),
        "received": ticket.received_at,
        "closed_at": ticket.closed_at,
        "team": say(team.title, language) if team else "",
        "assignee": ticket.assignee,
        "assignee_name": worker.name if worker else ticket.assignee,
        "waiting_for": ticket.waiting_for,
        "answers_lost": bool(ticket.facts.get("answers_lost")),
        "unreadable": str(ticket.facts.get("unreadable", "")),
        "related": list(ticket.facts.get("related") or ()),
        "facts": dict(ticket.facts),
    }


def _knowledge(scene: Scene) -> dict[str, Any]:
    found, missing, optional = details(scene)
    return {"found": found, "missing": missing, "optional": optional, "files": files(scene), "earlier": earlier(scene)}


def _things(scene: Scene) -> dict[str, Any]:
    known = carried(scene)
    return {"things": known, "thing": known[str(scene.about.get("thing", ""))]}


def _debts(scene: Scene) -> dict[str, Any]:
    about, rows = scene.about, binding(scene)
    name = str(about.get("promise", ""))
    spec = promise_named(scene.policy, scene.case.deadlines, name)
    return {
        "promises": rows,
        "owed": by_name(rows),
        "next_promise": rows[0] if rows else None,
        "promise": {"name": name, "title": say(spec.title, scene.language)} if spec else None,
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
            for one, known in scene.policy.promises.items()
        },
        "tables": _looked_up(scene),
        **_silence_ends(scene),
    }


def _looked_up(scene: Scene) -> dict[str, dict[str, Any]]:
    """What the policy's tables say of this case."""
    found = {
        name: {column: lookup_tables.cell(scene.policy, scene.ticket.details, f"{name}.{column}") for column in columns}
        for name, columns in lookup_tables.columns(scene.policy).items()
    }
    return {
        name: {one: {"count": cell.count, "unit": cell.unit.value} if isinstance(cell, Period) else cell
               for one, cell in cells.items()}
        for name, cells in found.items()
    }  # fmt: skip


def _silence_ends(scene: Scene) -> dict[str, date | None]:
    """The last day of silence, after which the step is left by itself: for whatever step, and for one that closes."""
    steps = scene.policy.steps
    after = steps[scene.ticket.step].after if scene.ticket.step in steps else {}
    final = {name for name, ways in after.items() if any(way.to and steps[way.to].final for way in ways)}

    def last_day(periods: Container[str]) -> date | None:
        ends = [timer.at for timer in scene.case.timers if timer.sort == "after" and timer.about in periods]
        # Such a timer comes one second after its last day is over.
        return scene.calendar.local_date(min(ends) - timedelta(seconds=1)) if ends else None

    return {"goes_on": last_day(after), "closes_on": last_day(final)}


def _awaited(scene: Scene) -> str:
    """The third party that the case waits for: the one last written to."""
    thirds = [one.thread for one in scene.case.messages if one.direction == "out" and one.thread.startswith("third:")]
    waits = scene.ticket.waiting_for == "third party" and thirds
    return thirds[-1].partition(":")[2] if waits else ""


def _speech(scene: Scene) -> dict[str, Any]:
    about, policy, language = scene.about, scene.policy, scene.language
    third = str(about.get("third_party", "") or scene.party.third_party or _awaited(scene))
    outside = policy.third_parties.get(third)
    numbers: Mapping[str, str] = scene.ticket.facts.get("numbers", {})
    return {
        "staff_text": str(about.get("staff_text", "")),
        "words": last_words(scene),
        "asked_before": asked_before(scene),
        "history": history(scene, inside=is_staff(scene.party)),
        "decision": _decision(scene),
        "times": int(about.get("times", 1)),
        "last": bool(about.get("last", False)),
        "third_party": {"name": third, "title": say(outside.title, language)} if outside else None,
        "third_number": numbers.get(third, ""),
        "numbers": [
            {"third_party": say(policy.third_parties[name].title, language), "number": number}
            for name, number in numbers.items()
            if name in policy.third_parties and scene.party.role is not Role.CUSTOMER
        ],
        "dossier": dossier(scene),
    }


def _decision(scene: Scene) -> dict[str, Any] | None:
    """The last decision, with who wrote it when, and why."""
    name = str(scene.about.get("decision", "") or scene.ticket.facts.get("outcome", ""))
    spec = scene.policy.decisions.get(name)
    if spec is None:
        return None
    taken = [entry for entry in scene.case.history if entry.event == "decided"]
    by = member_at(scene.policy, taken[-1].by) if taken else None
    return {
        "name": name,
        "title": say(spec.title, scene.language),
        "reasons": str(taken[-1].facts.get("text", "")) if taken else "",
        "by": (by.name or by.address) if by else "",
        "at": taken[-1].at if taken else scene.now,
    }


def _answering(scene: Scene) -> dict[str, Any]:
    ticket = scene.ticket
    to = ways(scene.desk, ticket, scene.party)
    if asked := int(scene.about.get("confirms", 0)):
        to = Ways(confirmation_address(scene.desk, ticket, scene.party, asked), to.note)
    # What the customer called the matter is nobody else's business outside.
    shown = "" if scene.party.role is Role.THIRD_PARTY else bare_subject(ticket.subject, ticket.reference)
    subject = f"Re: [{ticket.reference}] {shown}".rstrip()
    question, offered = answers(scene, to.reply, subject)
    words, decisions = commands(scene, to.reply, subject) if is_staff(scene.party) else ([], [])
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


def _result(scene: Scene) -> dict[str, Any]:
    about = scene.about
    allowed = str(about.get("allowed", ""))
    return {
        "done": [_done(row, scene.policy, scene.language) for row in about.get("done", ())],
        "why": str(about.get("why", "")),
        "wrong_date": as_date(about.get("why")),
        "near": _command_word(str(about.get("nearest", "")), scene.language),
        "allowed": _allowed(scene),
        "allowed_after": as_date(after) if (after := allowed.removeprefix("a day after ")) != allowed else None,
        "in_doubt": bool(about.get("in_doubt")),
        "lost": bool(about.get("lost")),
        "unsent_text": str(about.get("unsent_text", "")),
        "failed_address": str(about.get("failed_address", "")),
        "failed_notice": str(about.get("failed_notice", "")),
    }


def _command_word(near: str, language: str) -> str:
    return command_word(near, language) if near in standing_commands() else near


def _allowed(scene: Scene) -> str:
    """What is allowed instead; of a command, what is said of it in the help."""
    allowed = str(scene.about.get("allowed", ""))
    known = allowed in standing_commands() and allowed != "help" and scene.about.get("why") != "no right"
    return explained(scene, allowed) if known else allowed


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
