"""Who wrote a mail, a person or a program, with every reason (RFC 3834, RFC 5230, RFC 2919, RFC 2369, RFC 8098)."""

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

_PRECEDENCE = ("auto_reply", "auto-reply", "autoreply", "junk", "bulk")
_PROGRAMS = re.compile(
    r"(?i)\b(?:vacation(?: \d|/)|autoresponder|auto-?responder|mailbot|out of office|"
    r"autoreply|mail-?bounce|php/[0-9.]+ autore)"
)


_ANSWERS = ("auto_reply", "auto-reply", "autoreply")


@dataclass(frozen=True, slots=True)
class Clues:
    """What the verdict is drawn from besides the headers. `author` is the address in From; `named` whether another
    header names the person behind a From that is none (behind.py). `reply` is the new text alone; `return_path` is None
    where nobody told, and empty for the null sender; `message_id` stands without its brackets; `to` are the addresses
    the mail says it was written to; `aggregate` and `invitation` what it is as a whole."""

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
        """Whether the mail refers to another one."""
        return any(clue.strength in (Strength.OWN_MESSAGE_ID, Strength.MESSAGE_ID) for clue in self.evidence)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who wrote a mail, what for where it was a program, and why we think so; `reasons` are never empty."""

    kind: MailKind
    reasons: tuple[str, ...]
    program: Program | None = None


@dataclass(slots=True)
class _Signs:
    """What speaks for a program: `answers` that it answers by itself, `others` that it wrote of itself or may have."""

    answers: list[str]
    others: list[str]


def kind_of(headers: Headers, clues: Clues, ours: OwnIdentity) -> Verdict:
    """Who wrote the mail, and what for."""
    own = _own(headers, clues, ours)
    if own:
        return Verdict(MailKind.OWN, tuple(own))
    if clues.report.is_bounce and not _is_a_person_s(headers, clues):
        return Verdict(MailKind.BOUNCE, clues.report.reasons)
    if clues.aggregate:
        return Verdict(MailKind.AUTOMATIC, (clues.aggregate,), Program.REPORT)
    submitted = _submitted(headers)
    invited = Program.INVITATION if clues.invitation else None
    if submitted == "no":  # RFC 3834 section 5: the sender's system vouches that a person wrote it
        return Verdict(MailKind.PERSON, ("Auto-Submitted: no",), invited)
    if ours.is_own_sender(clues.author) and not clues.named:
        return Verdict(MailKind.OWN, (f"From is our own address {clues.author}, and nobody else is named",))
    listed, why_not = _listed(headers, clues, ours)
    signs = _signs(headers, clues, submitted, own_list=bool(why_not))
    if listed and not submitted:
        return Verdict(MailKind.LIST, tuple(listed + signs.answers + signs.others))
    if signs.answers or signs.others:
        receipt = clues.report.kind or headers.get("x-ricevuta")
        program = Program.RECEIPT if receipt else Program.ANSWER if signs.answers else Program.OTHER
        return Verdict(MailKind.AUTOMATIC, tuple(signs.answers + signs.others), program)
    return Verdict(MailKind.PERSON, (why_not or "nothing says that a program wrote it",), invited)


def _own(headers: Headers, clues: Clues, ours: OwnIdentity) -> list[str]:
    """What says that the mail is a letter of ours; whether its Message-ID is genuine is asked where the keys are."""
    reasons = []
    if ours.message_id_domain and clues.message_id.lower().endswith(f"@{ours.message_id_domain.lower()}"):
        local = clues.message_id.rpartition("@")[0]
        if re.fullmatch(r"(?i)[a-z2-7]{29}\.[a-z2-7]{16}", local):
            reasons.append("Message-ID is one of ours")
    for name, value in ours.own_headers.items():
        if any(found.strip() == value for found in headers.get(name.lower(), ())):
            reasons.append(f"{name} says that we wrote it")
    return reasons


def _is_a_person_s(headers: Headers, clues: Clues) -> bool:
    """Whether a mail whose words alone make it a delivery report is a person's: *the parcel was not delivered*. A mail
    system sends from an address of its own, with a null sender, in a report's form, or gives the letter back."""
    returns = None if clues.return_path is None else clues.return_path.strip("<> ")
    form = " ".join(headers.get("content-type", ())).lower()
    system = is_nobodys(clues.author) or "@" not in clues.author or returns == "" or "multipart/report" in form
    return not (system or headers.get("x-failed-recipients") or clues.report.original_ids or clues.answers)


def _signs(headers: Headers, clues: Clues, submitted: str, *, own_list: bool) -> _Signs:
    """Signs of a program. Where a header names the person behind the mail, an address of a program in From, or words
    by which a program says that it sent it, are the form's and not the person's."""
    signs = _Signs([], [])
    if submitted and not (clues.named and submitted.startswith("auto-generated")):
        (signs.answers if submitted.startswith("auto-replied") else signs.others).append(f"Auto-Submitted: {submitted}")
    signs.answers += _by_fields(headers)
    _by_precedence(headers, signs, own_list=own_list)
    if clues.report.kind:
        signs.answers.append(clues.report.kind)
    returns = None if clues.return_path is None else clues.return_path.strip("<> ")
    if returns == "" and not clues.named:
        signs.answers.append("the envelope sender is empty")
    elif returns and is_mail_system(returns) and not clues.named:
        signs.others.append(f"the envelope sender is {returns}")
    if is_nobodys(clues.author) and not clues.named:
        signs.others.append(f"From is {clues.author}, which nobody reads")
    _by_words(clues, signs)
    return signs


def _submitted(headers: Headers) -> str:
    """The keyword of Auto-Submitted (RFC 3834 section 5), without its comments and parameters."""
    for value in headers.get("auto-submitted", ()):
        keyword = re.sub(r"\([^()]*\)", "", value).partition(";")[0].strip().lower()
        if keyword:
            return keyword[:60]
    return ""


def _by_fields(headers: Headers) -> list[str]:
    reasons = []
    for name, pattern in wordlist("automatic")["fields"].items():
        values = headers.get(name)
        if values and re.match(pattern, values[0].strip()):
            reasons.append(f"{name.title()}: {values[0][:60]}")
    for name in wordlist("automatic")["receipts"]["names"]:
        reasons += [f"{name.title()}: {value[:60]}" for value in headers.get(name, ())[:1]]
    for name in ("x-mailer", "user-agent"):
        for value in headers.get(name, ()):
            if _PROGRAMS.search(value):
                reasons.append(f"{name.title()}: {value[:60]}")
    return reasons


def _by_precedence(headers: Headers, signs: _Signs, *, own_list: bool) -> None:
    for value in headers.get("precedence", ()):
        said = value.strip().lower()
        if said in _PRECEDENCE and not own_list:
            (signs.answers if said in _ANSWERS else signs.others).append(f"Precedence: {said}")


def _by_words(clues: Clues, signs: _Signs) -> None:
    """Away notices and challenges whose program sent no header: the subject, or the first lines of the text."""
    subject = away_subject(clues.subject, answers=clues.answers)
    challenged = challenge(clues.subject, clues.reply)
    generated = "" if clues.named else generated_text(clues.reply)
    said = away_text(clues.subject, clues.reply, answers=clues.answers)
    if subject:
        signs.answers.append(f"the subject is that of an automatic answer: {subject}")
    elif challenged:
        signs.answers.append(f"asks the sender to prove that they are human: {challenged}")
    elif generated:
        signs.others.append(f"the text says that a program wrote it: {generated}")
    elif said:
        signs.answers.append(f"the text is an away notice: {said}")


def _listed(headers: Headers, clues: Clues, ours: OwnIdentity) -> tuple[list[str], str]:
    """What makes the mail one of a list or a campaign (RFC 2919, RFC 2369), and else why its list headers do not."""
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
    if bulk == ["List-Unsubscribe is there"] and not reasons and _is_personal(clues, ours):
        return [], "List-Unsubscribe is there, but a person's address wrote it to ours"
    return reasons + bulk, ""


def _is_from_outside(clues: Clues, ours: OwnIdentity) -> bool:
    """Whether a person outside the company wrote it: a group of ours has colleagues' mail among themselves, too."""
    return not (ours.is_at_home(clues.author) or is_nobodys(clues.author) or is_campaign(clues.author))


def _is_personal(clues: Clues, ours: OwnIdentity) -> bool:
    """Whether a person's address wrote a mail to an address of ours, and not one to many."""
    to_us = any(ours.is_own_sender(address) for address in clues.to)
    return to_us and not (is_nobodys(clues.author) or is_campaign(clues.author))
