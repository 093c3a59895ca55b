"""A mail's header at a glance: who may have written it, and what it answers, told without reading the mail.

For mail that waits to be read, or that nobody could read: what reads it may be what fails, so nothing of that is used
but the clues, and of the header only the fields that say it, each up to a length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.mime.addresses import addresses_in
from parsers.reading import Evidence
from parsers.sender.case_clues import RECIPIENT_HEADERS, evidence
from parsers.sender.own_identity import OwnIdentity

LENGTH = 32_768
"""Octets of a mail that are looked at."""

_WRITERS = ("from", "sender", "reply-to", "x-original-from", "x-original-sender", "resent-from", "return-path")
_TELLING = {*_WRITERS, *RECIPIENT_HEADERS, "in-reply-to", "references", "subject"}
_MOST_FIELDS, _LONGEST = 60, 2_000
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Glance:
    """What the header says. `writers` are the addresses, in lower case, of whoever may have written the mail; none
    where it cannot be told."""

    writers: frozenset[str]
    evidence: tuple[Evidence, ...]


def glance(raw: bytes, envelope_from: str, recipients: Iterable[str], ours: OwnIdentity) -> Glance:
    """What the start of a mail and its envelope say. Never raises on anything a stranger may send."""
    fields: dict[str, list[str]] = {}
    for name, value in _fields(raw):
        fields.setdefault(name, []).append(value)
    named = [address for name in _WRITERS for value in fields.get(name, ()) for address in addresses_in(value)]
    writers = frozenset(one.lower() for one in (*named, envelope_from.strip()) if one and not ours.is_own_sender(one))
    return Glance(writers, evidence(fields, tuple(recipients), ours))


def _fields(raw: bytes) -> Iterator[tuple[str, str]]:
    """The telling fields of the header in order, by lower-case name, unfolded."""
    known = 0
    name, parts = "", list[bytes]()
    for line in (*_LINE_END.split(raw[:LENGTH]), b""):
        if line[:1] in (b" ", b"\t"):
            parts.append(line.strip())
            continue
        if name in _TELLING:
            yield name, b" ".join(parts)[:_LONGEST].decode("utf-8", "replace")
            known += 1
        if not line or known == _MOST_FIELDS:
            return
        before, _, after = line.partition(b":")
        name, parts = before.strip().lower().decode("ascii", "replace"), [after.strip()]
