"""What can happen to a case: a mail read, a letter delivered or not, a timer come due, an operator's act. Values."""

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
from parsers.reading import Answer, FailedRecipient, Found, Mailbox, Reading
from parsers.reply.wordless import Nothing
from storage.values import Booking, Case, Detail, Message, Timer


@dataclass(frozen=True, kw_only=True, slots=True)
class MailIn:
    """The mail behind a happening. `party` is who wrote, by number on the case; 0 for somebody new to it."""

    reading: Reading
    received_at: datetime
    inbox_id: int | None = None
    party: int = 0
    evidence: str = ""  # what tied it to the case, for the ledger


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
    """A person wrote about their case, or opened one. `who` is whom the case is for (a form may name them);
    `kind` is empty where the text leaves it unclear; `related` are open cases of the same address."""

    mail: MailIn
    who: Mailbox
    found: tuple[Found, ...] = ()
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
    named: tuple[str, ...] = ()  # staff whom earlier complaints of theirs were about, that this one goes with
    ours: tuple[str, ...] = ()  # those of the mail's recipients that are our own addresses
    flood: bool = False  # this sender has written more than the limits allow
    about: tuple[str, ...] = ()  # the record (sort, key) that is theirs and that the mail is about
    on_file: tuple[Found, ...] = ()  # what that record knows
    form: str = ""
    way: str = ""  # the header that names `who`, where it is not From
    subject: str = ""  # what a form calls the matter
    wait_until: date | None = None  # until when they ask the case to stand by
    country: str = ""  # ISO 3166, where a form tells it
    lost: bool = False  # it answers a letter of a case that this database does not know
    stance: StanceReading | None = None  # whether they say that they are satisfied, where that is asked or matters
    nothing: Nothing | None = None  # why the mail says nothing
    in_calendar: str = ""  # accepted, declined or tentative: what their calendar says, and no more than that


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasable:
    """What erasing a case would take: how many mails and letters, how many letters still wait to leave; and the cases
    that became part of it, by reference, which go with it."""

    mails: int = 0
    letters: int = 0
    waiting: int = 0
    parts: Mapping[str, Case] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyMove:
    """Another policy that a case is to go to, and what its mails say when they are read by that one. `words` are all
    that its customer wrote; `address` is where the policy's customers write to, and `calendar` what it counts in."""

    policy: Policy
    kind: str
    kind_reasons: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    words: str = ""
    brand: str = ""
    address: str = ""
    calendar: str = ""
    taken: tuple[Booking, ...] = ()  # slots still to come that cases of that policy have taken


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffWrote:
    """Proven mail from a staff member: commands first, then words for the customer, or inside when `inside`."""

    mail: MailIn
    member: str  # their address on the team's list
    commands: tuple[Command, ...] = ()
    unknown: tuple[str, ...] = ()  # lines for which the mail is not obeyed
    doubt: Doubt | None = None  # why it is not
    text: str = ""
    inside: bool = False
    answer: Answer | None = None
    found: tuple[Found, ...] = ()
    filled: tuple[Found, ...] = ()  # fields of the dossier that is open, by their names
    hold: timedelta = timedelta(0)  # how long letters to those outside wait, so that they can be called back
    others: Mapping[str, Case] = field(default_factory=dict)  # cases that the commands name, by reference
    policies: Mapping[str, Policy] = field(default_factory=dict)  # the installation's
    policy_move: PolicyMove | None = None  # the policy that a command moves the case to
    erasable: Erasable = Erasable()  # looked up where a command erases
    findings: tuple[Finding, ...] = ()  # what speaks against sending its words
    confirmed: bool = False  # its writer says that the words are for whoever they go to
    stays: tuple[int, ...] = ()  # files, by part, that go to nobody outside: letters of ours to staff
    releases: StaffWrote | None = None  # the mail that this one, by a command, lets go
    by_token: bool = False  # nothing but a token speaks for its writer: what it decides waits for their confirmation
    confirms: int = 0  # the nonce of the letter it answers, where that asked whether a mail is theirs


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseJoined:
    """Another case of the same customer became part of this one: `mails` are theirs, `details` what was known."""

    reference: str
    by: str
    mails: tuple[Message, ...]
    details: Mapping[str, Detail]
    named: tuple[str, ...] = ()  # staff whom it was about
    unhandled: tuple[Mapping[str, Any], ...] = ()  # their mail that nobody has dealt with


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffRefused:
    """Mail that claims a staff member's rights and does not prove them: nothing is done; they are told."""

    mail: MailIn
    member: str
    why: str
    quietly: bool = False  # they were told of many on other cases today: the day's list of mail set aside tells of it


@dataclass(frozen=True, kw_only=True, slots=True)
class ColleagueWrote:
    """Proven mail from somebody of a team that had the case before it was moved to another policy."""

    mail: MailIn
    member: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThirdPartyWrote:
    """An outside party answered in its own conversation."""

    mail: MailIn
    number: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StrangerWrote:
    """Somebody not on the case quoted its subject tag, and nothing stronger."""

    mail: MailIn


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineWrote:
    """An automatic mail on a case: recorded, never answered, moves no clock. `number` is as in ThirdPartyWrote;
    `shown` where only headers call it automatic and it has words, which staff must see."""

    mail: MailIn
    number: str = ""
    shown: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterBounced:
    """A delivery report. `party` is the recipient of the letter that it proves to be about, `address` where that letter
    went, `message_id` the letter's where it is told; party 0 is a report that proves nothing, of which staff are told
    where `may_tell`."""

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
    """The relay refused a letter for good, or it was given up; or, where `held`, it was not handed over, because of
    what is in it."""

    key: str
    notice: str
    party: int
    reason: str
    held: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationDue:
    """The turn of an invitation has come: we write first. `found` are the details that the record `key` knows."""

    invitation: str
    key: str
    period: str
    who: Mailbox
    language: str
    subject: str
    found: tuple[Found, ...] = ()
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseErased:
    """The case is to be erased: an operator says so, or its time is over. `part_of` is the reference of the case that
    this one became part of, where it goes together with that."""

    by: str
    why: str
    erasable: Erasable = Erasable()
    part_of: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """An operator moves the case to another policy."""

    policy_move: PolicyMove
    why: str = ""
    by: str = "operator"


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerDue:
    """Something that waited is due."""

    timer: Timer


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffNotified:
    """The case stands on the lists of these members: they are put on it, so that their answers are known as theirs."""

    addresses: tuple[str, ...]


Event = (
    CustomerWrote
    | StaffWrote
    | StaffRefused
    | CaseJoined
    | ColleagueWrote
    | Moved
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
