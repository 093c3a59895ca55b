"""Who wrote a mail, a person or a program, with every reason (RFC 3834, RFC 5230, RFC 2919, RFC 2369, RFC 8098)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.away import away_subject, away_text, challenge, generated_text
from parsers.bounces import Report
from parsers.house import House
from parsers.reading import Evidence, Sort, Strength
from parsers.wordlists import wordlist

Headers = Mapping[str, Sequence[str]]

_DAEMON = re.compile(
    r"(?i)^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mmdf|mail[-_.]?delivery(?:[-_.]?sub(?:system|sys))?|"
    r"mdaemon|mail[-_.]?system|double-bounce|bounces?|bounce-notification|mailadm(?:in)?)(?:[+=-].*)?@|^<>$"
)
_MACHINE = re.compile(
    r"(?i)^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|dont[-_.]?reply|nicht[-_.]?antworten|nepasrepondre|"
    r"ne[-_.]pas[-_.]repondre|noresponder|no[-_.]responder|nao[-_.]?responda|nonrispondere|non[-_.]rispondere|"
    r"no[-_.]?reply[-_.][^@]*+|[^@]{0,80}[-_.]no[-_.]?reply|notifications?|notify|alerts?|autoreply|auto[-_.]reply|"
    r"automailer|auto[-_.]?responder|nobody|www[-_]?data|apache|daemon|cron|root|wordpress)(?:[+=-][^@]{0,320}+)?@"
)
_PRECEDENCE = ("auto_reply", "auto-reply", "autoreply", "junk", "bulk")
_PROGRAMS = re.compile(
    r"(?i)\b(?:vacation(?: \d|/)|autoresponder|auto-?responder|mailbot|out of office|"
    r"autoreply|mail-?bounce|php/[0-9.]+ autore)"
)


@dataclass(frozen=True, slots=True)
class Clues:
    """What the verdict is drawn from besides the headers. `reply` is the new text alone; `return_path` is None where
    nobody told, and empty for the null sender; `message_id` stands without its brackets."""

    sender: str
    subject: str
    reply: str
    return_path: str | None
    report: Report
    message_id: str
    evidence: tuple[Evidence, ...] = ()


def is_nobodys(address: str) -> bool:
    """Whether an address is by its name one that no person reads: a mail system's, or one that takes no answer."""
    return bool(_DAEMON.match(address) or _MACHINE.match(address))


def sort_of(headers: Headers, clues: Clues, house: House) -> tuple[Sort, tuple[str, ...]]:
    """Who wrote the mail and why we think so. Reasons are never empty."""
    own = _own(headers, clues, house)
    if own:
        return Sort.OWN, tuple(own)
    if clues.report.is_bounce:
        return Sort.BOUNCE, clues.report.reasons
    submitted = _submitted(headers)
    if submitted == "no":  # RFC 3834 section 5: the sender's system vouches that a person wrote it
        return Sort.PERSON, ("Auto-Submitted: no",)
    own_list = _is_own_list(headers, house)
    automatic = _automatic(headers, clues, submitted, own_list=own_list)
    listed = [] if own_list else _list(headers)
    if listed and not submitted:
        return Sort.LIST, tuple(listed + automatic)
    if automatic:
        return Sort.AUTOMATIC, tuple(automatic)
    if own_list:
        return Sort.PERSON, ("its list headers are those of our own group alias",)
    return Sort.PERSON, ("nothing says that a program wrote it",)


def _own(headers: Headers, clues: Clues, house: House) -> list[str]:
    reasons = []
    if house.message_id_domain and clues.message_id.lower().endswith(f"@{house.message_id_domain.lower()}"):
        local = clues.message_id.rpartition("@")[0]
        if re.fullmatch(r"(?i)[a-z2-7]{29}\.[a-z2-7]{16}", local):
            reasons.append("Message-ID is one of ours")
    for name, value in house.own_headers.items():
        if any(found.strip() == value for found in headers.get(name.lower(), ())):
            reasons.append(f"{name} says that we wrote it")
    if house.is_own_sender(clues.sender) and not clues.report.is_bounce:
        reasons.append(f"From is our own address {clues.sender}")
    return reasons


def _automatic(headers: Headers, clues: Clues, submitted: str, *, own_list: bool) -> list[str]:
    reasons = [f"Auto-Submitted: {submitted}"] if submitted else []
    reasons += _by_fields(headers, own_list=own_list)
    if clues.report.kind:
        reasons.append(clues.report.kind)
    returns = None if clues.return_path is None else clues.return_path.strip("<> ")
    if returns == "":
        reasons.append("the envelope sender is empty")
    elif returns and _DAEMON.match(returns):
        reasons.append(f"the envelope sender is {returns}")
    if _DAEMON.match(clues.sender):
        reasons.append(f"From is {clues.sender}")
    elif _MACHINE.match(clues.sender):
        reasons.append(f"From is {clues.sender}, which nobody reads")
    return reasons + _by_words(clues)


def _submitted(headers: Headers) -> str:
    """The keyword of Auto-Submitted (RFC 3834 section 5), without its comments and parameters."""
    for value in headers.get("auto-submitted", ()):
        keyword = re.sub(r"\([^()]*\)", "", value).partition(";")[0].strip().lower()
        if keyword:
            return keyword[:60]
    return ""


def _by_fields(headers: Headers, *, own_list: bool) -> list[str]:
    reasons = []
    for name, pattern in wordlist("automatic")["fields"].items():
        values = headers.get(name)
        if values and re.match(pattern, values[0].strip()):
            reasons.append(f"{name.title()}: {values[0][:60]}")
    for value in headers.get("precedence", ()):
        if value.strip().lower() in _PRECEDENCE and not own_list:
            reasons.append(f"Precedence: {value.strip().lower()}")
    for name in ("x-mailer", "user-agent"):
        for value in headers.get(name, ()):
            if _PROGRAMS.search(value):
                reasons.append(f"{name.title()}: {value[:60]}")
    return reasons


def _by_words(clues: Clues) -> list[str]:
    """Away notices and challenges whose program sent no header: the subject, or the first lines of the text."""
    subject = away_subject(clues.subject)
    if subject:
        return [f"the subject is that of an automatic answer: {subject}"]
    challenged = challenge(clues.subject, clues.reply)
    if challenged:
        return [f"asks the sender to prove that they are human: {challenged}"]
    generated = generated_text(clues.reply)
    if generated:
        return [f"the text says that a program wrote it: {generated}"]
    answers = any(clue.strength in (Strength.OWN_MESSAGE_ID, Strength.MESSAGE_ID) for clue in clues.evidence)
    said = away_text(clues.subject, clues.reply, answers=answers)
    return [f"the text is an away notice: {said}"] if said else []


def _is_own_list(headers: Headers, house: House) -> bool:
    if not house.lists:
        return False
    names = wordlist("automatic")["lists"]["identity"]
    return any(house.is_own_list(value) for name in names for value in headers.get(name, ()))


def _list(headers: Headers) -> list[str]:
    """List headers (RFC 2919, RFC 2369) and those of campaigns."""
    lists = wordlist("automatic")["lists"]
    reasons = [f"{name.title()}: {headers[name][0][:80]}" for name in lists["names"] if headers.get(name)]
    reasons += ["Precedence: list" for value in headers.get("precedence", ()) if value.strip().lower() == "list"]
    return reasons + [f"{name.title()} is there" for name in lists["bulk"] if headers.get(name)]
