"""What a letter reports of a case: people, details known and missing, files, the mail it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from config.policy import DetailSpec, DetailType, Policy, in_language
from daemon.decide.procedure.details import TOO_EARLY, first_allowed_day
from daemon.decide.procedure.notices import ASK, THIRD_PARTY_QUESTION
from daemon.letters.letter_input import LetterInput
from daemon.letters.variables import Row
from parsers.details.details import CONTRADICTORY
from parsers.details.identifiers import luhn_digit, vin_check_digit, vin_error
from parsers.details.phones import international_format
from storage.ledger_events import LedgerEvent
from storage.values import Case, Detail, Message, Party, Role, Ticket
from templates.filters import short_date
from templates.text_part import SIGNATURE

_VIN_CHARACTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"  # ISO 3779: without I, O and Q
MOST_WORDS = 20_000  # characters of a reported mail; the whole of it stays with the case
MOST_SHOWN = 240  # characters of a detail in a list of facts
_SUBJECT_LEAD = re.compile(
    r"\s?(?:(?:re|aw|antw|r|rif|sv|vs|odp|fwd?|fw|wg|i|tr|rv|回复|答复|转发|回覆|轉寄)\s?(?:\[\d{1,6}\])?\s?[:：]\s?)+",
    re.IGNORECASE,
)


class FactsOrEmpty(dict[str, Any]):
    """Facts by name, those that are not there empty: entries of older versions had other facts."""

    def __missing__(self, name: str) -> str:
        return ""


def party_row(party: Party) -> Row:
    """A party as a row of name, address, role, third_party. A display name with an @ in it counts as no name."""
    name = "" if "@" in party.name else party.name
    return {"name": name, "address": party.address, "role": party.role.value, "third_party": party.third_party}


def bare_subject(subject: str, reference: str) -> str:
    """The subject without reply and forward prefixes and without our tags: the same in all mails of a thread."""
    prefix = re.escape(reference.partition("-")[0])
    # The tag of another case too: a mail that quoted it may have become a case of its own.
    text = " ".join(re.sub(rf"\[{prefix}-\d{{4}}-\d+\]", " ", subject).split())
    while (lead := _SUBJECT_LEAD.match(text)) is not None:
        text = text[lead.end() :]
    return text.strip()


def details_known_and_missing(letter_input: LetterInput) -> tuple[list[Row], list[Row], list[Row]]:
    """Three lists of rows: details found, in the policy's order; required details that are missing; details that this
    letter asks for though they are not required."""
    ticket, policy, language = letter_input.ticket, letter_input.policy, letter_input.language
    kind = policy.kinds.get(ticket.kind)
    found = [
        {
            "name": name,
            "label": detail_label(policy, name, language),
            "shown": _shown(policy, name, detail),
            "sort": _sort(policy, name),
        }
        for name, detail in ((name, ticket.details.get(name)) for name in policy.details)
        if detail is not None and not detail.wrong
    ]
    lacking = [name for name in (*kind.requires, *kind.asks) if _lacks(ticket.details, name)] if kind else []
    # The policy that the case was under before may have asked for details that this one does not have.
    asked = [name for name in _asked_now(letter_input) if name in policy.details]
    required = [name for name in lacking if kind and name in kind.requires]
    other = [name for name in dict.fromkeys((*lacking, *asked)) if name in asked and name not in required]
    rows = {name: _missing_row(ticket, policy, name, language) for name in (*required, *other)}
    return found, [rows[name] for name in required], [rows[name] for name in other]


def _shown(policy: Policy, name: str, detail: Detail) -> str:
    """A detail as it was written; a telephone number in international form."""
    phone = policy.details[name].sort is DetailType.PHONE
    return international_format(detail.value) if phone else _short(detail.shown)


def _lacks(known: Mapping[str, Detail], name: str) -> bool:
    return name not in known or bool(known[name].wrong)


def _asked_now(letter_input: LetterInput) -> list[str]:
    """The names of the details that the decision behind this letter asks for."""
    named = list(letter_input.about.get("ask_details") or ())
    now = letter_input.ticket.updated_at
    asks = [
        entry for entry in letter_input.case.history if entry.event == LedgerEvent.DETAILS_ASKED and entry.at == now
    ]
    return [*named, *(name for entry in asks for name in entry.facts.get("details", ()))]


def _missing_row(ticket: Ticket, policy: Policy, name: str, language: str) -> Row:
    spec, given = policy.details[name], ticket.details.get(name)
    return {
        "name": name,
        "label": in_language(spec.label, language),
        "question": in_language(spec.question, language),
        "example": spec.example,
        "given": _short(given.shown) if given and given.wrong else "",
        "wrong": _why_wrong(ticket, policy, name, given, language) if given and given.wrong else "",
        "sort": str(spec.sort.value),
    }


def _why_wrong(ticket: Ticket, policy: Policy, name: str, given: Detail, language: str) -> str:
    """What is wrong with a value, in the reader's language: with the digit or the first day where one is at fault."""
    spec = policy.details[name]
    if given.wrong == CONTRADICTORY:
        return ""  # each may be right
    first = first_allowed_day(policy, spec, ticket.details)
    if first is not None and given.wrong == f"{TOO_EARLY}{first}" and spec.too_early:
        return in_language(spec.too_early, language).replace("{not_before}", short_date(first, language, UTC))
    digits = _wrong_check_digit(spec, given.value)
    if digits is not None and spec.wrong_digit:
        return in_language(spec.wrong_digit, language).replace("{digit}", digits[0]).replace("{right}", digits[1])
    return in_language(spec.wrong, language)


def _wrong_check_digit(spec: DetailSpec, value: str) -> tuple[str, str] | None:
    """The check digit of an IMEI or VIN and the one that would be right; None where the digit is not the fault."""
    if spec.sort is DetailType.IMEI and len(value) == 15 and value.isdecimal():
        given, right = value[14], luhn_digit(value[:14])
        return (given, right) if given != right else None
    if spec.sort is DetailType.VIN and len(value) == 17 and vin_error(value):
        given, right = value[8], vin_check_digit(value)
        is_only_fault = given in _VIN_CHARACTERS and not vin_error(f"{value[:8]}{right}{value[9:]}")
        return (given, right) if is_only_fault else None
    return None


def detail_label(policy: Policy, name: str, language: str) -> str:
    """The label of a detail in a language."""
    return in_language(policy.details[name].label, language)


def _sort(policy: Policy, name: str) -> str:
    return str(policy.details[name].sort.value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1].rsplit(" ", 1)[0] + "…"


def earlier_cases(letter_input: LetterInput) -> list[Row]:
    """Earlier cases of the same product, the newest first, as rows of reference, received, details by name."""
    return [
        {
            "reference": ticket.reference,
            "received": ticket.received_at,
            "details": FactsOrEmpty(
                {name: _short(given.shown) for name, given in ticket.details.items() if not given.wrong}
            ),
        }
        for ticket in letter_input.case.earlier
    ]


# ------------------------------------------------------------------------------------------------- mails and files


def files_received(letter_input: LetterInput) -> list[Row]:
    """The files of the mail that caused the letter, else all that the customer has sent, without inline pictures."""
    if "files" in letter_input.about:
        return _rows(letter_input.about["files"])
    mails = [m for m in letter_input.case.messages if m.direction == "in" and m.thread == "customer" and not m.held]
    return [row for mail in mails for row in _rows(mail.attachments)]


def _rows(attachments: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [
        {"name": str(file.get("name", "")), "size": int(file.get("size", 0)), "danger": str(file.get("danger", ""))}
        for file in attachments
        if not file.get("inline")
    ]


def reported_mail(letter_input: LetterInput) -> Row | None:
    """The mail that a staff letter reports: the one that caused it, else the customer's last; None without any."""
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
        "name": (party_row(writer)["name"] if writer else ""),
        "address": mail.sender,
        "at": mail.at,
        "text": text[:MOST_WORDS],
        "shortened": len(text) > MOST_WORDS,
        "files": _rows(mail.attachments),
    }


def last_question_letter(letter_input: LetterInput) -> Row | None:
    """The last letter that asked this reader something, without its signature, as a row of at and text; None without
    any."""
    asking = (ASK, THIRD_PARTY_QUESTION, *(spec.notice for spec in letter_input.policy.dossiers.values()))
    asked = [
        mail
        for mail in mails_of(letter_input.case, letter_input.party)
        if mail.direction == "out" and mail.notice in asking
    ]
    return {"at": asked[-1].at, "text": asked[-1].text.partition(f"\n{SIGNATURE}\n")[0]} if asked else None


def title_of(policy: Policy, value: str, language: str) -> str:
    """The title of the kind, team, decision, third party or dossier of this name; without one the name itself."""
    for known in (policy.kinds, policy.teams, policy.decisions, policy.third_parties, policy.dossiers):
        spec: Any = known.get(value)
        if spec is not None:
            return in_language(spec.title, language)
    return value


def mails_of(case: Case, party: Party) -> list[Message]:
    """The mails from and to this party, in order: those that its mail program can thread on."""
    if party.role is Role.CUSTOMER:
        return [m for m in case.messages if m.thread == "customer" and not m.held and m.party in (0, party.number)]
    return [m for m in case.messages if m.party == party.number]
