"""What *our own* means when a mail is read: the addresses, domains, lists and tags that belong to this house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NAMES = re.compile(r"[\s<>\"';,:]+")


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """The part of the settings that the reading of a mail depends on.

    `support` are the addresses customers write to; `separator` is what the mail server takes for sub-addressing
    (RFC 5233). `message_id_domain` stands after the @ of every Message-ID we write. `lists` are the List-Id values
    (or list addresses) of our own group aliases: their list headers do not make a mail list mail. `own_senders`
    are the addresses our notices come from; `own_headers` are fields, with their values, that only our notices
    carry. `prefixes` are the letters in front of ticket references, as in C-2026-000123. `authserv_ids` are the
    names under which our own mail server writes Authentication-Results (RFC 8601 section 2.2).
    """

    support: tuple[str, ...] = ()
    separator: str = "+"
    message_id_domain: str = ""
    lists: tuple[str, ...] = ()
    own_senders: tuple[str, ...] = ()
    own_headers: Mapping[str, str] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ("C",)
    authserv_ids: tuple[str, ...] = ()

    def is_own_sender(self, address: str) -> bool:
        """Whether our notices come from this address, with or without a sub-address."""
        if not address:
            return False
        bare = self.bare(address)
        return any(bare == own.lower() for own in (*self.own_senders, *self.support))

    def bare(self, address: str) -> str:
        """The address in lower case and without its sub-address: support+abc@firm.example is support@firm.example."""
        local, at, domain = address.lower().rpartition("@")
        return f"{local.partition(self.separator)[0] if self.separator else local}{at}{domain}"

    def is_own_list(self, list_id: str) -> bool:
        """Whether a List-Id or List-Post value names one of our own group aliases, or an address customers write to:
        then that very address is a group (complaints@firm.example has the List-Id complaints.firm.example)."""
        value = list_id.lower()
        named = set(_NAMES.split(value))
        ours = (one.lower() for one in self.support)
        return any(name.lower().strip("<>") in value for name in self.lists if name) or any(
            one in named or one.replace("@", ".") in named for one in ours
        )

    def is_home_list(self, list_id: str) -> bool:
        """Whether a List-Id or List-Post value names a group in a domain that customers write to."""
        ends = tuple(f"{sign}{one.lower().rpartition('@')[2]}" for one in self.support for sign in "@.")
        return bool(ends) and any(name.endswith(ends) for name in _NAMES.split(list_id.lower()))

    def is_at_home(self, address: str) -> bool:
        """Whether an address is in a domain that customers write to."""
        domain = address.lower().rpartition("@")[2]
        return any(domain == one.lower().rpartition("@")[2] for one in self.support)
