"""Limits on how much of a mail is parsed, with the reason for each. Whatever exceeds them stays in the raw mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Limits on the work that one mail can cause. Sizes are in octets unless stated otherwise.

    Every pass over a mail takes time linear in the sizes limited here, so these limits bound the total time.
    """

    size: int = 40 * 1024 * 1024
    """The whole mail. SMTP and IMAP refuse larger mail; a larger file is truncated here."""

    header_block: int = 256 * 1024
    """One header block. Long References and DKIM chains reach 60 KB; legitimate mail needs no more."""

    header_count: int = 1_000
    """Fields in one header block. Mail that passed through many lists has about 200."""

    header_value: int = 64 * 1024
    """One header value. A longer subject or address list is an attack or a mistake."""

    addresses: int = 1_000
    """Mailboxes read from one header. Large enough for mail to a whole company."""

    parts: int = 300
    """MIME parts, counted in the order of a walk. A mail with 200 photographs exists."""

    depth: int = 24
    """Nesting of multiparts and attached mails. A mail forwarded ten times reaches 20."""

    text: int = 400_000
    """Characters of plain text. A novel has 500,000; longer logs belong in attachments."""

    html: int = 600_000
    """Characters of HTML converted to text. Office programs write 100 KB for one line of text."""

    attachments: int = 300
    """Files listed, including those inside winmail.dat and uuencoded text."""

    unpacked: int = 20 * 1024 * 1024
    """Decoded size of one embedded file (winmail.dat, uuencoded text)."""

    archive_entries: int = 1_000
    """Entries read from an archive's directory. Archives are never unpacked."""

    failed_recipients: int = 200
    """Recipients read from one delivery report."""

    name: int = 120
    """Characters of a file name. File systems allow 255 octets, and a character may take two."""

    case_clues: int = 100
    """Case clues kept per mail. References grows with every reply; the newest Message-IDs are last."""
