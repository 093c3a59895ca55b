"""Conversion between the values of a case (storage/values.py) and rows of their tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from storage.columns import normal_address
from storage.facts import Facts
from storage.values import (
    Deadline,
    DeadlineState,
    Detail,
    Message,
    OpenQuestion,
    Party,
    Role,
    Ticket,
    Timer,
    timer_kind,
)


def _names(value: type, *but: str) -> tuple[str, ...]:
    fields: Mapping[str, Any] = value.__dataclass_fields__  # type: ignore[attr-defined]
    return tuple(name for name in fields if name not in but)


_DETAIL = _names(Detail)
_TICKET = _names(Ticket, "details", "asked", "questions", "facts", "version")
_PARTY = _names(Party, "role")
_DEADLINE = _names(Deadline, "state", "derivation")
_TIMER = _names(Timer, "kind")
_MESSAGE = _names(Message, "recipients", "attachments")


def _plain(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def ticket_row(ticket: Ticket) -> dict[str, Any]:
    """The row of a ticket with its version counted up."""
    return _plain(ticket, _TICKET) | {
        "version": ticket.version + 1,
        "details": {name: _plain(detail, _DETAIL) for name, detail in ticket.details.items()},
        "asked": list(ticket.asked),
        "facts": ticket.facts.to_json(),
        "questions": [_question_row(question) for question in ticket.questions],
    }


def _question_row(question: OpenQuestion) -> dict[str, Any]:
    return {
        "question": question.question,
        "party": question.party,
        "put_at": question.put_at.isoformat(),
        "options": list(question.options),
    }


def ticket(row: RowMapping) -> Ticket:
    """The ticket of a row."""
    return Ticket(
        version=row["version"],
        details={name: Detail(**detail) for name, detail in row["details"].items()},
        asked=tuple(row["asked"]),
        facts=Facts.from_json(row["facts"]),
        questions=tuple(_question(question) for question in row["questions"]),
        **{name: row[name] for name in _TICKET},
    )


def _question(stored: Mapping[str, Any]) -> OpenQuestion:
    return OpenQuestion(
        question=stored["question"],
        party=stored["party"],
        put_at=datetime.fromisoformat(stored["put_at"]),
        options=tuple(stored["options"]),
    )


def party_row(ticket_id: int, party: Party) -> dict[str, Any]:
    """The row of a party."""
    found = {"ticket_id": ticket_id, "role": party.role.value, "address_key": normal_address(party.address)}
    return _plain(party, _PARTY) | found


def party(row: RowMapping) -> Party:
    """The party of a row."""
    return Party(role=Role(row["role"]), **{name: row[name] for name in _PARTY})


def deadline_row(ticket_id: int, deadline: Deadline) -> dict[str, Any]:
    """The row of a deadline."""
    found = {"ticket_id": ticket_id, "state": deadline.state.value, "derivation": list(deadline.derivation)}
    return _plain(deadline, _DEADLINE) | found


def deadline(row: RowMapping) -> Deadline:
    """The deadline of a row."""
    return Deadline(
        state=DeadlineState(row["state"]),
        derivation=tuple(row["derivation"]),
        **{name: row[name] for name in _DEADLINE},
    )


def timer_row(ticket_id: int, timer: Timer) -> dict[str, Any]:
    """The row of a timer that is not claimed and has not failed."""
    fresh = {"ready_at": timer.at, "tries": 0, "failure": "", "told": False}
    return _plain(timer, _TIMER) | {"ticket_id": ticket_id, "kind": str(timer.kind)} | fresh


def timer(row: RowMapping) -> Timer:
    """The timer of a row."""
    return Timer(kind=timer_kind(row["kind"]), **{name: row[name] for name in _TIMER})


def message_row(ticket_id: int, message: Message) -> dict[str, Any]:
    """The row of a message."""
    return _plain(message, _MESSAGE) | {
        "ticket_id": ticket_id,
        "recipients": list(message.recipients),
        "attachments": [dict(attachment) for attachment in message.attachments],
    }


def message(row: RowMapping) -> Message:
    """The message of a row."""
    return Message(
        recipients=tuple(row["recipients"]),
        attachments=tuple(row["attachments"]),
        **{name: row[name] for name in _MESSAGE},
    )
