"""Company records: change them, plan the invitations that follow, and recognise whose a new case is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.policy import Policy
from config.working_time.calendars import load_calendar
from daemon.cases import delivery_doubts
from daemon.decide.events import CustomerWrote
from daemon.decide.invitations import invitations_due
from daemon.decide.outcome import CompanyRecordChanges
from daemon.decide.procedure.meter_readings import merged
from daemon.installation import Installation
from parsers.reading import FoundDetail
from storage import company_records, correspondents, invitations, timers
from storage.company_record_values import CompanyRecord, Invitation
from storage.engine import Source
from storage.values import Ticket, Timer, TimerKind


def save_record_changes(
    conn: Any, installation: Installation, ticket: Ticket, changes: CompanyRecordChanges, now: datetime
) -> None:
    """Save what a decision changes beyond its case, in the transaction that saves the case."""
    policy = installation.policies[ticket.policy]
    for place, new in changes.records:
        merge_records(conn, policy, {place: new}, now)
    for address in changes.stopped:
        correspondents.save_facts(conn, address, stopped=True)
    if changes.declined is not None and ticket.facts.record:
        invitations.decline(conn, ticket.id, invitation_of(ticket), at=now, reason=changes.declined)
    for what in changes.awaits:
        company_records.add_waiting_case(conn, policy.name, what, ticket.id)
    if changes.told_in_doubt:
        delivery_doubts.count_report_told(conn, ticket, now)
    for what in changes.announces:
        timer = Timer(key=f"awaited:{what}", kind=TimerKind.AWAITED, at=now, about=what)
        timers.set_on_tickets(conn, company_records.take_waiting_cases(conn, policy.name, what), timer)


def invitation_of(ticket: Ticket) -> Invitation:
    """Return the row of the invitation that opened a case."""
    place = ticket.facts.record
    return Invitation(
        policy=ticket.policy,
        of=str(place["of"]),
        key=str(place["key"]),
        invitation=ticket.facts.invitation,
        period=ticket.facts.period,
    )


def merge_records(
    conn: Any, policy: Policy, values: Mapping[tuple[str, str], Mapping[str, Any]], now: datetime
) -> tuple[int, int]:
    """Merge values into the records at these places (sort, key) and create missing ones; return how many were created
    and how many changed. The invitations of changed records are planned anew."""
    calendar = load_calendar(policy.calendar, policy.calendars)
    known = company_records.load(conn, [(policy.name, *place) for place in values], to_change=True)
    changed: list[CompanyRecord] = []
    for (of, key), new in values.items():
        old = known.get((policy.name, of, key))
        content = merged(policy.records[of], old.content if old else {}, new, calendar.local_date(now))
        if old is None or content != old.content:
            address = str(content.get(policy.records[of].address, ""))
            changed.append(
                CompanyRecord(policy=policy.name, of=of, key=key, address=address, content=content, updated_at=now)
            )
    company_records.save(conn, changed)
    by_hand = [name for name, spec in policy.invitations.items() if not spec.since]
    rows = [row for record in changed for row in invitations_due(policy, calendar, record, now)]
    invitations.replace_waiting(conn, [record.place for record in changed], rows, kept=by_hand)
    fresh = sum(record.place not in known for record in changed)
    return fresh, len(changed) - fresh


def details_of_record(policy: Policy, record: CompanyRecord) -> tuple[FoundDetail, ...]:
    """Return the details of a case that a record knows."""
    spec = policy.records[record.of]
    return tuple(
        FoundDetail(column.detail, str(record.content[name]), str(record.content[name]), "record")
        for name, column in spec.columns.items()
        if column.detail and record.content.get(name)
    )


def add_record_of_writer(source: Source, policy: Policy, wrote: CustomerWrote) -> CustomerWrote:
    """Add the company record that a new case is about. Only records under the writer's own address count; of several,
    the one whose key they wrote."""
    if not policy.records or not wrote.who.address:
        return wrote
    own = company_records.of_customer(source, policy.name, wrote.who.address)
    values = {found.value for found in wrote.found}
    meant = [record for record in own if record.key in values] or _only_one(own)
    if not meant:
        return wrote
    return replace(wrote, record=(meant[0].of, meant[0].key), found_in_record=_not_in_mail(policy, meant[0], wrote))


def _only_one(own: Sequence[CompanyRecord]) -> list[CompanyRecord]:
    return list(own) if len(own) == 1 else []


def _not_in_mail(policy: Policy, record: CompanyRecord, wrote: CustomerWrote) -> tuple[FoundDetail, ...]:
    written = {found.name for found in wrote.found if not found.wrong}
    return tuple(found for found in details_of_record(policy, record) if found.name not in written)
