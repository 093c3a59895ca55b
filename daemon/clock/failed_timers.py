"""Timers and jobs that fail: retry them, less and less often, and tell people.

After some tries the operator is told of each cause, once a day, with the cases it holds up; each manager gets one mail
a day about their cases.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from config.files.failure_sentences import failure_sentence
from config.policy import Member, in_language
from daemon.decide.procedure.people import staff_language, stand_in
from daemon.installation import Installation
from daemon.letters.operator_mail import manager_address, plain_letter
from daemon.outbound.sender import DeliveryAttempt
from storage import absences, last_runs, ledger, outbox, timers
from storage.engine import Database, Source
from storage.ledger_events import LedgerEvent
from storage.timers import DueTimer, StuckTimer
from storage.values import LedgerEntry, Letter

log = structlog.get_logger("sweep")
NOTICE, MARK = "failing", "told of what fails"
_FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)
_PAUSE = timedelta(minutes=15)  # between two checks for untold failures
_MOST_CAUSES = 5  # the most causes that the operator is told of in a day
_MOST_LINES = 30


def note_failure(db: Database, installation: Installation, due: DueTimer, error: Exception, now: datetime) -> None:
    """Count a timer's failure and postpone it; after `attempts` failures, log it in the case's ledger."""
    why, tries = _description(error), due.tries + 1
    log.error("timer failed", ticket_id=due.ticket_id, timer=due.timer.key, tries=tries, exc_info=error)
    until = now + min(_FIRST * 2 ** min(tries - 1, 20), LONGEST)
    facts = {"timer": due.timer.key, "about": due.timer.about, "tries": tries, "why": why}
    with db.write() as conn:
        known = timers.record_failure(conn, due.ticket_id, due.timer.key, failure=why, until=until)
        if known and tries == installation.work.attempts:
            ledger.append(conn, [LedgerEntry(ticket_id=due.ticket_id, at=now, event=LedgerEvent.NOT_DONE, facts=facts)])


def _description(error: Exception) -> str:
    return _shortened(f"{type(error).__name__}: {error}")


def _shortened(words: str) -> str:
    return " ".join(words.replace("\0", " ").split())[:300]


def tell_operator_of_failure(
    db: Database, installation: Installation, name: str, error: Exception, now: datetime
) -> None:
    """Tell the operator that a job failed and will be tried again; once a day for each cause."""
    log.error("not done", what=name, exc_info=error)
    text = f"Reclamo could not do this: {name}.\n\nWhy: {_description(error)}\n\n{_TRIES}"
    policy, cause = next(iter(installation.policies)), f"{name} {_cause(_description(error))}"
    with db.write() as conn:
        outbox.add(conn, _to_operator(installation, policy, cause, f"Reclamo: not done: {name}", text, now))


def note_not_followed_up(installation: Installation, conn: Any, delivery: DeliveryAttempt, why: str) -> None:
    """Log in the case's ledger that the result of a delivery (a promise kept, staff told) could not be applied, and
    tell the operator, once a day for each cause."""
    letter, why = delivery.letter, _shortened(why)
    facts = {"letter": letter.notice, "result": delivery.result.value, "why": why}
    ledger.append(
        conn, [LedgerEntry(ticket_id=letter.ticket_id, at=delivery.at, event=LedgerEvent.NOT_DONE, facts=facts)]
    )
    text = (
        f"What follows from a letter could not be done: {letter.notice}, {letter.key}, is {delivery.result.value}.\n"
        f"Whether it kept a promise, or did not arrive, stands in the outbox only; please look at the case.\n\n"
        f"Why: {why}\n"
    )
    policy, cause = next(iter(installation.policies)), f"follows {letter.notice} {_cause(why)}"
    outbox.add(
        conn, _to_operator(installation, policy, cause, "Reclamo: a letter was not followed up", text, delivery.at)
    )


def send_due_notices(db: Database, installation: Installation, now: datetime) -> int:
    """Tell the operator and the managers of timers that are held or have failed often, once for each timer.

    Always returns 0, because the notices are no due work of their own.
    """
    last = last_runs.all_marks(db).get(MARK)
    if last is not None and abs(now - last.at) < _PAUSE:
        return 0
    if not timers.has_untold_failures(db, tries=installation.work.attempts):
        return 0
    stuck = [row for row in timers.stuck_timers(db) if row.policy in installation.policies]
    letters = [*_letters_to_operator(db, installation, stuck, now)]
    to_managers = list(_letters_to_managers(db, installation, stuck, now))
    with db.write() as conn:
        fresh = outbox.add(conn, [*letters, *(letter for letter, _ in to_managers if letter)])
        for letter, cases in to_managers:
            if letter is None or letter.key in fresh:
                timers.mark_told(conn, cases)
        last_runs.put(conn, MARK, last_runs.Mark(now))
    return 0


# ------------------------------------------------------------------------------------------------- the operator

_TRIES = (
    "It is tried again by itself, at least every six hours, and at once when Reclamo is started anew.\n"
    "What is wrong in a policy or a letter:   reclamo policy check\n"
    "What waits:                              reclamo status, reclamo due\n"
)


def _letters_to_operator(
    source: Source, installation: Installation, stuck: Sequence[StuckTimer], now: datetime
) -> Iterable[Letter]:
    """One letter for each cause of an untold failure, with the cases it holds up; at most five a day."""
    causes = dict.fromkeys((row.policy, _cause(row.failure)) for row in stuck if row.tries and not row.told)
    for policy, cause in list(causes)[: _MOST_CAUSES - _told_today(source, installation, now)]:
        held_up = [row for row in stuck if row.tries and (row.policy, _cause(row.failure)) == (policy, cause)]
        number = len({row.reference for row in held_up})
        subject = f"Reclamo: something due cannot be done on {number} case{'s' if number > 1 else ''}"
        yield from _to_operator(installation, policy, f"{policy} {cause}", subject, _report(policy, held_up), now)


def _report(policy: str, held_up: Sequence[StuckTimer]) -> str:
    cases = list(dict.fromkeys(stuck.reference for stuck in held_up))
    numbers = Counter(f"{stuck.kind} {stuck.about}".strip() for stuck in held_up)
    what = ", ".join(f"{name} ({number})" for name, number in numbers.most_common(_MOST_LINES))
    return (
        f"Deadlines or reminders of the policy {policy} cannot be worked off: their letters cannot be written, or\n"
        f"deciding fails. Promises that pass meanwhile are broken, and stand as broken.\n\n"
        f"Cases: {len(cases)}\nWhy: {held_up[0].failure}\nSince: {held_up[0].at.isoformat()}\nWhat: {what}\n\n"
        f"{_shown(cases)}\n\n{_TRIES}"
    )


def _told_today(source: Source, installation: Installation, now: datetime) -> int:
    since = now - timedelta(days=1)
    sent = outbox.count_to(source, installation.operator, since=since, notice=NOTICE) if installation.operator else 0
    return min(sent, _MOST_CAUSES)


def _cause(failure: str) -> str:
    """The failure without numbers and quoted words, so that all failures of one cause are equal."""
    return re.sub(r"\d+|'[^']{0,100}'", "…", failure)[:120]


def _shown(cases: Sequence[str]) -> str:
    more = f", and {len(cases) - _MOST_LINES} more" if len(cases) > _MOST_LINES else ""
    return ", ".join(cases[:_MOST_LINES]) + more


def _to_operator(
    installation: Installation, policy: str, cause: str, subject: str, text: str, now: datetime
) -> list[Letter]:
    to = installation.operator or manager_address(installation.policies[policy])
    mark = hashlib.sha256(cause.encode()).hexdigest()[:16]
    key = f"{NOTICE}/operator/{now.date().isoformat()}/{mark}"
    return (
        [plain_letter(installation.sender_identity, notice=NOTICE, key=key, to=to, subject=subject, text=text, now=now)]
        if to
        else []
    )


# ------------------------------------------------------------------------------------------------- the managers


def _letters_to_managers(
    source: Source, installation: Installation, stuck: Sequence[StuckTimer], now: datetime
) -> Iterable[tuple[Letter | None, list[StuckTimer]]]:
    """For each manager the letter of the day with the cases they were not told of; None for cases without a manager."""
    away = absences.substituted(source, now)
    lasting = {_cause(row.failure) for row in stuck if row.tries >= installation.work.attempts}
    by_manager: dict[tuple[str, str], list[StuckTimer]] = {}
    for row in stuck:
        if not row.told and (row.tries == 0 or _cause(row.failure) in lasting):
            manager = _manager(installation, row, away)
            by_manager.setdefault((row.policy, manager.address.lower() if manager else ""), []).append(row)
    for (policy, address), cases in by_manager.items():
        manager = _manager(installation, cases[0], away)
        yield (_to_manager(installation, policy, manager, cases, now) if address and manager else None), cases


def _manager(installation: Installation, stuck: StuckTimer, away: frozenset[str]) -> Member | None:
    policy = installation.policies[stuck.policy]
    team = policy.teams.get(stuck.team)
    if team is None or team.manager is None:
        return None
    return stand_in(policy, team.manager, away) or team.manager


def _to_manager(
    installation: Installation, name: str, manager: Member, cases: Sequence[StuckTimer], now: datetime
) -> Letter:
    language = staff_language(installation.policies[name], manager)
    parts = [_section(installation, "failing", [stuck for stuck in cases if stuck.tries], language)]
    parts += [
        _section(installation, "held", [stuck for stuck in cases if not stuck.tries], language),
        failure_sentence("once", language),
    ]
    address = manager.address.lower()
    return plain_letter(
        installation.sender_identity,
        notice=NOTICE,
        key=f"{NOTICE}/manager/{now.date().isoformat()}/{name}/{address}",
        to=address,
        subject=failure_sentence("subject", language, count=len(cases)),
        text="\n\n".join(part for part in parts if part) + "\n",
        now=now,
        language=language,
    )


def _section(installation: Installation, sentence: str, cases: Sequence[StuckTimer], language: str) -> str:
    if not cases:
        return ""
    lines = [
        failure_sentence(
            "line", language, reference=stuck.reference, what=_what(installation, stuck, language), on=stuck.at.date()
        )
        for stuck in cases[:_MOST_LINES]
    ]
    if len(cases) > _MOST_LINES:
        lines.append(failure_sentence("more", language, count=len(cases) - _MOST_LINES))
    causes = dict.fromkeys(stuck.failure for stuck in cases)
    lines += ["", *(failure_sentence("cause", language, why=why) for why in list(causes)[:_MOST_CAUSES])]
    return failure_sentence(sentence, language) + "\n\n" + "\n".join(lines)


def _what(installation: Installation, stuck: StuckTimer, language: str) -> str:
    spec = installation.policies[stuck.policy].promises.get(stuck.about)
    return in_language(spec.title, language) if spec else stuck.about or stuck.kind
