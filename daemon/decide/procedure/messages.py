"""Mail put on a case: its message, its ledger entry, and what a mail from an address says of that address."""

from __future__ import annotations

import dataclasses

from daemon.decide.draft import Draft
from daemon.decide.events import MailIn
from parsers.sender.fingerprint import copy_digest
from storage.ledger_events import LedgerEvent
from storage.values import Message


def file_mail(draft: Draft, mail: MailIn, party: int, *, thread: str = "customer", held: bool = False) -> None:
    """Put a mail on the case and on the ledger. Who writes can be written to: an address that failed counts again."""
    if draft.parties.get(party) and draft.parties[party].bounced:
        draft.parties[party] = dataclasses.replace(draft.parties[party], bounced="")
    reading = mail.reading
    automatic = reading.kind.value not in ("person", "list") and not held and thread != "staff"
    files = tuple(dataclasses.asdict(attachment) for attachment in reading.attachments)
    draft.messages.append(
        Message(
            direction="in",
            message_id=reading.message_id,
            sender=reading.sender.address,
            recipients=tuple(box.address for box in (*reading.to, *reading.cc)),
            subject=reading.subject,
            at=mail.received_at,
            thread=thread,
            text=reading.reply or reading.text,
            party=party,
            language=reading.language.code,
            inbox_id=mail.inbox_id,
            attachments=files,
            held=held,
            automatic=automatic,
        )
    )
    draft.log_event(
        LedgerEvent.MAIL_RECEIVED,
        message_id=reading.message_id,
        inbox_id=mail.inbox_id,
        thread=thread,
        files=[attachment["name"] for attachment in files],
        evidence=mail.evidence,
        **({"content": copy_digest(reading)} if thread == "staff" else {}),
    )
