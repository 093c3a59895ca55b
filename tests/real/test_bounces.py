"""A letter that a real mail server cannot deliver comes back to the address that it left with."""

from __future__ import annotations

from collections.abc import Callable

from tests.real.installation import Installation
from tests.real.test_whole_road import GERMAN, Post, say, settings
from tests.servers.postfix import Postfix

Install = Callable[..., Installation]


def test_a_letter_that_postfix_returns_is_owed_again(install: Install, postfix: Postfix) -> None:
    """Postfix takes the acknowledgement, the customer's server refuses it, Postfix reports to our envelope sender by
    LMTP: staff are told, and what was kept by the letter is owed again."""
    ours, theirs, staff = postfix.claim(), postfix.claim(), postfix.claim()
    address, customer = f"beschwerde@{ours.domain('lmtp')}", f"karl@{theirs.domain('smtp')}"
    listen = f'[smtp]\nlisten = []\n[lmtp]\nlisten = ["127.0.0.1:{ours.port}"]'
    installation = install(settings(postfix, address, listen), staff=staff.domain("smtp"))
    customers, colleagues = Post(theirs.port), Post(staff.port)
    customers.refused[customer] = "550 5.1.1 no such user"
    try:
        with installation.running():
            say(postfix, customer, address, "Wechselrichter ST-6.0K defekt", GERMAN)
            told = colleagues.wait_for(f"ada@{staff.domain('smtp')}", notice="undeliverable")
        assert customer in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        reference = installation.knows("tickets")[0]["reference"]
        promises = {row["promise"]: row for row in installation.knows("ticket", reference)["deadlines"]}
        assert promises["acknowledge"]["state"] == "open"
        assert "to=<beschwerde+" in postfix.log()
    finally:
        customers.stop()
        colleagues.stop()
