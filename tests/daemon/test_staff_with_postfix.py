"""Staff mail through a real mail server, signed with real keys, as four mail programs build it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

import pytest

from daemon.smtp_settings import Listener, Way
from storage.records import Letter, RawMail
from tests.daemon.conftest import Edge
from tests.daemon.programs import PROGRAMS, SIGNATURE
from tests.daemon.signed import ADA, ANNA, MAX, Desk, sign
from tests.daemon.test_with_postfix import Counter
from tests.servers.postfix import Postfix, postfix

__all__ = ["postfix"]
StartEdge = Callable[..., Edge]
DECIDES = "decide: upheld\n\nDear Mrs Rossi,\nwe send you a new one – on Monday.\n\nIt costs nothing."


class Road:
    """From a mail program through Postfix and LMTP to us."""

    def __init__(self, server: Postfix, start_edge: StartEdge) -> None:
        self._desk = Counter()
        self._server = server
        claim = server.claim()
        start_edge(listener=Listener(way=Way.LMTP, port=claim.port), accept=self._desk.accept, knows=lambda _: True)
        self._domain = claim.domain("lmtp")

    def carry(self, raw: bytes, *, sender: str, to: str) -> RawMail:
        """The mail as we get it. (The server knows our domain by another name: only the envelope says it.)"""
        with smtplib.SMTP(self._server.host, self._server.port, local_hostname="client.test") as session:
            envelope = f"{to.partition('@')[0]}@{self._domain}"
            session.sendmail(sender, [envelope], raw, mail_options=["BODY=8BITMIME"])
        mail = self._desk.wait(1)[-1]
        return replace(mail, recipients=(to,), received_at=mail.received_at)


@pytest.fixture
def road(postfix: Postfix, start_edge: StartEdge) -> Road:
    """A way in through a real server."""
    return Road(postfix, start_edge)


def replying(letter: Letter) -> str:
    """The address an answer goes to."""
    return parseaddr(str(message_from_bytes(letter.raw, policy=default)["Reply-To"]))[1]


def came(mail: RawMail, desk: Desk) -> RawMail:
    """The mail at the case's own time."""
    return replace(mail, received_at=desk.walk.now)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_signed_reply_decides(program: str, road: Road, tmp_path: Path) -> None:
    """The signature outlives the server; the words reach the customer whole, and nothing else does."""
    desk = Desk(tmp_path)
    desk.news()
    raw = sign(PROGRAMS[program](desk.notice, DECIDES, sender=ADA, mark="p1"), "firm.example")
    mail = road.carry(raw, sender=ADA, to=replying(desk.notice))
    assert b"Received: from client.test" in mail.raw
    desk.receive(came(mail, desk))
    assert desk.news() == [("decision", ANNA), ("transcript", ADA)]
    part = message_from_bytes(desk.last("decision", ANNA).raw, policy=default).get_body(("plain",))
    assert part is not None
    said = part.get_content()
    assert "Dear Mrs Rossi,\nwe send you a new one – on Monday.\n\nIt costs nothing.\n" in said.replace("\r\n", "\n")
    for secret in (SIGNATURE, "4711", "Bianchi", "decide:", "What you can answer"):
        assert secret not in said
    desk.db.close()


def test_an_unsigned_reply_does_nothing(road: Road, tmp_path: Path) -> None:
    """The same mail without its signature is kept, and those concerned are told."""
    desk = Desk(tmp_path)
    desk.news()
    raw = PROGRAMS["Gmail"](desk.notice, DECIDES, sender=ADA, mark="p2")
    desk.receive(came(road.carry(raw, sender="evil@evil.example", to=replying(desk.notice)), desk))
    assert desk.news() == [("refused", ADA), ("refused", MAX)]
    assert len(desk.set_aside()) == 1
    assert desk.case().ticket.facts.get("outcome") is None
    desk.db.close()
