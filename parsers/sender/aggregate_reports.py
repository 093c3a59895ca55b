"""Recognise the daily reports that mail providers send about a domain's mail: DMARC (RFC 7489 section 7.2.1.1) and
SMTP TLS (RFC 8460 section 5.3). The standards prescribe their subject and the name of their only file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parsers.reading import Attachment
from parsers.sender.authentication import is_aligned
from parsers.sender.own_identity import OwnIdentity

_SUBJECT = re.compile(r"(?i)^[^:]{0,40}report[ _]domain:\s*\S{1,255}\s+submitter:\s*\S{1,255}")
_FILE_NAME = re.compile(
    r"(?i)^[^!\s]{1,255}!(?P<domain>[^!\s]{1,255})![0-9]{1,12}![0-9]{1,12}(?:![^!\s]{1,255})?\.(?:xml|json|gz|zip)$"
)


def aggregate_report(
    headers: Mapping[str, Sequence[str]], subject: str, files: Sequence[Attachment], ours: OwnIdentity
) -> str:
    """The kind of aggregate report about one of our domains that a mail is, in words; an empty string if it is none."""
    file_name = _FILE_NAME.match(files[0].name) if len(files) == 1 else None
    if file_name is None or not any(
        is_aligned(file_name["domain"], address.rpartition("@")[2]) for address in ours.support
    ):
        return ""
    if headers.get("tls-report-domain") or "report-type=tlsrpt" in " ".join(headers.get("content-type", ())).lower():
        return "a report on TLS (RFC 8460)"
    return "an aggregate report (RFC 7489)" if _SUBJECT.match(subject) else ""
