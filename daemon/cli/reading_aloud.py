"""One mail read on its own, for `reclamo parse`: what is understood of it, as JSON and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.policy import Policy
from parsers.details.details import find_details
from parsers.mail import read_mail
from parsers.reading_json import as_json, explain
from parsers.sender.own_identity import OwnIdentity


@dataclass(frozen=True, slots=True)
class Told:
    """What is understood, in three lengths."""

    as_json: dict[str, Any]
    explained: str
    summary: str


def read_aloud(raw: bytes, policy: Policy, *, today: date, languages: Sequence[str] = ()) -> Told:
    """Read a mail as an inbox of this policy would. Never raises for any bytes."""
    ours = OwnIdentity(prefixes=(policy.reference,))
    reading = read_mail(raw, ours=ours, languages=languages)
    details = find_details(reading, policy.details, languages=policy.languages, today=today)
    first = " ".join((reading.reply or reading.text).split())[:200]
    summary = (
        f"{reading.kind.value}, {reading.language.code or 'language unknown'}: {reading.sender.address or 'nobody'}: "
        f"{reading.subject or '(no subject)'}\n  {first}"
    )
    return Told(as_json(reading, details), explain(reading, details), summary)
