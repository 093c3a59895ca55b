"""The history of a case as a letter shows it: the steps taken, and the letters that its reader was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from config.policy import Policy, say
from daemon.letters.case_rows import as_date
from daemon.letters.case_summary import Known, label_of
from daemon.letters.letter_input import LetterInput
from daemon.letters.variables import Row
from storage.values import LedgerEntry, Role

# The ledger events that customers are shown. None shows a third party or words that staff wrote to each other.
TOLD_CUSTOMER = ("opened", "assigned", "sorted", "note", "details asked", "mail received", "letter sent", "reopened")
TOLD_STAFF = (
    *TOLD_CUSTOMER, "asked the customer", "wrote to the customer", "extended", "decided", "asked a third party",
    "dossier incomplete", "dossier passed on", "number given", "staff warned", "letter failed", "bounced", "mail held",
    "participant added", "acted by itself",
    "promise broken", "answered", "closed", "waited", "waits",
    "will be reminded", "reminded of a note", "merged", "took in a case", "split off", "fast road", "letters stopped",
    "address put right", "participant confirmed", "participant removed", "staff mail refused", "limit reached",
    "kept from who is named", "moved",
)  # fmt: skip


def history(letter_input: LetterInput, *, inside: bool) -> list[Row]:
    """Rows of at, event, by and facts, the oldest first. `inside` is for staff, who are shown more of them."""
    told = TOLD_STAFF if inside else TOLD_CUSTOMER
    opened = {entry.at for entry in letter_input.case.history if entry.event == "opened"}
    entries = letter_input.case.history if inside else _with_letters(letter_input)
    return [
        {
            "at": entry.at,
            "event": entry.event,
            "by": entry.by,
            "facts": _facts(entry, letter_input.policy, letter_input.language),
        }
        for entry in entries
        if entry.event in told
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
            entry.event in ("letter sent", "letter failed")
            and entry.facts.get("party") == letter_input.due.party
            and same
        ):
            open_letters.remove(same[0])
        elif entry.event == "letters stopped":
            open_letters = [
                written for written in open_letters if written.facts.get("notice") not in entry.facts.get("notices", ())
            ]
    sent = {id(written) for written in open_letters}
    for entry in letter_input.case.history:
        yield replace(entry, event="letter sent") if id(entry) in sent else entry


def _is_earlier_letter(letter_input: LetterInput, entry: LedgerEntry) -> bool:
    mine = entry.event == "notice written" and entry.facts.get("party") == letter_input.due.party
    return mine and entry.at != letter_input.ticket.updated_at  # not this letter itself


def _is_mail(entry: LedgerEntry) -> bool:
    return entry.event == "mail received"


def _concerns(letter_input: LetterInput, entry: LedgerEntry, inside: bool) -> bool:
    """Whether the reader is shown the entry.

    Nobody is shown letters to staff and mail from staff. Others than staff are not shown letters to other people, nor
    what was done by the decision that this letter is about.
    """
    thread = entry.facts.get("thread", "customer")
    if entry.event == "letter sent":
        reader = entry.facts.get("party")
        customers = [
            party.number for party in letter_input.case.parties if party.role not in (Role.STAFF, Role.MANAGER)
        ]
        return reader in customers if inside else reader == letter_input.due.party
    if inside:
        return bool(thread != "staff")
    return bool(thread == "customer" and entry.at != letter_input.ticket.updated_at) and _has_titles(
        letter_input, entry
    )


def _has_titles(letter_input: LetterInput, entry: LedgerEntry) -> bool:
    """Whether what the entry names has a title in this policy; a policy that the case has left may have named it."""
    known: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "assigned": ("team", letter_input.policy.teams), "sorted": ("kind", letter_input.policy.kinds),
        "details asked": ("details", letter_input.policy.details),
    }  # fmt: skip
    fact, titles = known.get(entry.event, ("", {}))
    named = entry.facts.get(fact) or ()
    return not named or any(name in titles for name in ([named] if isinstance(named, str) else named))


def _facts(entry: LedgerEntry, policy: Policy, language: str) -> Row:
    """The entry's facts, with the policy's names beside their titles."""
    facts = Known(entry.facts)
    for name in ("old", "new", "due", "until"):
        facts[name] = as_date(facts[name]) or entry.at
    titled: Mapping[str, Mapping[str, Any]] = {
        "team": policy.teams, "kind": policy.kinds, "decision": policy.decisions, "promise": policy.promises,
        "third_party": policy.third_parties,
    }  # fmt: skip
    for name, known in titled.items():
        spec = known.get(str(facts.get(name, "")))
        facts[f"{name}_title"] = say(spec.title, language) if spec else str(facts.get(name, ""))
    asked = facts.get("details") or ()
    facts["labels"] = [label_of(policy, name, language) for name in asked if name in policy.details]
    return facts
