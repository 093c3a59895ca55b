"""What happened to a case, line by line, as its users see it: letters, ledger, promises, timers, the ticket.

A test names the kinds of line that its subject is about, and compares them with what it expects, written out.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from daemon.decide.events import Event, LetterSent, StaffWrote, ThirdPartyWrote
from daemon.decide.outcome import Outcome
from parsers.reading import Answer, FoundDetail
from storage.values import Case
from tests.daemon.decide.cases import ROME, Life

_ALWAYS = ("writer_language", "staff_name", "stayed", "shows_letters")
_TICKET = (
    "kind", "step", "language", "received_at", "step_since", "subject", "brand", "team", "assignee", "waiting_for",
    "zone", "address", "asked", "closed_at", "erased_at", "unhandled_since",
)  # fmt: skip


class Recorded(Life):
    """A case whose history is kept as it is told."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.told: list[tuple[datetime, Case, Outcome]] = []

    def happens(self, event: Event) -> Outcome:
        """Keep what the case was, and what became of it."""
        before = self.case
        outcome = super().happens(event)
        self.told.append((self.now, before, outcome))
        taken = [
            booking for booking in (*before.taken, *outcome.changes.booked) if booking not in outcome.changes.freed
        ]
        self.case = replace(self.case, taken=tuple(taken))
        return outcome

    def forget(self) -> None:
        """Tell only what comes from here on."""
        self.told = []

    def sent(self, notice: str, party: int = 1, occurrence: str = "1") -> Outcome:
        """The relay takes one letter now."""
        return self.happens(LetterSent(key="", notice=notice, occurrence=occurrence, party=party, at=self.now))

    def party_of(self, address: str) -> int:
        """The number of whoever has this address; 0 for somebody new."""
        return next((party.number for party in self.case.parties if party.address == address), 0)

    def _answer(self, name: str, rest: str) -> Answer:
        open_now = [item.question for item in self.case.ticket.questions]
        question = next(item for item in open_now if name in (*self.policy.questions[item].answers, "chosen"))
        return Answer(question, name, rest)

    def answered(self, name: str, rest: str = "", text: str = "") -> Outcome:
        """The customer gives an answer to a question that is open."""
        return self.customer(text or name, answer=self._answer(name, rest))

    def told_by(self, member: str, name: str, rest: str = "", found: tuple[FoundDetail, ...] = ()) -> Outcome:
        """A staff member answers a question that is open."""
        mail = self.mail(f"{name} {rest}", member, self.party_of(member))
        return self.happens(StaffWrote(mail=mail, member=member, answer=self._answer(name, rest), found=found))

    def outsider(self, text: str, address: str, **fields: Any) -> Outcome:
        """A third party writes in its own conversation."""
        return self.happens(ThirdPartyWrote(mail=self.mail(text, address, self.party_of(address)), **fields))

    def story(self, *kinds: str) -> list[str]:
        """The lines of these kinds: letters, said (letters with what they speak of), ledger, promises, timers, ticket,
        facts, details, parties, mails, rest."""
        lines: list[str] = []
        for now, before, outcome in self.told:
            said = [line for kind in kinds for line in _KINDS[kind](before, outcome)]
            if said:
                lines.append(shown(now))
                lines += [part for line in said for part in _wrapped(line)]
        return _facts_in_order(lines)


def expected(text: str) -> list[str]:
    """A story as a test writes it down."""
    return _facts_in_order(textwrap.dedent(text).strip("\n").splitlines())


def _facts_in_order(lines: list[str]) -> list[str]:
    """The lines with neighbouring facts in the order of their names, since no order of theirs means anything."""
    entries: list[list[str]] = []
    for line in lines:
        if line.startswith("      ") and entries:
            entries[-1].append(line)
        else:
            entries.append([line])
    grouped = groupby(entries, key=lambda entry: entry[0].startswith("  fact "))
    in_order = [entry for is_fact, group in grouped for entry in (sorted(group) if is_fact else group)]
    return [line for entry in in_order for line in entry]


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(
        f"  {line}", 100, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )  # fmt: skip


def shown(value: Any) -> str:
    """A value in one line; instants as clocks in Rome show them."""
    if isinstance(value, datetime):
        at = value.astimezone(ROME)
        return at.strftime("%a %Y-%m-%d %H:%M" + (":%S" if at.second else ""))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {shown(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple | frozenset | set):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return "[" + ", ".join(shown(item) for item in items) + "]"
    if isinstance(value, str):
        return str(value)
    return value.isoformat() if isinstance(value, date) else json.dumps(value, default=str)


def _facts(facts: Mapping[str, Any]) -> str:
    return "".join(f" {name}={shown(value)}" for name, value in facts.items())


def _letters(before: Case, outcome: Outcome) -> Iterator[str]:
    parties = {party.number: party for party in (*before.parties, *outcome.changes.parties)}
    for letter in outcome.notices:
        marks = [mark for mark, holds in (("keeps", letter.keeps_promise), ("by_person", letter.by_person)) if holds]
        waits = f" not before {shown(letter.not_before)}" if letter.not_before else ""
        answers = f" answers {letter.in_reply_to}" if letter.in_reply_to else ""
        files = f" with {shown(letter.attach)}" if letter.attach else ""
        head = f"letter {letter.notice} {letter.occurrence} to {parties[letter.party].address}"
        yield f"{head}{waits}{answers}{files} {shown(marks)}"
    yield from (f"letter stopped {key}" for key in outcome.changes.cancelled)


def _said(before: Case, outcome: Outcome) -> Iterator[str]:
    """What each letter speaks of beyond the case; `writer_language` and the like are the same in all of them."""
    for line, letter in zip(
        _letters(before, replace(outcome, changes=replace(outcome.changes, cancelled=()))), outcome.notices, strict=True
    ):
        about = {name: value for name, value in letter.about.items() if name not in _ALWAYS and value not in ("", [])}
        yield f"{line}{_facts(about)}"


def _ledger(_before: Case, outcome: Outcome) -> Iterator[str]:
    for entry in outcome.changes.ledger:
        facts = {name: value for name, value in entry.facts.items() if name != "content"}
        yield f"{entry.event} by {entry.by}:{_facts(facts)}"


def _promises(_before: Case, outcome: Outcome) -> Iterator[str]:
    for row in outcome.changes.deadlines:
        head = f"promise {row.promise}:{row.occurrence} {row.state.value} due {shown(row.due_at)} ({row.due_on})"
        kept = f" kept {shown(row.kept_at)} by {row.kept_by}" if row.kept_at else ""
        rests = f" rests since {shown(row.paused_at)}" if row.paused_at else ""
        by_itself = " by itself" if row.automatic else ""
        reason = f" because {row.reason}" if row.reason else ""
        yield f"{head} from {shown(row.counted_from)} {row.origin}{kept}{rests}{by_itself}{reason}"


def _timers(_before: Case, outcome: Outcome) -> Iterator[str]:
    for timer in outcome.changes.timers_set:
        yield f"timer {timer.key} {timer.kind} {shown(timer.at)} {timer.about} {timer.occurrence}"
    yield from (f"timer {key} dropped" for key in outcome.changes.timers_dropped)


def _ticket(before: Case, outcome: Outcome) -> Iterator[str]:
    for name in _TICKET:
        value = getattr(outcome.ticket, name)
        if value != getattr(before.ticket, name):
            yield f"ticket {name} {shown(value)}"
    if outcome.ticket.questions != before.ticket.questions:
        asked = [f"{item.question} to {item.party} {shown(item.options)}" for item in outcome.ticket.questions]
        yield f"ticket questions {shown(asked)}"


def _ticket_facts(before: Case, outcome: Outcome) -> Iterator[str]:
    """What changed of the ticket's facts; how often each letter was written stands in the letters' numbers."""
    was, now = before.ticket.facts.to_json(), outcome.ticket.facts.to_json()
    for name in (*now, *(gone for gone in was if gone not in now)):
        if was.get(name) != now.get(name) and name != "written":
            yield f"fact {name} {shown(_changed(was.get(name), now.get(name))) if name in now else 'forgotten'}"


def _changed(was: Any, now: Any) -> Any:
    if not isinstance(was, Mapping) or not isinstance(now, Mapping):
        return now
    return {name: _changed(was.get(name), now.get(name)) for name in {**was, **now} if was.get(name) != now.get(name)}


def _details(before: Case, outcome: Outcome) -> Iterator[str]:
    for name, item in outcome.ticket.details.items():
        if before.ticket.details.get(name) != item:
            yield f"detail {name}: {item.value} ({item.shown}) by {item.by}" + (
                f" wrong: {item.wrong}" if item.wrong else ""
            )


def _parties(_before: Case, outcome: Outcome) -> Iterator[str]:
    for party in outcome.changes.parties:
        said = (party.name, party.language, party.third_party, party.bounced and f"bounced: {party.bounced}")
        yield f"party {party.number} {party.role.value} {party.address} {shown([one for one in said if one])}"


def _mails(_before: Case, outcome: Outcome) -> Iterator[str]:
    for mail in outcome.changes.messages:
        marks = [name for name in ("held", "automatic") if getattr(mail, name)]
        at = shown(mail.at)
        yield f"mail {mail.message_id} in {mail.thread} of {mail.party} at {at} {shown(marks)}: {mail.text}"


def _rest(_before: Case, outcome: Outcome) -> Iterator[str]:
    for name, bookings in (("booked", outcome.changes.booked), ("freed", outcome.changes.freed)):
        for item in bookings:
            yield f"{name} {item.place} {item.thing} {shown(item.start_at)} to {shown(item.end_at)} seat {item.seat}"
    yield from (f"taken in anew {number}" for number in outcome.replays)
    yield from (f"split {item.text!r} received {shown(item.received_at)}" for item in outcome.splits)
    yield from (f"joins {number} as {item.reference}" for number, item in outcome.joins)
    yield from (f"erases {number}" for number in outcome.erases)
    beyond = outcome.record_changes
    changes = (("records", beyond.records), ("stopped", beyond.stopped), ("awaits", beyond.awaits))
    for what, value in (*changes, ("announces", beyond.announces), ("declined", beyond.declined)):
        if value:
            yield f"{what} {shown(value)}"


_KINDS = {
    "letters": _letters, "said": _said, "ledger": _ledger, "promises": _promises, "timers": _timers, "ticket": _ticket,
    "facts": _ticket_facts, "details": _details, "parties": _parties, "mails": _mails, "rest": _rest,
}  # fmt: skip
