"""The daemon is killed at many moments and restarted: no mail is lost, no letter is sent twice."""

from __future__ import annotations

import mailbox
import smtplib
import threading
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.real.installation import Daemon, Installation

# Seconds from the connection for a mail to the SIGKILL: during SMTP, the commit, parsing, deciding, composing, sending,
# and after all is done.
MOMENTS = [0.0, 0.003, 0.006, 0.01, 0.014, 0.018, 0.023, 0.028, 0.034, 0.041, 0.05,
           0.06, 0.07, 0.085, 0.1, 0.12, 0.15, 0.19, 0.25, 0.35, 0.5]  # fmt: skip
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
lease = 1
"""


def complaint(number: int) -> EmailMessage:
    """A customer's complaint."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"customer{number}@example.net", "complaints@firm.example"
    mail["Subject"], mail["Message-ID"] = f"Inverter ST-6.0K, number {number}", f"<{number}@example.net>"
    mail.set_content(f"Inverter number {number}: model ST-6.0K does not switch on since yesterday morning.\n")
    return mail


class Sending:
    """A mail server that retries each mail until it gets a 250, as Postfix does from its queue."""

    def __init__(self) -> None:
        self.queue: dict[int, EmailMessage] = {}
        self.on_its_way = threading.Event()

    def hand_in(self, port: int) -> None:
        """Try each mail of the queue once; those without a 250 stay in it."""
        for number, mail in list(self.queue.items()):
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=30) as connection:
                    connection.ehlo_or_helo_if_needed()
                    self.on_its_way.set()
                    connection.send_message(mail)
                    del self.queue[number]  # before QUIT, which may fail after the 250
            except (OSError, smtplib.SMTPException):
                continue
        self.on_its_way.set()


@pytest.mark.timeout(480)  # two dozen starts of the daemon, on a machine that may be busy
def test_nothing_is_lost_or_sent_twice(install: Callable[..., Installation], tmp_path: Path) -> None:
    """After two dozen kills while mails arrive, each has one case, one acknowledgement and one notice to its team."""
    installation = install(SETTINGS)
    sending = Sending()
    for round_, moment in enumerate(MOMENTS):
        _round(installation, sending, round_, moment)
    with installation.running() as daemon:
        sending.hand_in(daemon.ports()[0])
        assert not sending.queue
        _settled(installation, daemon)
    tickets = installation.query("tickets", "--all")
    customers = Counter(ticket["customer"] for ticket in tickets)
    expected = {f"customer{number}@example.net": 1 for number in range(2 * len(MOMENTS))}
    assert expected == customers
    letters = Counter((mail["To"], mail["X-Reclamo-Notice"]) for mail in _letters(installation.folder / "letters"))
    assert all(letters[(customer, "acknowledgement")] == 1 for customer in expected), letters
    notices = [count for (to, notice), count in letters.items() if "ada@" in to and notice == "new_case"]
    assert [len(tickets)] == notices
    assert all(_kept(installation, ticket["reference"]) for ticket in tickets[:5])
    assert "holds" in installation.run_command("ledger", "verify")


def _round(installation: Installation, sending: Sending, round_: int, moment: float) -> None:
    daemon = Daemon(installation.folder)
    port = daemon.ports()[0]
    sending.queue |= {number: complaint(number) for number in (2 * round_, 2 * round_ + 1)}
    sending.on_its_way.clear()
    mta = threading.Thread(target=sending.hand_in, args=(port,))
    mta.start()
    assert sending.on_its_way.wait(60)
    threading.Event().wait(moment)
    daemon.kill()
    mta.join()


def _settled(installation: Installation, daemon: Daemon) -> None:
    """Wait until inbox and outbox are empty."""
    for _ in range(120):
        status = installation.query("status")
        if status["inbox"]["new"] == 0 and status["outbox"]["waiting"] == 0:
            assert status["inbox"]["quarantined"] == 0
            assert status["outbox"]["failed"] == 0
            return
        threading.Event().wait(1.0)
    waits = [installation.query("status"), installation.query("outbox", "--state", "waiting")]
    pytest.fail(f"{waits}\n{daemon.log()}")


def _letters(folder: Path) -> list[mailbox.MaildirMessage]:
    return list(mailbox.Maildir(folder))


def _kept(installation: Installation, reference: str) -> bool:
    rows = installation.query("ticket", reference)["deadlines"]
    return next(row["state"] for row in rows if row["promise"] == "acknowledge") == "kept"
