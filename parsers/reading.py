"""What Reclamo understands of one mail: the values every parser fills in and everybody else reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MailKind(StrEnum):
    """Who wrote a mail: a person, a program, a mail system reporting a failure, a list, or we ourselves."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    LIST = "list"
    OWN = "own"


class Program(StrEnum):
    """What a program's mail is for, where the mail shows it."""

    ANSWER = "answer"  # by itself, to a mail (RFC 3834): away, received, please prove that you are human
    RECEIPT = "receipt"  # delivered, read (RFC 3464, RFC 8098; those of certified mail)
    REPORT = "report"  # on all mail of a domain in one day (RFC 7489, RFC 8460)
    INVITATION = "invitation"  # to an appointment that is none of ours (RFC 5546)
    OTHER = "of itself"  # it wrote of itself, or only its headers say that it is automatic


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address with its display name. `fallback` names the header it came from where From names nobody who could
    be answered: no address, a program, a form that writes as us, a group that writes for its members."""

    address: str = ""
    name: str = ""
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the mail, addressed by `part`: its place in the order of a MIME walk of the raw mail, from 0.

    `type` is what the content shows, `declared` what the mail claims; `danger` says why it is dangerous, or is
    empty; `inline` is true for pictures shown inside the text; `size` is in octets after decoding.
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
    """BCP 47 code as the policies write it (it, de, zh-Hans …); `certainty` from 0 to 1; below 0.5 is a guess."""

    code: str = ""
    certainty: float = 0.0


class Strength(StrEnum):
    """How well a piece of evidence ties a mail to a case, strongest first."""

    TOKEN = "token"  # our keyed token in a recipient address
    OWN_MESSAGE_ID = "own-message-id"  # our keyed Message-ID in In-Reply-To or References
    MESSAGE_ID = "message-id"  # somebody else's Message-ID, to be looked up among those stored
    SUBJECT_TAG = "subject-tag"  # [C-2026-000123]; counts only from somebody already on the case


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clue of which case a mail belongs to: `value` is the token, the Message-ID without <>, or the tag."""

    strength: Strength
    value: str
    where: str  # the header it stood in


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """One recipient a delivery report speaks of (RFC 3464). `status` is the enhanced code, such as 5.1.1."""

    address: str
    permanent: bool
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """What somebody's calendar answers to an invitation of ours: `state` is accepted, declined or tentative (RFC 5545
    section 3.2.12); `sequence` is the version of the appointment that it answers, None where it says none."""

    uid: str
    state: str
    attendee: str
    sequence: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One mail, read. Every text is valid Unicode without NUL and without lone surrogates.

    `text` is the whole body as plain text; `reply` the new words alone; `quoted` what was quoted (may be empty);
    `forwarded` whether the mail forwards another; `signature` the sender's; `html_safe` sanitised HTML or empty.
    `reasons` say why `sort` was chosen; `oddities` what was unusual in the bytes; `unreadable` is a reason why a
    person must look, or empty. `date` is what the Date header claims: shown, never counted from.
    `original_ids` are the Message-IDs of our letters that a bounce returns. `sender` is the person behind the mail,
    `author` whom From names; they differ where From is a program's, a form's or a group's address. `program` is what
    a program's mail is for, None for a person's.
    """

    message_id: str = ""
    subject: str = ""
    sender: Mailbox = Mailbox()
    author: Mailbox = Mailbox()
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    recipients: tuple[str, ...] = ()  # envelope and header recipients, lower-cased addresses, no doubles
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
    program: Program | None = None
    failed: tuple[FailedRecipient, ...] = ()
    original_ids: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    calendar: CalendarReply | None = None
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)  # lower-cased name -> decoded values in order
    oddities: tuple[str, ...] = ()
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One detail found. `value` is the normal form (ISO date, E.164 number, upper-case serial); `shown` as written;
    `where` is subject, text, quoted, attachment or form; `start` and `end` the span in that text;
    `wrong` says which rule it breaks (see the detail sorts), or is empty when it is valid."""

    name: str
    value: str
    shown: str
    where: str
    start: int = 0
    end: int = 0
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer read to an open question: which answer of the question, and what came with it."""

    question: str
    answer: str
    rest: str = ""  # the words after the answer word: a reason, a number, a date
