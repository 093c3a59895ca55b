"""Who is never written to, and how often others are; letters beyond a limit wait for an hour or a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from daemon.decide.draft import Draft
from parsers.sender.unattended_addresses import is_unattended
from storage.values import Party, Role

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def why_not_written(draft: Draft, notice: str, party: Party) -> str:
    """The reason why this notice must not be written to this party; empty where it may."""
    spec = draft.policy.notices[notice]
    written = draft.facts.written.get(notice, 0) - draft.facts.returned.get(notice, 0)
    if not party.address:
        return "no address is known"
    if party.role in (Role.CUSTOMER, Role.PARTICIPANT) and is_unattended(party.address):
        return "nobody reads what is sent to this address"
    if party.bounced:
        return f"letters to the address fail: {party.bounced}"
    if party.role is Role.STRANGER:
        return "the address is not on the case"
    if spec.at_most and written >= spec.at_most:
        return f"written {written} times already, at most {spec.at_most}"
    return ""


def over_limit_until(draft: Draft, party: Party) -> datetime | None:
    """Until when a letter to this party waits because of a limit; None where it does not wait.

    For staff only letters of this case count, since they get letters about many cases.
    """
    limits = draft.policy.limits
    now = sum(1 for notice in draft.notices if notice.party == party.number)
    inside = party.is_staff
    hour, day = (0, 0) if inside else draft.case.letters_to.get(party.address, (0, 0))
    if _today(draft, party) + now >= limits.letters_per_address_per_day or day + now >= limits.letters_in_all_per_day:
        return draft.now + _DAY
    return draft.now + _HOUR if hour + now >= limits.letters_in_all_per_hour else None


def _today(draft: Draft, party: Party) -> int:
    """The number of letters to the address on this case within a day."""
    since = draft.now - _DAY
    out = [m for m in draft.case.messages if m.direction == "out" and m.at > since]
    return sum(1 for m in out if party.address in m.recipients)
