"""Which letter of ours a mail answers."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.decide.events import MailIn
from storage.values import Message


def answered_letter(messages: Sequence[Message], mail: MailIn) -> Message | None:
    """The letter of ours that a mail answers by In-Reply-To, else by the last of its References that is ours."""
    headers = mail.reading.headers
    named = [line for name in ("references", "in-reply-to") for line in headers.get(name, ())]
    ids = [one.strip("<>,") for line in named for one in line.replace("><", "> <").split()]
    ours = {message.message_id.strip("<>"): message for message in messages if message.direction == "out"}
    return next((ours[one] for one in reversed(ids) if one in ours), None)
