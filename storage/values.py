"""The values that storage takes and returns. Frozen; every datetime is aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from storage.facts import NO_FACTS, Facts
from storage.mail_values import InboxRow, InboxState, Letter, LetterState, RawMail


class Role(StrEnum):
    """The role of a party on a ticket. A stranger is an unknown sender who quoted the subject tag; they see no case."""

    CUSTOMER = "customer"
    STAFF = "staff"
    MANAGER = "manager"
    THIRD_PARTY = "third party"
    PARTICIPANT = "participant"
    STRANGER = "stranger"


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """One address on one ticket. `number` counts from 1 within the ticket; tokens contain it.

    `third_party` is the policy's name for a third party (installer …), who has a conversation of its own.
    """

    number: int
    role: Role
    address: str
    name: str = ""
    language: str = ""
    third_party: str = ""
    bounced: str = ""  # why letters to the address fail

    @property
    def is_staff(self) -> bool:
        """Whether the party is a team member or a manager."""
        return self.role in (Role.STAFF, Role.MANAGER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """A detail of a ticket. `wrong` names the rule that an invalid value breaks; `by` says who gave it."""

    value: str
    shown: str
    wrong: str = ""
    by: str = "customer"


class DeadlineState(StrEnum):
    """The state of a promise on a ticket. Moot: it no longer applies (merged, spam, a step left)."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    MOOT = "moot"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """One promise's due instant on one ticket; (promise, occurrence) is unique in the ticket, occurrence from 0.

    `counted_from` is the instant it is counted from; `due_at` the last instant that still keeps it (inclusive);
    `due_on` the date shown to people, in the calendar's zone; `origin` what armed it (received, extension, a
    promise or step name); `reason` the explanation sent for an extension; `derivation` how the date was found,
    line by line, with the calendar's version; `paused_at` set while it is paused. `terms` is the promise, as JSON,
    that was carried over from another policy; empty where it is the policy's own.
    """

    promise: str
    occurrence: int
    armed_at: datetime
    counted_from: datetime
    due_at: datetime
    due_on: date
    origin: str
    state: DeadlineState = DeadlineState.OPEN
    kept_at: datetime | None = None
    kept_by: str = ""  # the notice that kept it
    automatic: bool = False  # no person caused the letter that kept it or, while it is open, that extended it
    reason: str = ""
    derivation: tuple[str, ...] = ()
    paused_at: datetime | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)


class TimerKind(StrEnum):
    """What is done when a timer is due."""

    WARN = "warn"  # warn staff of a promise that is nearly due
    ACT = "act"  # write the letter that keeps or extends a promise on its last day
    END = "end"  # mark a promise broken
    REMIND = "remind"  # write the step's reminder
    AFTER = "after"  # leave the step because the silence lasted long enough
    TURN = "turn"  # ask the next member of a question that is asked in turn
    CHASE = "chase"  # ask a silent third party again
    APPOINTMENT = "appointment"  # remind of a booked appointment
    BEFORE = "before"  # follow what the policy says some time before an appointment
    STARTS = "starts"  # follow what the policy says when an appointment starts
    ENDS = "ends"  # follow what the policy says when an appointment ends
    AWAITED = "awaited"  # continue because a detail that several cases wait for has arrived
    HOLD = "hold"  # make a held mail a case of its own
    NEWCOMER = "newcomer"  # let a newcomer's mail take effect, as staff have not replied about it
    UNCLAIMED = "unclaimed"  # give a case that nobody takes to the next member
    SELF = "self"  # bring back a note that a staff member wrote to themselves
    UNHANDLED = "unhandled"  # tell the manager of mail that nobody has dealt with
    WAIT = "wait"  # end a pause


_TIMER_KINDS = {kind.value: kind for kind in TimerKind}


def timer_kind(stored: str) -> TimerKind | str:
    """The kind of a stored timer; the text itself where a newer version wrote a kind that this one does not know."""
    return _TIMER_KINDS.get(stored, stored)


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """Something to do on a ticket at an instant. `key` is unique in the ticket; setting the same key again moves it.

    `kind` is a plain str where a newer version wrote it; `about` names what it concerns (promise, step, question,
    notice).
    """

    key: str
    kind: TimerKind | str
    at: datetime
    about: str = ""
    occurrence: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenQuestion:
    """A question put to a party and not yet answered."""

    question: str
    party: int
    put_at: datetime
    options: tuple[str, ...] = ()  # what numbered choices stand for (slots), in order


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One case. `version` counts its saves, for optimistic locking. `facts` holds everything without a column.
    `waiting_for` is customer, staff, third party or nobody."""

    id: int
    reference: str
    policy: str
    kind: str
    step: str
    language: str
    received_at: datetime
    created_at: datetime
    updated_at: datetime
    step_since: datetime
    subject: str = ""
    brand: str = ""
    team: str = ""
    assignee: str = ""  # a staff member's address, or empty
    waiting_for: str = "staff"
    zone: str = ""  # the customer's time zone, or empty for the calendar's
    address: str = ""  # the support address the complaint came to
    details: Mapping[str, Detail] = field(default_factory=dict)
    asked: tuple[str, ...] = ()  # details already asked for
    questions: tuple[OpenQuestion, ...] = ()
    facts: Facts = NO_FACTS
    closed_at: datetime | None = None
    erased_at: datetime | None = None  # when its personal data was erased
    nonce: int = 0  # a random number in its tokens; 0 for a ticket from before there were nonces
    unhandled_since: datetime | None = None  # when its oldest unhandled mail came
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One mail of a ticket, in or out, as it is shown. `thread` is customer, staff, or third:<name>.
    `held` is true for a stranger's mail that waits for staff. `inbox_id` is set for mail in; `notice` for mail out.
    """

    direction: str  # "in" | "out"
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    at: datetime
    thread: str
    text: str = ""
    notice: str = ""
    party: int = 0
    language: str = ""
    inbox_id: int | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()
    held: bool = False
    automatic: bool = False
    about: str = ""  # for mail out, what the notice is about: "promise:occurrence", or empty


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEntry:
    """One event in the ledger. `event` is a fixed word, `by` an actor (customer, staff address, reclamo,
    operator …), `facts` JSON values. Storage sets seq, prev and hash when it is written."""

    ticket_id: int | None
    at: datetime
    event: str
    by: str = "reclamo"
    facts: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    prev: str = ""
    hash: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking:
    """One place in one slot, taken for a case. `seat` counts from 0 where a slot has room for several."""

    place: str  # "policy/place": whose time it is
    start_at: datetime
    end_at: datetime
    seat: int
    ticket_id: int
    thing: str


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """An earlier case of the same product."""

    reference: str
    received_at: datetime
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A ticket with everything that a decision needs."""

    ticket: Ticket
    parties: tuple[Party, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    timers: tuple[Timer, ...] = ()
    messages: tuple[Message, ...] = ()
    history: tuple[LedgerEntry, ...] = ()
    taken: tuple[Booking, ...] = ()  # future bookings of all cases of this policy, including this one
    recallable: frozenset[str] = frozenset()  # keys of letters caused by staff that can still be cancelled
    letters_to: Mapping[str, tuple[int, int]] = field(
        default_factory=dict
    )  # by address: letters in the last hour, in the last day
    away: frozenset[str] = frozenset()  # absent staff whose substitute does their work: addresses in lower case
    earlier: tuple[EarlierCase, ...] = ()  # cases of the same product, the newest first
    is_new: bool = False

    def party(self, number: int) -> Party:
        """The party with this number; raises KeyError."""
        for party in self.parties:
            if party.number == number:
                return party
        raise KeyError(number)

    def customer(self) -> Party:
        """The customer; raises StopIteration for a case without one."""
        return next(party for party in self.parties if party.role is Role.CUSTOMER)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseChange:
    """All that one event changes, saved in one transaction; `ticket.version` is the version it was read at.

    Deadlines are matched by (promise, occurrence), parties by number, timers by key: new ones are inserted, known
    ones replaced. `letters` whose key exists already are left as they are, so that no letter is sent twice.
    `cancelled` holds keys of waiting letters to cancel.
    """

    ticket: Ticket
    is_new: bool = False
    parties: tuple[Party, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    timers_set: tuple[Timer, ...] = ()
    timers_dropped: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    letters: tuple[Letter, ...] = ()
    cancelled: tuple[str, ...] = ()
    booked: tuple[Booking, ...] = ()
    freed: tuple[Booking, ...] = ()
    known_by: tuple[tuple[str, str], ...] = ()  # details and values that identify the product in later cases
    erases: bool = False  # delete all that was stored of the case before


@dataclass(frozen=True, kw_only=True, slots=True)
class Correspondent:
    """What is known of an address across tickets: language, why letters to it bounce, whether it wants no letters."""

    address: str
    language: str = ""
    bounced: str = ""
    bounced_at: datetime | None = None
    stopped: bool = False


__all__ = [
    "Booking",
    "Case",
    "CaseChange",
    "Correspondent",
    "Deadline",
    "DeadlineState",
    "Detail",
    "EarlierCase",
    "Facts",
    "InboxRow",
    "InboxState",
    "LedgerEntry",
    "Letter",
    "LetterState",
    "Message",
    "OpenQuestion",
    "Party",
    "RawMail",
    "Role",
    "Ticket",
    "Timer",
    "TimerKind",
    "timer_kind",
]
