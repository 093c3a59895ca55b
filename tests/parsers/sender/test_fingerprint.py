"""Copies of a mail are recognised; a mail written anew is not one."""

from __future__ import annotations

from dataclasses import replace

from parsers.reading import Mailbox, Reading
from parsers.sender.fingerprint import copy_digest

MAIL = Reading(message_id="a@b", sender=Mailbox("ada@x"), text="Yes.", headers={"date": ("Tue, 3 Mar 2026 9:00:00",)})


def test_a_copy_is_known_by_words_and_date() -> None:
    """Another Message-ID is ignored; another second, word or sender is not."""
    assert copy_digest(replace(MAIL, message_id="c@d")) == copy_digest(MAIL) != ""
    later = replace(MAIL, headers={"date": ("Tue, 3 Mar 2026 9:00:01",)})
    others = [later, replace(MAIL, text="No."), replace(MAIL, sender=Mailbox("eva@x"))]
    assert copy_digest(MAIL) not in [copy_digest(other) for other in others]
    assert copy_digest(replace(MAIL, headers={})) == "", "nothing is known of a mail without a date"
