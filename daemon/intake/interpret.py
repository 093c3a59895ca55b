"""What a mail means for its case: a reading and a case become an event. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from config.policy import Policy, QuestionSpec, all_words
from config.policy_shapes.commands import staff_commands
from daemon.decide.events import (
    ColleagueWrote,
    CustomerWrote,
    Event,
    MachineWrote,
    MailIn,
    StaffNotProven,
    StaffWrote,
    StrangerWrote,
    ThirdPartyWrote,
    UncountedAnswer,
    WhyNotCounted,
)
from daemon.decide.procedure import which_letter
from daemon.decide.procedure.appointments import CHOSEN
from daemon.decide.procedure.open_offers import Offer, offers_of
from daemon.decide.procedure.people import member_at
from daemon.installation import Installation
from daemon.intake import delivery_reports
from daemon.intake.calendar_reply import event_of_calendar_reply
from daemon.intake.case_match import CaseMatch, is_return_path, is_staff_token
from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.new_case import brand_of, mail_details
from daemon.intake.quoted_notices import with_findings, without_quoted_notices
from daemon.intake.satisfaction import customer_stance, open_question_of_satisfaction, satisfaction_answer
from daemon.intake.staff_mail import answer_from_inside, read_confirmation, read_staff_mail
from parsers.answers.answers import is_only_thanks, read_answer
from parsers.answers.stance import StanceReading
from parsers.answers.wait_requests import blank_lines, read_wait_request
from parsers.details.company_patterns import numbers_in
from parsers.reading import Answer, ClueStrength, MailKind, ProgramPurpose, Reading
from parsers.reply.empty_mail import empty_mail_kind
from parsers.sender.tokens import Audience
from storage.ledger_events import LedgerEvent
from storage.values import Case, OpenQuestion, Party, Role

_NUMBER = re.compile(r"\W*(?:[^\W\d]{1,12}\W{1,3}){0,2}(\d{1,2})(?!\d|[:./-]\d)")


def event_on_case(incoming: IncomingMail, case: Case, policy: Policy, installation: Installation) -> Event:
    """The event that a mail is for the case it was matched to."""
    match, reading = incoming.match, incoming.reading
    if match is None:
        raise ValueError("a mail without a match belongs to no case")
    writer = None if _is_only_named(match, reading) else _party_of(case, reading.sender.address)
    if reading.kind is MailKind.BOUNCE:
        return delivery_reports.bounce_event(incoming.as_event_mail(), match, case)
    if (
        reading.calendar_reply
        and reading.kind is not MailKind.OWN
        and (answered := event_of_calendar_reply(incoming, case, policy))
    ):
        return answered
    if reading.kind in (MailKind.AUTOMATIC, MailKind.OWN):
        known = writer.number if writer else (match.token.party if match.token else 0)
        number = _number_of(incoming, case, policy, known)
        return MachineWrote(mail=incoming.as_event_mail(known), number=number, shown=_is_shown(reading, case, known))
    if is_staff_token(match):
        return _from_staff(incoming, case, policy, installation)
    if member_at(policy, reading.sender.address) is not None and (writer is None or writer.role in _STAFF):
        why = "this mail does not answer one of your own notices; please reply to the notice that you received"
        return StaffNotProven(mail=incoming.as_event_mail(), member=reading.sender.address.lower(), why=why)
    if match.token is not None and match.token.audience is Audience.THIRD_PARTY:
        return _from_third_party(incoming, case, policy, match.token.party)
    answers = match.token is not None and not is_return_path(match)  # an envelope sender is nowhere to answer to
    if writer is not None and writer.role is Role.THIRD_PARTY and not answers:
        return _from_third_party(incoming, case, policy, writer.number)
    if answers or (writer is not None and writer.role in (Role.CUSTOMER, Role.PARTICIPANT)):
        return _from_customer(incoming, case, policy, writer, installation)
    return StrangerWrote(mail=incoming.as_event_mail())


def _is_only_named(match: CaseMatch, reading: Reading) -> bool:
    """Whether a mail names its case only by a number, which can be guessed, and its writer only by a header that no
    domain vouches for (DMARC, RFC 7489, looks at From alone). Its writer is a stranger on the case."""
    return match.strength is ClueStrength.SUBJECT_TAG and bool(reading.sender.fallback)


def _is_shown(reading: Reading, case: Case, number: int) -> bool:
    """Whether staff must see an automatic mail: only its headers say that a program wrote it, it has words or files,
    and it comes from the customer's side or from somebody unknown."""
    party = next((party for party in case.parties if party.number == number), None)
    outside = party is None or party.role in (Role.CUSTOMER, Role.PARTICIPANT, Role.STRANGER)
    return (
        reading.program_purpose is ProgramPurpose.OTHER
        and outside
        and bool(reading.reply.strip() or reading.attachments)
    )


def _from_third_party(incoming: IncomingMail, case: Case, policy: Policy, number: int) -> Event:
    party = next((p for p in case.parties if p.number == number and p.role is Role.THIRD_PARTY), None)
    if party is None:
        return StrangerWrote(mail=incoming.as_event_mail())
    return ThirdPartyWrote(
        mail=incoming.as_event_mail(number),
        number=_number_of(incoming, case, policy, number),
        answer=answer_from_inside(incoming.reading.reply, case, policy, party),
    )


def _number_of(incoming: IncomingMail, case: Case, policy: Policy, number: int) -> str:
    """The number under which a third party keeps the case, if their mail gives it."""
    party = next((p for p in case.parties if p.number == number and p.role is Role.THIRD_PARTY), None)
    spec = policy.third_parties.get(party.third_party) if party else None
    text = f"{incoming.reading.subject}\n{incoming.reading.reply}"
    return next(numbers_in(spec.number, text), "") if spec else ""


_STAFF = (Role.STAFF, Role.MANAGER)


def _party_of(case: Case, address: str) -> Party | None:
    wanted = address.lower()
    order = (Role.CUSTOMER, Role.PARTICIPANT, Role.THIRD_PARTY, Role.STAFF, Role.MANAGER)
    found = [party for party in case.parties if party.address == wanted and party.role in order]
    return min(found, key=lambda party: order.index(party.role)) if wanted and found else None


def _from_customer(
    incoming: IncomingMail, case: Case, policy: Policy, writer: Party | None, installation: Installation
) -> CustomerWrote:
    reading, language = incoming.reading, case.ticket.language
    languages = policy.speaking(language)
    number = writer.number if writer and writer.role in (Role.CUSTOMER, Role.PARTICIPANT) else 0
    at = installation.addresses.get(case.ticket.address)
    country = case.ticket.facts.country or (at.country if at else "")
    own = writer is not None and writer.role is Role.CUSTOMER  # nobody else can say whether the customer is satisfied
    stance = customer_stance(reading, case, policy, languages) if own else None
    wait = read_wait_request(
        reading.reply, all_words(staff_commands()["wait"].customer), languages=languages, today=incoming.today
    )
    said = replace(reading, reply=blank_lines(reading.reply, wait.lines), text=blank_lines(reading.text, wait.lines))
    found = mail_details(replace(incoming, reading=said), policy, language, country)
    mail = replace(incoming.as_event_mail(number), reading=said)
    answer, misses = _answer(mail, case, policy, number, languages, stance)
    return CustomerWrote(
        mail=incoming.as_event_mail(number),
        who=reading.sender,
        found=found,
        brand="" if case.ticket.brand else brand_of(policy, found, said.reply),
        language=language,
        own_recipients=installation.support_addresses_in(reading.recipients),
        stance=stance,
        wordless=empty_mail_kind(reading, case.ticket.subject),
        answer=answer,
        uncounted=misses,
        wait_until=wait.day,
        bare_thanks=is_only_thanks(reading.reply, languages) and not reading.attachments,
    )


def _answer(
    mail: MailIn, case: Case, policy: Policy, party: int, languages: tuple[str, ...], stance: StanceReading | None
) -> tuple[Answer | None, UncountedAnswer | None]:
    """The answer to a question that is open to the writer; or an answer that does not count, and why."""
    reading = mail.reading
    put = [question for question in case.ticket.questions if question.party == party]
    # A number picks one of the slots offered, whatever else is asked.
    asked = open_question_of_satisfaction(case, policy)
    for question in sorted(put, key=lambda question: not question.options):
        spec = policy.questions[question.question]
        # It counts in the list of the letter that was answered, not in the newest one.
        occasion = which_letter.offer_answered(mail, case, question)
        options = occasion.options if isinstance(occasion, Offer) else question.options
        subject = which_letter.strip_offer_mark(reading.subject)
        answer = _slot_by_number(reading.reply, replace(question, options=options))
        if answer is None and asked and asked.question == question.question:
            answer = satisfaction_answer(replace(reading, subject=subject), question, policy, asked, stance, languages)
        elif answer is None:
            answer = read_answer(reading.reply, subject, spec.answers, languages=languages, question=question.question)
        if answer is not None:
            why = _why_not_counted(mail, case, question, spec, occasion, answer)
            return (None, UncountedAnswer(answer.question, answer.answer, why)) if why else (answer, None)
    return None, None


def _why_not_counted(
    mail: MailIn,
    case: Case,
    question: OpenQuestion,
    spec: QuestionSpec,
    occasion: Offer | WhyNotCounted,
    answer: Answer,
) -> WhyNotCounted | None:
    if isinstance(occasion, WhyNotCounted):
        return occasion
    known = offers_of(case.ticket, question)
    if answer.answer == CHOSEN:
        return None if answer.rest in question.options else WhyNotCounted.SUPERSEDED
    if occasion.differs(known[-1]):
        return WhyNotCounted.SUPERSEDED
    if which_letter.answers_another_letter(mail, case, question, spec):
        return WhyNotCounted.OTHER_LETTER
    return which_letter.why_price_not_counted(mail.reading, occasion, known)


def _slot_by_number(reply: str, question: OpenQuestion) -> Answer | None:
    """The slot picked by its number at the beginning of the reply: "2", "2.", "n. 2 please"."""
    found = _NUMBER.match(unicodedata.normalize("NFKC", reply.strip()))
    number = int(found[1]) if found else 0
    if not 1 <= number <= len(question.options):
        return None
    return Answer(question.question, CHOSEN, question.options[number - 1])


def _from_staff(incoming: IncomingMail, case: Case, policy: Policy, installation: Installation) -> Event:
    """Mail at a staff token. Rights need all three: a token given to this person, a From on the team's list, and proof
    of the sender."""
    proof = installation.prove_sender(incoming.row, incoming.reading)
    token = incoming.match.token if incoming.match else None
    party = next((p for p in case.parties if token and p.number == token.party), None)
    if token is None or party is None:
        return StaffNotProven(mail=incoming.as_event_mail(), member="", why="names nobody on this case")
    sender = incoming.reading.sender.address.lower()
    if sender != party.address:
        why = f"written to somebody else: {party.address}"
        return StaffNotProven(mail=incoming.as_event_mail(party.number), member=party.address, why=why)
    if (
        member_at(policy, party.address) is None
        and proof.proven
        and _had_case_before(case, party.address, installation)
    ):
        return ColleagueWrote(mail=incoming.as_event_mail(party.number), member=party.address)
    if member_at(policy, party.address) is None:
        return StaffNotProven(
            mail=incoming.as_event_mail(party.number), member="", why=f"on no team any more: {sender}"
        )
    if not proof.proven:
        return StaffNotProven(mail=incoming.as_event_mail(party.number), member=party.address, why=proof.why_not)
    if token.audience is Audience.CONFIRMATION:
        return read_confirmation(incoming, policy, party, token.nonce)
    wrote = staff_event(incoming, case, policy, party, installation, inside=token.audience is Audience.STAFF_NOTE)
    return replace(wrote, by_token=proof.by_token)


def staff_event(
    incoming: IncomingMail, case: Case, policy: Policy, party: Party, installation: Installation, *, inside: bool
) -> StaffWrote:
    """The event of a staff member's mail: without our notices that it quotes, and with what speaks against sending
    it."""
    own, doubtful = without_quoted_notices(incoming, case, installation)
    return with_findings(read_staff_mail(own, case, policy, party, inside=inside), own, case, installation, doubtful)


def _had_case_before(case: Case, address: str, installation: Installation) -> bool:
    """Whether the case was moved here from a policy on whose staff this address is."""
    left = {str(entry.facts.get("came_from", "")) for entry in case.history if entry.event == LedgerEvent.MOVED}
    return any(
        member_at(installation.policies[name], address) is not None for name in left if name in installation.policies
    )
