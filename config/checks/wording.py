"""Check texts, answer words and letters: present in every language of the policy, and unambiguous."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel

from config.checks.finding import Finding, Findings, check_name
from config.files.toml_layers import Key
from config.files.validation_errors import bare_type
from config.policy import EVERY_LANGUAGE, Policy, QuestionSpec, Words, all_words
from config.policy_shapes.stance import Stance

_BY_LANGUAGE = (dict[str, str], dict[str, tuple[str, ...]])
HasNotice = Callable[[str, str], bool]


def check_wording(policy: Policy, has_notice: HasNotice) -> Findings:
    """Faults of texts, answer words and letters. `has_notice(notice, language)` says whether a letter exists."""
    yield from _languages(policy)
    yield from _documents(policy, has_notice)
    for key, texts in _texts((), policy, Policy):
        yield from _complete(policy, key, texts)
    for name, question in policy.questions.items():
        words = {answer: spec.words for answer, spec in question.answers.items()}
        yield from _ambiguous(policy, ("questions", name, "answers"), words)
        for answer, spec in question.answers.items():
            if not all_words(spec.words):
                yield Finding(("questions", name, "answers", answer, "words"), "nobody can give this answer: no words")
        yield from _stances(("questions", name, "answers"), question)
    yield from _ambiguous(policy, ("decisions",), {name: spec.words for name, spec in policy.decisions.items()})
    for notice in policy.notices:
        missing = [code for code in policy.languages if not has_notice(notice, code)]
        if missing:
            where = f"templates/{policy.name}/{missing[0]}/{notice}.md.j2"
            yield Finding(
                ("notices", notice), f"this letter is not written in language {', '.join(missing)}", allowed=where
            )


def _stances(key: Key, question: QuestionSpec) -> Findings:
    """Answers whose stance is `unclear`, and two answers of a question with the same stance."""
    answer_of: dict[Stance, str] = {}
    for answer, spec in question.answers.items():
        if spec.stance is Stance.UNCLEAR:
            yield Finding((*key, answer, "stance"), "is no answer", spec.stance.value, "satisfied, dissatisfied")
        elif spec.stance is not None and answer_of.setdefault(spec.stance, answer) != answer:
            problem = f"is what {answer_of[spec.stance]} means"
            yield Finding((*key, answer, "stance"), problem, spec.stance.value, "one answer for each")


def _documents(policy: Policy, has_notice: HasNotice) -> Findings:
    for name, thing in policy.things.items():
        missing = [code for code in policy.languages if thing.document and not has_notice(thing.document, code)]
        if missing:
            where = f"templates/{policy.name}/{missing[0]}/{thing.document}.md.j2"
            problem = f"this page is not written in language {', '.join(missing)}"
            yield Finding(("things", name, "document"), problem, thing.document, where)


def _languages(policy: Policy) -> Findings:
    if not policy.languages:
        yield Finding(("languages",), "at least one language is needed", "[]", 'as in ["en", "it"]')
    for number, code in enumerate(policy.languages):
        if not _is_language(code):
            yield Finding(("languages", number), "no such language", code, "a code as in it, de, zh-Hans")
        if code in policy.languages[:number]:
            yield Finding(("languages", number), "is there twice", code)


def _is_language(code: str) -> bool:
    try:
        return bool(Locale.parse(code.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return False


def _texts(key: Key, value: Any, sort: Any) -> Iterator[tuple[Key, Mapping[str, object]]]:
    """Every table by language in a policy, with its key; found by the types of the shapes' fields."""
    sort = bare_type(sort)
    if sort in _BY_LANGUAGE:
        yield key, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _texts((*key, field.alias or name), getattr(value, name), field.annotation)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts((*key, name), one, get_args(sort)[1])
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _texts((*key, number), one, get_args(sort)[0])


def _complete(policy: Policy, key: Key, texts: Mapping[str, object]) -> Findings:
    """Languages of the policy in which a given text is missing, and languages that the policy does not have."""
    if not texts or not policy.languages:
        return
    given = {code for code in texts if texts[code]}
    missing = [code for code in policy.languages if _is_language(code) and not _codes(code) & given]
    if missing:
        yield Finding(
            key, f"is missing in language {', '.join(missing)}", ", ".join(texts), ", ".join(policy.languages)
        )
    allowed = {known_code for code in policy.languages for known_code in _codes(code)}
    for code in texts:
        if code not in allowed:
            yield from check_name((*key, code), code, policy.languages, "language of this policy")


def _codes(code: str) -> set[str]:
    """The codes under which a text in this language may stand."""
    return {code, code.split("-", maxsplit=1)[0], EVERY_LANGUAGE}


def _ambiguous(policy: Policy, key: Key, answers: Mapping[str, Words]) -> Findings:
    """Words that two answers share in one language."""
    reported = set()
    for code in policy.languages:
        meant: dict[str, str] = {}
        for answer, words in answers.items():
            for word in all_words(words, code):
                first = meant.setdefault(" ".join(word.casefold().split()), answer)
                if first != answer and (first, answer, word) not in reported:
                    reported.add((first, answer, word))
                    problem = f"means {first} as well as {answer} ({code})"
                    yield Finding((*key, answer), problem, word, "a word for one of them only")
