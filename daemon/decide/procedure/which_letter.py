"""Which letter of ours a mail answers, and so which of our offers its answer counts for. Pure.

Mail programs name the letter (In-Reply-To, References: RFC 5322 section 3.6.4); the links in our letters mark the
subject; else what a mail says of a price tells, in its own words before those that it quotes. Where nothing tells, and
there was more than one offer, nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from config.policy import QuestionSpec, all_words
from daemon.decide.events import MailIn, WhyNotCounted
from daemon.decide.procedure import notices
from daemon.decide.procedure.answered_letter import answered_letter
from daemon.decide.procedure.open_offers import Offer, offers_of
from parsers.details.money import find_money, find_numbers
from parsers.reading import Reading
from storage.values import Case, OpenQuestion

_MARK = re.compile(r"\(#(\d{1,3})\)")
_SHORT = 5  # letters below which a word alone says something only about the letter that it answers
_FREE = (notices.REPLY, notices.ASK)  # letters with words of staff, which may ask anything
_FIRST = re.compile(r"[.!?。！？\n]")


def offer_mark(case: Case, question: OpenQuestion) -> str:
    """What the subject of a ready-made answer says of the occasion; empty for the first."""
    n = offers_of(case.ticket, question)[-1].n
    return f"(#{n}) " if n > 1 else ""


def strip_offer_mark(subject: str) -> str:
    """The subject without it."""
    return " ".join(_MARK.sub(" ", subject).split())


def offer_answered(mail: MailIn, case: Case, question: OpenQuestion) -> Offer | WhyNotCounted:
    """The occasion that a mail answers, or why that is none: another letter is answered, or it cannot be told."""
    known = offers_of(case.ticket, question)
    letter = answered_letter(case.messages, mail)
    if letter is not None:
        before = [one for one in known if datetime.fromisoformat(one.at) <= letter.at]
        return before[-1] if before and _is_same_matter(before[-1], known[-1]) else WhyNotCounted.OTHER_LETTER
    if found := _MARK.search(mail.reading.subject):
        n = int(found[1])
        return next((one for one in known if one.n == n), WhyNotCounted.OTHER_LETTER)
    if not any(one.differs(known[-1]) for one in known):
        return known[-1]
    for text in (mail.reading.reply, mail.reading.quoted):
        told = [one for one in known if one.sums and _totals(one) & set(_amounts(text))]
        if told:
            return told[-1] if not any(one.differs(told[-1]) for one in told) else WhyNotCounted.UNCLEAR
    return WhyNotCounted.UNCLEAR


def _is_same_matter(answered: Offer, now: Offer) -> bool:
    """Whether an answer to this occasion speaks of what is asked now: of the same offer or an earlier one. A question
    that offers nothing (whether somebody is satisfied) was about what happened then."""
    return answered.n == now.n or bool(now.options or now.sums)


def why_price_not_counted(reading: Reading, answered: Offer, known: Iterable[Offer]) -> WhyNotCounted | None:
    """Whether a mail names another price than the one quoted: an earlier one, or one that nobody offered."""
    if not answered.sums:
        return None
    totals = _totals(answered)
    first = _FIRST.split(reading.reply.strip(), maxsplit=1)[0]
    near = [one for one in _numbers(first) if any(total / 5 <= one <= total * 5 for total in totals if total)]
    named = {*_amounts(reading.reply), *near}
    if not named or named & totals:
        return None
    return WhyNotCounted.SUPERSEDED if any(_totals(one) & named for one in known) else WhyNotCounted.OTHER_PRICE


def answers_another_letter(mail: MailIn, case: Case, question: OpenQuestion, spec: QuestionSpec) -> bool:
    """Whether a short word answers a letter of staff that came after the question: it may answer what they asked."""
    letter = answered_letter(case.messages, mail)
    put = datetime.fromisoformat(offers_of(case.ticket, question)[-1].at)
    if letter is None or letter.notice not in _FREE or letter.at <= put:
        return False
    words = {word.casefold() for one in spec.answers.values() for word in all_words(one.words) if len(word) < _SHORT}
    first = re.match(r"\w+", mail.reading.reply.strip())
    return first is not None and first[0].casefold() in words


def _totals(one: Offer) -> set[Decimal]:
    return {Decimal(total) for total in one.sums.values()}


def _amounts(text: str) -> list[Decimal]:
    return [Decimal(one.value.partition(" ")[0]) for one in find_money(text)]


def _numbers(text: str) -> list[Decimal]:
    return [Decimal(one.value.partition(" ")[0]) for one in find_numbers(text)]
