"""What a rehearsal comes to: what was said to whom and when, and what was not as expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from storage.values import Letter


@dataclass(frozen=True, slots=True)
class Turn:
    """One mail in (`notice` empty) or one letter out. `sort` is customer, staff, third party, stranger or machine:
    whose conversation it is."""

    at: datetime
    who: str
    to: str
    subject: str
    text: str
    sort: str
    notice: str = ""
    language: str = ""
    files: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class FailedExpectation:
    """An expectation that was not met. `line` 0 is the scenario as a whole."""

    file: Path
    line: int
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.expected}\n    seen: {self.seen}"


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """How a promise ended, or stands: a point of the timeline."""

    reference: str
    promise: str
    title: str
    due: date
    state: str
    kept_at: datetime | None
    automatic: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The whole of it. `letters` are all that went out, for whoever wants to look closer."""

    title: str
    zone: ZoneInfo
    turns: tuple[Turn, ...]
    promises: tuple[PromiseOutcome, ...]
    failures: tuple[FailedExpectation, ...]
    letters: tuple[Letter, ...]
    checks: int

    @property
    def conversation(self) -> list[str]:
        """What was said, as lines to print."""
        from daemon.rehearse.printer import lines

        return lines(self)

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures
