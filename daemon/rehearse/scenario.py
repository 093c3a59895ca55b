"""A parsed scenario: its people, its acts (what happens), and its expectations, each with its line number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Person:
    """A person with an address. `team` is empty for outsiders; `third` is the policy's name for a third party."""

    name: str
    address: str
    languages: tuple[str, ...] = ()
    team: str = ""
    manager: bool = False  # of the team
    third: str = ""
    substitute: str = ""  # address of their substitute
    policy: str = ""  # the policy of the team or third party; empty for every policy played

    def __str__(self) -> str:
        return self.name or self.address


@dataclass(frozen=True, slots=True)
class PolicyAddress:
    """A policy that is played, the address it is reached at, and that address's calendar, or empty."""

    policy: str
    address: str
    calendar: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One line of the scenario. `source_line` is the line as it stands in the file."""

    line: int
    source_line: str


# ------------------------------------------------------------------------------------------------- what happens


@dataclass(frozen=True, kw_only=True, slots=True)
class AdvanceClock(Act):
    """Advance the clock to this instant; everything due until then happens."""

    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class MailContent:
    """The content of a mail. `fill_in` completes lines of the letter quoted in a reply: label and value."""

    text: str = ""
    subject: str = ""
    sender: str = ""  # an address other than the person's own
    attach: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    fill_in: tuple[tuple[str, str], ...] = ()
    quotes: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class SendMail(Act):
    """Send a new mail. `file` names a file with its bytes if the scenario does not give its content."""

    person: Person
    to: tuple[str, ...]
    content: MailContent
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendReply(Act):
    """Reply to a letter: with `internal` to its address for notes, with `first` to the oldest letter of that notice."""

    person: Person
    notice: str
    content: MailContent
    internal: bool = False
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ClickLink(Act):
    """Open and send the prepared mail of a link in a letter, with `content` added below."""

    person: Person
    notice: str
    link: str
    content: MailContent
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDelivery(Act):
    """A mail server reports that a letter was not delivered: for good (`permanent`) or not yet."""

    to: Person
    notice: str
    permanent: bool
    names_recipient: str = ""  # the recipient the report names; by default the letter's
    sent_to: str = ""  # where it is sent to; by default the letter's envelope sender
    subject: str = ""
    returns_letter: bool = True  # whether it returns part of the letter


@dataclass(frozen=True, kw_only=True, slots=True)
class SendAutomaticReply(Act):
    """The reader's mail program replies to a letter automatically."""

    person: Person
    notice: str
    content: MailContent


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerInvitation(Act):
    """The reader's calendar program answers a letter's calendar file: it accepts, declines, or is tentative."""

    person: Person
    notice: str
    verb: str
    content: MailContent


@dataclass(frozen=True, kw_only=True, slots=True)
class SetRelay(Act):
    """From now on the relay refuses letters to an address, or is unreachable, or is reachable again."""

    refused_address: str = ""
    unreachable: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseIntake(Act):
    """From now on mail is accepted and not processed, or it is processed again."""

    paused: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SelectCase(Act):
    """The following acts and expectations are about this case."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRecords(Act):
    """Import company records: the rows of a file beside the scenario, or those written below."""

    record: str
    file: str = ""
    rows: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SendInvitations(Act):
    """Have a campaign's letter written about these records."""

    campaign: str
    keys: tuple[str, ...]


# --------------------------------------------------------------------------------------------- what is expected


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectRecords(Act):
    """This many records exist, and this many imported rows so far were wrong."""

    count: int
    wrong: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectRecord(Act):
    """A record has this value in a column."""

    key: str
    column: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterCondition:
    """One condition on a letter's content. `aspect` is words, date, subject, file or enclosed."""

    line: int
    source_line: str
    aspect: str
    value: str = ""
    day: date | None = None
    wanted: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectLetter(Act):
    """A letter that has gone out and is not yet expected. `to` are its readers, with one letter each."""

    notice: str
    to: tuple[Person, ...]
    language: str = ""
    on: date | None = None
    at: datetime | None = None
    conditions: tuple[LetterCondition, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class IgnoreLetters(Act):
    """Ignore letters: of a notice, to these readers, or both; empty means any."""

    notice: str = ""
    to: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectNoLetters(Act):
    """No letter but those expected so far has gone out, to these readers or to anybody."""

    to: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectDeadline(Act):
    """The case has a promise with this date.

    `late`: it was kept after it was broken; `automatic`: it was kept automatically (true) or by a person (false).
    """

    promise: str
    due: date
    state: str
    late: bool = False
    automatic: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectNoDeadline(Act):
    """No promise is open, or none of this name."""

    promise: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectCase(Act):
    """The state of the case: name and value of each field checked."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectDetail(Act):
    """A detail has this value, in normal form or as written; None if it must be missing."""

    detail: str
    value: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectLedger(Act):
    """The ledger has entries of this event with these facts, this many times; None means at least once."""

    event: str
    facts: tuple[tuple[str, str], ...] = ()
    times: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectCount(Act):
    """There are this many cases, or mails in quarantine."""

    what: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A whole scenario. `hold` is in minutes; with `confirms` false, staff mail counts as authenticated."""

    file: Path
    title: str
    zone: ZoneInfo
    addresses: tuple[PolicyAddress, ...]
    company: str
    country: str
    people: tuple[Person, ...]
    acts: tuple[Act, ...] = field(default_factory=tuple)
    hold: int = 0
    confirms: bool = False
    worklists: bool = False  # whether staff get their morning worklists

    def person_at(self, address: str) -> Person:
        """Return the person with this address; one without a name if the scenario has none."""
        known = (person for person in self.people if person.address.lower() == address.lower())
        return next(known, Person("", address))
