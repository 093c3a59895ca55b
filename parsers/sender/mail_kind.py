"""Decide whether a person or a program sent a mail, with all reasons (RFC 3834, 5230, 2919, 2369, 8098)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.reading import CaseClue, ClueStrength, MailKind, ProgramPurpose
from parsers.sender.away import away_subject_words, away_text_words, challenge_words, generated_mail_words
from parsers.sender.bounces import DeliveryReport
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.unattended_addresses import is_mail_system_address, is_newsletter_address, is_unattended
from parsers.wordlists import wordlist

Headers = Mapping[str, Sequence[str]]

_AUTOMATIC_PRECEDENCE = ("auto_reply", "auto-reply", "autoreply", "junk", "bulk")
_PROGRAM_MAILERS = re.compile(
    r"(?i)\b(?:vacation(?: \d|/)|autoresponder|auto-?responder|mailbot|out of office|"
    r"autoreply|mail-?bounce|php/[0-9.]+ autore)"
)
_ANSWER_PRECEDENCE = ("auto_reply", "auto-reply", "autoreply")


@dataclass(frozen=True, slots=True)
class KindInput:
    """What the mail kind is determined from, besides the header fields.

    `author` is the address in From. `person_named` is whether another field names the person behind a From that is a
    program's, a form's or a group's (person_behind.py). `reply` is the new text only. `return_path` is the envelope
    sender: None if unknown, empty for the null reverse-path. `message_id` is without angle brackets. `to` are the
    addresses in To and Cc. `aggregate_report` is the kind of such a report, or empty. `is_invitation` is whether the
    mail as a whole is an invitation.
    """

    author: str
    subject: str
    reply: str
    return_path: str | None
    report: DeliveryReport
    message_id: str
    case_clues: tuple[CaseClue, ...] = ()
    person_named: bool = False
    to: tuple[str, ...] = ()
    aggregate_report: str = ""
    is_invitation: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether the mail is a reply to another one."""
        return any(clue.strength in (ClueStrength.OWN_MESSAGE_ID, ClueStrength.MESSAGE_ID) for clue in self.case_clues)


@dataclass(frozen=True, slots=True)
class KindVerdict:
    """The kind of a mail, the reasons for it (never empty), and the purpose of a program's mail."""

    kind: MailKind
    reasons: tuple[str, ...]
    program_purpose: ProgramPurpose | None = None


@dataclass(slots=True)
class _Signs:
    """Signs that a program sent the mail: `answers` for automatic responses, `others` for any other program's mail."""

    answers: list[str]
    others: list[str]


def determine_kind(headers: Headers, kind_input: KindInput, ours: OwnIdentity) -> KindVerdict:
    """Determine the kind of a mail: our own, a delivery report, automatic, a list's, or a person's."""
    own_reasons = _own_letter_reasons(headers, kind_input, ours)
    if own_reasons:
        return KindVerdict(MailKind.OWN, tuple(own_reasons))
    if kind_input.report.is_bounce and not _is_written_by_person(headers, kind_input):
        return KindVerdict(MailKind.BOUNCE, kind_input.report.reasons)
    if kind_input.aggregate_report:
        return KindVerdict(MailKind.AUTOMATIC, (kind_input.aggregate_report,), ProgramPurpose.REPORT)
    submitted = _auto_submitted(headers)
    invited = ProgramPurpose.INVITATION if kind_input.is_invitation else None
    if submitted == "no":  # RFC 3834 section 5: the sender's system states that a person sent it
        return KindVerdict(MailKind.PERSON, ("Auto-Submitted: no",), invited)
    if ours.is_own_sender(kind_input.author) and not kind_input.person_named:
        return KindVerdict(MailKind.OWN, (f"From is our own address {kind_input.author}, and nobody else is named",))
    list_reasons, why_not = _list_reasons(headers, kind_input, ours)
    signs = _signs(headers, kind_input, submitted, own_list=bool(why_not))
    if list_reasons and not submitted:
        return KindVerdict(MailKind.LIST, tuple(list_reasons + signs.answers + signs.others))
    if signs.answers or signs.others:
        receipt = kind_input.report.other_kind or headers.get("x-ricevuta")
        program = (
            ProgramPurpose.RECEIPT if receipt else ProgramPurpose.ANSWER if signs.answers else ProgramPurpose.OTHER
        )
        return KindVerdict(MailKind.AUTOMATIC, tuple(signs.answers + signs.others), program)
    return KindVerdict(MailKind.PERSON, (why_not or "nothing says that a program wrote it",), invited)


def _own_letter_reasons(headers: Headers, kind_input: KindInput, ours: OwnIdentity) -> list[str]:
    """The reasons why the mail is one of our letters. The keyed Message-ID is verified elsewhere, with the keys."""
    reasons = []
    if ours.message_id_domain and kind_input.message_id.lower().endswith(f"@{ours.message_id_domain.lower()}"):
        local = kind_input.message_id.rpartition("@")[0]
        if re.fullmatch(r"(?i)[a-z2-7]{29}\.[a-z2-7]{16}", local):
            reasons.append("Message-ID is one of ours")
    for name, value in ours.own_headers.items():
        if any(found.strip() == value for found in headers.get(name.lower(), ())):
            reasons.append(f"{name} says that we wrote it")
    return reasons


def _is_written_by_person(headers: Headers, kind_input: KindInput) -> bool:
    """Whether a person wrote a mail that looks like a delivery report only by its words: *the parcel was not
    delivered*. A mail system uses an address of its own, a null reverse-path or a report's format, or returns the
    original."""
    reverse_path = None if kind_input.return_path is None else kind_input.return_path.strip("<> ")
    content_type = " ".join(headers.get("content-type", ())).lower()
    from_mail_system = (
        is_unattended(kind_input.author)
        or "@" not in kind_input.author
        or reverse_path == ""
        or "multipart/report" in content_type
    )
    return not (
        from_mail_system
        or headers.get("x-failed-recipients")
        or kind_input.report.original_message_ids
        or kind_input.is_reply
    )


def _signs(headers: Headers, kind_input: KindInput, submitted: str, *, own_list: bool) -> _Signs:
    """The signs that a program sent the mail. If a header field names the person behind it, a program's address in From
    and a program's notice in the text belong to the web form and do not count."""
    signs = _Signs([], [])
    if submitted and not (kind_input.person_named and submitted.startswith("auto-generated")):
        (signs.answers if submitted.startswith("auto-replied") else signs.others).append(f"Auto-Submitted: {submitted}")
    signs.answers += _field_signs(headers)
    _add_precedence_signs(headers, signs, own_list=own_list)
    if kind_input.report.other_kind:
        signs.answers.append(kind_input.report.other_kind)
    reverse_path = None if kind_input.return_path is None else kind_input.return_path.strip("<> ")
    if reverse_path == "" and not kind_input.person_named:
        signs.answers.append("the envelope sender is empty")
    elif reverse_path and is_mail_system_address(reverse_path) and not kind_input.person_named:
        signs.others.append(f"the envelope sender is {reverse_path}")
    if is_unattended(kind_input.author) and not kind_input.person_named:
        signs.others.append(f"From is {kind_input.author}, which nobody reads")
    _add_text_signs(kind_input, signs)
    return signs


def _auto_submitted(headers: Headers) -> str:
    """The keyword of Auto-Submitted (RFC 3834 section 5) without comments and parameters, or empty."""
    for value in headers.get("auto-submitted", ()):
        keyword = re.sub(r"\([^()]*\)", "", value).partition(";")[0].strip().lower()
        if keyword:
            return keyword[:60]
    return ""


def _field_signs(headers: Headers) -> list[str]:
    reasons = []
    for name, pattern in wordlist("automatic")["fields"].items():
        values = headers.get(name)
        if values and re.match(pattern, values[0].strip()):
            reasons.append(f"{name.title()}: {values[0][:60]}")
    for name in wordlist("automatic")["receipts"]["names"]:
        reasons += [f"{name.title()}: {value[:60]}" for value in headers.get(name, ())[:1]]
    for name in ("x-mailer", "user-agent"):
        for value in headers.get(name, ()):
            if _PROGRAM_MAILERS.search(value):
                reasons.append(f"{name.title()}: {value[:60]}")
    return reasons


def _add_precedence_signs(headers: Headers, signs: _Signs, *, own_list: bool) -> None:
    for value in headers.get("precedence", ()):
        keyword = value.strip().lower()
        if keyword in _AUTOMATIC_PRECEDENCE and not own_list:
            (signs.answers if keyword in _ANSWER_PRECEDENCE else signs.others).append(f"Precedence: {keyword}")


def _add_text_signs(kind_input: KindInput, signs: _Signs) -> None:
    """Add the signs in subject and text, for automatic mail without a header field that says so."""
    subject = away_subject_words(kind_input.subject, is_reply=kind_input.is_reply)
    challenged = challenge_words(kind_input.subject, kind_input.reply)
    generated = "" if kind_input.person_named else generated_mail_words(kind_input.reply)
    away_words = away_text_words(kind_input.subject, kind_input.reply, is_reply=kind_input.is_reply)
    if subject:
        signs.answers.append(f"the subject is that of an automatic answer: {subject}")
    elif challenged:
        signs.answers.append(f"asks the sender to prove that they are human: {challenged}")
    elif generated:
        signs.others.append(f"the text says that a program wrote it: {generated}")
    elif away_words:
        signs.answers.append(f"the text is an away notice: {away_words}")


def _list_reasons(headers: Headers, kind_input: KindInput, ours: OwnIdentity) -> tuple[list[str], str]:
    """The reasons why the mail is a mailing list's or a newsletter (RFC 2919, RFC 2369); or, if it has list headers but
    is neither, no reasons and an explanation."""
    lists = wordlist("automatic")["lists"]
    identities = [value for name in lists["identity"] for value in headers.get(name, ())]
    if any(ours.is_own_list(value) for value in identities):
        return [], "its list headers are those of our own group alias"
    reasons = [f"{name.title()}: {headers[name][0][:80]}" for name in lists["names"] if headers.get(name)]
    reasons += ["Precedence: list" for value in headers.get("precedence", ()) if value.strip().lower() == "list"]
    rewritten = kind_input.person_named and ours.is_in_own_domain(kind_input.author)
    if rewritten or (
        _is_from_outside(kind_input, ours) and any(ours.is_list_of_own_domain(value) for value in identities)
    ):
        return [], "a group of our own domain passes on what somebody outside wrote"
    bulk = [f"{name.title()} is there" for name in lists["bulk"] if headers.get(name)]
    if bulk == ["List-Unsubscribe is there"] and not reasons and _is_person_to_us(kind_input, ours):
        return [], "List-Unsubscribe is there, but a person's address wrote it to ours"
    return reasons + bulk, ""


def _is_from_outside(kind_input: KindInput, ours: OwnIdentity) -> bool:
    """Whether a person outside the company wrote the mail; colleagues also write to each other through our groups."""
    return not (
        ours.is_in_own_domain(kind_input.author)
        or is_unattended(kind_input.author)
        or is_newsletter_address(kind_input.author)
    )


def _is_person_to_us(kind_input: KindInput, ours: OwnIdentity) -> bool:
    """Whether a mail was sent from a person's address to one of ours, unlike bulk mail."""
    to_us = any(ours.is_own_sender(address) for address in kind_input.to)
    return to_us and not (is_unattended(kind_input.author) or is_newsletter_address(kind_input.author))
