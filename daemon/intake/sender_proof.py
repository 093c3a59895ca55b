"""Whether a mail really comes from the staff member in its From: by submission, token, or authentication (RFC 8601)."""

from __future__ import annotations

from typing import cast

from config.settings import Settings
from daemon.installation import SenderProof
from parsers.reading import Reading
from parsers.sender.authentication import DnsTxt, Proof, is_addressed_to_us, prove_sender
from parsers.sender.own_identity import OwnIdentity
from storage.values import InboxRow


def sender_proof(settings: Settings, ours: OwnIdentity, resolver: DnsTxt | None = None) -> SenderProof:
    """Return the check of a staff member's mail that the setting staff.proof names.

    Authenticated submission under the sender's own address is proof whatever the setting. `resolver` looks up DKIM keys
    (the system's resolver by default).
    """

    def proof(row: InboxRow, reading: Reading) -> Proof:
        sender = reading.sender.address.lower()
        if reading.sender.fallback:
            return Proof(False, why_not="From has no address")
        if row.mail.submitted_by and row.mail.submitted_by.lower() == sender:
            return Proof(True, how="authenticated submission")
        if settings.staff.proof in ("token", "confirmation"):
            return Proof(True, how="token and address", by_token=settings.staff.proof == "confirmation")
        if not is_addressed_to_us(row.mail.raw, reading, ours):
            return Proof(False, why_not="not written to this address of ours")
        dns = (resolver or _system_resolver()) if settings.staff.proof == "dkim" else None
        return prove_sender(row.mail.raw, sender, ours, dns)

    return proof


def _system_resolver() -> DnsTxt:
    from dkim.dnsplug import get_txt  # type: ignore[import-untyped]

    return cast("DnsTxt", get_txt)
