"""The header fields of every letter, in their order. A field for all letters is one line in `fields_of`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from daemon.letters import mime

LETTER_HEADER = "X-Reclamo-Letter"
"""The field in which a letter about no case repeats its Message-ID, for relays that replace that."""

# Everything Exchange may answer by itself (MS-OXCMAIL 2.1.3.2.20) except NDR: we want to know what was not delivered,
# so "All", which also silences non-delivery reports, is not used.
_SUPPRESS = "DR, RN, NRN, OOF, AutoReply"

AUTO_GENERATED, AUTO_REPLIED = "auto-generated", "auto-replied"


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterHead:
    """What the header fields of a letter are made of. A field whose value is empty is left out."""

    sender: str  # the address in From
    sender_name: str  # the display name in From and Reply-To
    recipient: str
    recipient_name: str = ""
    subject: str
    at: datetime  # in the zone that Date shows
    language: str  # BCP 47
    reply_to: str = ""
    message_id: str = ""
    in_reply_to: str = ""  # a Message-ID
    references: Sequence[str] = ()  # Message-IDs, the oldest first
    auto_submitted: str = AUTO_GENERATED  # RFC 3834 section 5; empty for words that a person wrote
    reference: str = ""  # of the case
    notice: str = ""
    letter_id: str = ""  # the Message-ID again, see LETTER_HEADER


def header_fields(head: LetterHead) -> list[bytes]:
    """The header fields, each a whole line or several folded ones with CRLF; without those of MIME."""
    return [
        _address("From", head.sender_name, head.sender),
        _address("To", head.recipient_name, head.recipient),
        _address("Reply-To", head.sender_name, head.reply_to),
        mime.header("Subject", head.subject),
        mime.header("Date", format_datetime(head.at)),
        mime.message_ids("Message-ID", [head.message_id]),
        mime.message_ids("In-Reply-To", [head.in_reply_to]),
        mime.message_ids("References", head.references),
        _optional("Auto-Submitted", head.auto_submitted),
        mime.header("X-Auto-Response-Suppress", _SUPPRESS),
        mime.header("Content-Language", head.language),
        _optional("X-Reclamo-Ticket", head.reference),
        _optional("X-Reclamo-Notice", head.notice),
        _optional(LETTER_HEADER, head.letter_id),
    ]


def _address(name: str, display_name: str, address: str) -> bytes:
    return name.encode("ascii") + b": " + mime.address(display_name, address) + b"\r\n" if address else b""


def _optional(name: str, value: str) -> bytes:
    return mime.header(name, value) if value else b""
