"""Invitations: letters that we write first, each of which opens a case for a company record.

When each is due was computed when its record changed, so only the due rows are looked at here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.policy import Policy, in_language
from config.working_time.calendars import load_calendar
from daemon.cases import load, record_changes, transaction
from daemon.cases.open import new_case, reserve_number
from daemon.cases.transaction import Changed, apply_event, decide_and_save, each_alone
from daemon.clock import failed_timers
from daemon.decide.events import InvitationDue
from daemon.decide.invitations import next_opening
from daemon.installation import Installation
from parsers.reading import Mailbox
from storage import company_records, correspondents, invitations, tickets
from storage.company_record_values import CompanyRecord, Invitation, InvitationState
from storage.engine import Database
from storage.values import Correspondent

_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """An invitation that is to be written now, and the event that opens its case."""

    invitation: Invitation
    policy: Policy
    event: InvitationDue


@dataclass(frozen=True, slots=True)
class _Opened:
    """An invitation with the case that it opens."""

    invitation: Invitation
    changed: Changed

    @property
    def ticket_ids(self) -> tuple[int, ...]:
        """The tickets that are opened or changed."""
        return self.changed.ticket_ids


def send_due_invitations(db: Database, installation: Installation, now: datetime) -> int:
    """Write the invitations that are due, a batch at most; returns how many were claimed."""
    if not any(policy.invitations for policy in installation.policies.values()):
        return 0
    due = invitations.claim(db, now=now, limit=installation.work.batch, lease=installation.work.lease)
    if due:
        known = company_records.load(db, [invitation.place for invitation in due])
        people = correspondents.load(db, [record.address for record in known.values()])
        turns = [_turn(db, installation, invitation, known.get(invitation.place), people, now) for invitation in due]
        _open(db, installation, [turn for turn in turns if turn is not None], now)
    return len(due)


def next_at(db: Database, installation: Installation) -> Iterable[datetime | None]:
    """When the next invitation is due."""
    return [invitations.next_at(db)] if any(policy.invitations for policy in installation.policies.values()) else []


def _turn(
    db: Database,
    installation: Installation,
    invitation: Invitation,
    record: CompanyRecord | None,
    people: dict[str, Correspondent],
    now: datetime,
) -> _Turn | None:
    """The event of an invitation; None if the letter must not be written, or not yet."""
    policy = installation.policies.get(invitation.policy)
    spec = policy.invitations.get(invitation.invitation) if policy else None
    why = "no longer in the policy" if spec is None else _why_not(record, people)
    if policy is None or spec is None or record is None or why:
        with db.write() as conn:
            invitations.end(conn, invitation, InvitationState.SKIPPED, at=now, reason=why)
        return None
    if spec.not_while and _has_case_at(db, policy, record, spec.not_while):
        with db.write() as conn:
            invitations.postpone(conn, invitation, next_opening(load_calendar(policy.calendar, policy.calendars), now))
        return None
    return _Turn(invitation, policy, _event(installation, policy, invitation, record, people))


def _why_not(record: CompanyRecord | None, people: dict[str, Correspondent]) -> str:
    if record is None:
        return "no such record"
    if not record.address:
        return "no address"
    known = people.get(record.address)
    if known and known.stopped:
        return "stopped"
    return f"letters fail: {known.bounced}" if known and known.bounced else ""


def _has_case_at(db: Database, policy: Policy, record: CompanyRecord, steps: Sequence[str]) -> bool:
    lines = tickets.listing(db, customer=record.address, asked={"policy": policy.name})
    return any(line.step in steps for line in lines)


def _event(
    installation: Installation,
    policy: Policy,
    invitation: Invitation,
    record: CompanyRecord,
    people: dict[str, Correspondent],
) -> InvitationDue:
    spec, content = policy.records[invitation.of], record.content
    known = people.get(record.address)
    spoken = (known.language if known else "", str(content.get(spec.language, "")), policy.languages[0])
    language = next(code for code in spoken if code in policy.languages)
    address = next((a.address for a in installation.addresses.values() if a.policy == policy.name), "")
    return InvitationDue(
        invitation=invitation.invitation,
        key=invitation.key,
        period=invitation.period,
        who=Mailbox(str(content[spec.address]), str(content.get(spec.name, ""))),
        language=language,
        subject=in_language(policy.invitations[invitation.invitation].title, language),
        found=record_changes.details_of_record(policy, record),
        address=address,
    )


def _open(db: Database, installation: Installation, turns: Sequence[_Turn], now: datetime) -> None:
    """Open their cases in one transaction, except where another node was quicker."""
    numbers = {turn: reserve_number(db, installation, turn.policy.name, now) for turn in turns}

    def decide_one(turn: _Turn) -> _Opened:
        case = new_case(turn.event, installation, numbers[turn], now, policy=turn.policy.name)
        case = load.with_taken_slots(db, installation, case, now)
        return _Opened(turn.invitation, apply_event(db, installation, case, turn.event, now))

    def fails(turn: _Turn, error: Exception) -> None:
        _put_off(db, installation, turn.invitation, error, now)

    decide_and_save(
        turns,
        lambda waiting: each_alone(waiting, decide_one, fails),
        lambda opened: _save(db, installation, opened, now),
        fails,
    )


def _put_off(db: Database, installation: Installation, invitation: Invitation, error: Exception, now: datetime) -> None:
    """Try an invitation that cannot be written again later, and tell the operator; the others are not held up."""
    with db.write() as conn:
        invitations.postpone(conn, invitation, now + _PAUSE)
    failed_timers.tell_operator_of_failure(
        db, installation, f"invitation {invitation.invitation} of {invitation.policy}", error, now
    )


def _save(db: Database, installation: Installation, opened: Sequence[_Opened], now: datetime) -> None:
    with db.write() as conn:
        mine = [case for case in opened if invitations.waits(conn, case.invitation)]
        transaction.save_changes(conn, installation, [case.changed for case in mine], now)
        for case in mine:
            ticket_id = case.changed.change.ticket.id
            invitations.end(conn, case.invitation, InvitationState.SENT, at=now, ticket_id=ticket_id)
