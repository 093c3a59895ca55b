"""The result of a rehearsal: the conversation, the promises, and the expectations that were not met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from storage.values import Letter


@dataclass(frozen=True, slots=True)
class ConversationEntry:
    """One mail in (`notice` empty) or one letter out.

    `correspondent` says whose conversation it belongs to: customer, staff, third party, stranger or machine.
    """

    at: datetime
    sender: str
    recipient: str
    subject: str
    text: str
    correspondent: str
    notice: str = ""
    language: str = ""
    files: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class FailedExpectation:
    """An expectation that was not met. `line` is 0 for what holds for the scenario as a whole."""

    file: Path
    line: int
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.expected}\n    seen: {self.seen}"


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """The state of a promise at the end of the scenario."""

    reference: str
    promise: str
    title: str
    due: date
    state: str
    kept_at: datetime | None
    automatic: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The result of playing a scenario. `letters` are all that were sent; `checks` is the number of expectations."""

    title: str
    zone: ZoneInfo
    entries: tuple[ConversationEntry, ...]
    promises: tuple[PromiseOutcome, ...]
    failures: tuple[FailedExpectation, ...]
    letters: tuple[Letter, ...]
    checks: int

    @property
    def passed(self) -> bool:
        """Whether every expectation was met."""
        return not self.failures
