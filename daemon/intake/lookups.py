"""Look up what a decision needs beyond its case: cases that a command names, how much a sender has written, refusals
already told. Also where mail for merged and erased cases belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from config.policy import Policy
from config.references import references_in
from daemon.cases import delivery_doubts, load
from daemon.cases.erasure import what_erasing_takes
from daemon.decide import calendar_of
from daemon.decide.events import CustomerWrote, Event, LetterBounced, StaffNotProven, StaffWrote
from daemon.decide.procedure.notices import REFUSED
from daemon.decide.staff import rights
from daemon.decide.staff.command_arguments import named_references
from daemon.decide.staff.erasure import ERASE
from daemon.decide.staff.pending_mail import Pending, pending_mail_meant
from daemon.installation import Installation
from daemon.intake import rate_limits
from daemon.intake.case_match import is_staff_token, match_by_key
from daemon.intake.incoming_mail import IncomingMail, SenderHistory, read_row
from daemon.intake.interpret import staff_event
from daemon.intake.policy_move import commanded_move
from daemon.intake.quoted_notices import case_before
from daemon.letters.reply_addresses import token_for
from parsers.reading import MailKind
from parsers.sender.tokens import Audience
from storage import correspondents, inbox, outbox, tickets
from storage.engine import Source
from storage.values import Case

_MOST_SPOKEN_OF = 10
_CUSTOMERS = (Audience.CUSTOMER, Audience.RETURN_PATH)  # of tokens that a customer may write to
_TIMES_A_CASE = 3  # refusals told to one person on all cases, for each that is told on one
_DAY = timedelta(days=1)


def complete_event(
    source: Source, installation: Installation, incoming: IncomingMail, case: Case, event: Event, *, now: datetime
) -> Event:
    """Return the event with all it needs; a staff mail that must not be obeyed becomes StaffRefused."""
    policy = installation.policies[case.ticket.policy]
    if isinstance(event, StaffWrote):
        why = rights.why_not_obeyed(case, event, policy, calendar_of(case, policy), now)
        if why:
            refused = StaffNotProven(mail=event.mail, member=event.member, why=why)
            return replace(refused, told_elsewhere=_told_enough(source, policy, case, refused, now))
        waits = pending_mail_meant(case, event)
        released = _pending_mail(source, installation, case, waits, now) if waits else None
        return replace(_with_others(source, installation, case, event, now), releases=released)
    if isinstance(event, StaffNotProven):
        return replace(event, told_elsewhere=_told_enough(source, policy, case, event, now))
    if isinstance(event, CustomerWrote):
        return replace(event, over_limits=bool(rate_limits.too_many_from_sender(source, incoming, policy, now)))
    if isinstance(event, LetterBounced):
        return replace(
            event, may_tell=delivery_doubts.reports_told_today(source, case.ticket, now) < delivery_doubts.MOST_A_DAY
        )
    return event


def _with_others(
    source: Source, installation: Installation, case: Case, wrote: StaffWrote, now: datetime
) -> StaffWrote:
    """Return a staff mail with what its commands need."""
    policy = installation.policies[case.ticket.policy]
    named = [name for command in wrote.commands for name in named_references(command, policy)]
    ids = tickets.by_reference(source, named) if named else {}
    known = load.load(source, installation, ids.values(), now) if ids else {}
    others = {name: known[number] for name, number in ids.items()}
    move = commanded_move(source, installation, case, wrote.commands, now)
    wrote = replace(wrote, hold=installation.hold, others=others, policies=installation.policies, policy_move=move)
    erases = any(command.name == ERASE for command in wrote.commands)
    return replace(wrote, erasable=what_erasing_takes(source, installation, case, now)) if erases else wrote


def _pending_mail(
    source: Source, installation: Installation, case: Case, waits: Pending, now: datetime
) -> StaffWrote | None:
    """Read a mail again that waited for its writer's confirmation; None if it is gone."""
    try:
        row = inbox.get(source, waits.inbox_id)
    except (KeyError, LookupError):
        return None
    policy = installation.policies[case.ticket.policy]
    reading = read_row(row, installation)
    match = match_by_key(reading, installation.keys)
    party = next((p for p in case.parties if match and match.token and p.number == match.token.party), None)
    if match is None or match.token is None or party is None:
        return None
    incoming = IncomingMail(row, reading, match, now.date())
    note = match.token.audience is Audience.STAFF_NOTE
    wrote = staff_event(incoming, case_before(case, waits.since), policy, party, installation, inside=note)
    return _with_others(source, installation, case, wrote, now)


def _told_enough(source: Source, policy: Policy, case: Case, refused: StaffNotProven, now: datetime) -> bool:
    """Return whether the reader of refusals was sent the most of them in the last day, over all cases."""
    manager = policy.teams[case.ticket.team].manager if case.ticket.team else None
    reader = refused.member or (manager.address if manager else "")
    most = _TIMES_A_CASE * policy.limits.refusals_told_per_day
    return bool(reader) and outbox.count_to(source, reader, since=now - _DAY, notice=REFUSED) >= most


def sender_history(source: Source, incoming: IncomingMail) -> SenderHistory:
    """Return what is known of the sender of a mail that belongs to no case."""
    address = incoming.writer
    if not address:
        return SenderHistory()
    known = correspondents.load(source, [address]).get(address)
    related = tuple(reference for reference, _ in tickets.open_of_customer(source, address))
    named = _named_before(source, incoming, has_open=bool(related))
    return SenderHistory(
        language=known.language if known else "", related=related, named=named, customer=known is not None
    )


def _named_before(source: Source, incoming: IncomingMail, *, has_open: bool) -> tuple[str, ...]:
    """Return the staff whom earlier complaints of the customer are about: a new case is kept from them too.

    Read are the customer's open cases and those that the mail names by reference.
    """
    spoken_of = references_in(f"{incoming.reading.subject}\n{incoming.reading.text}")
    if not has_open and not spoken_of:
        return ()
    kept = tickets.facts_of_customer(source, incoming.writer, references=spoken_of[:_MOST_SPOKEN_OF])
    return tuple(sorted({address for facts in kept for address in facts.get("named", ())}))


# --------------------------------------------------------------------------------------------- merged and erased cases


def follow_merges(
    source: Source, installation: Installation, mails: Sequence[IncomingMail], known: dict[int, Case], now: datetime
) -> list[IncomingMail]:
    """Match customers' mail for merged cases to the case they became part of, which is added to `known`."""
    targets = {number: into for number, case in known.items() if (into := case.ticket.facts.merged_into_id)}
    if not targets:
        return list(mails)
    known.update(load.load(source, installation, targets.values(), now))
    return [_rerouted(incoming, known, targets) for incoming in mails]


def _rerouted(incoming: IncomingMail, known: Mapping[int, Case], targets: Mapping[int, int]) -> IncomingMail:
    match = incoming.match
    into = targets.get(match.ticket_id, 0) if match else 0
    token = match.token if match else None
    if match is None or into not in known or (token and token.audience not in _CUSTOMERS):
        return incoming
    if incoming.reading.kind is MailKind.BOUNCE:
        return incoming  # the bounced letter belongs to the case that wrote it
    own = token_for(known[into].ticket, known[into].customer()) if token else None
    own = replace(own, audience=token.audience) if own and token else None
    how = f"{match.how}, of a case that became part of this one"
    return replace(incoming, match=replace(match, ticket_id=into, token=own, how=how))


def detach_from_erased(mails: Iterable[IncomingMail], known: Mapping[int, Case]) -> list[IncomingMail]:
    """Detach customers' mail from erased cases: it opens a new one."""
    return [replace(incoming, match=None) if _is_new(incoming, known) else incoming for incoming in mails]


def _is_new(incoming: IncomingMail, known: Mapping[int, Case]) -> bool:
    case = known.get(incoming.match.ticket_id) if incoming.match else None
    token = incoming.match.token if incoming.match else None
    if case is None or case.ticket.erased_at is None or incoming.reading.kind is not MailKind.PERSON:
        return False
    return token is None or token.audience in _CUSTOMERS


def is_from_staff(incoming: IncomingMail) -> bool:
    """Return whether a person wrote this to an address that we gave to staff."""
    match = incoming.match
    return match is not None and is_staff_token(match) and incoming.reading.kind is MailKind.PERSON
