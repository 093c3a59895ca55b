"""The company's own addresses, domains, lists and tags, by which the parsers recognise them in a mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SEPARATORS = re.compile(r"[\s<>\"';,:]+")


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """The settings that the parsing of a mail depends on.

    `support` are the addresses customers write to; `separator` is the mail server's separator for sub-addresses
    (RFC 5233). `message_id_domain` is the domain of every Message-ID we generate. `lists` are the List-Id values (or
    list addresses) of our own group aliases: their list headers do not make a mail list mail. `own_senders` are the
    addresses our notices are sent from; `own_headers` are fields, with their values, that only our notices have.
    `prefixes` are the letters before case numbers, as in C-2026-000123. `authserv_ids` are the names under which our
    own mail server writes Authentication-Results (RFC 8601 section 2.2).
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
        """Whether our notices are sent from this address, with or without a sub-address."""
        if not address:
            return False
        bare = self.without_subaddress(address)
        return any(bare == own.lower() for own in (*self.own_senders, *self.support))

    def without_subaddress(self, address: str) -> str:
        """The address in lower case without its sub-address: support+abc@firm.example gives support@firm.example."""
        local, at, domain = address.lower().rpartition("@")
        return f"{local.partition(self.separator)[0] if self.separator else local}{at}{domain}"

    def is_own_list(self, list_id: str) -> bool:
        """Whether a List-Id or List-Post value names one of our own group aliases, or an address customers write to if
        that address is a group (complaints@firm.example has the List-Id complaints.firm.example)."""
        value = list_id.lower()
        named = set(_SEPARATORS.split(value))
        support = (address.lower() for address in self.support)
        return any(name.lower().strip("<>") in value for name in self.lists if name) or any(
            address in named or address.replace("@", ".") in named for address in support
        )

    def is_list_of_own_domain(self, list_id: str) -> bool:
        """Whether a List-Id or List-Post value names a group in a domain that customers write to."""
        domains = [address.lower().rpartition("@")[2] for address in self.support]
        endings = tuple(f"{separator}{domain}" for domain in domains for separator in "@.")
        return bool(endings) and any(name.endswith(endings) for name in _SEPARATORS.split(list_id.lower()))

    def is_in_own_domain(self, address: str) -> bool:
        """Whether an address is in a domain that customers write to."""
        domain = address.lower().rpartition("@")[2]
        return any(domain == own.lower().rpartition("@")[2] for own in self.support)
