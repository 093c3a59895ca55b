"""Which letter of ours a mail answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.decide.procedure.answered_letter import answered_letter
from tests.daemon.decide import histories
from tests.daemon.decide.cases import CUSTOMER

OURS = [f"letter{number}@firm.example" for number in (1, 2)]


@pytest.mark.parametrize(
    ("headers", "which"),
    [
        ({"in-reply-to": (f"<{OURS[0]}>",)}, 0),
        ({"references": (f"<{OURS[1]}> <{OURS[0]}>",)}, 0),
        ({"references": (f"<{OURS[0]}><{OURS[1]}>",)}, 1),
        ({"references": (f"<{OURS[0]}> <theirs@example.it>",)}, 0),
        ({"references": (f"<{OURS[0]}>",), "in-reply-to": (f"<{OURS[1]}>",)}, 1),
        ({"in-reply-to": ("<theirs@example.it>",)}, None),
        ({"in-reply-to": ("<m1@example>",)}, None),  # a mail that came in is no letter of ours
        ({}, None),
    ],
)
def test_the_letter_answered(headers: dict[str, tuple[str, ...]], which: int | None) -> None:
    """In-Reply-To first, else the last of References that is ours (RFC 5322 section 3.6.4)."""
    life = histories.complaint()
    letters = [m for m in life.case.messages if m.direction == "out"][:2]
    letters = [replace(letter, message_id=name) for letter, name in zip(letters, OURS, strict=True)]
    incoming = [m for m in life.case.messages if m.direction == "in"]
    mail = life.mail("Yes.", CUSTOMER, 1)
    mail = replace(mail, reading=replace(mail.reading, headers=headers))
    assert answered_letter([*incoming, *letters], mail) == (None if which is None else letters[which])
