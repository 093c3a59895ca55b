"""Read only the header fields of a mail that say who may have sent it and which case it belongs to.

This is for mail that waits to be parsed or could not be parsed. It does not use the mail parser, which may be what
fails, and reads a limited number of fields up to a limited length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.mime.addresses import addresses_in
from parsers.reading import CaseClue
from parsers.sender.case_clues import RECIPIENT_HEADERS, find_case_clues
from parsers.sender.own_identity import OwnIdentity

PREVIEW_OCTETS = 32_768
"""Octets of a mail that are read."""

_SENDER_HEADERS = ("from", "sender", "reply-to", "x-original-from", "x-original-sender", "resent-from", "return-path")
_RELEVANT_HEADERS = {*_SENDER_HEADERS, *RECIPIENT_HEADERS, "in-reply-to", "references", "subject"}
_MOST_FIELDS, _LONGEST_VALUE = 60, 2_000
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class HeaderPreview:
    """What the header says. `writers` are the lower-case addresses of the possible senders, empty if unknown;
    `case_clues` are the clues to the case of the mail."""

    possible_senders: frozenset[str]
    case_clues: tuple[CaseClue, ...]


def preview_header(raw: bytes, envelope_from: str, recipients: Iterable[str], ours: OwnIdentity) -> HeaderPreview:
    """Read the start of a mail and its envelope. Never raises an exception, whatever the octets are."""
    fields: dict[str, list[str]] = {}
    for name, value in _fields(raw):
        fields.setdefault(name, []).append(value)
    named = [address for name in _SENDER_HEADERS for value in fields.get(name, ()) for address in addresses_in(value)]
    candidates = (address for address in (*named, envelope_from.strip()) if address)
    writers = frozenset(address.lower() for address in candidates if not ours.is_own_sender(address))
    return HeaderPreview(writers, find_case_clues(fields, tuple(recipients), ours))


def _fields(raw: bytes) -> Iterator[tuple[str, str]]:
    """The relevant header fields in order, as (lower-case name, unfolded value)."""
    count = 0
    name, parts = "", list[bytes]()
    for line in (*_LINE_END.split(raw[:PREVIEW_OCTETS]), b""):
        if line[:1] in (b" ", b"\t"):
            parts.append(line.strip())
            continue
        if name in _RELEVANT_HEADERS:
            yield name, b" ".join(parts)[:_LONGEST_VALUE].decode("utf-8", "replace")
            count += 1
        if not line or count == _MOST_FIELDS:
            return
        before, _, after = line.partition(b":")
        name, parts = before.strip().lower().decode("ascii", "replace"), [after.strip()]
