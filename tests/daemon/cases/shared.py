"""What the tests of cases share: an installation at work on a database in memory, with one customer's case."""

from __future__ import annotations

from pathlib import Path

from daemon.clock.stepper import Stepper
from storage import cases, migrate, tickets
from storage.engine import Database
from storage.values import Case
from tests.daemon.installations import accept, mail, start_stepper

CUSTOMER = "c1@example.net"


def with_one_case(folder: Path) -> Stepper:
    """An installation with one case, whose first letters have left."""
    db = Database("sqlite://")
    migrate.upgrade(db)
    stepper = start_stepper(db, folder)
    accept(db, mail(1))
    stepper.settle()
    return stepper


def case_of(stepper: Stepper, customer: str = CUSTOMER) -> Case:
    """The customer's case as it is saved."""
    [line] = tickets.listing(stepper.db, customer=customer)
    return cases.load(stepper.db, [line.id])[line.id]
