"""Addresses that by their name no person reads: a mail system's, a program's, one that takes no answer."""

from __future__ import annotations

import re

from parsers.wordlists import wordlist

_DAEMON = re.compile(
    r"(?i)^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mmdf|mail[-_.]?delivery(?:[-_.]?sub(?:system|sys))?|"
    r"mdaemon|mail[-_.]?system|double-bounce|bounces?|bounce-notification|mailadm(?:in)?|"
    r"microsoftexchange[0-9a-f]{8,40})(?:[+=-].*)?@|^<>$"
)
_PARTS = re.compile(r"[-_.+=]+")


def is_mail_system(address: str) -> bool:
    """Whether an address is that of a mail system: it writes reports, and takes no answer."""
    return bool(_DAEMON.match(address))


def is_program(address: str) -> bool:
    """Whether an address is by its local part a program's. Its words are looked at one by one, and run together:
    no-reply, order.noreply, service_do-not-reply, reply-not-possible."""
    local = address.rpartition("@")[0].lower()
    if not local:
        return False
    lists = wordlist("automatic")["nobody"]
    words = [word for word in _PARTS.split(local) if word]
    joined = "".join(words)
    return (
        local.partition("+")[0] in lists["locals"]
        or any(phrase in joined for phrase in lists["anywhere"])
        or any(word in lists["words"] for word in words)
    )


def is_nobodys(address: str) -> bool:
    """Whether an address is by its name one that no person reads."""
    return is_mail_system(address) or is_program(address)


def is_campaign(address: str) -> bool:
    """Whether an address is by its local part that of a newsletter."""
    words = _PARTS.split(address.rpartition("@")[0].lower())
    return any(word in wordlist("automatic")["nobody"]["campaigns"] for word in words)
