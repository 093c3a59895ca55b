"""The customer's satisfaction as their mail tells it, in steps that ask for it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from config.policy import Policy, QuestionSpec, all_words
from config.policy_shapes.stance import Stance, Subject
from config.satisfaction import SatisfactionQuestion, satisfaction_question, takes_stance
from parsers.answers.answers import read_answer
from parsers.answers.stance import LANGUAGES, PolicyAnswers, StanceReading, read_stance
from parsers.reading import Answer, Reading
from parsers.reply.signature import without_own_name
from storage.values import Case, OpenQuestion


def customer_stance(reading: Reading, case: Case, policy: Policy, languages: Sequence[str]) -> StanceReading | None:
    """The stance in the customer's new words; None in a step that takes none. With a file attached, a satisfied stance
    is unclear, since a person has to look at the file."""
    step = case.ticket.step
    if not takes_stance(policy, step) and not policy.steps[step].final:
        return None
    asked = satisfaction_question(policy, step)
    own = _policy_answers(policy.questions[asked.question], asked) if asked else PolicyAnswers()
    sure = (reading.language.code,) if reading.language.certainty >= 0.5 else ()
    order = tuple(dict.fromkeys((*sure, *languages)))
    subject = asked.subject if asked else Subject.DECISION
    read = read_stance(_words(reading), order, subject=subject, policy_answers=own)
    looked_at = read.stance is Stance.SATISFIED and _has_files(reading)
    return StanceReading(Stance.UNCLEAR, read.words, True) if looked_at else read


def satisfaction_answer(
    reading: Reading,
    question: OpenQuestion,
    policy: Policy,
    asked: SatisfactionQuestion,
    read: StanceReading | None,
    languages: Sequence[str],
) -> Answer | None:
    """The answer to a question of satisfaction: its answer words alone, or a clear stance in other words."""
    spec = policy.questions[question.question]
    bare = read_answer(_words(reading), reading.subject, spec.answers, languages=languages, question=question.question)
    known = bool({*languages[:1], reading.language.code} & set(LANGUAGES))
    if bare is not None and (not bare.rest or not known):
        return None if bare.answer == asked.satisfied and _has_files(reading) else bare
    answer = asked.answer_for(read.stance) if read else ""
    return Answer(question.question, answer, read.words) if read and answer else None


def open_question_of_satisfaction(case: Case, policy: Policy) -> SatisfactionQuestion | None:
    """The question of satisfaction that is open on this case, or None."""
    asked = satisfaction_question(policy, case.ticket.step)
    return asked if asked and any(question.question == asked.question for question in case.ticket.questions) else None


def _has_files(reading: Reading) -> bool:
    return any(not attachment.inline for attachment in reading.attachments)


def _words(reading: Reading) -> str:
    return without_own_name(reading.reply, reading.sender.name)


def _policy_answers(spec: QuestionSpec, asked: SatisfactionQuestion) -> PolicyAnswers:
    def words(answer: str) -> tuple[str, ...]:
        known = spec.answers.get(answer)
        return (*all_words(known.words), *known.title.values()) if known else ()

    return PolicyAnswers(words(asked.satisfied), words(asked.dissatisfied))
