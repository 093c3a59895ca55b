"""What a letter says to somebody whom only a header of somebody else's mail names (Reply-To, X-Original-From): nothing
of that mail's words. Whoever writes such a header would else have us send words and links of theirs, under our name, to
whom they like. It ends with the first mail that the person sends us in answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from config.policy import DetailType
from daemon.letters.letter_input import LetterInput
from storage.values import Party, Role

_FREE = (DetailType.DESCRIPTION, DetailType.WISH, DetailType.NAME, DetailType.PLACE, DetailType.EMAIL)
_LONGEST_NAME = 40
_NO_NAME = re.compile(r"[0-9@/:\\<>!?|=%&_#$*+~^]|www\.|\.[^\W\d_]{2,}|[，。！？：]")


def is_unproven(letter_input: LetterInput) -> bool:
    """Whether the letter goes to a customer whom only a header names, and who has not answered yet."""
    if not letter_input.ticket.facts.named_by or letter_input.party.role is not Role.CUSTOMER:
        return False
    theirs = [
        message
        for message in letter_input.case.messages
        if message.direction == "in" and message.party == letter_input.party.number
    ]
    return sum(not message.automatic for message in theirs) < 2


def quieted(letter_input: LetterInput) -> LetterInput:
    """The scene without the subject, and without names that are none."""
    if not is_unproven(letter_input):
        return letter_input
    parties = tuple(
        _named_plainly(party) if party.role is Role.CUSTOMER else party for party in letter_input.case.parties
    )
    return replace(
        letter_input, case=replace(letter_input.case, ticket=replace(letter_input.ticket, subject=""), parties=parties)
    )


def without_words(letter_input: LetterInput, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a letter knows of details and files, without those that are free words."""
    if not is_unproven(letter_input):
        return known
    free = [one.value for one in _FREE]
    bare = {name: [{**row, "given": "", "wrong": ""} for row in known[name]] for name in ("missing", "optional")}
    return {**known, **bare, "found": [row for row in known["found"] if row["sort"] not in free], "files": []}


def _named_plainly(party: Party) -> Party:
    """The party by a name that is one: short, and without anything that a sentence or a link has."""
    wrong = len(party.name) > _LONGEST_NAME or len(party.name.split()) > 4 or _NO_NAME.search(party.name)
    return replace(party, name="") if wrong else party
