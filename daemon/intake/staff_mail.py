"""Read mail of a proven staff member as an event: an answer to a question, commands, or text. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from config.policy import Policy, all_words
from config.policy_shapes.dossiers import FieldSpec
from daemon.decide.events import StaffWrote
from daemon.decide.procedure.people import member_at
from daemon.decide.staff.command_grammar import grammar_of
from daemon.decide.staff.dossiers import missing_fields, open_dossier
from daemon.intake.incoming_mail import IncomingMail
from parsers.answers.answers import read_answer
from parsers.answers.commands import read_commands
from parsers.answers.prefixed_answers import read_labelled_details, read_prefixed_answer
from parsers.details.detail_types import ReadingContext, read_value
from parsers.details.details import find_details
from parsers.details.filled_in_forms import FieldLabel, FilledField, read_filled_fields
from parsers.reading import Answer, FoundDetail
from parsers.reply.signature import without_own_name
from storage.values import Case, Party, Role


def read_staff_mail(incoming: IncomingMail, case: Case, policy: Policy, party: Party, *, inside: bool) -> StaffWrote:
    """Read a proven staff mail as an event.

    A word that is both an answer to an open question and a command is the answer; a line that begins with a slash is
    always a command.
    """
    member = member_at(policy, party.address)
    reply = without_own_name(incoming.reading.reply, member.name if member else party.name)
    said = read_commands(
        reply,
        grammar_of(policy, (party.language or policy.languages[0], case.ticket.language)),
        writer=member.name if member else party.name,
        customer=_customer_of(case),
        internal=inside,
    )
    filled = _filled(incoming, case, policy, party)
    answer = (
        None if inside or filled else answer_from_inside(reply, case, policy, party, _notice_answered(incoming, case))
    )
    if answer and (said.commands or said.unknown) and not _begins_with(reply, answer, policy):
        answer = None
    if answer:
        return StaffWrote(
            mail=incoming.as_event_mail(party.number), member=party.address, text=reply.strip(), answer=answer,
            found=_details_with_answer(incoming, policy, answer, party),
        )  # fmt: skip
    return StaffWrote(
        mail=incoming.as_event_mail(party.number),
        member=party.address,
        commands=said.commands,
        unknown=said.unknown,
        doubt=said.doubt,
        text=said.text,
        inside=inside,
        dossier_fields=filled,
        confirmed=said.confirmed,
    )


def _customer_of(case: Case) -> str:
    return next((party.name for party in case.parties if party.role is Role.CUSTOMER), "")


def read_confirmation(incoming: IncomingMail, policy: Policy, party: Party, nonce: int) -> StaffWrote:
    """Read the answer to the letter that asked whether a mail is theirs; its text is sent to nobody."""
    member = member_at(policy, party.address)
    reply = without_own_name(incoming.reading.reply, member.name if member else party.name)
    said = read_commands(reply, grammar_of(policy))
    return StaffWrote(
        mail=incoming.as_event_mail(party.number),
        member=party.address,
        commands=said.commands,
        unknown=said.unknown,
        text=said.text,
        inside=True,
        confirms=nonce,
    )


def _filled(incoming: IncomingMail, case: Case, policy: Policy, party: Party) -> tuple[FoundDetail, ...]:
    """Filled-in fields of the open dossier: missing ones also from the quoted form, others only from new text."""
    dossier = open_dossier(case.ticket)
    spec = policy.dossiers.get(dossier)
    if spec is None:
        return ()
    missing, languages = missing_fields(case, policy, dossier), _languages(policy, party)
    labels = [
        FieldLabel(name, (*all_words(field.labels), *field.label.values()), until_blank_line=True)
        for name, field in spec.fields.items()
    ]
    text = incoming.reading.text or incoming.reading.reply
    found = {
        # "None" and "unknown" count as answers: somebody has looked.
        filled.name: _as_found(
            replace(filled, value=filled.value or text[filled.start : filled.end]),
            policy,
            spec.fields[filled.name],
            incoming,
            languages,
        )
        for filled in sorted(read_filled_fields(text, labels), key=lambda filled: not filled.quoted)
        if filled.name in missing or not filled.quoted
    }
    return tuple(found.values())


def _as_found(
    filled: FilledField, policy: Policy, field: FieldSpec, incoming: IncomingMail, languages: tuple[str, ...]
) -> FoundDetail:
    """A filled-in field; if it belongs to a detail of the case, its value is read as that detail's."""
    detail = policy.details.get(field.detail)
    value = read_value(detail, filled.value, ReadingContext(languages, incoming.today, "")) if detail else None
    if value is None:
        return FoundDetail(filled.name, filled.value, filled.value, "form", filled.start, filled.end)
    shown = filled.value[value.start : value.end]
    return FoundDetail(filled.name, value.value, shown, "form", filled.start, filled.end, value.wrong)


def _notice_answered(incoming: IncomingMail, case: Case) -> str:
    """The name of the notice that a mail answers, by In-Reply-To and References; empty if none."""
    headers = incoming.reading.headers
    lines = (line for name in ("in-reply-to", "references") for line in headers.get(name, ()))
    ids = {word.strip("<>,") for line in lines for word in line.split()}
    return next(
        (message.notice for message in reversed(case.messages) if message.notice and message.message_id in ids), ""
    )


def answer_from_inside(text: str, case: Case, policy: Policy, party: Party, notice: str = "") -> Answer | None:
    """Read the answer of staff or a third party in the first line; the lines below belong to it.

    Of several open questions, that of the notice answered comes first.
    """
    first, _, below = text.strip().partition("\n")
    languages = _languages(policy, party)
    names = sorted(_questions(case, policy, party), key=lambda name: policy.questions[name].notice != notice)
    for name in names:
        answers = policy.questions[name].answers
        answer = read_prefixed_answer(first, answers, languages=languages, question=name)
        answer = answer or read_answer(first, "", answers, languages=languages, question=name)
        if answer is not None:
            return replace(answer, rest="\n".join(part for part in (answer.rest, below.strip()) if part))
    return _answer_to_closed_question(first, policy, languages) if party.is_staff else None


def _answer_to_closed_question(line: str, policy: Policy, languages: tuple[str, ...]) -> Answer | None:
    """An answer to a question that is not open to staff now. Recognised only if it can mean nothing else (the answer
    word alone, or with the figure it takes), so that it is not sent to the customer as words."""
    for name, spec in policy.questions.items():
        if spec.to == "customer" or spec.to in policy.third_parties:
            continue
        for answer, answer_spec in spec.answers.items():
            if line.strip(" .!。！").casefold() in {word.casefold() for word in all_words(answer_spec.words)}:
                return Answer(name, answer)
        read = read_prefixed_answer(line, spec.answers, languages=languages, question=name)
        figures = read is not None and spec.answers[read.answer].takes in ("minutes", "number", "date")
        if read is not None and figures and any(letter.isdigit() for letter in read.rest):
            return read
    return None


def _questions(case: Case, policy: Policy, party: Party) -> Iterator[str]:
    """The questions open to a party, then those that they were asked in turn and that have passed to others."""
    for question in case.ticket.questions:
        inside = party.is_staff
        of_others = {other.number for other in case.parties if other.role is Role.THIRD_PARTY}
        # Staff may also answer for a third party.
        for_them = question.party == 0 and _is_asked(policy, policy.questions[question.question].to, party)
        if question.party == party.number or (inside and (for_them or question.party in of_others)):
            yield question.question
    for name, kept in case.ticket.facts.in_turn.items():
        if name in policy.questions and party.address in kept.get("asked", ()):
            yield name


def _is_asked(policy: Policy, whom: str, party: Party) -> bool:
    """Whether a question to a whole team is put to this person too."""
    team = policy.teams.get(whom)
    people = [*team.members, *((team.manager,) if team.manager else ())] if team else []
    return not people or any(member.address.lower() == party.address for member in people)


def _languages(policy: Policy, party: Party) -> tuple[str, ...]:
    return policy.speaking(party.language or policy.languages[0])


def _begins_with(reply: str, answer: Answer, policy: Policy) -> bool:
    words = all_words(policy.questions[answer.question].answers[answer.answer].words)
    text = unicodedata.normalize("NFKC", reply).strip().casefold()
    return any(text.startswith(unicodedata.normalize("NFKC", word).casefold()) for word in words)


def _details_with_answer(
    incoming: IncomingMail, policy: Policy, answer: Answer, party: Party
) -> tuple[FoundDetail, ...]:
    """The details that come with an answer."""
    names = policy.questions[answer.question].answers[answer.answer].brings
    specs = {name: policy.details[name] for name in names}
    if not specs:
        return ()
    found = find_details(incoming.reading, specs, languages=_languages(policy, party), today=incoming.today)
    read = {detail.name for detail in found}
    return (
        *found,
        *read_labelled_details(incoming.reading.reply, {name: specs[name] for name in specs if name not in read}),
    )
