"""Somebody outside who is silent is asked again after a while."""

from __future__ import annotations

from datetime import timedelta

from daemon.decide.draft import Draft
from storage.values import TimerKind


def set_chase_timer(draft: Draft, name: str, times: int = 0) -> None:
    """Set the timer that chases a silent third party, where the policy wants it chased; so often was it already."""
    spec = draft.policy.third_parties[name]
    if spec.chase_after:
        due = draft.calendar.due(draft.now, spec.chase_after)
        at = draft.calendar.next_open(due.at + timedelta(seconds=1))
        draft.set_timer(f"third:{name}:chase", TimerKind.CHASE, at, about=name, occurrence=times)
