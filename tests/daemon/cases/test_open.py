"""Cases that are opened: where they begin, and what one that is split off keeps of the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from daemon.cases.open import new_case, reserve_number, split_off_case
from daemon.decide.outcome import CaseSplit
from tests.daemon.cases.shared import CUSTOMER, case_of, with_one_case

WORDS = "And another thing: the invoice 4711 is wrong."


def test_words_that_are_split_off_open_a_case_of_the_same_customer(tmp_path: Path) -> None:
    """Counted from when they were received, related to the first case, and kept from the same staff as that."""
    stepper = with_one_case(tmp_path)
    first = case_of(stepper)
    first = replace(first, ticket=replace(first.ticket, facts=replace(first.ticket.facts, named=("ada@firm.example",))))
    received = stepper.now - timedelta(days=3)
    fresh, wrote = split_off_case(
        stepper.db, stepper.installation, first, CaseSplit(text=WORDS, received_at=received), stepper.now
    )
    assert (fresh.is_new, fresh.ticket.received_at, fresh.ticket.created_at) == (True, received, stepper.now)
    assert fresh.ticket.reference == "C-2026-000002"
    assert fresh.ticket.step == stepper.installation.policies["complaints"].first
    assert (wrote.who.address, wrote.mail.reading.text, wrote.related) == (CUSTOMER, WORDS, (first.ticket.reference,))
    assert wrote.named == ("ada@firm.example",)
    assert wrote.address == first.ticket.address


def test_numbers_are_never_given_out_twice(tmp_path: Path) -> None:
    """Neither alone nor inside a transaction that is open."""
    stepper = with_one_case(tmp_path)
    alone = reserve_number(stepper.db, stepper.installation, "complaints", stepper.now)
    with stepper.db.write() as conn:
        inside = reserve_number(conn, stepper.installation, "complaints", stepper.now)
    assert [alone[1], inside[1]] == ["C-2026-000002", "C-2026-000003"]
    assert inside[0] == alone[0] + 1


def test_each_case_has_a_nonce_of_its_own(tmp_path: Path) -> None:
    """Its letters' tokens hold it: two cases under one number cannot be taken for each other."""
    stepper = with_one_case(tmp_path)
    _, wrote = split_off_case(
        stepper.db, stepper.installation, case_of(stepper), CaseSplit(text=WORDS, received_at=stepper.now), stepper.now
    )
    made = [new_case(wrote, stepper.installation, (9, "C-2026-000009"), stepper.now, policy="complaints") for _ in "ab"]
    assert made[0].ticket.nonce != made[1].ticket.nonce
    assert new_case(wrote, stepper.installation, (9, "x"), stepper.now, policy="complaints", nonce=1).ticket.nonce == 1
