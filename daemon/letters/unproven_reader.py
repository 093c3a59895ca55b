"""Remove the words of a mail from letters to a customer whom only a header of it names (Reply-To, X-Original-From).

Otherwise a sender could use such a header to have us send their words and links, under our name, to another person. The
restriction ends with the first mail that the customer sends us.
"""

from __future__ import annotations

import re
from dataclasses import replace

from config.policy import DetailType
from daemon.letters.letter_input import LetterInput
from daemon.letters.variables import Knowledge, Row
from storage.values import Party, Role

_FREE = (DetailType.DESCRIPTION, DetailType.WISH, DetailType.NAME, DetailType.PLACE, DetailType.EMAIL)
_LONGEST_NAME = 40
_NO_NAME = re.compile(r"[0-9@/:\\<>!?|=%&_#$*+~^]|www\.|\.[^\W\d_]{2,}|[，。！？：]")


def is_unproven(letter_input: LetterInput) -> bool:
    """Whether the letter goes to a customer who is named only in a header and has not written to us yet."""
    if not letter_input.ticket.facts.named_by or letter_input.party.role is not Role.CUSTOMER:
        return False
    own_mails = [
        message
        for message in letter_input.case.messages
        if message.direction == "in" and message.party == letter_input.party.number and not message.automatic
    ]
    return len(own_mails) < 2  # the first is the mail whose header names them


def hide_subject(letter_input: LetterInput) -> LetterInput:
    """For an unproven reader the input without the subject, and without display names that are not names."""
    if not is_unproven(letter_input):
        return letter_input
    parties = tuple(
        _with_plain_name(party) if party.role is Role.CUSTOMER else party for party in letter_input.case.parties
    )
    return replace(
        letter_input, case=replace(letter_input.case, ticket=replace(letter_input.ticket, subject=""), parties=parties)
    )


def hide_free_words(letter_input: LetterInput, knowledge: Knowledge) -> Knowledge:
    """For an unproven reader what is known without files and without details that are free words."""
    if not is_unproven(letter_input):
        return knowledge
    free = [detail_type.value for detail_type in _FREE]
    return replace(
        knowledge,
        found=[row for row in knowledge.found if row["sort"] not in free],
        missing=[_without_words(row) for row in knowledge.missing],
        optional=[_without_words(row) for row in knowledge.optional],
        files=[],
    )


def _without_words(row: Row) -> Row:
    """A missing detail without what was given for it."""
    return {**row, "given": "", "wrong": ""}


def _with_plain_name(party: Party) -> Party:
    """The party; its name is empty where it is long or has anything that a sentence or a link has."""
    suspect = len(party.name) > _LONGEST_NAME or len(party.name.split()) > 4 or _NO_NAME.search(party.name)
    return replace(party, name="") if suspect else party
