"""What speaks against sending words of staff to somebody outside as they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """What speaks against sending words of staff to somebody outside as they are."""

    TOKEN = "token"  # an address or Message-ID of ours that was given to somebody else
    NOTICE = "notice"  # a line of a notice to staff
    FOOTER = "footer"  # … of what stands below every notice
    HEADER = "header"  # a line that a mail program set above the notice it quotes


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them, with the line of the mail that it was found in."""

    reason: Reason
    line: str
