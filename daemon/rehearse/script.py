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
    said: str


# ------------------------------------------------------------------------------------------------- what happens


@dataclass(frozen=True, kw_only=True, slots=True)
class At(Act):
    """Advance the clock to this instant; everything due until then happens."""

    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The content of a mail. `fill_in` completes lines of the letter quoted in a reply: label and value."""

    text: str = ""
    subject: str = ""
    sender: str = ""  # an address other than the person's own
    attach: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    fill: tuple[tuple[str, str], ...] = ()
    quotes: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail(Act):
    """Send a new mail. `file` names a file with its bytes if the scenario does not give its content."""

    who: Person
    to: tuple[str, ...]
    words: Words
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply(Act):
    """Reply to a letter: with `internal` to its address for notes, with `first` to the oldest letter of that notice."""

    who: Person
    notice: str
    words: Words
    inside: bool = False
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Click(Act):
    """Open and send the prepared mail of a link in a letter, with `content` added below."""

    who: Person
    notice: str
    link: str
    words: Words
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Report(Act):
    """A mail server reports that a letter was not delivered: for good (`permanent`) or not yet."""

    to: Person
    notice: str
    lasting: bool
    names: str = ""  # the recipient the report names; by default the letter's
    comes_to: str = ""  # where it is sent to; by default the letter's envelope sender
    subject: str = ""
    gives_back: bool = True  # whether it returns part of the letter


@dataclass(frozen=True, kw_only=True, slots=True)
class Away(Act):
    """The reader's mail program replies to a letter automatically."""

    who: Person
    notice: str
    words: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarAnswers(Act):
    """The reader's calendar program answers a letter's calendar file: it accepts, declines, or is tentative."""

    who: Person
    notice: str
    verb: str
    words: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay(Act):
    """From now on the relay refuses letters to an address, or is unreachable, or is reachable again."""

    refuses: str = ""
    away: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MailWaits(Act):
    """From now on mail is accepted and not processed, or it is processed again."""

    waits: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class InCase(Act):
    """The following acts and expectations are about this case."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bring(Act):
    """Import company records: the rows of a file beside the scenario, or those written below."""

    of: str
    file: str = ""
    rows: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invite(Act):
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
class Saying:
    """One condition on a letter's content. `aspect` is words, date, subject, file or enclosed."""

    line: int
    said: str
    sort: str
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
    sayings: tuple[Saying, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LetPass(Act):
    """Ignore letters: of a notice, to these readers, or both; empty means any."""

    notice: str = ""
    to: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectSilence(Act):
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

    stands: tuple[tuple[str, str], ...]


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
class Script:
    """A whole scenario. `hold` is in minutes; with `confirms` false, staff mail counts as authenticated."""

    file: Path
    title: str
    zone: ZoneInfo
    rooms: tuple[PolicyAddress, ...]
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
