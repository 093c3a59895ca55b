"""The database becomes unavailable under a running daemon: mail gets a 451, and none is lost."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from sqlalchemy import make_url

from tests.real.installation import Installation
from tests.servers.postgres import Server

SETTINGS = """
[[addresses]]
address = "complaints@firm.example"
policy = "complaints"
[smtp]
listen = ["127.0.0.1:0"]
[relay]
transport = "maildir"
[work]
tick = 1
"""


def complaint(number: int) -> EmailMessage:
    """A customer's complaint."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"customer{number}@example.net", "complaints@firm.example"
    mail["Subject"], mail["Message-ID"] = f"Inverter ST-6.0K, number {number}", f"<{number}@example.net>"
    mail.set_content("The inverter of model ST-6.0K does not switch on since yesterday morning.\n")
    return mail


def test_451_while_the_database_is_away(
    install: Callable[..., Installation], postgres_server: Server, postgres_url: str
) -> None:
    """Mail is accepted before, refused with a 451 that reveals nothing meanwhile, and accepted after: two cases, both
    acknowledged."""
    name = make_url(postgres_url).database
    installation = install(f'database = "{postgres_url}"\n{SETTINGS}')
    with installation.running() as daemon:
        port = daemon.ports()[0]
        send(port, 1)
        daemon.wait_for_log("acknowledgement sent", count=1)
        postgres_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres_server.cut(postgres_url)
        with pytest.raises(smtplib.SMTPDataError) as put_off:
            send(port, 2)
        assert put_off.value.smtp_code == 451
        assert b"postgres" not in put_off.value.smtp_error.lower()
        postgres_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        send(port, 2)
        daemon.wait_for_log("acknowledgement sent", count=2, seconds=90)
    tickets = installation.query("tickets")
    assert sorted(ticket["customer"] for ticket in tickets) == ["customer1@example.net", "customer2@example.net"]


def send(port: int, number: int) -> None:
    """Send a complaint by SMTP."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as connection:
        connection.send_message(complaint(number))
