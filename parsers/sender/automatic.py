"""Decide whether a person or a program sent a mail, with all reasons (RFC 3834, 5230, 2919, 2369, 8098)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.reading import Evidence, MailKind, Program, Strength
from parsers.sender.away import away_subject, away_text, challenge, generated_text
from parsers.sender.bounces import DeliveryReport
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.unread_addresses import is_campaign, is_mail_system, is_nobodys
from parsers.wordlists import wordlist

Headers = Mapping[str, Sequence[str]]

_AUTOMATIC_PRECEDENCE = ("auto_reply", "auto-reply", "autoreply", "junk", "bulk")
_PROGRAM_MAILERS = re.compile(
    r"(?i)\b(?:vacation(?: \d|/)|autoresponder|auto-?responder|mailbot|out of office|"
    r"autoreply|mail-?bounce|php/[0-9.]+ autore)"
)
_ANSWER_PRECEDENCE = ("auto_reply", "auto-reply", "autoreply")


@dataclass(frozen=True, slots=True)
class Clues:
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
    evidence: tuple[Evidence, ...] = ()
    named: bool = False
    to: tuple[str, ...] = ()
    aggregate: str = ""
    invitation: bool = False

    @property
    def answers(self) -> bool:
        """Whether the mail is a reply to another one."""
        return any(clue.strength in (Strength.OWN_MESSAGE_ID, Strength.MESSAGE_ID) for clue in self.evidence)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind of a mail, the reasons for it (never empty), and the purpose of a program's mail."""

    kind: MailKind
    reasons: tuple[str, ...]
    program: Program | None = None


@dataclass(slots=True)
class _Signs:
    """Signs that a program sent the mail: `answers` for automatic responses, `others` for any other program's mail."""

    answers: list[str]
    others: list[str]


def kind_of(headers: Headers, clues: Clues, ours: OwnIdentity) -> Verdict:
    """Determine the kind of a mail: our own, a delivery report, automatic, a list's, or a person's."""
    own_reasons = _own_letter_reasons(headers, clues, ours)
    if own_reasons:
        return Verdict(MailKind.OWN, tuple(own_reasons))
    if clues.report.is_bounce and not _is_written_by_person(headers, clues):
        return Verdict(MailKind.BOUNCE, clues.report.reasons)
    if clues.aggregate:
        return Verdict(MailKind.AUTOMATIC, (clues.aggregate,), Program.REPORT)
    submitted = _auto_submitted(headers)
    invited = Program.INVITATION if clues.invitation else None
    if submitted == "no":  # RFC 3834 section 5: the sender's system states that a person sent it
        return Verdict(MailKind.PERSON, ("Auto-Submitted: no",), invited)
    if ours.is_own_sender(clues.author) and not clues.named:
        return Verdict(MailKind.OWN, (f"From is our own address {clues.author}, and nobody else is named",))
    list_reasons, why_not = _list_reasons(headers, clues, ours)
    signs = _signs(headers, clues, submitted, own_list=bool(why_not))
    if list_reasons and not submitted:
        return Verdict(MailKind.LIST, tuple(list_reasons + signs.answers + signs.others))
    if signs.answers or signs.others:
        receipt = clues.report.kind or headers.get("x-ricevuta")
        program = Program.RECEIPT if receipt else Program.ANSWER if signs.answers else Program.OTHER
        return Verdict(MailKind.AUTOMATIC, tuple(signs.answers + signs.others), program)
    return Verdict(MailKind.PERSON, (why_not or "nothing says that a program wrote it",), invited)


def _own_letter_reasons(headers: Headers, clues: Clues, ours: OwnIdentity) -> list[str]:
    """The reasons why the mail is one of our letters. The keyed Message-ID is verified elsewhere, with the keys."""
    reasons = []
    if ours.message_id_domain and clues.message_id.lower().endswith(f"@{ours.message_id_domain.lower()}"):
        local = clues.message_id.rpartition("@")[0]
        if re.fullmatch(r"(?i)[a-z2-7]{29}\.[a-z2-7]{16}", local):
            reasons.append("Message-ID is one of ours")
    for name, value in ours.own_headers.items():
        if any(found.strip() == value for found in headers.get(name.lower(), ())):
            reasons.append(f"{name} says that we wrote it")
    return reasons


def _is_written_by_person(headers: Headers, clues: Clues) -> bool:
    """Whether a person wrote a mail that looks like a delivery report only by its words: *the parcel was not
    delivered*. A mail system uses an address of its own, a null reverse-path or a report's format, or returns the
    original."""
    reverse_path = None if clues.return_path is None else clues.return_path.strip("<> ")
    content_type = " ".join(headers.get("content-type", ())).lower()
    from_mail_system = (
        is_nobodys(clues.author) or "@" not in clues.author or reverse_path == "" or "multipart/report" in content_type
    )
    return not (from_mail_system or headers.get("x-failed-recipients") or clues.report.original_ids or clues.answers)


def _signs(headers: Headers, clues: Clues, submitted: str, *, own_list: bool) -> _Signs:
    """The signs that a program sent the mail. If a header field names the person behind it, a program's address in From
    and a program's notice in the text belong to the web form and do not count."""
    signs = _Signs([], [])
    if submitted and not (clues.named and submitted.startswith("auto-generated")):
        (signs.answers if submitted.startswith("auto-replied") else signs.others).append(f"Auto-Submitted: {submitted}")
    signs.answers += _field_signs(headers)
    _add_precedence_signs(headers, signs, own_list=own_list)
    if clues.report.kind:
        signs.answers.append(clues.report.kind)
    reverse_path = None if clues.return_path is None else clues.return_path.strip("<> ")
    if reverse_path == "" and not clues.named:
        signs.answers.append("the envelope sender is empty")
    elif reverse_path and is_mail_system(reverse_path) and not clues.named:
        signs.others.append(f"the envelope sender is {reverse_path}")
    if is_nobodys(clues.author) and not clues.named:
        signs.others.append(f"From is {clues.author}, which nobody reads")
    _add_text_signs(clues, signs)
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


def _add_text_signs(clues: Clues, signs: _Signs) -> None:
    """Add the signs in subject and text, for automatic mail without a header field that says so."""
    subject = away_subject(clues.subject, answers=clues.answers)
    challenged = challenge(clues.subject, clues.reply)
    generated = "" if clues.named else generated_text(clues.reply)
    away_words = away_text(clues.subject, clues.reply, answers=clues.answers)
    if subject:
        signs.answers.append(f"the subject is that of an automatic answer: {subject}")
    elif challenged:
        signs.answers.append(f"asks the sender to prove that they are human: {challenged}")
    elif generated:
        signs.others.append(f"the text says that a program wrote it: {generated}")
    elif away_words:
        signs.answers.append(f"the text is an away notice: {away_words}")


def _list_reasons(headers: Headers, clues: Clues, ours: OwnIdentity) -> tuple[list[str], str]:
    """The reasons why the mail is a mailing list's or a newsletter (RFC 2919, RFC 2369); or, if it has list headers but
    is neither, no reasons and an explanation."""
    lists = wordlist("automatic")["lists"]
    identities = [value for name in lists["identity"] for value in headers.get(name, ())]
    if any(ours.is_own_list(value) for value in identities):
        return [], "its list headers are those of our own group alias"
    reasons = [f"{name.title()}: {headers[name][0][:80]}" for name in lists["names"] if headers.get(name)]
    reasons += ["Precedence: list" for value in headers.get("precedence", ()) if value.strip().lower() == "list"]
    rewritten = clues.named and ours.is_at_home(clues.author)
    if rewritten or (_is_from_outside(clues, ours) and any(ours.is_home_list(value) for value in identities)):
        return [], "a group of our own domain passes on what somebody outside wrote"
    bulk = [f"{name.title()} is there" for name in lists["bulk"] if headers.get(name)]
    if bulk == ["List-Unsubscribe is there"] and not reasons and _is_person_to_us(clues, ours):
        return [], "List-Unsubscribe is there, but a person's address wrote it to ours"
    return reasons + bulk, ""


def _is_from_outside(clues: Clues, ours: OwnIdentity) -> bool:
    """Whether a person outside the company wrote the mail; colleagues also write to each other through our groups."""
    return not (ours.is_at_home(clues.author) or is_nobodys(clues.author) or is_campaign(clues.author))


def _is_person_to_us(clues: Clues, ours: OwnIdentity) -> bool:
    """Whether a mail was sent from a person's address to one of ours, unlike bulk mail."""
    to_us = any(ours.is_own_sender(address) for address in clues.to)
    return to_us and not (is_nobodys(clues.author) or is_campaign(clues.author))
