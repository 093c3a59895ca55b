"""What a letter reports of a case: people, details known and missing, files, the words in hand, what has been done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any

from config.policy import DetailSpec, DetailType, Policy, say
from daemon.decide.procedure.details import TOO_EARLY
from daemon.decide.procedure.notices import ASK, THIRD_PARTY_QUESTION
from daemon.letters.letter_input import LetterInput
from parsers.details.details import CONTRADICTS
from parsers.details.phones import international
from storage.ledger_events import LedgerEvent
from storage.values import Case, Detail, Message, Party, Role
from templates.textpart import SIGNATURE
from templates.words import short_date

Row = dict[str, Any]
_DIGIT = re.compile(r"\bdigit\b.{0,40} is (\w) and should be (\w)\b")  # as parsers/identifiers says it
MOST_WORDS = 20_000  # characters of a reported mail; the whole of it stays with the case
MOST_SHOWN = 240  # characters of a detail in a list of facts
_SUBJECT_LEAD = re.compile(
    r"\s?(?:(?:re|aw|antw|r|rif|sv|vs|odp|fwd?|fw|wg|i|tr|rv|回复|答复|转发|回覆|轉寄)\s?(?:\[\d{1,6}\])?\s?[:：]\s?)+",
    re.IGNORECASE,
)


class Known(dict[str, Any]):
    """Facts of a ledger entry: what an entry does not have is empty, since entries of other days had other facts."""

    def __missing__(self, name: str) -> str:
        return ""


def person(party: Party) -> Row:
    """Somebody as a letter names them. A display name that is only an address is no name."""
    name = "" if "@" in party.name else party.name
    return {"name": name, "address": party.address, "role": party.role.value, "third_party": party.third_party}


def bare_subject(subject: str, reference: str) -> str:
    """The subject without Re: and its like and without our tags, so that a thread's subject stays the same."""
    prefix = re.escape(reference.partition("-")[0])
    # Another case's tag goes too: a mail that quoted it may have become a case of its own.
    text = " ".join(re.sub(rf"\[{prefix}-\d{{4}}-\d+\]", " ", subject).split())
    while (lead := _SUBJECT_LEAD.match(text)) is not None:
        text = text[lead.end() :]
    return text.strip()


def details(letter_input: LetterInput) -> tuple[list[Row], list[Row], list[Row]]:
    """Details found, in the policy's order; required ones missing; and those that this letter asks for though they are
    not required."""
    ticket, policy, language = letter_input.ticket, letter_input.policy, letter_input.language
    kind = policy.kinds.get(ticket.kind)
    found = [
        {
            "name": name,
            "label": label_of(policy, name, language),
            "shown": _shown(policy, name, one),
            "sort": _sort(policy, name),
        }
        for name, one in ((name, ticket.details.get(name)) for name in policy.details)
        if one is not None and not one.wrong
    ]
    lacking = [name for name in (*kind.requires, *kind.asks) if _lacks(ticket.details, name)] if kind else []
    asked = [
        name for name in _asked_now(letter_input) if name in policy.details
    ]  # another policy may have asked just now
    required = [name for name in lacking if kind and name in kind.requires]
    other = [name for name in dict.fromkeys((*lacking, *asked)) if name in asked and name not in required]
    rows = {name: _missing_row(policy, name, language, ticket.details.get(name)) for name in (*required, *other)}
    return found, [rows[name] for name in required], [rows[name] for name in other]


def _shown(policy: Policy, name: str, one: Detail) -> str:
    """A detail as letters show it: as it was written, but a telephone number so that it can be dialled anywhere."""
    phone = policy.details[name].sort is DetailType.PHONE
    return international(one.value) if phone else _short(one.shown)


def _lacks(known: Mapping[str, Detail], name: str) -> bool:
    return name not in known or bool(known[name].wrong)


def _asked_now(letter_input: LetterInput) -> list[str]:
    """The details that this very decision asks for."""
    named = list(letter_input.about.get("ask_details") or ())
    now = letter_input.ticket.updated_at
    asks = [
        entry for entry in letter_input.case.history if entry.event == LedgerEvent.DETAILS_ASKED and entry.at == now
    ]
    return [*named, *(name for entry in asks for name in entry.facts.get("details", ()))]


def _missing_row(policy: Policy, name: str, language: str, given: Detail | None) -> Row:
    spec = policy.details[name]
    return {
        "name": name,
        "label": say(spec.label, language),
        "question": say(spec.question, language),
        "example": spec.example,
        "given": _short(given.shown) if given and given.wrong else "",
        "wrong": _why_wrong(spec, given.wrong, language) if given and given.wrong else "",
        "sort": str(spec.sort.value),
    }


def _why_wrong(spec: DetailSpec, rule: str, language: str) -> str:
    """What is wrong with a value, in words for the reader: with the very digit or day where one is at fault."""
    if rule == CONTRADICTS:
        return ""  # each may be right
    digit = _DIGIT.search(rule)
    if rule.startswith(TOO_EARLY) and spec.too_early:
        first = short_date(date.fromisoformat(rule.removeprefix(TOO_EARLY)), language, UTC)
        return say(spec.too_early, language).replace("{not_before}", first)
    if digit and spec.wrong_digit:
        return say(spec.wrong_digit, language).replace("{digit}", digit[1]).replace("{right}", digit[2])
    return say(spec.wrong, language)


def label_of(policy: Policy, name: str, language: str) -> str:
    """What a detail is called in a language."""
    return say(policy.details[name].label, language)


def _sort(policy: Policy, name: str) -> str:
    return str(policy.details[name].sort.value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1].rsplit(" ", 1)[0] + "…"


def earlier(letter_input: LetterInput) -> list[Row]:
    """The earlier cases of the same product, the newest first; a detail that one does not have is empty."""
    return [
        {
            "reference": one.reference,
            "received": one.received_at,
            "details": Known({name: _short(detail.shown) for name, detail in one.details.items() if not detail.wrong}),
        }
        for one in letter_input.case.earlier
    ]


# ------------------------------------------------------------------------------------------------- mails and files


def files(letter_input: LetterInput) -> list[Row]:
    """The files of the mail in hand, else all that the customer has sent. Pictures inside the text are none."""
    if "files" in letter_input.about:
        return _rows(letter_input.about["files"])
    mails = [m for m in letter_input.case.messages if m.direction == "in" and m.thread == "customer" and not m.held]
    return [row for mail in mails for row in _rows(mail.attachments)]


def _rows(attachments: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [
        {"name": str(one.get("name", "")), "size": int(one.get("size", 0)), "danger": str(one.get("danger", ""))}
        for one in attachments
        if not one.get("inline")
    ]


def last_words(letter_input: LetterInput) -> Row | None:
    """The mail a staff letter reports: the one in hand, else the customer's last. None where there is none."""
    case, about = letter_input.case, letter_input.about
    wanted = about.get("from_party")
    read = [m for m in case.messages if m.direction == "in" and not m.automatic]
    incoming = [m for m in read if m.thread != "staff" or m.party == wanted]
    own = (
        [m for m in incoming if m.party == wanted]
        if wanted
        else [m for m in incoming if m.thread == "customer" and not m.held]
    )
    if not own:
        return None
    mail = own[-1]
    writer = next((party for party in case.parties if party.number == mail.party), None)
    text = str(about.get("new_words", "") or mail.text)
    return {
        "name": (person(writer)["name"] if writer else ""),
        "address": mail.sender,
        "at": mail.at,
        "text": text[:MOST_WORDS],
        "shortened": len(text) > MOST_WORDS,
        "files": _rows(mail.attachments),
    }


def asked_before(letter_input: LetterInput) -> Row | None:
    """The last letter that put a question to this reader, without what stands below its signature."""
    asking = (ASK, THIRD_PARTY_QUESTION, *(one.notice for one in letter_input.policy.dossiers.values()))
    put = [
        mail
        for mail in mails_of(letter_input.case, letter_input.party)
        if mail.direction == "out" and mail.notice in asking
    ]
    return {"at": put[-1].at, "text": put[-1].text.partition(f"\n{SIGNATURE}\n")[0]} if put else None


def title_of(policy: Policy, value: str, language: str) -> str:
    """The title of whatever the policy knows by this name, or the name itself."""
    for known in (policy.kinds, policy.teams, policy.decisions, policy.third_parties, policy.dossiers):
        spec: Any = known.get(value)
        if spec is not None:
            return say(spec.title, language)
    return value


def mails_of(case: Case, party: Party) -> list[Message]:
    """The mails that this party wrote or was written, in order: what its mail program can thread on."""
    if party.role is Role.CUSTOMER:
        return [m for m in case.messages if m.thread == "customer" and not m.held and m.party in (0, party.number)]
    return [m for m in case.messages if m.party == party.number]
