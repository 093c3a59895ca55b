"""Which tokens a letter may contain, by recipient."""

from __future__ import annotations

import pytest

from daemon.outbound.leak_check import is_for_somebody_else
from parsers.sender.tokens import Audience, Token

CUSTOMER, STAFF, NOTE, THIRD = (
    Token(7, audience, number)
    for audience, number in (
        (Audience.CUSTOMER, 1), (Audience.STAFF_REPLY, 2), (Audience.STAFF_NOTE, 2), (Audience.THIRD_PARTY, 3)
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("token", "reader", "anothers"),
    [
        (CUSTOMER, CUSTOMER, False),
        (Token(5, Audience.CUSTOMER, 1), CUSTOMER, False),  # of an earlier case that the thread came from
        (Token(7, Audience.CUSTOMER, 4), CUSTOMER, False),  # of somebody who is on the case with them
        (STAFF, CUSTOMER, True),
        (NOTE, CUSTOMER, True),
        (THIRD, CUSTOMER, True),
        (THIRD, THIRD, False),
        (Token(7, Audience.THIRD_PARTY, 4), THIRD, True),
        (Token(8, Audience.THIRD_PARTY, 3), THIRD, True),
        (CUSTOMER, THIRD, True),
        (NOTE, THIRD, True),
    ],
)
def test_whose_a_token_is(token: Token, reader: Token, anothers: bool) -> None:
    """Staff tokens never go outside, a customer's not to a third party, and a third party's only to itself."""
    assert is_for_somebody_else(token, reader) is anothers
