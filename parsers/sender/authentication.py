"""Verify that a mail comes from the domain in its From (RFC 8601, RFC 7489 section 3.1, RFC 6376).

Accepted as proof are the topmost Authentication-Results field, if our own mail server wrote it, or a DKIM signature
that we verify ourselves. In both cases the authenticated domain must be aligned with the domain of From.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import getaddresses
from functools import cache
from typing import TYPE_CHECKING

from parsers.reading import ClueStrength, Reading
from parsers.sender.own_identity import OwnIdentity

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

DnsTxt = Callable[..., bytes | None]
"""A DNS lookup: called with a domain name (octets, with the final dot) and maybe `timeout`; returns the TXT record or
None."""

_LONGEST_FROM = 10_000  # characters
_MOST_SIGNATURES = 4
"""DKIM signatures verified per mail. Senders use at most two, and each one costs a DNS lookup."""

_SINGLE_FIELDS = (b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"content-type")
"""Fields that may occur only once (RFC 5322 section 3.6). If one occurs twice, a signature covers the lower one, while
a mail program may display the other."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of verifying From: `proven` and `how`, or `why_not`. `domain` is that of From.

    `by_token` means that only a token supports it, which everybody has who has seen a letter to that person.
    """

    proven: bool
    how: str = ""
    by_token: bool = False
    why_not: str = ""
    domain: str = ""


def prove_sender(
    raw: bytes, from_address: str, ours: OwnIdentity, dnsfunc: DnsTxt | None = None, *, strict: bool = False
) -> Proof:
    """Verify From of one raw mail. Without `dnsfunc` no DKIM signature is verified here.

    With `strict` the domains must be equal, otherwise their organisational domain (RFC 7489 section 3.1.1).
    """
    domain = _domain(from_address)
    if not domain:
        return Proof(False, why_not="From has no address")
    head, body = _split_head(raw)
    names = [name.lower() for name in re.findall(rb"(?m)(?:^|\r)([!-9;-~]+)[ \t]*:", head)]
    if names.count(b"from") != 1:
        return Proof(False, why_not="there is more than one From, or none", domain=domain)
    if len(_authors(head)) > 1:
        return Proof(False, why_not="there is more than one writer in From", domain=domain)
    if repeated := [name.decode() for name in _SINGLE_FIELDS if names.count(name) > 1]:
        return Proof(False, why_not=f"a field stands twice: {repeated[0].title()}", domain=domain)
    by_results = _by_results(head, domain, ours, strict=strict)
    if by_results.proven and _is_partly_signed(head, domain, strict=strict):
        return Proof(False, why_not="the signature covers only a part of the body", domain=domain)
    if by_results.proven or dnsfunc is None:
        return by_results
    return _by_signature(head + body, domain, dnsfunc, strict=strict, by_results=by_results)


def is_addressed_to_us(raw: bytes, reading: Reading, ours: OwnIdentity) -> bool:
    """Whether the author addressed a mail to us, and to every token by which it arrived.

    This guards against replay: anybody who has received a mail can resend it to us with its valid signature (RFC 6376
    section 8.6). If the sender's server signs To, only signed fields count, because others can be added. Servers that
    sign neither To nor Cc leave these fields forgeable, and the check is then only an obstacle.
    """
    head, _ = _split_head(raw)
    sender_domain = _domain(reading.sender.address)
    lists = [_signed_fields(value) for value in _signatures(head) if is_aligned(_signer(value), sender_domain)]
    signed = set.intersection(*lists) if any("to" in fields for fields in lists) else {"to", "cc"}
    mailboxes = (reading.to if "to" in signed else ()) + (reading.cc if "cc" in signed else ())
    addresses = [mailbox.address.lower() for mailbox in mailboxes]
    tokens = [clue.value for clue in reading.case_clues if clue.strength is ClueStrength.TOKEN]
    to_us = any(ours.without_subaddress(address) in ours.support for address in addresses)
    return to_us and all(any(token in address for address in addresses) for token in tokens)


def _authors(head: bytes) -> list[str]:
    """The addresses in From. With several, a signature of their domain does not prove which of them is the author."""
    from_field = re.search(rb"(?im)(?:^|\r)from[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", head)
    text = from_field.group(1).decode("utf-8", "replace") if from_field else ""
    if len(text) > _LONGEST_FROM:
        return ["", ""]  # treated as several authors: no real From is this long
    try:
        return [address for _, address in getaddresses([" ".join(text.split())]) if "@" in address]
    except RecursionError:  # nested comments, which only an attacker writes
        return ["", ""]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower().rstrip(".")


def _signatures(head: bytes) -> list[bytes]:
    return re.findall(rb"(?im)^dkim-signature[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", head)


def _signed_fields(value: bytes) -> set[str]:
    """The names of the fields that a signature covers (its h= tag), in lower case."""
    h_tag = re.search(rb"(?:^|;)\s*h\s*=\s*([^;]+)", value)
    return {name.strip().lower() for name in h_tag.group(1).decode("ascii", "replace").split(":")} if h_tag else set()


def _split_head(raw: bytes) -> tuple[bytes, bytes]:
    blank_line = re.search(rb"\r?\n\r?\n", raw)
    end = blank_line.start() + 1 if blank_line else len(raw)
    return raw[:end], raw[end:]


def _by_results(head: bytes, domain: str, ours: OwnIdentity, *, strict: bool) -> Proof:
    """The proof by Authentication-Results. Only the topmost field counts, and only with one of our authserv-ids: the
    sender may have written the others."""
    if not ours.authserv_ids:
        return Proof(False, why_not="no mail server of ours is named whose results could be believed", domain=domain)
    field = re.search(rb"(?im)^authentication-results[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", head)
    if not field:
        return Proof(False, why_not="our mail server wrote no Authentication-Results", domain=domain)
    import authres  # type: ignore[import-untyped]

    value = re.sub(r"\r?\n[ \t]+", " ", field.group(1).decode("ascii", "replace")).strip()
    try:
        results = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    except (authres.SyntaxError, ValueError, AttributeError, IndexError, RecursionError):
        return Proof(False, why_not="the topmost Authentication-Results cannot be read", domain=domain)
    if str(results.authserv_id).lower() not in {name.lower() for name in ours.authserv_ids}:
        why = f"the topmost Authentication-Results is another server's: {results.authserv_id}"
        return Proof(False, why_not=why, domain=domain)
    return _by_verdicts(results.results, domain, strict=strict)


def _by_verdicts(results: list[object], domain: str, *, strict: bool) -> Proof:
    verdicts = []
    for result in results:
        method = str(getattr(result, "method", "")).lower()
        verdict = str(getattr(result, "result", "")).lower()
        named = _named_domain(result, method)
        verdicts.append(f"{method}={verdict}" + (f" for {named}" if named else ""))
        if verdict != "pass" or method not in ("dmarc", "dkim"):
            continue
        if is_aligned(named or (domain if method == "dmarc" else ""), domain, strict=strict):
            return Proof(True, how=f"our mail server found {method}=pass for {named or domain}", domain=domain)
    return Proof(
        False,
        why_not=": ".join(("nothing aligned passed", *([", ".join(verdicts)] if verdicts else []))),
        domain=domain,
    )


def _named_domain(result: object, method: str) -> str:
    """The domain in a result's properties: header.from for DMARC, header.d or header.i for DKIM."""
    wanted = ("from",) if method == "dmarc" else ("d", "i")
    for item in getattr(result, "properties", []):
        if str(item.type).lower() == "header" and str(item.name).lower() in wanted and item.value:
            return str(item.value).rpartition("@")[2].lower().rstrip(".")
    return ""


def _is_partly_signed(head: bytes, domain: str, *, strict: bool) -> bool:
    """Whether an aligned signature covers only part of the body (l= tag), so that text may have been appended (RFC 6376
    section 8.2)."""
    parts = [value for value in _signatures(head) if re.search(rb"(?:^|;)\s*l\s*=", value)]
    return any(is_aligned(_signer(value), domain, strict=strict) for value in parts)


def _signer(value: bytes) -> str:
    d_tag = re.search(rb"(?:^|;)\s*d\s*=\s*([^;\s]+)", value)
    return d_tag.group(1).decode("ascii", "replace").lower() if d_tag else ""


def _by_signature(raw: bytes, domain: str, dnsfunc: DnsTxt, *, strict: bool, by_results: Proof) -> Proof:
    import dkim  # type: ignore[import-untyped]

    logging.getLogger("dkimpy").setLevel(logging.CRITICAL)
    reason = by_results.why_not
    signer = dkim.DKIM(raw, minkey=1024)
    signatures = [value for name, value in signer.headers if name.lower() == b"dkim-signature"]
    for index, value in enumerate(signatures[:_MOST_SIGNATURES]):
        name = _signer(value)
        if not is_aligned(name, domain, strict=strict):
            reason = f"signed by another domain: {name}" if name else "no DKIM signature"
            continue
        if re.search(rb"(?:^|;)\s*l\s*=", value):
            reason = "the signature covers only a part of the body"
            continue
        try:
            if signer.verify(idx=index, dnsfunc=dnsfunc):
                return Proof(True, how=f"its DKIM signature by {name} is valid", domain=domain)
            reason = f"the DKIM signature is not valid: {name}"
        except Exception as failure:  # a malformed signature or key record may raise errors of any kind in the library
            reason = f"the DKIM signature cannot be verified: {name}, {failure}"[:200]
    return Proof(False, why_not=reason or "no DKIM signature", domain=domain)


def is_aligned(named: str, domain: str, *, strict: bool = False) -> bool:
    """Whether an authenticated domain is aligned with the domain of From (RFC 7489 section 3.1): they are equal or,
    unless `strict`, have the same organisational domain."""
    named, domain = named.lower().rstrip("."), domain.lower().rstrip(".")
    if not named or not domain:
        return False
    return named == domain or (not strict and _organisational_domain(named) == _organisational_domain(domain) != "")


def _organisational_domain(domain: str) -> str:
    """The organisational domain: one label below a public suffix (publicsuffix.org, private suffixes included). Empty
    for a public suffix itself and for invalid names."""
    try:
        return _public_suffixes().privatesuffix(domain.encode("idna").decode("ascii")) or ""
    except UnicodeError:  # a label that is empty or too long
        return ""


@cache
def _public_suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
