"""Matching mail to cases by the strongest clue: a keyed token, our own Message-ID, a stored Message-ID, a subject tag.

The words of a subject never count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.reading import Reading, Strength
from parsers.sender.tokens import Audience, Keys, Token, token_of_message_id, unseal
from storage import tickets
from storage.engine import Source


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """The case that a mail belongs to. `token` is set if the clue was one of our keyed marks; `how` goes on the
    ledger."""

    ticket_id: int
    strength: Strength
    how: str
    token: Token | None = None


def match_cases(source: Source, readings: Sequence[Reading], keys: Keys) -> list[CaseMatch | None]:
    """The match of each mail, in order. Two queries for the whole batch; none if every mail has a token."""
    found = [keyed(reading, keys) for reading in readings]
    rest = [reading for reading, match in zip(readings, found, strict=True) if match is None]
    ids = tickets.by_message_ids(source, _values(rest, Strength.MESSAGE_ID))
    tags = tickets.by_reference(source, _values(rest, Strength.SUBJECT_TAG))
    return [match or _looked_up(reading, ids, tags) for reading, match in zip(readings, found, strict=True)]


def keyed(reading: Reading, keys: Keys) -> CaseMatch | None:
    """The match by our own keyed marks. An address that was answered to counts before a quoted Message-ID, and both
    count before an envelope sender of ours, which proves only where a letter went."""
    last: CaseMatch | None = None
    for evidence in reading.evidence:
        if evidence.strength is Strength.TOKEN:
            token = unseal(evidence.value, keys)
        elif evidence.strength is Strength.OWN_MESSAGE_ID:
            token = token_of_message_id(evidence.value, keys)
        else:
            continue
        if token is not None:
            match = CaseMatch(token.ticket, evidence.strength, f"{evidence.strength} in {evidence.where}", token)
            if token.audience is not Audience.RETURN_PATH:
                return match
            last = last or match
    return last


def _values(readings: Sequence[Reading], strength: Strength) -> list[str]:
    values = (clue.value for reading in readings for clue in reading.evidence if clue.strength is strength)
    return list(dict.fromkeys(values))


def _looked_up(reading: Reading, ids: Mapping[str, int], tags: Mapping[str, int]) -> CaseMatch | None:
    for strength, known in ((Strength.MESSAGE_ID, ids), (Strength.SUBJECT_TAG, tags)):
        for evidence in reading.evidence:
            if evidence.strength is strength and evidence.value in known:
                return CaseMatch(known[evidence.value], strength, f"{strength} in {evidence.where}")
    return None


def is_return_path(match: CaseMatch | None) -> bool:
    """Whether the match is by the token of one of our envelope senders."""
    return match is not None and match.token is not None and match.token.audience is Audience.RETURN_PATH


def is_staff_token(match: CaseMatch) -> bool:
    """Whether the match is by a token that was given to staff."""
    return match.token is not None and match.token.audience in _STAFF


_STAFF = (Audience.STAFF_REPLY, Audience.STAFF_NOTE, Audience.CONFIRMATION)
