"""Company records and invitations. Frozen; every instant is aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Place = tuple[str, str, str]
"""Identifies a company record: policy, name of the record in the policy, key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyRecord:
    """One record. `content` holds JSON values by column; dates are ISO 8601. `address` is the customer's."""

    policy: str
    of: str
    key: str
    address: str
    content: Mapping[str, Any] = field(default_factory=dict)
    updated_at: datetime

    @property
    def place(self) -> Place:
        """What identifies it."""
        return self.policy, self.of, self.key


class InvitationState(StrEnum):
    """The state of an invitation. Skipped: it was due and must not be written; `reason` says why."""

    WAITING = "waiting"
    SENT = "sent"
    DECLINED = "declined"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """One invitation of one record. `period` is the day it is counted from, or the name of a campaign."""

    policy: str
    of: str
    key: str
    invitation: str
    period: str
    state: InvitationState = InvitationState.WAITING
    ready_at: datetime | None = None
    ticket_id: int | None = None
    reason: str = ""
    ended_at: datetime | None = None

    @property
    def place(self) -> Place:
        """What identifies the record that it is about."""
        return self.policy, self.of, self.key
