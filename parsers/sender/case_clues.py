"""Find the clues in a mail to its case, each with its strength. Whether a token is genuine is checked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from parsers.reading import CaseClue, ClueStrength
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.tokens import TOKEN_LENGTH

RECIPIENT_HEADERS = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to", "original-to",
    "to", "cc", "bcc", "resent-to", "resent-cc", "apparently-to", "x-forwarded-to", "x-original-recipient",
    "original-recipient", "x-apparently-to", "x-real-to", "x-mailgun-incoming", "x-receiver",
)  # fmt: skip
"""Fields that may hold a recipient's address, those written by mail servers first."""

_REFERENCE_HEADERS = (
    "in-reply-to", "references", "x-in-reply-to", "x-references", "x-original-message-id", "original-message-id",
    "x-microsoft-original-message-id", "x-google-original-message-id", "resent-message-id",
    "x-riferimento-message-id",
)  # fmt: skip
_TOKEN = re.compile(rf"(?<![a-z0-9])([a-z0-9]{{{TOKEN_LENGTH}}})(?=@|=|%40|[\s>\"';,]|$)", re.IGNORECASE)
_OWN_ID = re.compile(rf"([a-z2-7]{{{TOKEN_LENGTH}}}\.[a-z2-7]{{16}})@([a-z0-9.-]{{1,253}})", re.IGNORECASE)
_ID = re.compile(r"<\s*+([^<>\s@]{1,400}(?:\s++[^<>\s@]{1,400}){0,3}@[^<>]{1,253}|[^<>\s]{6,400})\s{0,9}>")
_BARE_ID = re.compile(r"(?:^|\s)([^<>\s\"@]{1,300}@[^<>\s\"@,;]{1,253})(?=$|\s)")


def find_case_clues(
    headers: Mapping[str, Sequence[str]], recipients: Iterable[str], ours: OwnIdentity, most: int = 100
) -> tuple[CaseClue, ...]:
    """All clues in one mail, strongest first, each once, at most `most`. `headers` are decoded, by lower-case name;
    `recipients` are the envelope recipients."""
    clues = [*_tokens(headers, recipients, ours), *_references(headers, ours), *_tags(headers, ours)]
    order = list(ClueStrength)
    unique = {(clue.strength, clue.value): clue for clue in reversed(clues)}
    first_position = {clue: position for position, clue in reversed(list(enumerate(clues)))}
    ranked = sorted(unique.values(), key=lambda clue: (order.index(clue.strength), first_position[clue]))
    return tuple(ranked[:most])


def _tokens(headers: Mapping[str, Sequence[str]], recipients: Iterable[str], ours: OwnIdentity) -> list[CaseClue]:
    values = [(name, value) for name in RECIPIENT_HEADERS for value in headers.get(name, ())]
    values += [("received", for_part) for value in headers.get("received", ()) for for_part in _received_for(value)]
    values += [("envelope", address) for address in recipients]
    separators = {ours.separator, "+", "-", "=", "/", "_"} - {""}
    clues = []
    for name, value in values:
        for match in _TOKEN.finditer(value):
            if match.start() > 0 and value[match.start() - 1] in separators:
                clues.append(CaseClue(ClueStrength.TOKEN, match.group(1).lower(), name))
    return clues


def _received_for(value: str) -> list[str]:
    return re.findall(r"\bfor\s+<?([^\s<>;]{1,320}@[^\s<>;]{1,253})>?", value)


def _references(headers: Mapping[str, Sequence[str]], ours: OwnIdentity) -> list[CaseClue]:
    """The Message-IDs that the mail refers to. Ours are recognised whatever a program or gateway put around them."""
    clues: list[CaseClue] = []
    for name in _REFERENCE_HEADERS:
        for value in headers.get(name, ()):
            for match in (*_OWN_ID.finditer(value), *_OWN_ID.finditer(re.sub(r"\s+", "", value))):
                if _is_our_domain(match.group(2), ours):
                    own = f"{match.group(1)}@{match.group(2)}".lower()
                    clues.append(CaseClue(ClueStrength.OWN_MESSAGE_ID, own, name))
            clues += [CaseClue(ClueStrength.MESSAGE_ID, value, name) for value in reversed(message_ids_in(value))]
    own_values = {clue.value for clue in clues if clue.strength is ClueStrength.OWN_MESSAGE_ID}
    return [
        clue
        for clue in clues
        if clue.strength is ClueStrength.OWN_MESSAGE_ID or own_values.isdisjoint(_own_ids(clue.value))
    ]


def _own_ids(value: str) -> list[str]:
    return [match[0].lower() for match in _OWN_ID.finditer(value)]


def _is_our_domain(domain: str, ours: OwnIdentity) -> bool:
    own_domain = ours.message_id_domain.lower()
    return not own_domain or domain.lower().rstrip(".") == own_domain


def message_ids_in(value: str) -> list[str]:
    """The Message-IDs in a header value without angle brackets, in order and each once, tolerating missing brackets and
    inserted blanks."""
    ids = [re.sub(r"\s+", "", match) for match in _ID.findall(value)]
    if not ids:
        ids = [match.strip(".,;()[]'") for match in _BARE_ID.findall(value)]
    return list(dict.fromkeys(ids))


def _tags(headers: Mapping[str, Sequence[str]], ours: OwnIdentity) -> list[CaseClue]:
    """The case tags anywhere in the subject, tolerating other brackets, dashes and blanks."""
    if not ours.prefixes:
        return []
    letters = "|".join(re.escape(prefix) for prefix in sorted(ours.prefixes, key=len, reverse=True))
    dash = "[-\u2010-\u2015\uff0d_ ]{1,2}"
    pattern = re.compile(rf"(?<![A-Za-z0-9])({letters}){dash}(\d{{4}}){dash}(\d{{4,12}})(?!\d)", re.IGNORECASE)
    clues = []
    for name in ("subject", "thread-topic"):
        for value in headers.get(name, ()):
            for prefix, year, number in pattern.findall(value):
                clues.append(CaseClue(ClueStrength.SUBJECT_TAG, f"{prefix.upper()}-{year}-{number}", name))
    return clues
