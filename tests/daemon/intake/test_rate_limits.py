"""Rate limits: by sender, by sending domain, and on one case. Excess mail waits and a person is told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.policy import PolicyLimits
from parsers.mime.addresses import addresses_in
from tests.daemon.signed import ADA, ANNA, MAX, SUPPORT, ReclamoWithCase

EVIL = "bounce@evil.example"
FEW = PolicyLimits(
    mails_per_sender_per_hour=3,
    mails_per_sender_per_day=5,
    mails_per_domain_per_hour=6,
    mails_per_domain_per_day=9,
    mails_per_case_per_day=4,
)


@pytest.fixture
def reclamo(tmp_path: Path) -> Iterator[ReclamoWithCase]:
    """An installation with low limits and one case."""
    made = ReclamoWithCase(tmp_path)
    installation = made.stepper.installation
    policies = {name: policy.model_copy(update={"limits": FEW}) for name, policy in installation.policies.items()}
    made.stepper.installation = replace(installation, policies=policies)
    made.news()
    yield made
    made.db.close()


def writes(reclamo: ReclamoWithCase, number: int, *, sender: str, writer: str = "", to: str = SUPPORT) -> None:
    """Receive a complaint by an invented person with this envelope sender."""
    writer = writer or f"w{number}@made-up{number}.example"
    head = f"From: {writer}\r\nTo: {to}\r\nMessage-ID: <{number}@x>\r\nSubject: Inverter\r\n\r\n"
    raw = f"{head}My inverter is broken, number {number}.\r\n".encode()
    at = reclamo.stepper.now
    reclamo.take(raw, sender=sender, to=to)
    reclamo.stepper.now = at


def answered(reclamo: ReclamoWithCase) -> int:
    """Return how many acknowledgements were sent since the last call; assert at most one letter to the manager."""
    news = reclamo.news()
    assert news.count(("not_taken", MAX)) <= 1
    return sum(1 for notice, _ in news if notice == "acknowledgement")


def test_made_up_writers_of_one_sender_are_one_flood(reclamo: ReclamoWithCase) -> None:
    """Invented From addresses with one envelope sender count together; nothing is lost, and the manager is
    told once."""
    for number in range(8):
        writes(reclamo, number, sender=EVIL)
    news = reclamo.news()
    assert news.count(("not_taken", MAX)) == 1
    assert sum(1 for notice, _ in news if notice == "acknowledgement") == 3
    assert len(reclamo.set_aside()) == 5
    assert all(EVIL in why for why in reclamo.set_aside())


def test_senders_that_change_are_known_by_their_domain(reclamo: ReclamoWithCase) -> None:
    """Mass mailers use a new envelope sender for each mail; their domain is counted."""
    for number in range(9):
        writes(reclamo, number, sender=f"b+{number}@evil.example")
    assert answered(reclamo) == 6
    assert all("from evil.example" in why for why in reclamo.set_aside())
    assert len(reclamo.set_aside()) == 3


def test_an_hour_later_they_are_heard_again(reclamo: ReclamoWithCase) -> None:
    """Until the daily limit is reached."""
    for hour in range(3):
        for number in range(4):
            writes(reclamo, 10 * hour + number, sender=EVIL)
        reclamo.stepper.now += timedelta(hours=1, minutes=1)
    assert answered(reclamo) == 3 + 1  # what is set aside is counted, too
    reclamo.stepper.now += timedelta(days=1)
    writes(reclamo, 99, sender=EVIL)
    assert answered(reclamo) == 1


def test_what_our_own_servers_pass_on_is_no_flood(reclamo: ReclamoWithCase) -> None:
    """The company's old address forwards many customers' mail in one envelope."""
    for number in range(8):
        writes(reclamo, number, sender="info@firm.example")
    assert answered(reclamo) == 8
    assert reclamo.set_aside() == []


def test_the_customers_of_one_mail_provider_are_no_flood(reclamo: ReclamoWithCase) -> None:
    """Each address counts for itself, also where the provider's bounces have a host name."""
    for number in range(12):
        writes(reclamo, number, sender=f"b+{number}@out.mail.example.net", writer=f"w{number}@mail.example.net")
    assert answered(reclamo) == 12
    assert reclamo.set_aside() == []


def test_whoever_has_a_case_is_heard_in_a_flood(reclamo: ReclamoWithCase) -> None:
    """Limits stop new cases, never an answer on an open one."""
    for number in range(9):
        writes(reclamo, number, sender=f"b+{number}@example.it")
    reclamo.news()
    letter = reclamo.last("acknowledgement", ANNA).raw.decode()
    reply_to = next(address for address in addresses_in(letter) if address.startswith("complaints+"))
    writes(reclamo, 50, sender=ANNA, writer=ANNA, to=reply_to)
    assert reclamo.news() == [("customer_wrote", ADA)]


def test_too_much_on_one_case_stands_there_and_moves_nothing(reclamo: ReclamoWithCase) -> None:
    """Every mail is on the case, and staff are told once a day."""
    letter = reclamo.last("acknowledgement", ANNA).raw.decode()
    reply_to = next(address for address in addresses_in(letter) if address.startswith("complaints+"))
    for number in range(8):
        writes(reclamo, number, sender=f"{number}@home.example", writer=f"w{number}@home.example", to=reply_to)
    notices = [notice for notice, _ in reclamo.news()]
    assert (notices.count("customer_wrote"), notices.count("limit_reached")) == (3, 1)
    assert sum(1 for message in reclamo.case().messages if message.direction == "in") == 9
    assert reclamo.set_aside() == []
