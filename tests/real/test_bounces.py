"""A bounce from a real mail server reaches the envelope sender of the letter and reopens the promise."""

from __future__ import annotations

from collections.abc import Callable

from tests.real.installation import Installation
from tests.real.test_end_to_end import GERMAN, Post, say, settings
from tests.servers.postfix import Postfix

Install = Callable[..., Installation]


def test_bounced_acknowledgement_reopens_its_promise(install: Install, postfix: Postfix) -> None:
    """Postfix accepts the acknowledgement, the customer's server refuses it, and Postfix sends a delivery report to our
    envelope sender by LMTP: staff are told, and the promise that the letter had kept is open again."""
    ours, theirs, staff = postfix.claim(), postfix.claim(), postfix.claim()
    address, customer = f"beschwerde@{ours.domain('lmtp')}", f"karl@{theirs.domain('smtp')}"
    listen = f'[smtp]\nlisten = []\n[lmtp]\nlisten = ["127.0.0.1:{ours.port}"]'
    installation = install(settings(postfix, address, listen), staff=staff.domain("smtp"))
    customers, colleagues = Post(theirs.port), Post(staff.port)
    customers.refused[customer] = "550 5.1.1 no such user"
    try:
        with installation.running():
            say(postfix, customer, address, "Wechselrichter ST-6.0K defekt", GERMAN)
            notice = colleagues.wait_for(f"ada@{staff.domain('smtp')}", notice="undeliverable")
        assert customer in notice.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        reference = installation.query("tickets")[0]["reference"]
        promises = {row["promise"]: row for row in installation.query("ticket", reference)["deadlines"]}
        assert promises["acknowledge"]["state"] == "open"
        assert "to=<beschwerde+" in postfix.log()
    finally:
        customers.stop()
        colleagues.stop()
