"""A ticket as programs and people read it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from daemon.cases.ticket_document import ticket_json, ticket_text
from tests.daemon.cases.shared import CUSTOMER, case_of, with_one_case


def test_the_document_has_all_of_a_case(tmp_path: Path) -> None:
    """Every deadline, message and entry of the ledger, in UTC, and what is still missing."""
    stepper = with_one_case(tmp_path)
    case, policy = case_of(stepper), stepper.installation.policies["complaints"]
    document = json.loads(json.dumps(ticket_json(case, policy)))
    assert document["customer"]["address"] == CUSTOMER
    assert document["received"] == "2026-03-02T09:00:00+00:00"
    counts = [len(document[name]) for name in ("deadlines", "messages", "ledger", "parties")]
    assert counts == [len(case.deadlines), len(case.messages), len(case.history), len(case.parties)]
    lacking = set(policy.kinds[case.ticket.kind].requires) - set(case.ticket.details)
    assert set(document["details"]["missing"]) == lacking


def test_people_read_it_in_their_own_time(tmp_path: Path) -> None:
    """And of an erased case that nobody knows any more whom it was for."""
    stepper = with_one_case(tmp_path)
    case, policy, zone = case_of(stepper), stepper.installation.policies["complaints"], ZoneInfo("Asia/Shanghai")
    text = ticket_text(ticket_json(case, policy), zone)
    assert "received 2026-03-02 17:00" in text
    assert f"<{CUSTOMER}>" in text
    gone = replace(case, ticket=replace(case.ticket, erased_at=stepper.now), parties=())
    assert "nobody knows any more whom it was for" in ticket_text(ticket_json(gone, policy), zone)
