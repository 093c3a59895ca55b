"""Earlier cases of the same product are found by the values it is known by, on both databases."""

from __future__ import annotations

from storage import alike
from storage.engine import Database
from tests.storage.values import again, opened


def test_earlier_cases_of_the_same_product(db: Database) -> None:
    """The newest first; no later case, no other policy's, no other value's; noting a value twice changes nothing."""
    first, second, third = (opened(db).ticket for _ in range(3))
    for ticket in (first, second, third, third):
        again(db, ticket.id, known_by=(("serial", "HA1"),))
    again(db, opened(db).ticket.id, known_by=(("serial", "HA2"),))
    found = alike.earlier(db, first.policy, [("serial", "HA1")], before=third.id)
    assert [one.reference for one in found] == [second.reference, first.reference]
    assert alike.earlier(db, "another", [("serial", "HA1")], before=third.id) == ()
    assert alike.earlier(db, first.policy, [("model", "HA1")], before=third.id) == ()
    assert alike.earlier(db, first.policy, [], before=third.id) == ()
