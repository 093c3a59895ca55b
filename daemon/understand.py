"""What a mail means for its case: a reading and a case become a happening. Pure; the case is as it was loaded."""

from __future__ import annotations

import re
import unicodedata

from config.commands import standing_commands
from config.policy import Policy, all_words
from daemon.arrival import Arrival
from daemon.calendar_answers import calendar_answer
from daemon.decide.customer import CHOSEN
from daemon.decide.happenings import (
    ColleagueWrote,
    CustomerWrote,
    Happening,
    LetterBounced,
    MachineWrote,
    StaffRefused,
    StrangerWrote,
    ThirdPartyWrote,
)
from daemon.decide.moving import MOVED
from daemon.decide.people import member_at
from daemon.find import is_staff_token
from daemon.inside import inside_answer, staff_mail
from daemon.office import Office
from daemon.opening import brand_of, details_in
from parsers.answers import is_bare_thanks, read_answer
from parsers.own_patterns import numbers_in
from parsers.reading import Answer, Reading, Sort
from parsers.tokens import Audience
from parsers.waits import read_wait
from storage.records import Case, OpenQuestion, Party, Role

_NUMBER = re.compile(r"\W*(?:[^\W\d]{1,12}\W{1,3}){0,2}(\d{1,2})(?!\d|[:./-]\d)")


def on_case(arrival: Arrival, case: Case, policy: Policy, office: Office) -> Happening:
    """What a mail means on the case its trail leads to."""
    trail, reading = arrival.trail, arrival.reading
    if trail is None:
        raise ValueError("a mail without a trail belongs to no case")
    writer = _party_of(case, reading.sender.address)
    if reading.sort is Sort.BOUNCE:
        return _bounce(arrival)
    if reading.calendar and reading.sort is not Sort.OWN and (answered := calendar_answer(arrival, case, policy)):
        return answered
    if reading.sort in (Sort.AUTOMATIC, Sort.OWN):
        known = writer.number if writer else (trail.token.party if trail.token else 0)
        return MachineWrote(mail=arrival.mail(known), number=_number_of(arrival, case, policy, known))
    if is_staff_token(trail):
        return _from_staff(arrival, case, policy, office)
    if member_at(policy, reading.sender.address) is not None and (writer is None or writer.role in _STAFF):
        why = "this mail does not answer one of your own notices; please reply to the notice that you received"
        return StaffRefused(mail=arrival.mail(), member=reading.sender.address.lower(), why=why)
    if trail.token is not None and trail.token.audience is Audience.THIRD_PARTY:
        return _from_third_party(arrival, case, policy, trail.token.party)
    if writer is not None and writer.role is Role.THIRD_PARTY and trail.token is None:
        return _from_third_party(arrival, case, policy, writer.number)
    if trail.token is not None or (writer is not None and writer.role in (Role.CUSTOMER, Role.PARTICIPANT)):
        return _from_customer(arrival, case, policy, writer, office)
    return StrangerWrote(mail=arrival.mail())


def _from_third_party(arrival: Arrival, case: Case, policy: Policy, number: int) -> Happening:
    party = next((one for one in case.parties if one.number == number and one.role is Role.THIRD_PARTY), None)
    if party is None:
        return StrangerWrote(mail=arrival.mail())
    return ThirdPartyWrote(
        mail=arrival.mail(number),
        number=_number_of(arrival, case, policy, number),
        answer=inside_answer(arrival.reading.reply, case, policy, party),
    )


def _number_of(arrival: Arrival, case: Case, policy: Policy, number: int) -> str:
    """The number under which somebody outside keeps the case, where their mail tells it."""
    party = next((one for one in case.parties if one.number == number and one.role is Role.THIRD_PARTY), None)
    spec = policy.third_parties.get(party.third_party) if party else None
    text = f"{arrival.reading.subject}\n{arrival.reading.reply}"
    return next(numbers_in(spec.number, text), "") if spec else ""


_STAFF = (Role.STAFF, Role.MANAGER)


def _party_of(case: Case, address: str) -> Party | None:
    wanted = address.lower()
    order = (Role.CUSTOMER, Role.PARTICIPANT, Role.THIRD_PARTY, Role.STAFF, Role.MANAGER)
    found = [party for party in case.parties if party.address == wanted and party.role in order]
    return min(found, key=lambda party: order.index(party.role)) if wanted and found else None


def _bounce(arrival: Arrival) -> Happening:
    reading = arrival.reading
    letter = reading.original_ids[0] if reading.original_ids else ""
    return LetterBounced(mail=arrival.mail(), failed=reading.failed, message_id=letter)


def _from_customer(arrival: Arrival, case: Case, policy: Policy, writer: Party | None, office: Office) -> CustomerWrote:
    reading, language = arrival.reading, case.ticket.language
    languages = tuple(dict.fromkeys((language, *policy.languages)))
    number = writer.number if writer and writer.role in (Role.CUSTOMER, Role.PARTICIPANT) else 0
    at = office.addresses.get(case.ticket.address)
    country = str(case.ticket.facts.get("country", "")) or (at.country if at else "")
    found = details_in(arrival, policy, language, country)
    return CustomerWrote(
        mail=arrival.mail(number),
        who=reading.sender,
        found=found,
        brand="" if case.ticket.brand else brand_of(policy, found, reading.reply),
        language=language,
        ours=office.among_ours(reading.recipients),
        answer=_answer(reading, case, policy, number, languages),
        wait_until=read_wait(
            reading.reply, all_words(standing_commands()["wait"].customer), languages=languages, today=arrival.today
        ),
        bare_thanks=is_bare_thanks(reading.reply, languages) and not reading.attachments,
    )


def _answer(reading: Reading, case: Case, policy: Policy, party: int, languages: tuple[str, ...]) -> Answer | None:
    put = [question for question in case.ticket.questions if question.party == party]
    # Where slots are offered, a number picks one of them, whatever else is asked.
    chosen = next(filter(None, (_chosen(reading.reply, question) for question in put)), None)
    if chosen is not None:
        return chosen
    for question in put:
        spec = policy.questions[question.question]
        answer = read_answer(
            reading.reply, reading.subject, spec.answers, languages=languages, question=question.question
        )
        if answer is not None:
            return answer
    return None


def _chosen(reply: str, question: OpenQuestion) -> Answer | None:
    """The slot somebody picked by its number, alone on the first line or at its beginning: 2, "2.", "n. 2 please"."""
    found = _NUMBER.match(unicodedata.normalize("NFKC", reply.strip()))
    number = int(found[1]) if found else 0
    if not 1 <= number <= len(question.options):
        return None
    return Answer(question.question, CHOSEN, question.options[number - 1])


def _from_staff(arrival: Arrival, case: Case, policy: Policy, office: Office) -> Happening:
    """Rights need a conjunction: a token for that person, From on the team's list, and proof of the sender."""
    proof = office.prove(arrival.row, arrival.reading)
    token = arrival.trail.token if arrival.trail else None
    party = next((p for p in case.parties if token and p.number == token.party), None)
    if token is None or party is None:
        return StaffRefused(mail=arrival.mail(), member="", why="names nobody on this case")
    sender = arrival.reading.sender.address.lower()
    if sender != party.address:
        why = f"written to somebody else: {party.address}"
        return StaffRefused(mail=arrival.mail(party.number), member=party.address, why=why)
    if member_at(policy, party.address) is None and proof.proven and _had_it(case, party.address, office):
        return ColleagueWrote(mail=arrival.mail(party.number), member=party.address)
    if member_at(policy, party.address) is None:
        return StaffRefused(mail=arrival.mail(party.number), member="", why=f"on no team any more: {sender}")
    if not proof.proven:
        return StaffRefused(mail=arrival.mail(party.number), member=party.address, why=proof.why_not)
    return staff_mail(arrival, case, policy, party, inside=token.audience is Audience.STAFF_NOTE)


def _had_it(case: Case, address: str, office: Office) -> bool:
    """Whether the case was moved here from a policy that has this address among its staff."""
    left = {str(entry.facts.get("came_from", "")) for entry in case.history if entry.event == MOVED}
    return any(member_at(office.policies[name], address) is not None for name in left if name in office.policies)
