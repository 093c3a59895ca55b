"""Who counts as staff, beyond the forgeries of test_attacks.py: what happens and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

import pytest

from storage import absences
from storage.values import Letter, RawMail
from tests.daemon.programs import gmail
from tests.daemon.signed import ADA, ANNA, MAX, SARA, SUPPORT, ReclamoWithCase, sign

REFUSED = [("refused", ADA), ("refused", MAX)]


@pytest.fixture
def reclamo(tmp_path: Path) -> Iterator[ReclamoWithCase]:
    """An installation that accepts signed staff mail only, with one case."""
    made = ReclamoWithCase(tmp_path)
    made.news()
    yield made
    made.db.close()


def reply_address(letter: Letter) -> str:
    """Return the reply address of a letter."""
    return parseaddr(str(message_from_bytes(letter.raw, policy=default)["Reply-To"]))[1]


def away(letter: Letter, sender: str) -> bytes:
    """Build an out-of-office reply to a letter (RFC 3834)."""
    return (
        f"From: {sender}\r\nTo: {SUPPORT}\r\nSubject: Automatic reply\r\nAuto-Submitted: auto-replied\r\n"
        f"Date: Tue, 3 Mar 2026 08:00:00 +0000\r\nMessage-ID: <away-{sender}>\r\n"
        f"In-Reply-To: <{letter.message_id.strip('<>')}>\r\n\r\nI am out of office until 20 March 2026.\r\n"
    ).encode()


def absent(reclamo: ReclamoWithCase) -> list[str]:
    """Return the addresses of staff known to be away."""
    with reclamo.db.read() as conn:
        return sorted(absences.by_address(conn, [ADA, SARA, MAX]))


# --------------------------------------------------------------------------------------------- mail that is accepted


def test_mail_that_came_by_a_list_is_not_obeyed(reclamo: ReclamoWithCase) -> None:
    """A mailing list changes mail and others may use it: the mail is kept, writer and manager are told."""
    raw = sign(gmail(reclamo.notice, "decide: upheld\n\nYes.", sender=ADA, mark="list"), "firm.example")
    listed = b"List-Id: <all.other.example>\r\nList-Post: <mailto:all@other.example>\r\nPrecedence: list\r\n" + raw
    reclamo.take(listed, sender="all-bounces@other.example", to=reply_address(reclamo.notice))
    assert reclamo.news() == REFUSED
    assert "rewritten" in reclamo.set_aside()[0]
    assert reclamo.case().ticket.facts.outcome == ""


def test_an_answer_that_comes_half_a_year_too_late_is_not_obeyed(reclamo: ReclamoWithCase) -> None:
    """A reply token expires."""
    raw = sign(gmail(reclamo.notice, "decide: upheld\n\nYes.", sender=ADA, mark="first"), "firm.example")
    reclamo.take(raw, sender=ADA, to=reply_address(reclamo.notice))
    reclamo.stepper.now += timedelta(days=60)
    reclamo.stepper.settle()
    assert reclamo.case().ticket.closed_at is not None
    reclamo.stepper.now += timedelta(days=200)
    reclamo.news()
    late = sign(gmail(reclamo.notice, "reopen", sender=ADA, mark="late"), "firm.example")
    reclamo.take(late, sender=ADA, to=reply_address(reclamo.notice))
    assert reclamo.news() == REFUSED
    assert "expired" in reclamo.set_aside()[0]
    assert reclamo.case().ticket.closed_at is not None


def test_a_password_proves_its_owner_and_nobody_else(reclamo: ReclamoWithCase) -> None:
    """Mail submitted with a login needs no signature, but From must be the account's own address."""
    raw = gmail(reclamo.notice, "We look into it.", sender=ADA, mark="p1")
    mail = RawMail(
        raw=raw, received_at=reclamo.stepper.now, source="submission", recipients=(reply_address(reclamo.notice),)
    )
    reclamo.receive(replace(mail, submitted_by=SARA, source_key="1"))
    assert reclamo.news() == REFUSED
    reclamo.receive(replace(mail, submitted_by=ADA, source_key="2", raw=raw.replace(b"look into", b"work on")))
    assert reclamo.news() == [("reply", ANNA), ("transcript", ADA)]


# ------------------------------------------------------------------------------------------- absences


def test_an_out_of_office_moves_work_only_where_it_is_proven(reclamo: ReclamoWithCase) -> None:
    """Neither a forged reply nor a reply to somebody else's letter marks a person as away."""
    reclamo.take(away(reclamo.notice, ADA), sender="eve@evil.example")
    reclamo.take(sign(away(reclamo.notice, SARA), "firm.example"), sender=SARA)
    assert absent(reclamo) == []
    reclamo.take(sign(away(reclamo.notice, ADA).replace(b"Automatic", b"Out of office:"), "firm.example"), sender=ADA)
    assert absent(reclamo) == [ADA]


def test_a_report_of_failure_counts_for_whoever_the_letter_was_written_to(reclamo: ReclamoWithCase) -> None:
    """A report that returns Ada's letter and names Sara says nothing about Sara."""
    for number, failed in enumerate((SARA, ADA)):
        reclamo.take(_report(reclamo.notice, failed, number), sender="")
        assert absent(reclamo) == ([] if failed == SARA else [ADA])


def _report(letter: Letter, failed: str, number: int) -> bytes:
    return (
        f"From: mailer-daemon@firm.example\r\nTo: {SUPPORT}\r\nSubject: Undelivered\r\nMessage-ID: <dsn{number}@x>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\nMIME-Version: 1.0\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.firm.example\r\n\r\n"
        f"Final-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"--b\r\nContent-Type: message/rfc822-headers\r\n\r\nMessage-ID: <{letter.message_id.strip('<>')}>\r\n"
        "--b--\r\n"
    ).encode()
