"""Earlier cases of the same product are found by its identifying values, on both databases."""

from __future__ import annotations

from dataclasses import replace

from storage import case_index
from storage.engine import Database
from storage.values import Role
from tests.storage.values import NOW, again, customer, opened


def test_earlier_cases_of_the_same_product(db: Database) -> None:
    """Newest first; no later case, other policy or other value; noting a value twice changes nothing."""
    first, second, third = (opened(db).ticket for _ in range(3))
    for ticket in (first, second, third, third):
        again(db, ticket.id, known_by=(("serial", "HA1"),))
    again(db, opened(db).ticket.id, known_by=(("serial", "HA2"),))
    found = case_index.earlier_cases(db, first.policy, [("serial", "HA1")], before=third.id)
    assert [case.reference for case in found] == [second.reference, first.reference]
    assert case_index.earlier_cases(db, "another", [("serial", "HA1")], before=third.id) == ()
    assert case_index.earlier_cases(db, first.policy, [("model", "HA1")], before=third.id) == ()
    assert case_index.earlier_cases(db, first.policy, [], before=third.id) == ()


def test_a_number_of_theirs_leads_only_from_an_address_that_is_theirs_on_the_case(db: Database) -> None:
    """The same number from another address, of another party, or another number finds nothing. Closed cases
    are found."""
    desk = customer(number=2, role=Role.THIRD_PARTY, third_party="desk", address="Desk@vehicles.example")
    known = ((case_index.third_party_number_key("desk"), "VC-1"),)
    first = opened(db, parties=(customer(), desk), known_by=known).ticket
    second = opened(db, parties=(customer(), desk), known_by=known, of_ticket={"closed_at": NOW}).ticket
    opened(db, parties=(customer(), replace(desk, third_party="depot")), known_by=known)
    asked = [("complaints", *known[0])]
    assert case_index.by_third_party_number(db, asked, "desk@vehicles.example") == {first.id: True, second.id: False}
    assert case_index.by_third_party_number(db, asked, "anna@example.org") == {}
    assert case_index.by_third_party_number(db, [("complaints", asked[0][1], "VC-2")], "desk@vehicles.example") == {}
    assert case_index.by_third_party_number(db, [("another", *known[0])], "desk@vehicles.example") == {}
