"""Find the letter of ours that a mail answers (RFC 5322 section 3.6.4)."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.decide.events import MailIn
from storage.values import Message


def answered_letter(messages: Sequence[Message], mail: MailIn) -> Message | None:
    """The letter of ours that a mail answers by In-Reply-To, else by the last of its References that is ours."""
    headers = mail.reading.headers
    named = [line for name in ("references", "in-reply-to") for line in headers.get(name, ())]
    ids = [message_id.strip("<>,") for line in named for message_id in line.replace("><", "> <").split()]
    ours = {message.message_id.strip("<>"): message for message in messages if message.direction == "out"}
    return next((ours[message_id] for message_id in reversed(ids) if message_id in ours), None)
