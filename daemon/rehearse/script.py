"""What a scenario file says, as values: who is there, what happens, and what is expected. Line numbers stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address. `team` is empty for those outside; `third` is the policy's name for a third party."""

    name: str
    address: str
    languages: tuple[str, ...] = ()
    team: str = ""
    manager: bool = False  # of the team
    third: str = ""
    substitute: str = ""  # the address of who stands in
    policy: str = ""  # whose team or third party this is; of every policy played where nothing is said

    def __str__(self) -> str:
        return self.name or self.address


@dataclass(frozen=True, slots=True)
class PolicyAddress:
    """A policy that is played, the address it answers at, and the calendar of that address, or empty."""

    policy: str
    address: str
    calendar: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One line of the story. `said` is the line as it stands in the file."""

    line: int
    said: str


# ------------------------------------------------------------------------------------------------- what happens


@dataclass(frozen=True, kw_only=True, slots=True)
class At(Act):
    """Time goes forward to this instant; whatever is due on the way happens."""

    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What somebody writes. `fill` completes lines of the letter they quote: label and value."""

    text: str = ""
    subject: str = ""
    sender: str = ""  # an address other than the person's own
    attach: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    fill: tuple[tuple[str, str], ...] = ()
    quotes: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail(Act):
    """A new mail. `file` holds its bytes where it is not written in the scenario."""

    who: Person
    to: tuple[str, ...]
    words: Words
    file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply(Act):
    """An answer to a letter; `inside` goes to its address for notes, `first` to the oldest letter of that notice."""

    who: Person
    notice: str
    words: Words
    inside: bool = False
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Click(Act):
    """The ready-made mail of a link in a letter: opened and sent, with `words` added below."""

    who: Person
    notice: str
    link: str
    words: Words
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Report(Act):
    """A mail server reports that a letter was not delivered, for good or (`lasting` false) not yet."""

    to: Person
    notice: str
    lasting: bool
    names: str = ""  # whom the report names; else the letter's reader
    comes_to: str = ""  # where it comes to; else the letter's envelope sender
    subject: str = ""
    gives_back: bool = True  # something of the letter


@dataclass(frozen=True, kw_only=True, slots=True)
class Away(Act):
    """The reader's mail program answers a letter by itself."""

    who: Person
    notice: str
    words: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarAnswers(Act):
    """The reader's calendar answers a letter's calendar file: it accepts, declines, or hesitates."""

    who: Person
    notice: str
    verb: str
    words: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay(Act):
    """The relay refuses letters to an address, or is away, or is back."""

    refuses: str = ""
    away: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MailWaits(Act):
    """From now on mail is taken in and nobody reads it; or it is read again."""

    waits: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class InCase(Act):
    """What follows speaks of this case."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bring(Act):
    """The company brings records: the rows of a file beside the scenario, or those written below."""

    of: str
    file: str = ""
    rows: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invite(Act):
    """The company has a campaign's letter written about these records."""

    campaign: str
    keys: tuple[str, ...]


# --------------------------------------------------------------------------------------------- what is expected


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectRecords(Act):
    """So many records are on file, and so many rows brought so far were wrong."""

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
    """One thing a letter must say, or must not. `sort` is words, date, subject, file or enclosed."""

    line: int
    said: str
    sort: str
    value: str = ""
    day: date | None = None
    wanted: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectLetter(Act):
    """A letter that has gone out and that nothing has asked for yet. `to` are its readers: one letter each."""

    notice: str
    to: tuple[Person, ...]
    language: str = ""
    on: date | None = None
    at: datetime | None = None
    sayings: tuple[Saying, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LetPass(Act):
    """Letters that are not looked at: of a notice, to these readers, or both; empty means any."""

    notice: str = ""
    to: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectSilence(Act):
    """No letter has gone out, to these readers or to anybody, but those expected so far."""

    to: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectDeadline(Act):
    """A promise with this date on the case. `late`: kept after it broke; `automatic`: by itself, or by a person."""

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
    """How the case stands: name and value of each thing looked at."""

    stands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectDetail(Act):
    """A detail with this value as the customer wrote it; None where it must be missing."""

    detail: str
    value: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectLedger(Act):
    """Entries of this event with these facts, so many times; None means at least once."""

    event: str
    facts: tuple[tuple[str, str], ...] = ()
    times: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectCount(Act):
    """So many cases, or so many mails set aside in quarantine."""

    what: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A whole scenario. `hold` is in minutes; where `confirms` is false, staff mail counts as proven."""

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
    worklists: bool = False  # whether the morning lists of staff are written

    def person_at(self, address: str) -> Person:
        """Whoever has this address; somebody without a name where the scenario knows nobody."""
        known = (person for person in self.people if person.address.lower() == address.lower())
        return next(known, Person("", address))
