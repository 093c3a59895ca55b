"""Mail that came to an envelope sender of ours: reports of mail systems in whatever form, and automatic answers."""

from __future__ import annotations

from dataclasses import replace

from parsers.away import away_subject, away_text
from parsers.bounces import told_in_words
from parsers.bouncetext import is_failure_subject, speaks_of_failure
from parsers.reading import Reading, Sort


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
    return replace(reading, sort=Sort.BOUNCE, reasons=reasons, failed=failed, original_ids=ids)
