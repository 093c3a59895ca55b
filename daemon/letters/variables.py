"""What a letter knows: every name that a template can read, with its type and meaning.

The comment at a field is its documentation; docs/letters.md shows them as a table, which `make pictures` writes.
A name that does not apply is empty, None or False but never missing, so that a misspelt one fails at once. Templates
of companies read these names: none is renamed or dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ReaderAndSender:
    """The reader, the sender, and how dates are written."""

    language: str  # the reader's language, as the policy writes it
    zone: tzinfo  # the reader's time zone
    zone_known: bool  # whether the customer's own time zone is known; else times are shown in the calendar's
    now: datetime  # the instant at which the letter is written
    reader: Row  # whom the letter goes to: name (may be empty), address, role, third_party
    company: str  # the company's name
    brand: str  # the brand's title, or empty
    brand_signature: str  # the brand's signature, or empty
    portal: str  # the brand's portal, or empty
    sender_name: str  # the name the letter comes from
    address: str  # the support address


@dataclass(frozen=True, kw_only=True)
class CaseShown:
    """The case as it is once the decision is saved."""

    reference: str  # the ticket's reference
    tag: str  # the reference in brackets, as every subject carries it
    subject: str  # the customer's subject without Re: and tag; the kind's title where they wrote none
    kind: str  # the kind's title
    kind_name: str  # the kind, as the policy calls it
    form: str  # the form it came by, as the policy calls it, or empty
    kind_unclear: bool  # whether the kind could not be told from the mail
    step: str  # the title of the step the case stands in
    step_since: datetime  # since when it stands there
    unread_since: datetime | None  # since when a mail of the reader's waits to be dealt with, or None
    received: datetime  # when the complaint was received
    closed_at: datetime | None  # when the case was closed, or None
    team: str  # the owning team's title
    assignee: str  # the address of the staff member who works on the case, or empty
    assignee_name: str  # their name, or else that address
    waiting_for: str  # customer, staff, third party or nobody
    customer: Row  # the customer: name (may be empty), address, role, third_party
    customer_language: str  # the customer's language
    country: str  # the customer's country, where it is known
    answers_lost: bool  # whether the mail that opened the case answers a letter of a case that is not in the database
    unreadable: str  # why the original mail could not be read, or empty
    related: Sequence[str]  # references of other open cases of the customer
    facts: Mapping[str, Any]  # what the case remembers, by name


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is known of the matter, what is missing, and what the case carries."""

    found: Sequence[Row]  # details known: rows of name, label, shown, sort
    missing: Sequence[Row]  # required details still missing: rows of name, label, question, example, given, wrong, sort
    optional: Sequence[Row]  # details that would help and are asked for in this letter: rows as in missing
    # earlier cases of the same product: rows of reference, received, details (their words by name)
    earlier: Sequence[Row]
    files: Sequence[Row]  # files received: rows of name, size, danger
    # what the case carries, by name (None where it does not): rows of name, title, inside (whether customers are told
    # nothing of it), number, state, state_title, start, end, was (the start of what was called off), wished (the time
    # asked for that cannot be had), refused (why: today, past, closed, full, too far), offered (starts of slots),
    # link, lines (rows of label, amount), total, currency
    things: Mapping[str, Row]
    thing: Row | None  # the one of them that this letter is about, or None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Promises, dates and periods."""

    # promises owed once this letter is sent: rows of name, title, due, due_at, state, automatic, reason
    promises: Sequence[Row]
    owed: Mapping[str, Row]  # the same rows by promise name
    next_promise: Row | None  # the nearest of them, or None
    promise: Row | None  # the promise this letter is about: name and title, or None
    due: date | None  # the date this letter is about, or None
    working_days_left: int | None  # working days until then, or None
    old_date: date | None  # the date that is given up, or None
    new_date: date | None  # the date that replaces it, or None
    reason: str  # the explanation in staff's words, or empty
    automatic: bool  # whether the letter was written without any person
    sent_notice: str  # the name of the notice that was sent automatically, or empty
    will_send: str  # the notice that is sent automatically when nobody acts on the promise, or empty
    reply_keeps: bool  # whether a reply of staff goes out as that very notice
    will_extend: bool  # whether that notice names a new date
    terms: Mapping[str, Row]  # how long each promise of the policy takes, by name: rows of count, unit
    # what the policy's tables say of this case, by table and column: rows of count, unit; or a date, or None
    tables: Mapping[str, Mapping[str, Any]]
    goes_on: date | None  # the last day on which an answer is waited for, after which the case moves on; or None
    closes_on: date | None  # the date on which silence ends the case, or None
    until: date | None  # the date until which something is held, or None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What people wrote, what was done and decided."""

    staff_text: str  # what staff wrote for this reader, or empty
    words: Row | None  # the mail this letter reports: name, address, at, text, shortened, files; or None
    asked_before: Row | None  # the last letter that asked this reader something: at, text; or None
    history: Sequence[Row]  # what has been done and may be told to this reader: rows of at, event, facts, by
    decision: Row | None  # the last decision: name, title, reasons, by (who decided) and at, or None
    times: int  # which time in a row this letter is written, from 1
    last: bool  # whether it is the last time
    third_party: Row | None  # the outside party concerned: name and title, or None
    third_number: str  # the number under which that party keeps the case, or empty
    # the numbers under which others outside keep the case: rows of third_party (a title), number
    numbers: Sequence[Row]
    # the dossier this letter is about: name, title, rows (name, label, value), missing (as above); or None
    dossier: Row | None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """How the reader can answer."""

    question: Row | None  # the question open to the reader: name and title, or None
    answers: Sequence[Row]  # answers it may get: rows of name, title, word, link
    commands: Sequence[Row]  # command words for staff: rows of name, word, help, takes, link
    decisions: Sequence[Row]  # ways to decide: rows of name, title, word, needs_text, link
    reply_address: str  # where an answer goes
    reply_link: str  # a link that opens such an answer
    note_address: str  # where staff write what stays inside; empty for others
    note_link: str  # a link that opens such a note


@dataclass(frozen=True, kw_only=True)
class StaffMailResult:
    """What was done with a staff member's mail, and what went wrong."""

    # lines of a transcript: rows of line (as written, or empty), did, value (in words), date (or None), stopped and
    # gone (names of letters), held (mails and letters that erasing would take, or empty)
    done: Sequence[Row]
    # letters written by the same decision: rows of name, address, notice, subject, text
    letters: Sequence[Mapping[str, Any]]
    why: str  # why something was refused, held or failed
    wrong_date: date | None  # the date that was refused, or None
    near: str  # the nearest word that is allowed, or empty
    allowed: str  # what is allowed, or empty
    allowed_after: date | None  # the date after which it would be allowed, or None
    in_doubt: bool  # whether a letter is said not to have arrived, and the report proves nothing
    lost: bool  # whether the mail answered belongs to a case that is not in the database
    unsent_text: str  # the words that were not sent, or empty
    failed_address: str  # the address a letter could not be delivered to, or empty
    failed_notice: str  # which letter that was, or empty


@dataclass(frozen=True, kw_only=True)
class ForStaff:
    """What only letters to staff speak of."""

    vulnerable: bool  # whether staff put the case on the fast road
    held_until: datetime | None  # until when the letters of this decision can be called back, or None
    crossed_until: datetime | None  # until when a letter waits that the customer had not read when they wrote, or None
    taken_back: bool  # whether a letter that closed the case was stopped because the customer wrote before it left
    stance: str  # what the customer's words say of their satisfaction: satisfied, dissatisfied, unclear; or empty
    stance_said: str  # the words that say so, or empty
    stance_open: bool  # whether staff can say with one word how the customer meant it
    note_text: str  # words of staff that stay inside: a note that came due, a reason; or empty
    staff_name: str  # the name of the staff member whose mail caused this letter, or empty
    newcomer: str  # the address of somebody new who wrote with the right reply address of the case, or empty
    joined: str  # the reference of a case that became part of this one, or empty
    limited_address: str  # the address that a limit was reached for, or empty
    claimed_by: str  # the address that staff mail came from which was not obeyed, or empty
    claimed_for: str  # the staff member whose mail it pretended to be, or empty
    # since when the mail in hand waits to be dealt with, in a letter about that, or None
    unhandled_since: datetime | None
    superseded: bool  # whether the reader's answer was to an offer that no longer holds, or to one that is not known
    moved_to: str  # the title of the policy that the case was moved to, or empty
    moved_by: str  # the name of who moved it there, or empty
    findings: Sequence[Row]  # what speaks against sending the words of staff: rows of reason and line
    asked_lines: Sequence[str]  # the command lines of a mail that its writer is asked to confirm
    may_send: bool  # whether one command sends the words that were held back
    send_until: date  # the last day on which it does
    reply_word: str  # the word that marks what follows as words for the customer
    stayed: Sequence[str]  # names of files of staff that were sent to nobody outside, since they are letters to staff
    # what has happened since the words were written that waited for their writer's confirmation
    meanwhile: Sequence[str]
    failed_here: bool  # whether a letter was not handed over because of its own content
    passed_on: bool  # whether words of somebody who had the case before were passed on
    about: Mapping[str, Any]  # everything else the decision said about this letter


@dataclass(frozen=True, kw_only=True)
class LetterContext(ForStaff, StaffMailResult, Answers, Said, Owed, Knowledge, CaseShown, ReaderAndSender):
    """All of it. A dataclass takes the fields of its last base first: that is the order in the documentation."""

    def names(self) -> dict[str, Any]:
        """Every name with its value, as templates read them."""
        return dict(vars(self))


NAMES = tuple(field.name for field in fields(LetterContext))
"""The names that a template may read."""
