"""Proof that a mail is a program's answer to one of our letters, or is a letter of ours. A header alone proves nothing.

Proof is something that only our letters carry: a keyed Message-ID, a keyed token in the address, the Message-ID of a
letter in the outbox. Aggregate reports of mail providers (DMARC, RFC 7489) are known by their form.
"""

from __future__ import annotations

from daemon.installation import Installation
from daemon.intake.case_match import match_by_key
from daemon.intake.incoming_mail import IncomingMail
from daemon.letters.headers import LETTER_HEADER as LETTER
from parsers.reading import ClueStrength, MailKind, ProgramPurpose, Reading
from parsers.sender.tokens import TokenKeys, token_of_message_id
from storage import outbox
from storage.engine import Source

_MOST = 20  # Message-IDs looked up for one mail


def machine_proof(source: Source, installation: Installation, incoming: IncomingMail) -> str:
    """Why nobody needs to look at this mail of no case; empty if nothing proves that."""
    reading = incoming.reading
    if reading.program_purpose is ProgramPurpose.REPORT:
        return "; ".join(reading.reasons)
    if reading.kind is MailKind.OWN:
        return "a letter of our own, by its keyed Message-ID" if is_own_letter(reading, installation.keys) else ""
    if reading.kind is not MailKind.BOUNCE and reading.program_purpose not in (
        ProgramPurpose.ANSWER,
        ProgramPurpose.RECEIPT,
    ):
        return ""
    match = match_by_key(reading, installation.keys)
    if match is not None:
        return f"it answers a letter of ours: {match.how}"
    if any(token_of_message_id(name, installation.keys) is not None for name in reading.original_message_ids):
        return "it gives back a letter of ours, by its keyed Message-ID"
    return "it answers a letter of ours about no case" if _answers_a_letter(source, reading) else ""


def is_own_letter(reading: Reading, keys: TokenKeys) -> bool:
    """Whether a mail is one of our own letters, by the key in its Message-ID."""
    names = (reading.message_id, *reading.headers.get(LETTER.lower(), ()))
    return any(token_of_message_id(name.strip("<> "), keys) is not None for name in names if name)


def _answers_a_letter(source: Source, reading: Reading) -> bool:
    named = [clue.value for clue in reading.case_clues if clue.strength is ClueStrength.MESSAGE_ID]
    return any(
        outbox.by_message_id(source, name) is not None for name in (*reading.original_message_ids, *named)[:_MOST]
    )
