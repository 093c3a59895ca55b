"""The words of the shipped policies, in each of their languages: every answer, form and kind is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from config.files.load_policy import known_policies, load_policy
from config.policy import AnswerSpec, Policy, all_words, in_language
from parsers.answers.answers import read_answer
from parsers.answers.prefixed_answers import read_prefixed_answer
from parsers.details.classify import detect_kind
from parsers.details.web_forms import read_form
from parsers.reading import Mailbox, Reading

POLICIES = {name: load_policy(name) for name in known_policies()}
POLITE = {
    "en": ("Hello,\n\n{}.\n\nThank you", "{}!", "{}, thank you"),
    "it": ("Buongiorno,\n\n{}.\n\nGrazie", "{}!", "{}, grazie"),
    "fr": ("Bonjour,\n\n{}.\n\nMerci", "{} !", "{}, merci"),
    "de": ("Guten Tag,\n\n{}.\n\nVielen Dank", "{}!", "{}, danke"),
    "es": ("Buenos días:\n\n{}.\n\nGracias", "{}.", "{}, gracias"),
    "zh-Hans": ("您好，\n\n{}。\n\n谢谢", "{}。", "{}，谢谢"),
    "zh-Hant": ("您好，\n\n{}。\n\n謝謝", "{}。", "{}，謝謝"),
}


def answer_words() -> Iterator[Any]:
    """Every word of every answer: policy, language, question, answer, word."""
    for name, policy in POLICIES.items():
        for question, asked in policy.questions.items():
            for answer, spec in asked.answers.items():
                for code in policy.languages:
                    for word in all_words(spec.words, code):
                        yield pytest.param(policy, code, question, answer, word, id=f"{name}-{code}-{question}-{word}")


def said(answers: dict[str, AnswerSpec], text: str, policy: Policy, code: str) -> str:
    """The answer that this mail gives in a case of that language."""
    languages = tuple(dict.fromkeys((code, *policy.languages)))
    read = read_prefixed_answer(text, answers, languages=languages) or read_answer(
        text, "", answers, languages=languages
    )
    return read.answer if read else ""


@pytest.mark.parametrize(("policy", "code", "question", "answer", "word"), list(answer_words()))
def test_every_answer_is_known_by_each_of_its_words(
    policy: Policy, code: str, question: str, answer: str, word: str
) -> None:
    """Alone, in capitals, between a greeting and thanks; and by the title on its button."""
    answers = policy.questions[question].answers
    for text in (word, word.upper(), word.capitalize(), *(form.format(word) for form in POLITE[code])):
        assert said(answers, text, policy, code) == answer, text
    if answers[answer].takes == "nothing" and policy.questions[question].to == "customer":
        assert said(answers, in_language(answers[answer].title, code) or word, policy, code) == answer


def kind_words() -> Iterator[Any]:
    """Every word of every kind: policy, language, kind, word."""
    for name, policy in POLICIES.items():
        for kind, spec in policy.kinds.items():
            for code in policy.languages:
                for word in all_words(spec.words, code):
                    yield pytest.param(policy, code, kind, word, id=f"{name}-{code}-{kind}-{word}")


@pytest.mark.parametrize(("policy", "code", "kind", "word"), list(kind_words()))
def test_every_kind_is_known_by_each_of_its_words(policy: Policy, code: str, kind: str, word: str) -> None:
    """One word is enough in a mail without other words, and no word belongs to two kinds."""
    assert detect_kind(word, policy.kinds, code, "")[0] == ("" if policy.kinds[kind].fallback else kind)


def forms() -> Iterator[Any]:
    """Every form of every policy in every language."""
    for name, policy in POLICIES.items():
        for form in policy.forms:
            for code in policy.languages:
                yield pytest.param(policy, form, code, id=f"{name}-{form}-{code}")


@pytest.mark.parametrize(("policy", "name", "code"), list(forms()))
def test_every_form_is_read_in_each_language(policy: Policy, name: str, code: str) -> None:
    """By each label of each field, with a consent in that language."""
    form = policy.forms[name]
    values = {field: f"value of {field}" for field in form.fields}
    given = {"customer_address": "anna@example.org", "consent": next(iter(all_words(form.consent_words, code)), "")}
    values |= {field: value for field, value in given.items() if field in form.fields}
    for field, labels in form.fields.items():
        for label in all_words(labels, code):
            filled = {
                name: (label if name == field else all_words(words, code)[0]) for name, words in form.fields.items()
            }
            text = "\n".join(f"{filled[name]}: {values[name]}" for name in form.fields)
            read = read_form(Reading(text=text, sender=Mailbox(form.senders[0])), form, policy.languages)
            assert read is not None
            assert read.values == values
            assert (read.consent, read.person.address) == (True, "anna@example.org")
