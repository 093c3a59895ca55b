"""Matching mail to cases by the strongest clue: a keyed token, our own Message-ID, a stored Message-ID, a subject tag.

The words of a subject never count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.reading import ClueStrength, Reading
from parsers.sender.tokens import Audience, Token, TokenKeys, token_of_message_id, unseal
from storage import tickets
from storage.engine import Source


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """The case that a mail belongs to. `token` is set if the clue was one of our keyed marks; `how` goes on the
    ledger."""

    ticket_id: int
    strength: ClueStrength
    how: str
    token: Token | None = None


def match_cases(source: Source, readings: Sequence[Reading], keys: TokenKeys) -> list[CaseMatch | None]:
    """The match of each mail, in order. Two queries for the whole batch; none if every mail has a token."""
    found = [match_by_key(reading, keys) for reading in readings]
    rest = [reading for reading, match in zip(readings, found, strict=True) if match is None]
    ids = tickets.by_message_ids(source, _values(rest, ClueStrength.MESSAGE_ID))
    tags = tickets.by_reference(source, _values(rest, ClueStrength.SUBJECT_TAG))
    return [match or _looked_up(reading, ids, tags) for reading, match in zip(readings, found, strict=True)]


def match_by_key(reading: Reading, keys: TokenKeys) -> CaseMatch | None:
    """The match by our own keyed marks. An address that was answered to counts before a quoted Message-ID, and both
    count before an envelope sender of ours, which proves only where a letter went."""
    last: CaseMatch | None = None
    for clue in reading.case_clues:
        if clue.strength is ClueStrength.TOKEN:
            token = unseal(clue.value, keys)
        elif clue.strength is ClueStrength.OWN_MESSAGE_ID:
            token = token_of_message_id(clue.value, keys)
        else:
            continue
        if token is not None:
            match = CaseMatch(token.ticket, clue.strength, f"{clue.strength} in {clue.header}", token)
            if token.audience is not Audience.RETURN_PATH:
                return match
            last = last or match
    return last


def _values(readings: Sequence[Reading], strength: ClueStrength) -> list[str]:
    values = (clue.value for reading in readings for clue in reading.case_clues if clue.strength is strength)
    return list(dict.fromkeys(values))


def _looked_up(reading: Reading, ids: Mapping[str, int], tags: Mapping[str, int]) -> CaseMatch | None:
    for strength, known in ((ClueStrength.MESSAGE_ID, ids), (ClueStrength.SUBJECT_TAG, tags)):
        for clue in reading.case_clues:
            if clue.strength is strength and clue.value in known:
                return CaseMatch(known[clue.value], strength, f"{strength} in {clue.header}")
    return None


def is_return_path(match: CaseMatch | None) -> bool:
    """Whether the match is by the token of one of our envelope senders."""
    return match is not None and match.token is not None and match.token.audience is Audience.RETURN_PATH


def is_staff_token(match: CaseMatch) -> bool:
    """Whether the match is by a token that was given to staff."""
    return match.token is not None and match.token.audience in _STAFF


_STAFF = (Audience.STAFF_REPLY, Audience.STAFF_NOTE, Audience.CONFIRMATION)
