"""Letters for tests of sending."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from storage.values import Letter

WRITTEN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def letter(number: int, **changes: Any) -> Letter:
    """Return a letter to anna<number>@example.net, written on 2 March 2026 at 09:00 UTC."""
    plain: dict[str, Any] = {
        "key": f"1/acknowledgement/{number}",
        "ticket_id": None,
        "notice": "acknowledgement",
        "occurrence": str(number),
        "party": 1,
        "recipient": f"anna{number}@example.net",
        "sender": "bounces@example.com",
        "message_id": f"{number}@example.com",
        "subject": "Your complaint",
        "language": "en",
        "raw": b"Subject: Your complaint\r\n\r\nWe have it.\r\n",
        "created_at": WRITTEN,
        "not_before": WRITTEN,
    }
    return Letter(**plain | changes)
