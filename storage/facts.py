"""The facts of a case that have no column of their own: one JSON object in the database, a dataclass in Python."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any


def _by_name() -> Any:
    """A field that is a JSON object."""
    return field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The facts of a ticket. Values that are mappings or rows hold JSON values; instants in them are ISO 8601 text.

    Empty values are not stored. Keys without a field are facts that the policy stores under names of its own, or those
    of a newer version: both are in `of_policy` and are written back as they were read.
    """

    # Where the case came from.
    form: str = ""  # the policy's form that the customer filled in
    named_by: str = ""  # the header that names the customer, where it is not From
    calendar: str = ""  # the calendar of the address it came to, where it is not the policy's
    country: str = ""  # the customer's country, ISO 3166
    unreadable: str = ""  # why the first mail could not be read
    answers_lost: bool = False  # the first mail answers a letter of a case that the database does not know
    related: tuple[str, ...] = ()  # references of open cases of the same customer
    record: Mapping[str, str] = _by_name()  # the company record it is about: "of" (which table) and "key"
    invitation: str = ""  # the invitation that opened it
    period: str = ""  # … and for which period it was sent
    declined: str = ""  # why the invitation is not followed

    # Who works on it.
    not_for: str = ""  # the member who must not work on it in this step
    named: tuple[str, ...] = ()  # members whom the complaint is about, who never get it
    reassigned: int = 0  # how often staff passed it to another team
    goes_round: Mapping[str, Any] = _by_name()  # to whom it was given in turn: "team", "members", "over"
    in_turn: Mapping[str, Any] = _by_name()  # by question asked in turn: "round" (asked this time), "asked" (ever)
    vulnerable: Mapping[str, str] = _by_name()  # the customer needs help at once: "by", "at", "reason"
    reminders: Mapping[str, Any] = _by_name()  # notes of staff to themselves, by number: "by", "text"

    # What was decided and answered.
    outcome: str = ""  # the last decision
    decided_by: str = ""  # the address of the person who took it
    decided_at: str = ""  # when
    answers: Mapping[str, Any] = _by_name()  # by question: [answer, what was written with it, by whom]
    offered: Mapping[str, Any] = _by_name()  # by question, what was offered each time it was put
    things: Mapping[str, Any] = _by_name()  # returns, repairs, appointments, quotes by name: "number", "state", …
    dossiers: Mapping[str, Any] = _by_name()  # by name: "state" (open, sent) and the values that staff gave
    numbers: Mapping[str, str] = _by_name()  # by third party: the number under which it keeps the case
    merged_into: str = ""  # the reference of the case that this one became part of
    merged_into_id: int = 0  # … and its id

    # Mail and letters.
    unhandled: tuple[Mapping[str, Any], ...] = ()  # unhandled mail, oldest first
    held_back: tuple[str, ...] = ()  # keys of timers for silence held back because of it
    unconfirmed: tuple[int, ...] = ()  # participants, by number, whom staff have not confirmed
    heard: Mapping[str, Any] = _by_name()  # by number of such a participant, the details that they gave
    waiting_mail: tuple[Mapping[str, Any], ...] = ()  # staff mails that wait for their writer's confirmation
    written: Mapping[str, int] = _by_name()  # by notice, how often it was written
    returned: Mapping[str, int] = _by_name()  # by notice, how many of those were not delivered
    undo: Mapping[str, Any] = _by_name()  # what is needed to recall letters: "until", "letters", "moved", "before"

    of_policy: Mapping[str, Any] = _by_name()  # facts under names of the policy, and those of a newer version

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Facts:
        """The facts of a stored JSON object."""
        known = {name: _value(name, value) for name, value in stored.items() if name in _FIELDS}
        rest = {name: value for name, value in stored.items() if name not in _FIELDS}
        return cls(**known, of_policy=rest) if rest else cls(**known)

    def to_json(self) -> dict[str, Any]:
        """The JSON object to store: the facts that are not empty."""
        known = {name: value for name in _FIELDS if (value := getattr(self, name))}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in known.items()} | dict(self.of_policy)

    def named_value(self, name: str) -> Any:
        """The JSON value of a fact that a policy names, whether the fact is its own or built in; None where unset."""
        return self.to_json().get(name)

    def with_value(self, name: str, value: Any) -> Facts:
        """These facts with one that a policy names set to `value`; None removes it."""
        changed = {**self.to_json(), name: value}
        return Facts.from_json({key: fact for key, fact in changed.items() if fact is not None})

    def only(self, names: Collection[str]) -> Facts:
        """The facts with these names only."""
        return Facts.from_json({name: value for name, value in self.to_json().items() if name in names})


def _value(name: str, stored: Any) -> Any:
    return tuple(stored) if isinstance(stored, list) and name in _LISTS else stored


_FIELDS = tuple(column.name for column in dataclasses.fields(Facts) if column.name != "of_policy")
_LISTS = frozenset(column.name for column in dataclasses.fields(Facts) if column.default == ())
NO_FACTS = Facts()
