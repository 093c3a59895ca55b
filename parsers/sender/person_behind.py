"""The person behind a mail whose From names none: a web form, our own address, a group that writes for its members.

Reply-To says where answers go (RFC 5322 section 3.6.2); X-Original-From and X-Original-Sender are what Google Groups,
Mailman and others keep of an author whose From they rewrote so that DMARC lets it pass (RFC 7489 section 10.5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parsers.mime.addresses import addresses_in
from parsers.reading import Mailbox
from parsers.sender.authentication import aligned
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.unread_addresses import is_nobodys

Headers = Mapping[str, Sequence[str]]
Boxes = Mapping[str, Sequence[Mailbox]]

ORIGINALS = ("x-original-from", "x-google-original-from", "x-original-sender")
_LISTS = ("list-post", "list-id", "x-beenthere", "mailing-list", "list-unsubscribe", "sender")
_VIA = re.compile(r"(?i)^['\"]?(?P<name>.{1,120}?)['\"]?\s{1,3}(?:via|durch|über|tramite|par|por|经由|透過)\s{1,3}\S")


def person_behind(author: Mailbox, boxes: Boxes, headers: Headers, house: OwnIdentity) -> Mailbox:
    """The person for whom a mail was sent, `fallback` naming the header that says so; `author` itself where From is a
    person's, or where nothing names another."""
    if author.fallback or "@" not in author.address:
        return author
    group = rewritten_by(author, headers)
    ours = house.is_own_sender(author.address)
    certified = any("posta-certificata" in value.lower() for value in headers.get("x-trasporto", ()))
    if not (group or ours or is_nobodys(author.address)):
        return author
    for name in (*ORIGINALS, "reply-to"):
        for box in boxes.get(name, ()):
            if _is_somebody(box, author, headers, house, at_home=bool(group) or ours or certified):
                shown = box.name or (group if name in ORIGINALS or ours else "")
                return Mailbox(box.address, shown, fallback=name.title())
    return author


def rewritten_by(author: Mailbox, headers: Headers) -> str:
    """The author's name in a From that a group rewrote ("Jane Doe via Support" <support@firm.example>), else empty."""
    if not any(headers.get(name) for name in (*ORIGINALS, "list-id", "list-post", "x-beenthere", "x-google-group-id")):
        return ""
    found = _VIA.match(author.name)
    return found["name"].strip() if found else ""


def _is_somebody(box: Mailbox, author: Mailbox, headers: Headers, ours: OwnIdentity, *, at_home: bool) -> bool:
    """Whether a mailbox is a person's who may be written to. A program's own domain names no person by its Reply-To:
    it is where the program takes its answers."""
    address = box.address.lower()
    if "@" not in address or address == author.address.lower() or ours.is_own_sender(address) or is_nobodys(address):
        return False
    if address in _list_addresses(headers):
        return False
    mine, theirs = (one.rpartition("@")[2].lower() for one in (author.address, address))
    return at_home or not (aligned(theirs, mine) or aligned(mine, theirs))


def _list_addresses(headers: Headers) -> set[str]:
    values = [value for name in _LISTS for value in headers.get(name, ())]
    return {one.lower().removeprefix("mailto:") for value in values for one in addresses_in(value.replace("?", " "))}
