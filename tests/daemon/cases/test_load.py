"""Cases as they are decided upon: with how much was written to people, and who is away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from config.files.load_policy import load_policy
from daemon.cases.load import history_details, load, outside_numbers
from storage import absences
from storage.absences import Absence, AbsenceReason
from storage.case_index import third_party_number_key
from storage.facts import Facts
from storage.values import Detail
from tests.daemon.cases.shared import CUSTOMER, case_of, with_one_case


def test_a_case_knows_how_many_letters_its_customer_got(tmp_path: Path) -> None:
    """Those of the last hour and day; what staff got is not counted. A number of no case is left out."""
    stepper = with_one_case(tmp_path)
    number = case_of(stepper).ticket.id
    loaded = load(stepper.db, stepper.installation, [number, 999], stepper.now)
    assert set(loaded) == {number}
    assert dict(loaded[number].letters_to) == {CUSTOMER: (1, 1)}


def test_a_case_knows_who_is_away(tmp_path: Path) -> None:
    """Once their work has moved on to somebody else, and not before."""
    stepper = with_one_case(tmp_path)
    number = case_of(stepper).ticket.id
    gone = Absence(address="ada@firm.example", why=AbsenceReason.UNREACHABLE, since=stepper.now, moves_at=stepper.now)
    assert load(stepper.db, stepper.installation, [number], stepper.now)[number].away == frozenset()
    with stepper.db.write() as conn:
        absences.note(conn, gone)
    assert load(stepper.db, stepper.installation, [number], stepper.now)[number].away == {"ada@firm.example"}


def test_a_case_is_found_by_what_identifies_a_product_and_by_numbers_of_others(tmp_path: Path) -> None:
    """A detail that was told to be wrong finds nothing."""
    stepper = with_one_case(tmp_path)
    ticket, policy = case_of(stepper).ticket, load_policy("field-repair")
    name = next(name for name, spec in policy.details.items() if spec.history)
    right = Detail(value="SN60A2412345", shown="SN60A2412345", by="text")
    wrong = replace(right, wrong="no such number")
    assert history_details(replace(ticket, details={name: right}), policy) == ((name, "SN60A2412345"),)
    assert history_details(replace(ticket, details={name: wrong}), policy) == ()
    assert outside_numbers(replace(ticket, facts=Facts(numbers={"maker": "M-7"}))) == (
        (third_party_number_key("maker"), "M-7"),
    )
