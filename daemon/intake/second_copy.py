"""A second copy of a mail, such as one sent to two of our addresses, opens no second case."""

from __future__ import annotations

from datetime import datetime

import structlog

from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.result import IntakeResult, reading_summary
from storage import tickets
from storage.engine import Source
from storage.ledger_events import LedgerEvent
from storage.mail_values import Finished
from storage.values import LedgerEntry

log = structlog.get_logger("intake")


def result_of_second_copy(source: Source, incoming: IncomingMail, now: datetime) -> IntakeResult | None:
    """The result for a mail that is already on a case, with the same text, sender and Message-ID: noted on that case's
    ledger with the addresses it came to. None for any other mail, and for one that staff opened as new."""
    reading, row = incoming.reading, incoming.row
    if incoming.form or row.as_new or not reading.message_id:
        return None
    known = tickets.ticket_of_same_mail(
        source, reading.message_id, sender=reading.sender.address, text=reading.reply or reading.text
    )
    if known is None:
        return None
    ticket_id, reference = known
    verdict = f"{reference}: the same mail, come to another address of ours"
    log.info(verdict, inbox_id=row.id)
    done = Finished(
        id=row.id,
        verdict=verdict,
        ticket_id=ticket_id,
        message_id=reading.message_id,
        summary=reading_summary(incoming),
    )
    facts = {"inbox_id": row.id, "to": list(row.mail.recipients)}
    return IntakeResult(
        row, done, ledger=(LedgerEntry(ticket_id=ticket_id, at=now, event=LedgerEvent.CAME_AGAIN, facts=facts),)
    )
