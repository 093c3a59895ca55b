"""What a decision needs to know beyond its case, looked up before it: cases that a command names, letters that can
still be called back, how much a sender has written. And what a decision means for other cases than its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from config.policy import Policy
from daemon.cases import delivery_doubts, load
from daemon.cases.apply import case_after, change_of
from daemon.cases.erasure import erasable, part_erased
from daemon.decide import calendar_of, decide
from daemon.decide.events import CaseJoined, CustomerWrote, Happening, LetterBounced, MailIn, StaffRefused, StaffWrote
from daemon.decide.outcome import Outcome, Split
from daemon.decide.procedure.notices import REFUSED
from daemon.decide.procedure.people import NAMED
from daemon.decide.staff import rights
from daemon.decide.staff.casework import references
from daemon.decide.staff.erasure import ERASE
from daemon.decide.staff.pending_mail import Pending, meant
from daemon.installation import Office
from daemon.intake import rate_limits
from daemon.intake.case_match import is_staff_token, keyed
from daemon.intake.incoming_mail import Arrival, Known, reading_of
from daemon.intake.interpret import said_by_staff
from daemon.intake.new_case import wrote_words
from daemon.intake.policy_move import commanded
from daemon.intake.quoted_notices import as_it_was
from daemon.letters.reply_addresses import token_for
from parsers.reading import Mailbox, Reading, Sort
from parsers.sender.tokens import Audience
from storage import correspondents, inbox, outbox, tickets
from storage.engine import Database, Source
from storage.values import Case, CaseChange, Ticket

_MOST_SPOKEN_OF = 10
_CUSTOMERS = (Audience.CUSTOMER, Audience.RETURN_PATH)  # of tokens that a customer may write to
_TIMES_A_CASE = 3  # refusals told to one person on all cases, for each that is told on one
_DAY = timedelta(days=1)


def looked_up(
    source: Source, office: Office, arrival: Arrival, case: Case, happening: Happening, *, now: datetime
) -> Happening:
    """The happening with all it needs; a staff mail that must not be obeyed becomes a refused one."""
    policy = office.policies[case.ticket.policy]
    if isinstance(happening, StaffWrote):
        why = rights.objection(case, happening, policy, calendar_of(case, policy), now)
        if why:
            refused = StaffRefused(mail=happening.mail, member=happening.member, why=why)
            return replace(refused, quietly=_told_enough(source, policy, case, refused, now))
        waits = meant(case, happening)
        released = _brought_back(source, office, case, waits, now) if waits else None
        return replace(_with_others(source, office, case, happening, now), releases=released)
    if isinstance(happening, StaffRefused):
        return replace(happening, quietly=_told_enough(source, policy, case, happening, now))
    if isinstance(happening, CustomerWrote):
        return replace(happening, flood=bool(rate_limits.too_many(source, arrival, policy, now)))
    if isinstance(happening, LetterBounced):
        return replace(
            happening, may_tell=delivery_doubts.told_today(source, case.ticket, now) < delivery_doubts.MOST_A_DAY
        )
    return happening


def _with_others(source: Source, office: Office, case: Case, wrote: StaffWrote, now: datetime) -> StaffWrote:
    """A staff mail with what its commands need."""
    named = [one for command in wrote.commands if command.name == "merge" for one in references(command.rest)]
    ids = tickets.by_reference(source, named) if named else {}
    known = load.load(source, office, ids.values(), now) if ids else {}
    others = {name: known[number] for name, number in ids.items()}
    going = commanded(source, office, case, wrote.commands, now)
    wrote = replace(wrote, hold=office.hold, others=others, policies=office.policies, going=going)
    erases = any(command.name == ERASE for command in wrote.commands)
    return replace(wrote, erasable=erasable(source, office, case, now)) if erases else wrote


def _brought_back(source: Source, office: Office, case: Case, waits: Pending, now: datetime) -> StaffWrote | None:
    """A mail that waits for its writer's word, as it says what it says now; None where it is gone."""
    try:
        row = inbox.get(source, waits.inbox_id)
    except (KeyError, LookupError):
        return None
    policy = office.policies[case.ticket.policy]
    reading = reading_of(row, office)
    trail = keyed(reading, office.keys)
    party = next((one for one in case.parties if trail and trail.token and one.number == trail.token.party), None)
    if trail is None or trail.token is None or party is None:
        return None
    arrival = Arrival(row, reading, trail, now.date())
    note = trail.token.audience is Audience.STAFF_NOTE
    wrote = said_by_staff(arrival, as_it_was(case, waits.since), policy, party, office, inside=note)
    return _with_others(source, office, case, wrote, now)


def _told_enough(source: Source, policy: Policy, case: Case, refused: StaffRefused, now: datetime) -> bool:
    """Whether those who are told of a refused mail were told of so many on all cases in a day that more would be a
    bombardment in their colleague's name."""
    manager = policy.teams[case.ticket.team].manager if case.ticket.team else None
    reader = refused.member or (manager.address if manager else "")
    most = _TIMES_A_CASE * policy.limits.refusals_told_per_day
    return bool(reader) and outbox.sent_to(source, reader, since=now - _DAY, notice=REFUSED) >= most


def known_of(source: Source, arrival: Arrival) -> Known:
    """What is known of whoever writes a mail that belongs to no case."""
    address = arrival.writer
    if not address:
        return Known()
    known = correspondents.load(source, [address]).get(address)
    related = tuple(reference for reference, _ in tickets.open_of_customer(source, address))
    named = _named_before(source, arrival, has_open=bool(related))
    return Known(language=known.language if known else "", related=related, named=named, customer=known is not None)


def _named_before(source: Source, arrival: Arrival, *, has_open: bool) -> tuple[str, ...]:
    """Whom of the staff the customer's open cases are about, and those of theirs that this mail speaks of by number:
    it is kept from them, too."""
    spoken_of = references(f"{arrival.reading.subject}\n{arrival.reading.text}")
    if not has_open and not spoken_of:
        return ()
    kept = tickets.remembered_of(source, arrival.writer, references=spoken_of[:_MOST_SPOKEN_OF])
    return tuple(sorted({one for facts in kept for one in facts.get(NAMED, ())}))


# --------------------------------------------------------------------------------------------- cases become one


def follow_merges(
    source: Source, office: Office, arrivals: Sequence[Arrival], known: dict[int, Case], now: datetime
) -> list[Arrival]:
    """What customers write to a case that became part of another belongs to that other; `known` gets it too."""
    targets = {number: into for number, case in known.items() if (into := case.ticket.facts.get("merged_into_id"))}
    if not targets:
        return list(arrivals)
    known.update(load.load(source, office, targets.values(), now))
    return [_rerouted(arrival, known, targets) for arrival in arrivals]


def _rerouted(arrival: Arrival, known: Mapping[int, Case], targets: Mapping[int, int]) -> Arrival:
    trail = arrival.trail
    into = targets.get(trail.ticket_id, 0) if trail else 0
    token = trail.token if trail else None
    if trail is None or into not in known or (token and token.audience not in _CUSTOMERS):
        return arrival
    if arrival.reading.sort is Sort.BOUNCE:
        return arrival  # the letter that came back stands on the case that wrote it
    own = token_for(known[into].ticket, known[into].customer()) if token else None
    own = replace(own, audience=token.audience) if own and token else None
    how = f"{trail.how}, of a case that became part of this one"
    return replace(arrival, trail=replace(trail, ticket_id=into, token=own, how=how))


def past_erased(arrivals: Iterable[Arrival], known: Mapping[int, Case]) -> list[Arrival]:
    """What a customer writes to a case that was erased is new: nobody knows any more who they were."""
    return [replace(one, trail=None) if _is_new(one, known) else one for one in arrivals]


def _is_new(arrival: Arrival, known: Mapping[int, Case]) -> bool:
    case = known.get(arrival.trail.ticket_id) if arrival.trail else None
    token = arrival.trail.token if arrival.trail else None
    if case is None or case.ticket.erased_at is None or arrival.reading.sort is not Sort.PERSON:
        return False
    return token is None or token.audience in _CUSTOMERS


def from_staff(arrival: Arrival) -> bool:
    """Whether a person wrote this to an address that we gave to staff."""
    trail = arrival.trail
    return trail is not None and is_staff_token(trail) and arrival.reading.sort is Sort.PERSON


# ---------------------------------------------------------------------------------- what follows for other cases


def also_changed(db: Database, office: Office, case: Case, outcome: Outcome, now: datetime) -> tuple[CaseChange, ...]:
    """The changes of other cases that a decision brings about: of those it joins, of those split off."""
    changes = [_joined(db, office, number, came, now) for number, came in outcome.joins]
    changes += [part_erased(db, office, case, outcome, number, now) for number in outcome.erases]
    changes += [_split_off(db, office, case_after(case, outcome), one, now) for one in outcome.splits]
    return tuple(changes)


def _joined(source: Source, office: Office, number: int, came: CaseJoined, now: datetime) -> CaseChange:
    other = load.load(source, office, [number], now)[number]
    outcome = decide(other, came, office.policies[other.ticket.policy], now)
    return change_of(other, outcome, office, now)


def _split_off(db: Database, office: Office, case: Case, split: Split, now: datetime) -> CaseChange:
    policy = office.policies[case.ticket.policy]
    with db.write() as conn:
        number, reference = office.numbering.reserve(conn, policy.reference, now.year, 1)[0]
    customer = case.customer()
    sender = Mailbox(customer.address, customer.name)
    reading = Reading(subject=case.ticket.subject, sender=sender, text=split.text, reply=split.text, sort=Sort.PERSON)
    named = tuple(case.ticket.facts.get(NAMED, ()))
    known = Known(customer.language or case.ticket.language, related=(case.ticket.reference,), named=named)
    address = office.addresses.get(case.ticket.address) or office.address_of(())
    mail = MailIn(reading=reading, received_at=split.received_at)
    wrote = wrote_words(mail, policy, address, known, now.date())
    fresh = new_case(wrote, policy, (number, reference), now, nonce=office.draw_nonce())
    return change_of(fresh, decide(fresh, wrote, policy, now), office, now)


def new_case(wrote: CustomerWrote, policy: Policy, number: tuple[int, str], now: datetime, *, nonce: int) -> Case:
    """A case about to be opened, under this id and reference."""
    ticket = Ticket(
        id=number[0],
        reference=number[1],
        policy=policy.name,
        kind=next(iter(policy.kinds)),
        step=policy.first,
        language=wrote.language,
        received_at=wrote.mail.received_at,
        created_at=now,
        updated_at=now,
        step_since=now,
        nonce=nonce,
    )
    return Case(ticket=ticket, is_new=True)


def lost(changes: Iterable[CaseChange], late: frozenset[str]) -> list[int]:
    """The tickets whose letters were to be called back and had left in that very instant: decide again."""
    return [change.ticket.id for change in changes if late & set(change.cancelled)]
