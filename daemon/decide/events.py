"""The events that can happen to a case, as values: a mail was read, a letter was sent or failed, a timer is due, an
operator acted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from config.policy import Policy
from daemon.decide.findings import Finding
from parsers.answers.commands import Command, Doubt
from parsers.answers.stance import StanceReading
from parsers.reading import Answer, FailedRecipient, FoundDetail, Mailbox, Reading
from parsers.reply.empty_mail import EmptyMail
from storage.values import Booking, Case, Detail, Message, Timer


@dataclass(frozen=True, kw_only=True, slots=True)
class MailIn:
    """The mail of an event. `party` is the writer's number on the case; 0 for somebody new to it."""

    reading: Reading
    received_at: datetime
    inbox_id: int | None = None
    party: int = 0
    evidence: str = ""  # what tied the mail to the case, for the ledger


class WhyNotCounted(StrEnum):
    """Why an answer does not count for what is asked now."""

    SUPERSEDED = "an earlier offer"  # it answers an offer that another has replaced
    UNCLEAR = "which offer is unclear"  # there was more than one, and nothing tells which
    OTHER_LETTER = "another letter"  # it answers a letter that did not ask this
    OTHER_PRICE = "another price"  # it names a sum that we did not offer


@dataclass(frozen=True, slots=True)
class UncountedAnswer:
    """An answer that was read and does not count."""

    question: str
    answer: str
    why: WhyNotCounted


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerWrote:
    """A customer wrote about their case, or opened one.

    `who` is for whom the case is (a form may name them). `kind` is empty where the text leaves it unclear. `related`
    are the references of open cases of the same address.
    """

    mail: MailIn
    who: Mailbox
    found: tuple[FoundDetail, ...] = ()
    kind: str = ""
    kind_reasons: tuple[str, ...] = ()
    language: str = ""
    answer: Answer | None = None
    uncounted: UncountedAnswer | None = None  # an answer that does not count for what is asked now
    bare_thanks: bool = False
    brand: str = ""
    address: str = ""  # the support address it came to
    calendar: str = ""  # the calendar that address counts in, where it is not the policy's
    related: tuple[str, ...] = ()
    named: tuple[str, ...] = ()  # staff whom earlier complaints of theirs were about
    own_recipients: tuple[str, ...] = ()  # those of the mail's recipients that are our own addresses
    over_limits: bool = False  # this sender has written more than the limits allow
    record: tuple[str, ...] = ()  # the company record (table, key) that the mail is about
    found_in_record: tuple[FoundDetail, ...] = ()  # details found in that record
    form: str = ""
    sender_header: str = ""  # the header that names `who`, where it is not From
    subject: str = ""  # what a form calls the matter
    wait_until: date | None = None  # until when they ask that the case is paused
    country: str = ""  # ISO 3166, where a form tells it
    answers_unknown_case: bool = False  # it answers a letter of a case that this database does not know
    stance: StanceReading | None = None  # whether they say that they are satisfied
    wordless: EmptyMail | None = None  # why the mail says nothing
    in_calendar: str = ""  # accepted, declined or tentative, where their calendar program answers (RFC 5546)


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasable:
    """What erasing a case would erase: the numbers of its mails and letters, of letters that still wait to be sent, and
    the cases that became part of it, by reference."""

    mails: int = 0
    letters: int = 0
    waiting: int = 0
    parts: Mapping[str, Case] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyMove:
    """The policy to which a case is moved, and what its mails say when they are read under that policy.

    `words` is all that the customer wrote; `address` is the policy's support address, and `calendar` its calendar.
    """

    policy: Policy
    kind: str
    kind_reasons: tuple[str, ...] = ()
    found: tuple[FoundDetail, ...] = ()
    words: str = ""
    brand: str = ""
    address: str = ""
    calendar: str = ""
    taken: tuple[Booking, ...] = ()  # slots still to come that cases of that policy have taken


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffWrote:
    """Proven mail of a staff member: commands, then words for the customer, or for the team where `inside` is set."""

    mail: MailIn
    member: str  # their address on the team's list
    commands: tuple[Command, ...] = ()
    unknown: tuple[str, ...] = ()  # lines that are no command, for which the mail is refused
    doubt: Doubt | None = None  # why they are not taken as words
    text: str = ""
    inside: bool = False
    answer: Answer | None = None
    found: tuple[FoundDetail, ...] = ()
    dossier_fields: tuple[FoundDetail, ...] = ()  # fields of the open dossier
    hold: timedelta = timedelta(0)  # how long letters to anybody but staff wait, so that they can be called back
    others: Mapping[str, Case] = field(default_factory=dict)  # cases that the commands name, by reference
    policies: Mapping[str, Policy] = field(default_factory=dict)  # the installation's
    policy_move: PolicyMove | None = None  # the policy that a command moves the case to
    erasable: Erasable = Erasable()  # looked up where a command erases
    findings: tuple[Finding, ...] = ()  # reasons not to send its words
    confirmed: bool = False  # the writer has confirmed that the words are for their reader
    withheld_files: tuple[int, ...] = ()  # MIME parts that go only to staff: our own letters to them
    releases: StaffWrote | None = None  # the waiting mail that this one releases
    by_token: bool = False  # only a token proves the writer: what it decides waits for their confirmation
    confirms: int = 0  # the nonce of the letter that asked whether a mail is theirs, where it answers one


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseJoined:
    """Another case of the same customer became part of this one, with its mails and details."""

    reference: str
    by: str
    mails: tuple[Message, ...]
    details: Mapping[str, Detail]
    named: tuple[str, ...] = ()  # staff whom it was about
    unhandled: tuple[Mapping[str, Any], ...] = ()  # its mail that nobody has dealt with


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffNotProven:
    """Mail that claims to be of a staff member and does not prove it: nothing is done, and they are told."""

    mail: MailIn
    member: str
    why: str
    told_elsewhere: bool = False  # they were told of many today: the day's list of mail set aside tells of it


@dataclass(frozen=True, kw_only=True, slots=True)
class ColleagueWrote:
    """Proven mail of a member of the team that had the case before it was moved to another policy."""

    mail: MailIn
    member: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThirdPartyWrote:
    """A third party answered. `number` is that under which it keeps the case."""

    mail: MailIn
    number: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StrangerWrote:
    """Somebody who is not on the case quoted its subject tag, without a token."""

    mail: MailIn


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineWrote:
    """An automatic mail on a case. `number` is as in ThirdPartyWrote; `shown` is set where only headers call it
    automatic and it has words that staff must see."""

    mail: MailIn
    number: str = ""
    shown: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterBounced:
    """A delivery report.

    `party` is the recipient of the letter that it proves to be about, 0 where it proves nothing; `address` is where
    that letter went, `message_id` the letter's where the report has it. Of an unproven report staff are told if
    `may_tell`.
    """

    mail: MailIn
    failed: tuple[FailedRecipient, ...]
    message_id: str = ""
    party: int = 0
    address: str = ""
    may_tell: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterSent:
    """The relay took a letter."""

    key: str
    notice: str
    occurrence: str
    party: int
    at: datetime
    message_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterFailed:
    """The relay refused a letter for good, or it was given up; with `held`, it was not handed over because of its
    content."""

    key: str
    notice: str
    party: int
    reason: str
    held: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationDue:
    """An invitation is due: the company writes first. `found` are the details that the company record `key` has."""

    invitation: str
    key: str
    period: str
    who: Mailbox
    language: str
    subject: str
    found: tuple[FoundDetail, ...] = ()
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseErased:
    """The case is to be erased, by an operator or because its retention time is over. `part_of` is the reference of the
    case with which it is erased, where it became part of one."""

    by: str
    why: str
    erasable: Erasable = Erasable()
    part_of: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedByOperator:
    """An operator moves the case to another policy."""

    policy_move: PolicyMove
    why: str = ""
    by: str = "operator"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerDue:
    """A timer is due."""

    timer: Timer


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffNotified:
    """The case is on the worklists of these members: they become parties, so that their answers are recognised."""

    addresses: tuple[str, ...]


Event = (
    CustomerWrote
    | StaffWrote
    | StaffNotProven
    | CaseJoined
    | ColleagueWrote
    | MovedByOperator
    | ThirdPartyWrote
    | StrangerWrote
    | MachineWrote
    | LetterBounced
    | LetterSent
    | LetterFailed
    | InvitationDue
    | CaseErased
    | TimerDue
    | StaffNotified
)
