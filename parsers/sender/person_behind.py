"""Find the person behind a mail whose From is a web form's, our own, or a group's address.

Reply-To says where replies go (RFC 5322 section 3.6.2). In X-Original-From and X-Original-Sender, Google Groups,
Mailman and others keep the author whose From they rewrote so that the mail passes DMARC (RFC 7489 section 10.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parsers.mime.addresses import addresses_in
from parsers.reading import Mailbox
from parsers.sender.authentication import is_aligned
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.unattended_addresses import is_unattended

Headers = Mapping[str, Sequence[str]]
MailboxesByHeader = Mapping[str, Sequence[Mailbox]]

ORIGINAL_AUTHOR_HEADERS = ("x-original-from", "x-google-original-from", "x-original-sender")
_LIST_HEADERS = ("list-post", "list-id", "x-beenthere", "mailing-list", "list-unsubscribe", "sender")
_VIA_NAME = re.compile(
    r"(?i)^['\"]?(?P<name>.{1,120}?)['\"]?\s{1,3}(?:via|durch|über|tramite|par|por|经由|透過)\s{1,3}\S"
)


def person_behind(
    author: Mailbox, mailboxes_by_header: MailboxesByHeader, headers: Headers, ours: OwnIdentity
) -> Mailbox:
    """The mailbox of the person on whose behalf a mail was sent, with `fallback` set to the header field that names
    it; `author` itself if From is a person's, or if no field names another."""
    if author.fallback or "@" not in author.address:
        return author
    group_author = original_author_name(author, headers)
    from_us = ours.is_own_sender(author.address)
    certified = any("posta-certificata" in value.lower() for value in headers.get("x-trasporto", ()))
    if not (group_author or from_us or is_unattended(author.address)):
        return author
    for field in (*ORIGINAL_AUTHOR_HEADERS, "reply-to"):
        for mailbox in mailboxes_by_header.get(field, ()):
            if _is_person(mailbox, author, headers, ours, at_home=bool(group_author) or from_us or certified):
                display_name = mailbox.name or (group_author if field in ORIGINAL_AUTHOR_HEADERS or from_us else "")
                return Mailbox(mailbox.address, display_name, fallback=field.title())
    return author


def original_author_name(author: Mailbox, headers: Headers) -> str:
    """The author's name in a From rewritten by a group ("Jane Doe via Support" <support@firm.example>), or empty."""
    if not any(
        headers.get(name)
        for name in (*ORIGINAL_AUTHOR_HEADERS, "list-id", "list-post", "x-beenthere", "x-google-group-id")
    ):
        return ""
    match = _VIA_NAME.match(author.name)
    return match["name"].strip() if match else ""


def _is_person(candidate: Mailbox, author: Mailbox, headers: Headers, ours: OwnIdentity, *, at_home: bool) -> bool:
    """Whether a mailbox is that of a person to reply to. Unless `at_home`, an address in the program's own domain is
    not: with it the program receives its replies."""
    address = candidate.address.lower()
    if "@" not in address or address == author.address.lower() or ours.is_own_sender(address) or is_unattended(address):
        return False
    if address in _list_addresses(headers):
        return False
    author_domain, domain = (mailbox.rpartition("@")[2].lower() for mailbox in (author.address, address))
    return at_home or not (is_aligned(domain, author_domain) or is_aligned(author_domain, domain))


def _list_addresses(headers: Headers) -> set[str]:
    values = [value for name in _LIST_HEADERS for value in headers.get(name, ())]
    addresses = (address for value in values for address in addresses_in(value.replace("?", " ")))
    return {address.lower().removeprefix("mailto:") for address in addresses}
