"""Reasons not to send words of staff to somebody outside as they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """What was found in the words."""

    TOKEN = "token"  # an address or Message-ID of ours that belongs to another reader
    NOTICE = "notice"  # a line of a notice to staff
    FOOTER = "footer"  # a line of the footer of every notice
    HEADER = "header"  # a line that a mail program set above the notice it quotes


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason, with the line of the mail in which it was found."""

    reason: Reason
    line: str
