"""The Postfix configuration in README works as printed, for mail in and letters out."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from email.utils import parseaddr

import pytest

from tests.house.source import ROOT
from tests.real.installation import Installation
from tests.real.test_end_to_end import Post
from tests.servers.dovecot import free_port
from tests.servers.postfix import Postfix, alone

ADDRESS = "complaints@example.org"  # README's


def printed(after: str, *, kind: str = "") -> str:
    """The first code block of README after these words, in this language, without its indentation."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition(after)
    assert text[1], after
    found = re.search(rf"^( *)```{kind}\n(.*?)^\1```", text[2], re.MULTILINE | re.DOTALL)
    assert found is not None
    return "\n".join(line.removeprefix(found[1]) for line in found[2].splitlines()) + "\n"


def moved(text: str, folder: str, port: int) -> str:
    """Replace the folder and the port in a snippet by those of the test's server."""
    return text.replace("/etc/postfix", folder).replace("8024", str(port))


@pytest.mark.parametrize("known", ["mydestination", "virtual_mailbox_domains"])
def test_the_configuration_in_readme(known: str, install: Callable[..., Installation]) -> None:
    """A complaint by Postfix and LMTP, a reply to the letter's address, and the letters by the relay, with the domain
    in mydestination and in virtual_mailbox_domains."""
    world = Post(0)
    port = free_port()
    tables = {
        "transport": moved(printed("in `/etc/postfix/transport`"), "{folder}", port)
        + f"customer.test smtp:[127.0.0.1]:{world.port}\nfirm.test smtp:[127.0.0.1]:{world.port}\n",
        "aliases": printed("and in `/etc/aliases`") + "postmaster: root\n",
        "mailboxes": f"{ADDRESS} unused\n",
    }
    main = (
        moved(printed("in Postfix's `main.cf`"), "{folder}", port)
        + {
            "mydestination": "mydestination = example.org\nalias_maps = hash:{folder}/aliases\n",
            "virtual_mailbox_domains": "virtual_mailbox_domains = example.org\n"
            "virtual_mailbox_maps = hash:{folder}/mailboxes\n",
        }[known]
    )
    checked = "smtpd_recipient_restrictions = reject_unlisted_recipient, permit_mynetworks, reject\n"
    try:
        with alone(main + checked, tables) as server:
            installation = install(settings(server, port), staff="firm.test")
            with installation.running():
                send(server, "anna@customer.test", ADDRESS, "Inverter ST-6.0K", "It does not switch on since Monday.")
                letter = world.wait_for("anna@customer.test")
                to = parseaddr(str(letter["Reply-To"]))[1]
                assert to.startswith("complaints+")
                send(server, "anna@customer.test", to, f"Re: {letter['Subject']}", "The fan does not turn either.")
                wrote = world.wait_for("ada@firm.test", notice="customer_wrote")
                with pytest.raises(smtplib.SMTPRecipientsRefused):
                    send(server, "anna@customer.test", "no.such.address@example.org", "x", "x")
            assert "The fan does not turn either." in str(wrote.get_body(("plain",)))
            assert len(installation.query("tickets")) == 1
    finally:
        world.stop()


def settings(server: Postfix, port: int) -> str:
    """The settings in README, for this server."""
    address = f'[[addresses]]\naddress = "{ADDRESS}"\npolicy = "complaints"\n[smtp]\nlisten = []\n[work]\ntick = 1\n'
    relay = printed("**Send letters.**", kind="toml") + f"port = {server.port}\n"
    return address + moved(printed("By LMTP, directly from Postfix", kind="toml"), "", port) + relay


def send(server: Postfix, sender: str, to: str, subject: str, text: str) -> None:
    """Send a mail to Postfix as another mail server would."""
    raw = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{hash(text)}@x>\r\n\r\n{text}\r\n"
    with smtplib.SMTP(server.host, server.port, local_hostname="client.test") as session:
        session.sendmail(sender, [to], raw.encode())
