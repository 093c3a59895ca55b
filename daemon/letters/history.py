"""The history of a case as a letter shows it: the steps taken, and the letters that its reader was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from config.policy import Policy, in_language
from daemon.letters.case_rows import as_date
from daemon.letters.case_summary import FactsOrEmpty, detail_label
from daemon.letters.letter_input import LetterInput
from daemon.letters.variables import Row
from storage.ledger_events import LedgerEvent
from storage.values import LedgerEntry

# The ledger events that customers are shown. None shows a third party or words that staff wrote to each other.
EVENTS_SHOWN_TO_CUSTOMERS = frozenset(
    {
        LedgerEvent.OPENED,
        LedgerEvent.ASSIGNED,
        LedgerEvent.SORTED,
        LedgerEvent.NOTE,
        LedgerEvent.DETAILS_ASKED,
        LedgerEvent.MAIL_RECEIVED,
        LedgerEvent.LETTER_SENT,
        LedgerEvent.REOPENED,
    }
)
EVENTS_SHOWN_TO_STAFF = EVENTS_SHOWN_TO_CUSTOMERS | frozenset(
    {
        LedgerEvent.ASKED_CUSTOMER,
        LedgerEvent.WROTE_TO_CUSTOMER,
        LedgerEvent.EXTENDED,
        LedgerEvent.DECIDED,
        LedgerEvent.ASKED_THIRD_PARTY,
        LedgerEvent.DOSSIER_INCOMPLETE,
        LedgerEvent.DOSSIER_PASSED_ON,
        LedgerEvent.NUMBER_GIVEN,
        LedgerEvent.STAFF_WARNED,
        LedgerEvent.LETTER_FAILED,
        LedgerEvent.BOUNCED,
        LedgerEvent.MAIL_HELD,
        LedgerEvent.PARTICIPANT_ADDED,
        LedgerEvent.ACTED_BY_ITSELF,
        LedgerEvent.PROMISE_BROKEN,
        LedgerEvent.ANSWERED,
        LedgerEvent.CLOSED,
        LedgerEvent.WAITED,
        LedgerEvent.WAITS,
        LedgerEvent.WILL_BE_REMINDED,
        LedgerEvent.REMINDED_OF_NOTE,
        LedgerEvent.MERGED,
        LedgerEvent.TOOK_IN_A_CASE,
        LedgerEvent.SPLIT_OFF,
        LedgerEvent.FAST_TRACK,
        LedgerEvent.LETTERS_STOPPED,
        LedgerEvent.ADDRESS_CORRECTED,
        LedgerEvent.PARTICIPANT_CONFIRMED,
        LedgerEvent.PARTICIPANT_REMOVED,
        LedgerEvent.STAFF_MAIL_REFUSED,
        LedgerEvent.LIMIT_REACHED,
        LedgerEvent.KEPT_FROM_NAMED,
        LedgerEvent.MOVED,
    }
)

_EVENTS = frozenset(LedgerEvent)
"""Events that this version knows. Staff are shown any other by its own word: a newer version wrote it."""


def history(letter_input: LetterInput, *, inside: bool) -> list[Row]:
    """Rows of at, event, by and facts, the oldest first. `inside` is for staff, who are shown more of them."""
    shown_events = EVENTS_SHOWN_TO_STAFF if inside else EVENTS_SHOWN_TO_CUSTOMERS
    opened = {entry.at for entry in letter_input.case.history if entry.event == LedgerEvent.OPENED}
    entries = letter_input.case.history if inside else _with_letters(letter_input)
    return [
        {
            "at": entry.at,
            "event": entry.event,
            "by": entry.by,
            "facts": _facts(entry, letter_input.policy, letter_input.language),
        }
        for entry in entries
        if (entry.event in shown_events or (inside and entry.event not in _EVENTS))
        and _concerns(letter_input, entry, inside)
        and not (_is_mail(entry) and entry.at in opened)
    ]


def _with_letters(letter_input: LetterInput) -> Iterator[LedgerEntry]:
    """The ledger entries, with "letter sent" in place of "notice written" for letters that the reader was sent.

    The ledger has "letter sent" only for letters that may keep a promise. Another letter counts as sent when it was
    written and neither stopped nor given up.
    """
    open_letters: list[LedgerEntry] = []
    for entry in letter_input.case.history:
        same = [written for written in open_letters if written.facts.get("notice") == entry.facts.get("notice")]
        if _is_earlier_letter(letter_input, entry):
            open_letters.append(entry)
        elif (
            entry.event in (LedgerEvent.LETTER_SENT, LedgerEvent.LETTER_FAILED)
            and entry.facts.get("party") == letter_input.due.party
            and same
        ):
            open_letters.remove(same[0])
        elif entry.event == LedgerEvent.LETTERS_STOPPED:
            open_letters = [
                written for written in open_letters if written.facts.get("notice") not in entry.facts.get("notices", ())
            ]
    sent = {id(written) for written in open_letters}
    for entry in letter_input.case.history:
        yield replace(entry, event=LedgerEvent.LETTER_SENT) if id(entry) in sent else entry


def _is_earlier_letter(letter_input: LetterInput, entry: LedgerEntry) -> bool:
    mine = entry.event == LedgerEvent.NOTICE_WRITTEN and entry.facts.get("party") == letter_input.due.party
    return mine and entry.at != letter_input.ticket.updated_at  # not this letter itself


def _is_mail(entry: LedgerEntry) -> bool:
    return entry.event == LedgerEvent.MAIL_RECEIVED


def _concerns(letter_input: LetterInput, entry: LedgerEntry, inside: bool) -> bool:
    """Whether the reader is shown the entry.

    Nobody is shown letters to staff and mail from staff. Others than staff are not shown letters to other people, nor
    what was done by the decision that this letter is about.
    """
    thread = entry.facts.get("thread", "customer")
    if entry.event == LedgerEvent.LETTER_SENT:
        reader = entry.facts.get("party")
        customers = [party.number for party in letter_input.case.parties if not party.is_staff]
        return reader in customers if inside else reader == letter_input.due.party
    if inside:
        return bool(thread != "staff")
    return bool(thread == "customer" and entry.at != letter_input.ticket.updated_at) and _has_titles(
        letter_input, entry
    )


def _has_titles(letter_input: LetterInput, entry: LedgerEntry) -> bool:
    """Whether what the entry names has a title in this policy; a policy that the case has left may have named it."""
    known: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        LedgerEvent.ASSIGNED: ("team", letter_input.policy.teams),
        LedgerEvent.SORTED: ("kind", letter_input.policy.kinds),
        LedgerEvent.DETAILS_ASKED: ("details", letter_input.policy.details),
    }
    fact, titles = known.get(entry.event, ("", {}))
    named = entry.facts.get(fact) or ()
    return not named or any(name in titles for name in ([named] if isinstance(named, str) else named))


def _facts(entry: LedgerEntry, policy: Policy, language: str) -> Row:
    """The entry's facts, with the policy's names beside their titles."""
    facts = FactsOrEmpty(entry.facts)
    for name in ("old", "new", "due", "until"):
        facts[name] = as_date(facts[name]) or entry.at
    titled: Mapping[str, Mapping[str, Any]] = {
        "team": policy.teams, "kind": policy.kinds, "decision": policy.decisions, "promise": policy.promises,
        "third_party": policy.third_parties,
    }  # fmt: skip
    for name, known in titled.items():
        spec = known.get(str(facts.get(name, "")))
        facts[f"{name}_title"] = in_language(spec.title, language) if spec else str(facts.get(name, ""))
    asked = facts.get("details") or ()
    facts["labels"] = [detail_label(policy, name, language) for name in asked if name in policy.details]
    return facts
