"""What a decision changes beyond its case, and which record a new case is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.cases import delivery_doubts
from daemon.cases.record_changes import change, details_of, recognised, store
from daemon.decide.events import CustomerWrote
from daemon.decide.invitations import campaign
from daemon.decide.outcome import CompanyRecordChanges
from parsers.reading import Mailbox
from storage import cases, company_records, correspondents, invitations, timers
from storage.company_record_values import CompanyRecord, InvitationState
from storage.engine import Database
from storage.values import CaseChange
from tests.daemon.decide import histories
from tests.daemon.installations import installation_in

NOW, POLICY = histories.MONDAY, histories.dealer()
PLACES = {key: ("vehicle", key) for key in ("LSVAA49J832000001", "LSVAA49JX32000002")}
FIRST, SECOND = PLACES.values()
CAR = {"owner": "Amy Ho", "email": histories.AMY, "model": "Aurora 5", "sold": "2025-01-10"}

RECORD = CompanyRecord(policy="dealer-service", of=FIRST[0], key=FIRST[1], address=histories.AMY, updated_at=NOW)


def file_cars(db: Database, *places: tuple[str, str], **more: str) -> tuple[int, int]:
    """Amy's cars, on file."""
    with db.write() as conn:
        return change(conn, POLICY, {place: {**CAR, "vin": place[1], **more} for place in places}, NOW)


def wrote(address: str, **found: str) -> CustomerWrote:
    """A first mail of theirs."""
    mail = histories.invited().mail("My car.", address, 0)
    return CustomerWrote(mail=mail, who=Mailbox(address), found=histories.found(**found))


def test_a_record_is_new_changed_or_as_it_was(sqlite: Database) -> None:
    """Only a change counts, and whoever is to be written to is reckoned anew with it."""
    assert file_cars(sqlite, FIRST, SECOND) == (2, 0)
    assert file_cars(sqlite, FIRST, SECOND) == (0, 0)
    assert file_cars(sqlite, FIRST, last_service="2026-02-20") == (0, 1)
    waiting = {row.invitation: row.period for row in invitations.about(sqlite, ("dealer-service", *FIRST))}
    assert waiting == {"regular_service": "2026-02-20", "lapsed": "2026-02-20"}


@pytest.mark.parametrize(
    ("address", "found", "about"),
    [
        (histories.AMY, {}, None),  # two cars, and neither is named
        (histories.AMY, {"chassis": SECOND[1]}, SECOND),
        ("ben@example.com", {"chassis": SECOND[1]}, None),  # filed under another address
        ("", {"chassis": SECOND[1]}, None),
    ],
)
def test_the_record_that_a_case_is_about(
    sqlite: Database, address: str, found: dict[str, str], about: tuple[str, str] | None
) -> None:
    """One of the writer's own, by its key where there are several."""
    file_cars(sqlite, FIRST, SECOND)
    read = recognised(sqlite, POLICY, wrote(address, **found))
    assert read.about == (about or ())


def test_what_a_record_knows_and_the_customer_did_not_say(sqlite: Database) -> None:
    """The only car of the writer's: its details, but those the mail tells."""
    file_cars(sqlite, FIRST)
    (record,) = company_records.of_address(sqlite, "dealer-service", histories.AMY)
    assert {found.name: found.value for found in details_of(POLICY, record)} == {
        "chassis": FIRST[1], "name": "Amy Ho", "model": "Aurora 5",
    }  # fmt: skip
    read = recognised(sqlite, POLICY, wrote(histories.AMY, model="Aurora 7"))
    assert read.about == FIRST
    assert {found.name for found in read.on_file} == {"chassis", "name"}


def test_what_a_decision_changes_is_stored_with_its_case(sqlite: Database, tmp_path: Path) -> None:
    """Records, who wants no more letters, an invitation declined, what is awaited and has come, doubts told of."""
    installation = replace(installation_in(tmp_path), policies={"dealer-service": POLICY})
    case = histories.invited().case
    place = {"of": FIRST[0], "key": FIRST[1]}
    facts = {**case.ticket.facts, "record": place, "invitation": "regular_service", "period": "2025-01-10"}
    ticket = replace(case.ticket, facts=facts)
    with sqlite.write() as conn:
        cases.save(conn, [CaseChange(ticket=ticket, is_new=True)])
        written = replace(campaign(RECORD, "regular_service", NOW), period="2025-01-10")
        invitations.add(conn, [written])
        assert invitations.end(conn, written, InvitationState.SENT, at=NOW, ticket_id=ticket.id)
    changes = CompanyRecordChanges(
        records=((FIRST, CAR),), stopped=(histories.AMY,), declined="too dear", awaits=("pump",), told_in_doubt=True
    )
    with sqlite.write() as conn:
        store(conn, installation, ticket, changes, NOW)
        store(conn, installation, ticket, CompanyRecordChanges(announces=("pump",)), NOW + timedelta(hours=1))
    assert [row.key for row in company_records.listing(sqlite, "dealer-service")] == [FIRST[1]]
    known = correspondents.get(sqlite, histories.AMY)
    assert known is not None
    assert known.stopped
    ended = invitations.ended(sqlite, "dealer-service", since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    assert [(row.invitation, row.period, row.reason) for row in ended] == [
        ("regular_service", "2025-01-10", "too dear")
    ]
    assert delivery_doubts.told_today(sqlite, ticket, NOW) == 1
    assert timers.next_at(sqlite) == NOW + timedelta(hours=1)
