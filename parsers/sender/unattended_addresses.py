"""Recognise addresses that nobody reads by their local part: of mail systems and programs, and no-reply addresses."""

from __future__ import annotations

import re

from parsers.wordlists import wordlist

_MAIL_SYSTEM = re.compile(
    r"(?i)^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mmdf|mail[-_.]?delivery(?:[-_.]?sub(?:system|sys))?|"
    r"mdaemon|mail[-_.]?system|double-bounce|bounces?|bounce-notification|mailadm(?:in)?|"
    r"microsoftexchange[0-9a-f]{8,40})(?:[+=-].*)?@|^<>$"
)
_WORD_SEPARATORS = re.compile(r"[-_.+=]+")


def is_mail_system_address(address: str) -> bool:
    """Whether an address is a mail system's, from which delivery reports come."""
    return bool(_MAIL_SYSTEM.match(address))


def is_program_address(address: str) -> bool:
    """Whether an address is a program's by its local part, whose words are compared separately and joined: no-reply,
    order.noreply, service_do-not-reply, reply-not-possible."""
    local = address.rpartition("@")[0].lower()
    if not local:
        return False
    lists = wordlist("automatic")["nobody"]
    words = [word for word in _WORD_SEPARATORS.split(local) if word]
    joined = "".join(words)
    return (
        local.partition("+")[0] in lists["locals"]
        or any(phrase in joined for phrase in lists["anywhere"])
        or any(word in lists["words"] for word in words)
    )


def is_unattended(address: str) -> bool:
    """Whether nobody reads an address: it is a mail system's or a program's."""
    return is_mail_system_address(address) or is_program_address(address)


def is_newsletter_address(address: str) -> bool:
    """Whether an address is a newsletter's by its local part."""
    words = _WORD_SEPARATORS.split(address.rpartition("@")[0].lower())
    return any(word in wordlist("automatic")["nobody"]["campaigns"] for word in words)
