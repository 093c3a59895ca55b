"""Parse the sentences of a policy: effects and owners of steps.

Examples are "send acknowledgement", "ask missing details", "go to investigating", "reviewers, but not who decided".
Each is parsed into one value; daemon/decide implements what it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from config.faults import Wrong, nearest

KIND_TEAM = "team of the kind"
THE_ANSWER = "the answer"  # a placeholder for the argument of the answer


class Verb(StrEnum):
    """The verbs of effects."""

    SEND = "send"
    ASK = "ask"
    ASK_DETAILS = "ask missing details"
    GO = "go to"
    GIVE = "give to"
    START = "start"
    DROP = "drop"
    REMEMBER = "remember"
    OPEN = "open"
    BECOMES = "becomes"
    OFFER = "offer"
    BOOK = "book"
    FREE = "free"
    ASSIGN = "assign to"
    MARK = "mark"
    AWAIT = "await"
    ANNOUNCE = "announce"
    STOP = "stop invitations"
    DECLINE = "decline invitation"


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect: the verb, its object `about` (notice, question, step, team, promise, fact), and `to`: the recipient
    or the value, empty for the default of the object."""

    verb: Verb
    about: str = ""
    to: str = ""

    def __str__(self) -> str:
        if self.verb is Verb.BECOMES:
            return f"{self.about} becomes {self.to}"
        if self.verb is Verb.MARK:
            return f"mark {self.about} of {self.to}"
        joint = " as " if self.verb is Verb.REMEMBER else " to "
        return f"{self.verb} {self.about}".rstrip() + (f"{joint}{self.to}" if self.to else "")


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of a step: a team (or KIND_TEAM), except the person named by the fact `but_not` (who decided)."""

    team: str
    but_not: str = ""

    def __str__(self) -> str:
        return self.team + (f", but not who {self.but_not}" if self.but_not else "")


_NAME = r"[a-z][a-z0-9_]*"
_PARTY = r"[a-z][a-z0-9_ ]*"
_FORMS: tuple[tuple[Verb, str, str], ...] = (
    (Verb.ASK_DETAILS, r"ask missing details", "ask missing details"),
    (Verb.SEND, rf"send (?P<about>{_NAME})(?: to (?P<to>{_PARTY}))?", "send NOTICE [to WHOM]"),
    (Verb.ASK, rf"ask (?P<about>{_NAME})(?: to (?P<to>{_PARTY}))?", "ask QUESTION [to WHOM]"),
    (Verb.GO, rf"go to (?P<about>{_NAME})", "go to STEP"),
    (Verb.GIVE, rf"give to (?P<about>{_PARTY})", "give to TEAM"),
    (Verb.START, rf"start (?P<about>{_NAME})", "start PROMISE"),
    (Verb.DROP, rf"drop (?P<about>{_NAME})", "drop PROMISE"),
    (Verb.OPEN, rf"open (?P<about>{_NAME})", "open THING"),
    (Verb.BECOMES, rf"(?P<about>{_NAME}) becomes (?P<to>{_NAME})", "THING becomes STATE"),
    (Verb.OFFER, rf"offer (?P<about>{_NAME})", "offer THING"),
    (Verb.BOOK, rf"book (?P<about>{_NAME})", "book THING"),
    (Verb.FREE, rf"free (?P<about>{_NAME})", "free THING"),
    (Verb.MARK, rf"mark (?P<about>{_NAME}) of (?P<to>{_NAME})", "mark COLUMN of RECORD"),
    (Verb.AWAIT, rf"await (?P<about>{_NAME})", "await DETAIL"),
    (Verb.ANNOUNCE, rf"announce (?P<about>{_NAME})", "announce DETAIL"),
    (Verb.STOP, r"stop invitations", "stop invitations"),
    (Verb.DECLINE, r"decline invitation", "decline invitation"),
    (Verb.ASSIGN, r"assign to (?P<about>writer|nobody)", "assign to writer|nobody"),
    (Verb.REMEMBER, rf"remember (?P<about>{_NAME})(?: as (?P<to>.+))?", "remember FACT [as VALUE]"),
)
ALLOWED_EFFECTS = "; ".join(form for _, _, form in _FORMS)


def read_effect(sentence: str) -> Effect:
    """Parse an effect. Raises Wrong."""
    text = " ".join(sentence.split())
    for verb, pattern, _ in _FORMS:
        match = re.fullmatch(pattern, text)
        if match:
            groups = match.groupdict()
            return Effect(verb, groups.get("about") or "", groups.get("to") or "")
    near = nearest(text.split(" ")[0] if text else "", [verb.value.split(" ")[0] for verb, _, _ in _FORMS])
    raise Wrong("not a sentence that can be done", ALLOWED_EFFECTS, near)


def read_owner(sentence: str) -> Owner:
    """Parse an owner: "team of the kind", "technical", "reviewers, but not who decided". Raises Wrong."""
    text = " ".join(sentence.split())
    match = re.fullmatch(rf"(?P<team>{re.escape(KIND_TEAM)}|{_NAME})(?:, but not who (?P<fact>{_NAME}))?", text)
    if match is None:
        allowed = f'"{KIND_TEAM}", a team, or "TEAM, but not who FACT"'
        raise Wrong("not an owner", allowed)
    return Owner(match["team"], match["fact"] or "")
