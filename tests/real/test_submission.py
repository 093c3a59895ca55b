"""Staff mail submitted with a password to a running daemon is obeyed, and answered within seconds."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

import pytest
import trustme

from daemon.inbound.passwords import hash_password
from tests.real.installation import Installation
from tests.real.test_end_to_end import Post, say
from tests.servers.postfix import Postfix

_SOON = 15.0  # seconds from the 250 to the arrival of the transcript, on a busy machine


def test_submission_with_a_password(install: Callable[..., Installation], postfix: Postfix) -> None:
    """With STARTTLS and login an unsigned mail is obeyed; sent by the mail server instead, it is refused."""
    ours, staff, world = postfix.claim(), postfix.claim(), postfix.claim()
    ada, address = f"ada@{staff.domain('smtp')}", f"complaints@{ours.domain('lmtp')}"
    installation = install(_settings(postfix, address, ours.port, ada), staff=staff.domain("smtp"))
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    installation.folder.joinpath("key.pem").write_bytes(certificate.private_key_pem.bytes())
    installation.folder.joinpath("cert.pem").write_bytes(certificate.cert_chain_pems[0].bytes())
    colleagues, customers = Post(staff.port), Post(world.port)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    customer = f"anna@{world.domain('smtp')}"
    try:
        with installation.running() as daemon:
            port = daemon.ports()[-1]
            say(postfix, customer, address, "Inverter ST-6.0K", "It does not switch on since Monday morning.")
            notice = colleagues.wait_for(ada, notice="new_case")
            to = parseaddr(str(notice["Reply-To"]))[1]
            with smtplib.SMTP("127.0.0.1", port) as session, pytest.raises(smtplib.SMTPSenderRefused):
                session.sendmail(ada, [to], b"Subject: x\r\n\r\nx\r\n")
            assert hand_in(port, trusting, _mail(ada, to, "decide: upheld", "s1"), "wrong") is False
            began = time.monotonic()
            assert hand_in(port, trusting, _mail(ada, to, "decide: upheld\n\nYou get a new one.", "s2"), "secret")
            transcript = colleagues.wait_for(ada, notice="transcript")
            assert time.monotonic() - began < _SOON
            assert "> You get a new one." in str(transcript.get_body(("plain",)).get_content())  # type: ignore[union-attr]
            assert customers.wait_for(customer, notice="decision")
            mail = _mail(ada, to, "reopen", "s3")
            with smtplib.SMTP(postfix.host, postfix.port) as session:
                session.send_message(mail)
            assert "prove" in str(colleagues.wait_for(ada, notice="refused").get_body(("plain",)))
    finally:
        colleagues.stop()
        customers.stop()


def hand_in(port: int, trusting: ssl.SSLContext, mail: EmailMessage, password: str) -> bool:
    """Submit a mail with STARTTLS and login; return whether the password was accepted."""
    with smtplib.SMTP("localhost", port) as session:
        session.starttls(context=trusting)
        try:
            session.login(str(mail["From"]), password)
        except smtplib.SMTPAuthenticationError:
            return False
        session.send_message(mail)
    return True


def _mail(sender: str, to: str, text: str, mark: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Message-ID"] = sender, to, f"<{mark}@staff.test>"
    mail["Subject"] = "Re: your case"
    mail.set_content(text)
    return mail


def _settings(postfix: Postfix, address: str, port: int, ada: str) -> str:
    return f"""
[[addresses]]
address = "{address}"
policy = "complaints"
[smtp]
listen = []
certificate = "cert.pem"
key = "key.pem"
[lmtp]
listen = ["127.0.0.1:{port}"]
[submission]
listen = ["127.0.0.1:0"]
[submission.users]
"{ada}" = "{hash_password("secret")}"
[relay]
host = "{postfix.host}"
port = {postfix.port}
[staff]
proof = "dkim"
hold = 0
[work]
tick = 1
"""
