"""What comes back for our letters: which mail at our envelope sender is a delivery report, and of whom one speaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum, auto

from parsers.reading import FailedRecipient, MailKind, Reading
from parsers.sender.away import away_subject, away_text
from parsers.sender.bounce_text import is_failure_subject, speaks_of_failure
from parsers.sender.bounces import told_in_words


def as_report(reading: Reading) -> Reading:
    """A mail that a mail system wrote to an envelope sender of ours: a delivery report wherever it speaks of failure;
    else as it was read. Nothing else tells reports of a private form from other mail so well."""
    if any("multipart/report" in value.lower() for value in reading.headers.get("content-type", ())):
        return reading  # one of a standard form was read by that: a receipt of delivery is none of failure
    answers = away_subject(reading.subject) or away_text(reading.subject, reading.reply, answers=True)
    if answers or not (is_failure_subject(reading.subject) or speaks_of_failure(reading.text)):
        return reading
    failed, ids = told_in_words(reading.headers, reading.sender.address, reading.text)
    reasons = ("it came to the address that letters come back to, and speaks of failure",)
    return replace(reading, kind=MailKind.BOUNCE, reasons=reasons, failed=failed, original_ids=ids)


class Meant(Enum):
    """Of whom a report speaks: of the letter's recipient, of somebody else on the case, or of nobody for good."""

    RECIPIENT = auto()
    SOMEBODY_ELSE = auto()
    NOBODY = auto()


def failure_of(
    failed: Iterable[FailedRecipient], address: str, others: Iterable[str]
) -> tuple[Meant, FailedRecipient | None]:
    """What a report says for good of a letter to this address (RFC 3464 section 2.3).

    It may name another address, one that the recipient has their mail passed on to. Where that is of somebody else on
    the case (`others`), the report is not about this letter.
    """
    named = list(failed)
    own = [recipient for recipient in named if recipient.address.lower() in ("", address.lower())]
    lasting = [recipient for recipient in own or named if recipient.permanent]
    if not lasting:
        return Meant.NOBODY, None
    elsewhere = {one.lower() for one in others} - {address.lower()}
    passed_on = next((recipient for recipient in lasting if recipient.address.lower() not in elsewhere), None)
    return (Meant.RECIPIENT, passed_on) if passed_on else (Meant.SOMEBODY_ELSE, lasting[0])
