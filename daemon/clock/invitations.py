"""The road of an invitation: claim those whose turn has come, open a case for each, save the same way as a mail does.

Their instants were reckoned when the records changed; a tick looks at the due ones and at nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from config.faults import TryAgain
from config.policy import Policy, say
from config.working_time.calendars import load_calendar
from daemon.cases import conflicts, load, record_changes
from daemon.cases.apply import change_of
from daemon.clock import failed_timers
from daemon.decide import decide
from daemon.decide.events import InvitationDue
from daemon.decide.invitations import next_opening
from daemon.installation import Installation
from parsers.reading import Mailbox
from storage import cases, company_records, correspondents, invitations, tickets
from storage.company_record_values import CompanyRecord, Invitation, InvitationState
from storage.engine import Database
from storage.values import Case, CaseChange, Correspondent, Ticket

log = structlog.get_logger("inviter")
_PUT_OFF = timedelta(hours=1)


def invite(db: Database, installation: Installation, now: datetime) -> int:
    """Write the letters whose turn has come, a batch at most; how many were claimed."""
    if not any(policy.invitations for policy in installation.policies.values()):
        return 0
    due = invitations.claim(db, now=now, limit=installation.pace.batch, lease=installation.pace.lease)
    if due:
        known = company_records.load(db, [invitation.place for invitation in due])
        addresses = [record.address for record in known.values()]
        people = correspondents.load(db, addresses)
        opened = [_turn(db, installation, invitation, known.get(invitation.place), people, now) for invitation in due]
        _open(db, installation, [one for one in opened if one is not None], now)
    return len(due)


Turn = tuple[Invitation, Policy, InvitationDue]


def _turn(
    db: Database,
    installation: Installation,
    invitation: Invitation,
    record: CompanyRecord | None,
    people: dict[str, Correspondent],
    now: datetime,
) -> Turn | None:
    """The happening of a turn; None where the letter must not be written, or not yet."""
    policy = installation.policies.get(invitation.policy)
    spec = policy.invitations.get(invitation.invitation) if policy else None
    why = "no longer in the policy" if spec is None else _why_not(record, people)
    if policy is None or spec is None or record is None or why:
        with db.write() as conn:
            invitations.end(conn, invitation, InvitationState.SKIPPED, at=now, reason=why)
        return None
    if spec.not_while and _in_hand(db, policy, record, spec.not_while):
        with db.write() as conn:
            invitations.put_off(conn, invitation, next_opening(load_calendar(policy.calendar, policy.calendars), now))
        return None
    return invitation, policy, _happening(installation, policy, invitation, record, people)


def _why_not(record: CompanyRecord | None, people: dict[str, Correspondent]) -> str:
    if record is None:
        return "no such record"
    if not record.address:
        return "no address"
    known = people.get(record.address)
    if known and known.stopped:
        return "stopped"
    return f"letters fail: {known.bounced}" if known and known.bounced else ""


def _in_hand(db: Database, policy: Policy, record: CompanyRecord, steps: Sequence[str]) -> bool:
    lines = tickets.listing(db, customer=record.address, asked={"policy": policy.name})
    return any(line.step in steps for line in lines)


def _happening(
    installation: Installation,
    policy: Policy,
    invitation: Invitation,
    record: CompanyRecord,
    people: dict[str, Correspondent],
) -> InvitationDue:
    spec, content = policy.records[invitation.of], record.content
    wrote = people.get(record.address)
    spoken = (wrote.language if wrote else "", str(content.get(spec.language, "")), policy.languages[0])
    language = next(code for code in spoken if code in policy.languages)
    room = next((room for room in installation.addresses.values() if room.policy == policy.name), None)
    return InvitationDue(
        invitation=invitation.invitation,
        key=invitation.key,
        period=invitation.period,
        who=Mailbox(str(content[spec.address]), str(content.get(spec.name, ""))),
        language=language,
        subject=say(policy.invitations[invitation.invitation].title, language),
        found=record_changes.details_of(policy, record),
        address=room.address if room else "",
    )


def _open(db: Database, installation: Installation, turns: Sequence[Turn], now: datetime) -> None:
    """Open their cases in one transaction, but those where another node was quicker."""
    numbers = _numbers(db, installation, turns, now)
    opened: list[tuple[Invitation, CaseChange]] = []
    for (invitation, policy, event), number in zip(turns, numbers, strict=True):
        case = load.with_taken(db, installation, _new_case(policy, event, number, now, installation.draw_nonce()), now)
        try:
            outcome = decide(case, event, policy, now)
            opened.append((invitation, change_of(case, outcome, installation, now)))
        except Exception as error:
            _fails(db, installation, now, invitation, error)
            continue
        log.info(outcome.verdict, ticket=case.ticket.reference)
    fails = partial(_fails, db, installation, now)
    conflicts.store(
        opened, partial(_save, db, now), lambda turn: [turn[1].ticket.id], lambda turn, e: fails(turn[0], e)
    )


def _fails(db: Database, installation: Installation, now: datetime, invitation: Invitation, error: Exception) -> None:
    """One that cannot be written must not hold up the others: it is tried again, and the operator is told."""
    if isinstance(error, TryAgain):
        raise error
    with db.write() as conn:
        invitations.put_off(conn, invitation, now + _PUT_OFF)
    failed_timers.not_done(db, installation, f"invitation {invitation.invitation} of {invitation.policy}", error, now)


def _save(db: Database, now: datetime, opened: Sequence[tuple[Invitation, CaseChange]]) -> None:
    with db.write() as conn:
        cases.save(conn, [change for _, change in opened])
        late = [
            change.ticket.id
            for invitation, change in opened
            if not invitations.end(conn, invitation, InvitationState.SENT, at=now, ticket_id=change.ticket.id)
        ]
        if late:
            raise cases.Stale(late)


def _numbers(db: Database, installation: Installation, turns: Sequence[Turn], now: datetime) -> list[tuple[int, str]]:
    with db.write() as conn:
        return [installation.numbering.reserve(conn, policy.reference, now.year, 1)[0] for _, policy, _ in turns]


def _new_case(policy: Policy, event: InvitationDue, number: tuple[int, str], now: datetime, nonce: int) -> Case:
    ticket = Ticket(
        id=number[0],
        reference=number[1],
        policy=policy.name,
        kind=policy.invitations[event.invitation].kind,
        step=policy.invitations[event.invitation].first,
        language=event.language,
        received_at=now,
        created_at=now,
        updated_at=now,
        step_since=now,
        nonce=nonce,
    )
    return Case(ticket=ticket, is_new=True)
