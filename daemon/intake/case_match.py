"""Which case a mail belongs to, and by what evidence. The strongest counts: a token, our Message-ID, a stored
Message-ID, a subject tag. A subject's words alone never do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.reading import Reading, Strength
from parsers.sender.tokens import Audience, Keys, Token, token_of_message_id, unseal
from storage import tickets
from storage.engine import Source


@dataclass(frozen=True, slots=True)
class Trail:
    """The case a mail leads to. `token` is set where we wrote it ourselves; `how` is for the ledger."""

    ticket_id: int
    strength: Strength
    how: str
    token: Token | None = None


def trails(source: Source, readings: Sequence[Reading], keys: Keys) -> list[Trail | None]:
    """The trail of each mail, in order; two look-ups for the whole batch, none where every mail has a token."""
    found = [keyed(reading, keys) for reading in readings]
    rest = [reading for reading, trail in zip(readings, found, strict=True) if trail is None]
    ids = tickets.by_message_ids(source, _values(rest, Strength.MESSAGE_ID))
    tags = tickets.by_reference(source, _values(rest, Strength.SUBJECT_TAG))
    return [trail or _looked_up(reading, ids, tags) for reading, trail in zip(readings, found, strict=True)]


def keyed(reading: Reading, keys: Keys) -> Trail | None:
    """The trail that our own keyed marks give; the address a person answered to counts before what they quoted, and
    both before our envelope sender, which says less."""
    last: Trail | None = None
    for evidence in reading.evidence:
        if evidence.strength is Strength.TOKEN:
            token = unseal(evidence.value, keys)
        elif evidence.strength is Strength.OWN_MESSAGE_ID:
            token = token_of_message_id(evidence.value, keys)
        else:
            continue
        if token is not None:
            trail = Trail(token.ticket, evidence.strength, f"{evidence.strength} in {evidence.where}", token)
            if token.audience is not Audience.RETURN_PATH:
                return trail
            last = last or trail
    return last


def _values(readings: Sequence[Reading], strength: Strength) -> list[str]:
    values = (one.value for reading in readings for one in reading.evidence if one.strength is strength)
    return list(dict.fromkeys(values))


def _looked_up(reading: Reading, ids: Mapping[str, int], tags: Mapping[str, int]) -> Trail | None:
    for strength, known in ((Strength.MESSAGE_ID, ids), (Strength.SUBJECT_TAG, tags)):
        for evidence in reading.evidence:
            if evidence.strength is strength and evidence.value in known:
                return Trail(known[evidence.value], strength, f"{strength} in {evidence.where}")
    return None


def is_return_path(trail: Trail | None) -> bool:
    """Whether the trail is the token of an envelope sender of ours."""
    return trail is not None and trail.token is not None and trail.token.audience is Audience.RETURN_PATH


def is_staff_token(trail: Trail) -> bool:
    """Whether the trail is a token that we gave to staff."""
    return trail.token is not None and trail.token.audience in _STAFF


_STAFF = (Audience.STAFF_REPLY, Audience.STAFF_NOTE, Audience.CONFIRMATION)
