"""The parsed form of one mail: the values that the parsers fill in and the rest of Reclamo reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MailKind(StrEnum):
    """The kind of sender: a person, a program, a mail system's delivery report, a mailing list, or Reclamo itself."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    LIST = "list"
    OWN = "own"


class ProgramPurpose(StrEnum):
    """The purpose of a mail that a program sent."""

    ANSWER = "answer"  # automatic response to a mail (RFC 3834): out of office, confirmation of receipt, challenge
    RECEIPT = "receipt"  # delivery or read receipt (RFC 3464, RFC 8098, Italian certified mail)
    REPORT = "report"  # daily aggregate report on a domain's mail (RFC 7489, RFC 8460)
    INVITATION = "invitation"  # invitation to an appointment that is not one of ours (RFC 5546)
    OTHER = "of itself"  # unprompted, or only the header fields show that it is automatic


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address with its display name (RFC 5322 section 3.4).

    `fallback` names the header field that the mailbox was taken from when From could not be used: no address, a
    program's address, a web form sending as us, or a group address that rewrote From. Empty otherwise.
    """

    address: str = ""
    name: str = ""
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in the mail, identified by `part`: its index in a depth-first walk of the MIME tree, from 0.

    `type` is the media type detected from the content, `declared` the one that the mail states. `size` is in octets
    after decoding. `inline` is true for pictures shown inside the text. `danger` is the reason why the file is
    dangerous, or empty.
    """

    name: str
    type: str
    declared: str
    size: int
    sha256: str
    part: int
    inline: bool = False
    danger: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A BCP 47 code as in the policies (it, de, zh-Hans) and a certainty from 0 to 1; below 0.5 it is a guess."""

    code: str = ""
    certainty: float = 0.0


class ClueStrength(StrEnum):
    """How strongly a clue ties a mail to a case, strongest first."""

    TOKEN = "token"  # our keyed token in a recipient address
    OWN_MESSAGE_ID = "own-message-id"  # our keyed Message-ID in In-Reply-To or References
    MESSAGE_ID = "message-id"  # another system's Message-ID, to be looked up among the stored ones
    SUBJECT_TAG = "subject-tag"  # [C-2026-000123]; accepted only from a party of that case


@dataclass(frozen=True, slots=True)
class CaseClue:
    """One clue to the case of a mail. `value` is the token, the Message-ID without angle brackets, or the tag."""

    strength: ClueStrength
    value: str
    header: str  # the header field it was found in, or "envelope"


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """A recipient that a delivery report names (RFC 3464). `status` is the enhanced status code, such as 5.1.1."""

    address: str
    permanent: bool
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """A calendar's reply to an invitation of ours (RFC 5546 section 3.2.3).

    `state` is accepted, declined or tentative (RFC 5545 section 3.2.12). `sequence` is the version of the appointment
    that was answered, or None where the reply does not state it.
    """

    uid: str
    state: str
    attendee: str
    sequence: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One parsed mail. All text is valid Unicode without NUL and without lone surrogates.

    `text` is the whole body as plain text, `reply` only the new text, `quoted` the quoted text (may be empty),
    `signature` the sender's signature, `html_safe` sanitised HTML or empty. `forwarded` is whether the mail forwards
    another one. `kind` comes with the `reasons` for it; `program_purpose` is None unless a program sent the mail.
    `oddities` lists what was unusual in the bytes; `unreadable` is the reason why a person has to look at the mail,
    or empty. `date` is the Date header's value: it is displayed, but no deadline is counted from it.
    `original_message_ids` are the Message-IDs of our letters that a delivery report returns. `author` is the mailbox
    in From, `sender` the person behind the mail; they differ where From is a program's, a form's or a group's address.
    """

    message_id: str = ""
    subject: str = ""
    sender: Mailbox = Mailbox()
    author: Mailbox = Mailbox()
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    recipients: tuple[str, ...] = ()  # envelope and header recipients: lower-case addresses, each once
    date: datetime | None = None
    text: str = ""
    reply: str = ""
    quoted: str = ""
    signature: str = ""
    forwarded: bool = False
    html_safe: str = ""
    language: Language = Language()
    kind: MailKind = MailKind.PERSON
    reasons: tuple[str, ...] = ()
    program_purpose: ProgramPurpose | None = None
    failed_recipients: tuple[FailedRecipient, ...] = ()
    original_message_ids: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    case_clues: tuple[CaseClue, ...] = ()
    calendar_reply: CalendarReply | None = None
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)  # lower-cased name -> decoded values in order
    oddities: tuple[str, ...] = ()
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class FoundDetail:
    """One detail found in a mail.

    `value` is its normal form (ISO date, E.164 number, upper-case serial), `shown` the text as written. `where` is
    subject, text, quoted, attachment or form; `start` and `end` are the span in that text. `wrong` is the validation
    rule that the value breaks (see detail_types), or empty when it is valid.
    """

    name: str
    value: str
    shown: str
    where: str
    start: int = 0
    end: int = 0
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to an open question: the question's name, the chosen answer's name, and the remaining words."""

    question: str
    answer: str
    rest: str = ""  # the words after the answer word, such as a reason, a number or a date
