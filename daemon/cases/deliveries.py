"""Apply the result of a delivery: mark promises kept, tell staff of failures, record absences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from daemon.cases.transaction import change_case_in
from daemon.decide.events import LetterFailed, LetterSent
from daemon.installation import Installation
from daemon.outbound.sender import DeliveryAttempt, DeliveryResult
from daemon.staff import absence
from storage.values import Letter


def letter_sent(letter: Letter, at: datetime) -> LetterSent:
    """The event of a letter that the relay took."""
    return LetterSent(
        key=letter.key,
        notice=letter.notice,
        occurrence=letter.occurrence,
        party=letter.party,
        at=at,
        message_id=letter.message_id.strip("<>"),
    )


def letter_failed(letter: Letter, reason: str, *, held: bool = False) -> LetterFailed:
    """The event of a letter that will never be delivered; `held`: it must not be, because of what is in it."""
    return LetterFailed(key=letter.key, notice=letter.notice, party=letter.party, reason=reason, held=held)


def after_delivery(installation: Installation, conn: Any, delivery: DeliveryAttempt) -> None:
    """Apply what follows from a letter taken or given up, in the transaction that stores its delivery."""
    letter, sent = delivery.letter, delivery.result is DeliveryResult.SENT
    if delivery.refused:
        absence.note_unreachable(conn, installation, letter.recipient, delivery.at)
    if letter.ticket_id is None or (sent and not letter.keeps):
        return
    event = letter_sent(letter, delivery.at) if sent else letter_failed(letter, delivery.reason, held=delivery.held)
    change_case_in(conn, installation, letter.ticket_id, event, delivery.at)
