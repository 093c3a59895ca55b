"""Interpret mail to our envelope senders: whether it is a delivery report, and which recipient has failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import Enum, auto

from parsers.reading import FailedRecipient, MailKind, Reading
from parsers.sender.away import away_subject_words, away_text_words
from parsers.sender.bounce_text import is_failure_subject, mentions_failure
from parsers.sender.bounces import read_plain_text_report


def as_delivery_report(reading: Reading) -> Reading:
    """The reading of a mail to one of our envelope senders, changed to a delivery report if it reports a failure.

    Only mail systems write to this address, which identifies reports in non-standard formats better than any wording.
    """
    if any("multipart/report" in value.lower() for value in reading.headers.get("content-type", ())):
        return reading  # the standard format was read already; here it may be a receipt of successful delivery
    is_away_notice = away_subject_words(reading.subject) or away_text_words(
        reading.subject, reading.reply, is_reply=True
    )
    if is_away_notice or not (is_failure_subject(reading.subject) or mentions_failure(reading.text)):
        return reading
    failed, original_ids = read_plain_text_report(reading.headers, reading.sender.address, reading.text)
    reasons = ("it came to the address that letters come back to, and speaks of failure",)
    return replace(
        reading, kind=MailKind.BOUNCE, reasons=reasons, failed_recipients=failed, original_message_ids=original_ids
    )


class FailedParty(Enum):
    """Whom a delivery report reports as failed: the letter's recipient, another party of the case, or nobody
    permanently."""

    RECIPIENT = auto()
    OTHER_PARTY = auto()
    NOBODY = auto()


def permanent_failure(
    failed: Iterable[FailedRecipient], address: str, others: Iterable[str]
) -> tuple[FailedParty, FailedRecipient | None]:
    """The permanent failure that a report states for a letter to this address (RFC 3464 section 2.3).

    The report may name an unknown address, to which the recipient forwards their mail. If it names one of `others`,
    the addresses of the other parties of the case, it is not about this letter.
    """
    recipients = list(failed)
    own = [recipient for recipient in recipients if recipient.address.lower() in ("", address.lower())]
    permanent = [recipient for recipient in own or recipients if recipient.permanent]
    if not permanent:
        return FailedParty.NOBODY, None
    other_parties = {other.lower() for other in others} - {address.lower()}
    about_letter = next((recipient for recipient in permanent if recipient.address.lower() not in other_parties), None)
    return (FailedParty.RECIPIENT, about_letter) if about_letter else (FailedParty.OTHER_PARTY, permanent[0])
