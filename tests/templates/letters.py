"""One letter of every kind about the constructed case, in any language, for the golden texts and screenshots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from config.policy import in_language
from daemon.decide.outcome import NoticeDue
from daemon.letters.compose import ComposedLetter, compose_all
from daemon.letters.reply_addresses import mailto
from storage.facts import Facts
from storage.values import Case, LedgerEntry, Message, Timer
from tests.templates.made import (
    NAMES,
    NOW,
    REFERENCE,
    decided,
    due,
    event,
    incoming,
    later,
    opened,
    policy,
    promise,
    writing,
)

Turn = tuple[Case, tuple[NoticeDue, ...], datetime]
STAFF_TEXT = {
    "en": """Dear Mary,

we have tested the log files:
- error 12 is a fault of the fan.
1. A technician calls you.
# not a heading, *not* bold & <b>not</b> HTML

Regards""",
    "it": """Gentile Maria,

abbiamo esaminato i dati:
- l'errore 12 è un guasto della ventola.
1. Un tecnico La chiamerà.
# non è un titolo, *niente* grassetto & <b>niente</b> HTML

Saluti""",
    "de": """Guten Tag,

wir haben die Daten geprüft:
- Fehler 12 ist ein Defekt des Lüfters.
1. Ein Techniker ruft Sie an.
# keine Überschrift, *nicht* fett & <b>kein</b> HTML

Gruß""",
}
OBJECTIONS = {
    "en": "I do not accept this: the fan was replaced by your own technician.",
    "it": "Non lo accetto: la ventola è stata sostituita da un vostro tecnico.",
    "de": "Damit bin ich nicht einverstanden: den Lüfter hat Ihr eigener Techniker getauscht.",
}
REASONS = {
    "en": "The laboratory needs two more weeks to open the device.",
    "it": "Il laboratorio ha bisogno di altre due settimane per aprire l'apparecchio.",
    "de": "Das Labor braucht zwei weitere Wochen, um das Gerät zu öffnen.",
}


def _at(days: int) -> datetime:
    return NOW + timedelta(days=days)


def _worked_on(language: str, *, days: int = 18, complete: bool = True) -> Case:
    """Return the case some weeks later: passed on, with questions asked and answered."""
    case = later(opened(language, complete=complete), days)
    done = (
        event("letter sent", _at(0) + timedelta(seconds=3), notice="acknowledgement", party=1),
        event("assigned", _at(2), by="ada@solaria.example", team="technical"),
        event("note", _at(3), by="ada@solaria.example"),
        event(
            "asked a third party",
            _at(4),
            by="ada@solaria.example",
            third_party="installer",
            address="anna@installer.example",
        ),
        event("wrote to the customer", _at(7), by="ada@solaria.example", notice="reply"),
        event("letter sent", _at(7), notice="reply", party=1),
        event("mail received", _at(8), by="customer", thread="customer"),
    )
    return replace(case, history=(*case.history, *done))


def _asked(case: Case, notice: str, party: int, text: str) -> Case:
    thread = "customer" if party == 1 else "third:installer"
    letter = Message(
        direction="out", message_id=f"our-{notice}@solaria.example", sender="support@solaria.example",
        recipients=("x@y.example",), subject="s", at=_at(3), thread=thread, text=f"{text}\n\n-- \nfooter",
        notice=notice, party=party,
    )  # fmt: skip
    return replace(case, messages=(*case.messages, letter))


def _acknowledgement(language: str) -> Turn:
    case = opened(language)
    answered = replace(due("acknowledgement"), in_reply_to=case.messages[0].message_id)
    return case, (answered, due("new_case", 2)), NOW


def _complete(language: str) -> Turn:
    return opened(language, complete=True), (due("acknowledgement"),), NOW


def _ask(language: str) -> Turn:
    case = later(opened(language, complete=True), 3, step="waiting", waiting_for="customer")
    return case, (due("ask", staff_text=STAFF_TEXT[language]),), _at(3)


def _ask_details(language: str) -> Turn:
    case = later(opened(language), 3, step="incomplete", waiting_for="customer")
    history: tuple[LedgerEntry, ...] = (*case.history, event("details asked", _at(3), details=["model", "serial"]))
    return replace(case, history=history), (due("ask"),), _at(3)


def _reminder(language: str) -> Turn:
    case = later(opened(language), 8, step="incomplete", waiting_for="customer")
    return case, (due("reminder", times=1, last=False),), _at(8)


def _last_reminder(language: str) -> Turn:
    case = later(opened(language, complete=True), 15, step="waiting", waiting_for="customer")
    return _asked(case, "ask", 1, STAFF_TEXT[language]), (due("reminder", times=2, last=True),), _at(15)


def _progress(language: str) -> Turn:
    return _worked_on(language), (due("progress", staff_text=STAFF_TEXT[language]),), _at(18)


def _progress_by_itself(language: str) -> Turn:
    about = {"automatic": True, "promise": "progress", "due": "2026-03-20", "sent_notice": "progress"}
    return _worked_on(language), (due("progress", **about), due("sent_for_you", 2, **about)), _at(18)


def _delay(language: str) -> Turn:
    case = _worked_on(language, days=40)
    new = promise("resolve", date(2026, 4, 30), occurrence=1, origin="extension")
    about = {
        "reason": REASONS[language], "old_date": "2026-04-14", "new_date": "2026-04-30", "promise": "resolve",
    }  # fmt: skip
    deadlines = (*case.deadlines[:1], promise("progress", date(2026, 4, 14), occurrence=1), case.deadlines[2], new)
    return replace(case, deadlines=deadlines), (due("delay", occurrence="1@resolve:1", **about),), _at(40)


def _delay_by_itself(language: str) -> Turn:
    case, (notice,), now = _delay(language)
    about = {**notice.about, "reason": "", "automatic": True, "sent_notice": "delay", "due": "2026-04-14"}
    told = (due("extended", 3, **about), due("sent_for_you", 2, **about))
    return case, (replace(notice, about=about), *told), now


def _reply(language: str) -> Turn:
    return _worked_on(language), (due("reply", staff_text=STAFF_TEXT[language]),), _at(18)


def _decision(language: str) -> Turn:
    words = (due("decision", staff_text=STAFF_TEXT[language], decision="not_upheld"),)
    done = [{"line": "decide: not upheld", "did": "decided", "value": "not_upheld"}]
    return decided(language), (*words, due("transcript", 2, done=done, staff_text=STAFF_TEXT[language])), _at(25)


def _escalated(language: str) -> Turn:
    case = decided(language)
    ticket = replace(case.ticket, step="escalated", team="reviewers", questions=())
    promised = (
        promise("acknowledge_review", date(2026, 4, 8), origin="escalated"),
        promise("decide_review", date(2026, 5, 13), origin="escalated"),
        promise("progress", date(2026, 4, 17), occurrence=1, origin="escalated"),
    )
    told = event("decided", _at(25), by="ada@solaria.example", decision="not_upheld", text=STAFF_TEXT[language])
    case = replace(
        case,
        ticket=ticket,
        timers=(),
        deadlines=(case.deadlines[0], *promised),
        history=(*case.history, told),
        messages=(*case.messages, incoming(language, at=_at(27), text=OBJECTIONS[language])),
    )
    return case, (due("escalated"), due("escalation", 2)), _at(27)


def _review_decision(language: str) -> Turn:
    case = decided(language, "partly_upheld")
    case = replace(case, ticket=replace(case.ticket, step="reviewed", questions=()))
    return case, (due("review_decision", staff_text=STAFF_TEXT[language], decision="partly_upheld"),), _at(40)


def _closed(language: str) -> Turn:
    case = decided(language, "upheld")
    ticket = replace(case.ticket, step="closed", closed_at=_at(30), questions=())
    return replace(case, ticket=ticket, timers=(), deadlines=case.deadlines[:1]), (due("closed"),), _at(30)


def _reopened(language: str) -> Turn:
    case = decided(language, "upheld")
    ticket = replace(case.ticket, step="reopened", questions=())
    promised = (promise("answer_again", date(2026, 6, 1), origin="reopened"),)
    return replace(case, ticket=ticket, timers=(), deadlines=promised), (due("reopened"),), _at(50)


def _customer_wrote(language: str) -> Turn:
    case = _worked_on(language)
    case = replace(case, messages=(*case.messages, incoming(language, at=_at(18), text=STAFF_TEXT[language])))
    return case, (due("customer_wrote", 2, from_party=1),), _at(18)


def _third_party_wrote(language: str) -> Turn:
    case = _worked_on(language)
    answer = incoming(language, at=_at(18), party=4, thread="third:installer", text=REASONS[language])
    about = {"third_party": "installer", "from_party": 4, "new_words": REASONS[language]}
    return replace(case, messages=(*case.messages, answer)), (due("third_party_wrote", 2, **about),), _at(18)


def _waiting_over(language: str) -> Turn:
    case = later(opened(language), 22, step="investigating")
    return case, (due("waiting_over", 2),), _at(22)


def _warning(language: str) -> Turn:
    about = {"promise": "resolve", "due": "2026-04-14", "working_days_left": 5}
    return _worked_on(language, days=36), (due("warning", 2, "1@resolve:0", **about),), _at(36)


def _warning_of_progress(language: str) -> Turn:
    about = {"promise": "progress", "due": "2026-03-20", "working_days_left": 1}
    return _worked_on(language, days=17), (due("warning", 2, "1@progress:0", **about),), _at(17)


def _refused(language: str) -> Turn:
    about = {"why": "/decde upheld", "nearest": "decide", "allowed": "help", "unsent_text": STAFF_TEXT[language]}
    return _worked_on(language), (due("refused", 2, **about),), _at(18)


def _confirm(language: str) -> Turn:
    about = {"confirms": 7, "asked_lines": ["decide upheld"], "unsent_text": STAFF_TEXT[language]}
    return _worked_on(language), (due("confirm", 2, **about),), _at(18)


def _not_proven(language: str) -> Turn:
    return _worked_on(language), (due("refused", 2, why="unproven", allowed="dkim=fail", nearest=""),), _at(18)


def _held(language: str) -> Turn:
    case = _worked_on(language)
    mail = incoming(language, at=_at(18), party=5, text=REASONS[language])
    about = {"from_party": 5, "new_words": REASONS[language], "until": "2026-03-24", "inbox_id": 9}
    waits = Timer(key="hold:9", kind="hold", at=_at(22), about="9")
    return (
        replace(case, messages=(*case.messages, mail), timers=(*case.timers, waits)),
        (due("held", 2, **about),),
        _at(18),
    )


def _undeliverable(language: str) -> Turn:
    about = {
        "failed_address": "kunde@home.example", "failed_notice": "acknowledgement",
        "why": "550 5.1.1 <kunde@home.example>: Recipient address rejected: User unknown",
    }  # fmt: skip
    return _worked_on(language, days=1), (due("undeliverable", 2, **about),), _at(1)


def _worklist(language: str, notice: str, team: str = "") -> Turn:
    known, day = writing().policy, date(2026, 3, 17)
    row = {
        "reference": REFERENCE, "customer": NAMES[language], "due": date(2026, 3, 20), "vulnerable": False,
        "promise": in_language(known.promises["progress"].title, language), "assignee": "Ada Verdi", "mine": not team,
        "stands_in_for": "", "link": mailto("support+token@solaria.example", f"Re: [{REFERENCE}]"),
        "commands": [{"name": "wait", "word": "wait until", "link": mailto("support+token@solaria.example")}],
    }  # fmt: skip
    late = {**row, "due": date(2026, 3, 16), "vulnerable": True, "mine": False, "assignee": ""}
    unread = {
        **row, "from": NAMES[language], "since": day, "words": REASONS[language], "others": 2, "closed": False,
        "commands": [{"name": "seen", "word": "seen", "link": mailto("support+token@solaria.example")}],
    }  # fmt: skip
    about: dict[str, Any] = {
        "unread": [unread, {**unread, "others": 0, "closed": True, "mine": False, "assignee": ""}],
        "day": day, "team": in_language(known.teams[team].title, language) if team else "",
        "more": {"overdue": 0, "due_today": 0, "due_soon": 12, "unread": 0}, "overdue": [late], "due_today": [],
        "due_soon": [row, {**row, "mine": False, "stands_in_for": "Bob Blu"}],
        "waiting": [{"reference": REFERENCE, "customer": NAMES[language], "waiting_for": "customer", "since": day}],
        "absent": {"name": "Bob Blu", "until": date(2026, 3, 30), "unreachable": False},
    }  # fmt: skip
    return _worked_on(language), (due(notice, 2, **about),), _at(15)


def _unclaimed(language: str, *, everybody: bool) -> Turn:
    party = 3 if everybody else 2
    return _worked_on(language, days=2), (due("unclaimed", party, everybody=everybody),), _at(2)


def _unhandled(language: str) -> Turn:
    about = {"unhandled_since": _at(15).isoformat(), "new_words": REASONS[language], "from_party": 1}
    return _worked_on(language), (due("unhandled", 3, **about),), _at(18)


def _self_reminder(language: str) -> Turn:
    return _worked_on(language), (due("self_reminder", 2, note_text=REASONS[language]),), _at(18)


def _vulnerable(language: str) -> Turn:
    case = _worked_on(language)
    facts = {**case.ticket.facts.to_json(), "vulnerable": {"by": "ada@solaria.example"}}
    case = replace(case, ticket=replace(case.ticket, facts=Facts.from_json(facts)))
    return case, (due("vulnerable", 3, note_text=REASONS[language], staff_name="Ada Verdi"),), _at(18)


def _limit_reached(language: str) -> Turn:
    about = {"why": "mails on one case", "limited_address": "kunde@home.example"}
    return _worked_on(language), (due("limit_reached", 2, **about),), _at(18)


def _refused_for_the_manager(language: str) -> Turn:
    about = {
        "why": "unproven", "allowed": "replayed", "nearest": "", "claimed_by": "ada@solaria.example",
        "claimed_for": "ada@solaria.example",
    }  # fmt: skip
    return _worked_on(language), (due("refused", 3, **about),), _at(18)


def _newcomer(language: str) -> Turn:
    case, (notice,), now = _customer_wrote(language)
    case = replace(
        case, ticket=replace(case.ticket, facts=Facts.from_json({**case.ticket.facts.to_json(), "unconfirmed": [1]}))
    )
    return case, (replace(notice, about={**notice.about, "newcomer": "neu@home.example"}),), now


def _on_hold(language: str) -> Turn:
    case, (words, transcript), now = _decision(language)
    until = (now + timedelta(minutes=2)).isoformat()
    facts = {**case.ticket.facts.to_json(), "undo": {"until": until, "letters": [], "moved": True}}
    case = replace(case, ticket=replace(case.ticket, facts=Facts.from_json(facts)))
    return case, (words, replace(transcript, about={**transcript.about, "held_until": until})), now


def _stopped(language: str) -> Turn:
    done = [{"line": "cancel", "did": "stopped", "value": "", "stopped": ["reply"], "gone": ["ask"]}]
    return _worked_on(language), (due("transcript", 2, done=done),), _at(18)


def _third_party(language: str) -> Turn:
    about = {"third_party": "installer", "staff_text": STAFF_TEXT[language]}
    return _worked_on(language), (due("third_party_question", 4, **about),), _at(4)


def _chase(language: str) -> Turn:
    case = _asked(_worked_on(language), "third_party_question", 4, STAFF_TEXT[language])
    return case, (due("chase", 4, third_party="installer"),), _at(12)


def _moved(language: str) -> Turn:
    about = {"moved_to": in_language(policy().title, language), "moved_by": "Ada Verdi", "note_text": REASONS[language]}
    return _worked_on(language), (due("moved"), due("moved_away", 2, **about)), _at(15)


def _moved_away_before(language: str) -> Turn:
    about = {"moved_to": in_language(policy().title, language), "passed_on": True}
    return _worked_on(language), (due("moved_away", 2, **about),), _at(15)


def _promised(language: str, **about: Any) -> Turn:
    case, _, now = _delay(language)
    return case, (due("promised", promise="resolve", due="2026-04-14", **about),), now


TURNS: dict[str, Callable[[str], Turn]] = {
    "acknowledgement": _acknowledgement, "acknowledgement, nothing missing": _complete, "ask": _ask,
    "ask for details": _ask_details, "reminder": _reminder, "last reminder": _last_reminder, "progress": _progress,
    "progress by itself": _progress_by_itself, "delay": _delay, "delay by itself": _delay_by_itself, "reply": _reply,
    "decision": _decision, "escalated": _escalated, "review decision": _review_decision, "closed": _closed,
    "reopened": _reopened, "customer wrote": _customer_wrote, "third party wrote": _third_party_wrote,
    "waiting over": _waiting_over, "warning": _warning, "warning of progress": _warning_of_progress,
    "confirm": _confirm, "refused": _refused, "not proven": _not_proven, "held": _held, "undeliverable": _undeliverable,
    "worklist": lambda language: _worklist(language, "worklist"),
    "worklist of a team": lambda language: _worklist(language, "worklist", team="technical"),
    "standing in": lambda language: _worklist(language, "standing_in"),
    "list answered": lambda language: (
        _worked_on(language), (due("list_answered", 2, unsent_text=REASONS[language]),), _at(15),
    ),
    "unclaimed": lambda language: _unclaimed(language, everybody=False),
    "nobody takes it": lambda language: _unclaimed(language, everybody=True),
    "nobody deals with it": _unhandled,
    "self reminder": _self_reminder, "vulnerable": _vulnerable, "limit reached": _limit_reached,
    "refused, for the manager": _refused_for_the_manager, "newcomer": _newcomer, "on hold": _on_hold,
    "stopped": _stopped, "third party question": _third_party, "chase": _chase,
    "moved": _moved, "moved away before": _moved_away_before,
    "promised": lambda language: _promised(language, staff_text=STAFF_TEXT[language]),
    "promised by itself": lambda language: _promised(language, automatic=True),
    "promised later": lambda language: _promised(
        language, automatic=True, old_date="2026-04-14", new_date="2026-04-28",
    ),
}  # fmt: skip


def written(turn: str, language: str) -> tuple[ComposedLetter, ...]:
    """Return the letters that are due at this point of the case, in this language."""
    case, notices, now = TURNS[turn](language)
    return compose_all(case, notices, writing(), now=now.astimezone(UTC))
