"""How much of a mail is read, with the reason for each bound. What lies beyond stays in the raw mail, unread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds on the work one mail can cause. Sizes are in octets unless said otherwise.

    Every pass over a mail is linear in the sizes bounded here, so together they bound the time.
    """

    size: int = 40 * 1024 * 1024
    """The whole mail. Larger mail is refused at the edge; read from a file it is cut here."""

    header_block: int = 256 * 1024
    """One header block. Long References and DKIM chains reach 60 KB; nothing honest needs more."""

    header_count: int = 1_000
    """Fields in one header block. Mail through many lists has about 200."""

    header_value: int = 64 * 1024
    """One header value. A subject or an address list beyond this is an attack or a mistake."""

    addresses: int = 1_000
    """Mailboxes read from one header. Companies write to all staff; nobody reads further."""

    parts: int = 300
    """MIME parts, counted in the order of a walk. A mail with 200 photographs exists."""

    depth: int = 24
    """Nesting of multiparts and attached mails. Ten forwards of a forward reach 20."""

    text: int = 400_000
    """Characters of plain text. A novel has 500,000; logs belong in attachments."""

    html: int = 600_000
    """Characters of HTML that are laid out. Office programs write 100 KB for one line of text."""

    attachments: int = 300
    """Files listed, those inside winmail.dat and uuencoded text included."""

    unpacked: int = 20 * 1024 * 1024
    """What one wrapped file (winmail.dat, uuencoded text) may hold after unwrapping."""

    archive_entries: int = 1_000
    """Names looked at in an archive's directory. Archives are never unpacked."""

    failed: int = 200
    """Recipients read from one delivery report."""

    name: int = 120
    """Characters of a file name: 255 octets is what file systems take, and a character may need two."""

    evidence: int = 100
    """Clues kept of one mail. References grow with every reply; the newest stand last."""
