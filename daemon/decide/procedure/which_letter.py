"""Find which of our letters a mail answers, and so which of our offers its answer counts for. Pure.

In order of preference: the letter named by In-Reply-To or References (RFC 5322 section 3.6.4), the mark that the links
in our letters put into the subject, a price named in the reply, a price in the quoted text. Where none of them decides
and the offers differ, the answer is not counted.
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
_SHORT = 5  # an answer word with fewer letters is ambiguous when it may answer a later letter of staff
_FREE = (notices.REPLY, notices.ASK)  # letters with words of staff, which may ask anything
_FIRST = re.compile(r"[.!?。！？\n]")


def offer_mark(case: Case, question: OpenQuestion) -> str:
    """The mark in a ready-made answer's subject that names the offer it is for; empty for the first offer."""
    n = offers_of(case.ticket, question)[-1].n
    return f"(#{n}) " if n > 1 else ""


def strip_offer_mark(subject: str) -> str:
    """The subject without offer marks."""
    return " ".join(_MARK.sub(" ", subject).split())


def offer_answered(mail: MailIn, case: Case, question: OpenQuestion) -> Offer | WhyNotCounted:
    """The offer that a mail answers, or why its answer is not counted."""
    known = offers_of(case.ticket, question)
    letter = answered_letter(case.messages, mail)
    if letter is not None:
        before = [offer for offer in known if datetime.fromisoformat(offer.at) <= letter.at]
        return before[-1] if before and _is_same_matter(before[-1], known[-1]) else WhyNotCounted.OTHER_LETTER
    if mark := _MARK.search(mail.reading.subject):
        n = int(mark[1])
        return next((offer for offer in known if offer.n == n), WhyNotCounted.OTHER_LETTER)
    if not any(offer.differs(known[-1]) for offer in known):
        return known[-1]
    for text in (mail.reading.reply, mail.reading.quoted):
        named = [offer for offer in known if offer.sums and _totals(offer) & set(_amounts(text))]
        if named:
            return named[-1] if not any(offer.differs(named[-1]) for offer in named) else WhyNotCounted.UNCLEAR
    return WhyNotCounted.UNCLEAR


def _is_same_matter(answered: Offer, now: Offer) -> bool:
    """Whether an answer to `answered` concerns the matter of the offer that is open now.

    A question that offers nothing, such as whether the customer is satisfied, is about what had happened when it was
    asked, so an answer to an earlier one does not count for it.
    """
    return answered.n == now.n or bool(now.options or now.sums)


def why_price_not_counted(reading: Reading, answered: Offer, known: Iterable[Offer]) -> WhyNotCounted | None:
    """Why a mail's answer is not counted for the price it names: an earlier one, or one never offered; else None."""
    if not answered.sums:
        return None
    totals = _totals(answered)
    first = _FIRST.split(reading.reply.strip(), maxsplit=1)[0]
    # A bare number is taken for a price only where it is of the quoted totals' magnitude.
    near = [number for number in _numbers(first) if any(total / 5 <= number <= total * 5 for total in totals if total)]
    named = {*_amounts(reading.reply), *near}
    if not named or named & totals:
        return None
    return WhyNotCounted.SUPERSEDED if any(_totals(offer) & named for offer in known) else WhyNotCounted.OTHER_PRICE


def answers_another_letter(mail: MailIn, case: Case, question: OpenQuestion, spec: QuestionSpec) -> bool:
    """Whether a mail begins with a short answer word but answers a letter of staff written after the question was put.

    Such a letter may have asked something else, so that "yes" may be meant for that.
    """
    letter = answered_letter(case.messages, mail)
    put = datetime.fromisoformat(offers_of(case.ticket, question)[-1].at)
    if letter is None or letter.notice not in _FREE or letter.at <= put:
        return False
    words = {
        word.casefold() for answer in spec.answers.values() for word in all_words(answer.words) if len(word) < _SHORT
    }
    first = re.match(r"\w+", mail.reading.reply.strip())
    return first is not None and first[0].casefold() in words


def _totals(offer: Offer) -> set[Decimal]:
    return {Decimal(total) for total in offer.sums.values()}


def _amounts(text: str) -> list[Decimal]:
    return [Decimal(amount.value.partition(" ")[0]) for amount in find_money(text)]


def _numbers(text: str) -> list[Decimal]:
    return [Decimal(number.value.partition(" ")[0]) for number in find_numbers(text)]
