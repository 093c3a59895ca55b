"""Load cases with what decisions need beyond their rows: taken slots, earlier cases, letter counts, absent staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from config.policy import Policy
from daemon.decide.outcome import Outcome
from daemon.installation import Installation
from storage import absences, bookings, case_index, cases, inbox, outbox
from storage.engine import Source
from storage.values import Case, InboxRow, Ticket


def load(source: Source, installation: Installation, ids: Iterable[int], now: datetime) -> dict[int, Case]:
    """Return the cases of these tickets by id; ids without a ticket are left out."""
    known = with_letter_counts(source, cases.load(source, ids), now)
    away = absences.substituted(source, now) if known else frozenset()
    known = {number: replace(case, away=away) for number, case in known.items()} if away else known
    return {
        ticket_id: with_earlier_cases(source, installation, with_taken_slots(source, installation, case, now))
        for ticket_id, case in known.items()
    }


def history_details(ticket: Ticket, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Return the details (name, value) by which the history of a product is found."""
    return tuple(
        (name, detail.value)
        for name, detail in ticket.details.items()
        if name in policy.details and policy.details[name].history and not detail.wrong
    )


def with_earlier_cases(source: Source, installation: Installation, case: Case) -> Case:
    """Return the case with earlier cases of the same product, if the policy keeps a history by some detail."""
    found = history_details(case.ticket, installation.policies[case.ticket.policy])
    if not found:
        return case
    return replace(case, earlier=case_index.earlier_cases(source, case.ticket.policy, found, before=case.ticket.id))


def with_new_history(source: Source, installation: Installation, case: Case, ticket: Ticket) -> Case:
    """Return the case with the earlier cases of a product that this decision was the first to learn of; `ticket` is the
    ticket as decided."""
    policy = installation.policies[ticket.policy]
    if history_details(ticket, policy) == history_details(case.ticket, policy):
        return case
    return replace(case, earlier=with_earlier_cases(source, installation, replace(case, ticket=ticket)).earlier)


def with_letter_counts(source: Source, known: dict[int, Case], now: datetime) -> dict[int, Case]:
    """Return the cases with how many letters each party outside the staff got, and which letters can be called back."""
    outside = {party.address for case in known.values() for party in case.parties if not party.is_staff}
    counts = outbox.letter_counts(source, outside - {""}, now=now) if outside else {}
    keys = [letter["key"] for case in known.values() for letter in case.ticket.facts.undo.get("letters", ())]
    waiting = outbox.recallable(source, keys) if keys else frozenset()
    return {
        number: replace(case, recallable=waiting, letters_to=counts) if counts or waiting else case
        for number, case in known.items()
    }


def mails_with_attachments(source: Source, outcome: Outcome, row: InboxRow) -> dict[int, bytes]:
    """Return the mails, by inbox id, whose files go out with the letters of an outcome: this one and earlier ones."""
    earlier = {inbox_id for notice in outcome.notices for inbox_id, _ in notice.attach} - {row.id}
    return {row.id: row.mail.raw} | {inbox_id: inbox.get(source, inbox_id).mail.raw for inbox_id in earlier}


def with_taken_slots(source: Source, installation: Installation, case: Case, now: datetime) -> Case:
    """Return the case with the slots already taken, if its policy gives appointments. Only future ones are loaded."""
    policy = installation.policies[case.ticket.policy]
    if not any(thing.slots for thing in policy.things.values()):
        return case
    return replace(case, taken=bookings.upcoming(source, policy.name, since=now))


def outside_numbers(ticket: Ticket) -> tuple[tuple[str, str], ...]:
    """Return the numbers that third parties gave a case (kind, number), by which it can be found."""
    given = ticket.facts.numbers
    return tuple((case_index.third_party_number_key(third), number) for third, number in given.items())
