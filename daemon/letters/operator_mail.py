"""A letter to people inside that no template makes: it goes out whatever is wrong with the templates."""

from __future__ import annotations

import hashlib
from datetime import datetime
from html import escape

from daemon.letters import mime
from daemon.letters.headers import LetterHead, fields_of
from daemon.letters.reply_addresses import SenderIdentity
from parsers.sender.tokens import Audience, Token
from parsers.sender.tokens import message_id as own_id
from storage.values import Letter


def plain_letter(
    sender_identity: SenderIdentity,
    *,
    notice: str,
    key: str,
    to: str,
    subject: str,
    text: str,
    now: datetime,
    language: str = "en",
) -> Letter:
    """The letter, about no case. `key` is what makes it the only one of its sort."""
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    token = Token(0, Audience.STAFF_REPLY, 0)  # of no case; the key in it tells a letter of ours that comes back to us
    message_id = own_id(token, sender_identity.keys, key, sender_identity.domain).strip("<>")
    head = LetterHead(
        sender=sender_identity.bounces,
        sender_name=f"{sender_identity.company} Reclamo",
        recipient=to,
        subject=subject,
        at=now,
        language=language,
        message_id=message_id,
    )
    return Letter(
        key=key,
        ticket_id=None,
        notice=notice,
        occurrence=now.date().isoformat(),
        party=0,
        recipient=to,
        sender="",  # a null sender: a report about mail must not come back as mail (RFC 5321 section 4.5.5)
        message_id=message_id,
        subject=subject,
        language=language,
        raw=mime.build(fields_of(head), text, f"<pre>{escape(text, quote=False)}</pre>", [], mark),
        created_at=now,
        not_before=now,
    )
