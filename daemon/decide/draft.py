"""The draft of a decision: the case as it was, and what is to change. Mutable, and used inside daemon/decide only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.policy import Policy, StepSpec
from config.working_time.calendars import Calendar
from daemon.decide.events import CaseJoined, Erasable, PolicyMove
from daemon.decide.outcome import CaseSplit, CompanyRecordChanges, NoticeDue, Outcome
from storage.facts import Facts
from storage.ledger_events import LedgerEvent
from storage.values import (
    Booking,
    Case,
    CaseChange,
    Deadline,
    LedgerEntry,
    Message,
    OpenQuestion,
    Party,
    Role,
    Ticket,
    Timer,
    TimerKind,
)


class Draft:
    """One decision in the making. `actor` is who causes it, for the ledger."""

    def __init__(self, case: Case, policy: Policy, calendar: Calendar, now: datetime, actor: str) -> None:
        self.case = case
        self.policy = policy
        self.calendar = calendar
        self.now = now
        self.actor = actor
        self.ticket: Ticket = case.ticket
        self.parties: dict[int, Party] = {party.number: party for party in case.parties}
        self.deadlines: dict[tuple[str, int], Deadline] = {(d.promise, d.occurrence): d for d in case.deadlines}
        self.timers: dict[str, Timer] = {timer.key: timer for timer in case.timers}
        self.notices: list[NoticeDue] = []
        self.messages: list[Message] = []
        self.ledger: list[LedgerEntry] = []
        self.cancelled: list[str] = []
        self.booked: list[Booking] = []
        self.freed: list[Booking] = []
        self.replays: list[int] = []
        self.splits: list[CaseSplit] = []
        self.joins: list[tuple[int, CaseJoined]] = []
        self.named_cases: Mapping[str, Case] = {}  # cases that the commands name, by reference
        self.policies: Mapping[str, Policy] = {}  # the installation's policies
        self.policy_move: PolicyMove | None = None  # the policy to which the case is to be moved
        self.left_policy = ""  # the name of the policy that it leaves in this decision
        self.unsent_opening_letters: list[str] | None = (
            None  # while a moved case is opened: letters to the customer that are not sent
        )
        self.hold_until: datetime | None = None  # until when letters to anybody but staff wait
        self.erasable = Erasable()  # what erasing the case would erase
        self.erases: list[int] = []
        self.record_changes = CompanyRecordChanges()
        self.letter_values: dict[str, Any] = {}  # values that every notice of this decision may use
        self.writer: int = 0  # the party whose mail this decision answers
        self.in_reply_to = ""
        self.owed_since: datetime | None = None  # promises that start with a step entered now count from then
        self.moves = 0  # how often the case has moved in this decision
        self.attach: dict[str, list[tuple[int, int]]] = {}  # files to send along, by reader: "staff" or "outside"

    @property
    def step(self) -> StepSpec:
        """The step in which the case is now."""
        return self.policy.steps[self.ticket.step]

    def change_ticket(self, **fields: Any) -> None:
        """Change fields of the ticket."""
        self.ticket = dataclasses.replace(self.ticket, **fields)

    @property
    def facts(self) -> Facts:
        """What the case remembers."""
        return self.ticket.facts

    @facts.setter
    def facts(self, facts: Facts) -> None:
        self.change_ticket(facts=facts)

    def log_event(self, event: LedgerEvent, *, by: str = "", **facts: Any) -> None:
        """Add an entry to the ledger; `facts` are JSON values."""
        self.ledger.append(
            LedgerEntry(ticket_id=self.ticket.id, at=self.now, event=event, by=by or self.actor, facts=facts)
        )

    def party(self, role: Role, address: str, *, name: str = "", language: str = "", third: str = "") -> Party:
        """Return the party of this role and address; it is added where it is new to the case."""
        for known in self.parties.values():
            if known.role is role and known.address == address.lower() and known.third_party == third:
                return known
        party = Party(
            number=max(self.parties, default=0) + 1,
            role=role,
            address=address.lower(),
            name=name,
            language=language,
            third_party=third,
        )
        self.parties[party.number] = party
        return party

    def thing(self, name: str) -> dict[str, Any]:
        """A return, repair, appointment or quote of the case as it is now; empty where the case has none."""
        return dict(self.facts.things.get(name, {}))

    def customer(self) -> Party:
        """The customer of the case."""
        return next(party for party in self.parties.values() if party.role is Role.CUSTOMER)

    def set_timer(self, key: str, kind: TimerKind, at: datetime, *, about: str = "", occurrence: int = 0) -> None:
        """Set a timer; setting the same key again moves it."""
        self.timers[key] = Timer(key=key, kind=kind, at=at, about=about, occurrence=occurrence)

    def drop_timers(self, prefix: str) -> None:
        """Drop every timer whose key has this prefix."""
        self.timers = {key: timer for key, timer in self.timers.items() if not key.startswith(prefix)}

    def put_question(self, question: str, party: int, options: tuple[str, ...] = ()) -> None:
        """Open a question to a party; the same question again replaces the first."""
        others = tuple(row for row in self.ticket.questions if row.question != question)
        asked = OpenQuestion(question=question, party=party, put_at=self.now, options=options)
        self.change_ticket(questions=(*others, asked))

    def close_question(self, question: str) -> None:
        """Close a question."""
        self.change_ticket(questions=tuple(row for row in self.ticket.questions if row.question != question))

    def outcome(self, verdict: str) -> Outcome:
        """The outcome: only what differs from the case as it was."""
        before = self.case
        old_parties = {party.number: party for party in before.parties}
        old_deadlines = {(d.promise, d.occurrence): d for d in before.deadlines}
        old_timers = {timer.key: timer for timer in before.timers}
        changes = CaseChange(
            ticket=dataclasses.replace(self.ticket, updated_at=self.now),
            is_new=before.is_new,
            parties=tuple(p for p in self.parties.values() if old_parties.get(p.number) != p),
            deadlines=tuple(d for key, d in self.deadlines.items() if old_deadlines.get(key) != d),
            timers_set=tuple(t for key, t in self.timers.items() if old_timers.get(key) != t),
            timers_dropped=tuple(key for key in old_timers if key not in self.timers),
            messages=tuple(self.messages),
            ledger=tuple(self.ledger),
            cancelled=tuple(self.cancelled),
            booked=tuple(self.booked),
            freed=tuple(self.freed),
        )
        return Outcome(
            changes=changes,
            notices=tuple(self.notices),
            replays=tuple(self.replays),
            splits=tuple(self.splits),
            joins=tuple(self.joins),
            erases=tuple(self.erases),
            record_changes=self.record_changes,
            verdict=verdict,
        )


Done = dict[str, Any]
"""What the transcript says of one command: `did`, a fixed word that the templates turn into a sentence, and `value`."""
