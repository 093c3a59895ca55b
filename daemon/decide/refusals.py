"""Why something that staff asked for is not done."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class RefusalReason(StrEnum):
    """Why a request is refused. Its text is the key of `why_titles` in every language's titles.md.j2, and what the
    ledger keeps; of those in `QUOTING` what was said takes its place in both."""

    # The case does not allow it now.
    CLOSED = "closed"
    NOT_CLOSED = "not closed"
    NOT_CLOSED_YET = "not closed yet"
    MAIL_WAITS = "mail waits"
    LETTERS_WAIT = "letters wait"
    NOT_ASKED_NOW = "not asked now"
    ALREADY_TAKEN = "already taken"
    ALREADY_GONE = "already gone"
    NOTHING_WAITS = "nothing waits"
    NOTHING_IS_HELD = "nothing is held"
    NOTHING_TO_EXTEND = "nothing to extend"
    NOTHING_TO_DECIDE = "nothing to decide"
    NOTHING_TO_QUOTE = "nothing to quote"
    NOTHING_TO_SEND = "nothing to send"
    NOTHING_FILLED_IN = "nothing filled in"
    NO_DOSSIER = "no dossier"
    NO_LETTER_YET = "no letter yet"
    NEEDS_THE_DOSSIER = "needs the dossier"
    CANNOT_BE_CLOSED_HERE = "cannot be closed here"
    CANNOT_BE_REOPENED = "cannot be reopened"
    CANNOT_BE_SET_ASIDE = "cannot be set aside"
    CANNOT_BE_QUOTED_HERE = "cannot be quoted here"
    CANNOT_BE_PASSED_ON_HERE = "cannot be passed on here"
    UNREACHABLE = "unreachable"
    NO_ADDRESS = "no address"
    MERGED = "merged"
    PART_OF_ANOTHER = "part of another"
    ERASED = "erased"
    SAME_POLICY = "same policy"
    STILL_OPEN = "still open"
    WOULD_BE_CLOSED_THERE = "would be closed there"
    NO_SUCH_CASE = "no such case"
    ANOTHER_CUSTOMER = "another customer"
    THAT_CASE_IS_CLOSED = "that case is closed"
    MERGE_THE_NEWER_ONE = "merge the newer one"
    ANOTHER_REFERENCE = "another reference"
    POLICY_REFUSES = "policy refuses"  # the policy's own sentence is told

    # Somebody may not do it.
    NO_RIGHT = "no right"
    SOMEBODY_ELSE_DECIDES = "somebody else decides"

    # The mail does not say it as it must.
    EMPTY = "empty"
    ALONE = "alone"
    NEEDS_TEXT = "needs text"
    TAKES_NOTHING = "takes nothing"
    NEEDS_NUMBER = "needs number"
    NEEDS_MINUTES = "needs minutes"
    NEEDS_DATE = "needs date"
    NEEDS_A_REASON = "needs a reason"
    REASON_NAMES_SOMEBODY = "reason names somebody"
    INCOMPLETE = "incomplete"
    NOTHING_NAMED = "nothing named"
    NOBODY_NAMED = "nobody named"
    NO_DATE = "no date"
    NO_VALUE = "no value"
    NOT_AN_AMOUNT = "not an amount"
    UNKNOWN_LINE = "unknown line"  # a line that is no command
    UNKNOWN_NAME = "unknown name"  # nothing of the policy is called so
    UNKNOWN_MEMBER = "unknown member"  # nobody on a team has this address
    UNKNOWN_LANGUAGE = "unknown language"
    UNREADABLE_DATE = "unreadable date"
    UNREADABLE_VALUE = "unreadable value"
    UNREADABLE_ADDRESS = "unreadable address"
    UNREADABLE_QUOTE = "unreadable quote"
    DAY_OUT_OF_RANGE = "day out of range"
    DAY_TOO_EARLY = "day too early"
    DAY_NOT_WORKING = "day not working"

    # The mail may not mean what it says.
    BELOW_A_GREETING = "below a greeting"
    ABOUT_THE_CUSTOMER = "about the customer"
    ABSENCE = "absence"
    CHECK_WORDS = "check words"
    NOT_CONFIRMED = "not confirmed"
    NOT_CONFIRMED_YET = "not confirmed yet"
    TOO_LATE_TO_SEND = "too late to send"


QUOTING = frozenset({
    RefusalReason.POLICY_REFUSES, RefusalReason.UNKNOWN_LINE, RefusalReason.UNKNOWN_NAME, RefusalReason.UNKNOWN_MEMBER,
    RefusalReason.UNKNOWN_LANGUAGE, RefusalReason.UNREADABLE_DATE, RefusalReason.UNREADABLE_VALUE,
    RefusalReason.UNREADABLE_ADDRESS, RefusalReason.UNREADABLE_QUOTE, RefusalReason.DAY_OUT_OF_RANGE,
    RefusalReason.DAY_TOO_EARLY, RefusalReason.DAY_NOT_WORKING,
})  # fmt: skip
"""Reasons that are told by showing what was said."""


class AllowedText(StrEnum):
    """What is allowed instead, told in words: a key of `allowed_titles` in every language's titles.md.j2."""

    DATE_AHEAD = "a day after today, at most a year ahead"
    WORKING_DAY = "a working day"


class Refused(Exception):
    """What somebody asked for cannot be done: nothing is done, and they are told why.

    `said` is what they wrote and is not understood, or the policy's own sentence. `near` is the nearest word that would
    be. `allowed` is what may stand there: a key of `allowed_titles`, the name of a command, or the words themselves.
    `after` is the day that a date must lie behind.
    """

    def __init__(
        self, reason: RefusalReason, *, said: str = "", near: str = "", allowed: str = "", after: date | None = None
    ) -> None:
        super().__init__(said or reason.value)
        self.reason = reason
        self.said = said
        self.near = near
        self.allowed = str(allowed) or (f"a day after {after.isoformat()}" if after else "")
        self.after = after

    @property
    def why(self) -> str:
        """What the ledger and letters tell: what was said, where that is told, else the reason."""
        return self.said or self.reason.value
