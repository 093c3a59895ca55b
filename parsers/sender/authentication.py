"""Whether a mail is proven to come from the domain in its From (RFC 8601, RFC 7489 section 3.1, RFC 6376).

Two roads: the topmost Authentication-Results written by our own mail server, or a DKIM signature that we verify
ourselves. Both need the proven domain to be aligned with the domain of From.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import getaddresses
from functools import cache
from typing import TYPE_CHECKING

from parsers.reading import Reading, Strength
from parsers.sender.own_identity import OwnIdentity

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

DnsTxt = Callable[..., bytes | None]
"""Called with a domain name (octets, with its final dot) and perhaps `timeout`; gives the TXT record or None."""

_LONGEST_FROM = 10_000  # characters
_MOST_SIGNATURES = 4
"""DKIM signatures looked at in one mail; senders use two, and each costs a question to the DNS."""

_ONCE = (b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"content-type")
"""Fields that stand once in a mail (RFC 5322 section 3.6). Of two, the lower is signed, and either is shown."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`proven` says that From is genuine; `how` by which means, `why_not` what was missing; `domain` is From's.

    `by_token` says that nothing but a token speaks for it: whoever has seen a letter to that person has the token.
    """

    proven: bool
    how: str = ""
    by_token: bool = False
    why_not: str = ""
    domain: str = ""


def prove(
    raw: bytes, from_address: str, ours: OwnIdentity, dnsfunc: DnsTxt | None = None, *, strict: bool = False
) -> Proof:
    """The proof for one raw mail. `dnsfunc` None means that no signature is verified here.

    `strict` asks for equal domains; else the organisation must be the same (RFC 7489 section 3.1.1).
    """
    domain = _domain(from_address)
    if not domain:
        return Proof(False, why_not="From has no address")
    head, body = _split(raw)
    names = [name.lower() for name in re.findall(rb"(?m)(?:^|\r)([!-9;-~]+)[ \t]*:", head)]
    if names.count(b"from") != 1:
        return Proof(False, why_not="there is more than one From, or none", domain=domain)
    if len(_writers(head)) > 1:
        return Proof(False, why_not="there is more than one writer in From", domain=domain)
    if twice := [name.decode() for name in _ONCE if names.count(name) > 1]:
        return Proof(False, why_not=f"a field stands twice: {twice[0].title()}", domain=domain)
    told = _by_results(head, domain, ours, strict=strict)
    if told.proven and _signed_in_part(head, domain, strict=strict):
        return Proof(False, why_not="the signature covers only a part of the body", domain=domain)
    if told.proven or dnsfunc is None:
        return told
    return _by_signature(head + body, domain, dnsfunc, strict=strict, told=told)


def written_to_us(raw: bytes, reading: Reading, house: OwnIdentity) -> bool:
    """Whether its writer addressed a mail to us, and to the very token it came by. A signature says who wrote, not to
    whom it is handed in: whoever has got a mail can send it on with its signature (RFC 6376 section 8.6).

    Where the sender's server signs To, only signed fields count, since others can be added; some sign neither To nor
    Cc, and for those this is no more than an obstacle.
    """
    head, _ = _split(raw)
    lists = [_signed(value) for value in _signatures(head) if aligned(_signer(value), _domain(reading.sender.address))]
    signed = set.intersection(*lists) if any("to" in one for one in lists) else {"to", "cc"}
    boxes = (reading.to if "to" in signed else ()) + (reading.cc if "cc" in signed else ())
    named = [box.address.lower() for box in boxes]
    tokens = [clue.value for clue in reading.evidence if clue.strength is Strength.TOKEN]
    ours = any(house.bare(address) in house.support for address in named)
    return ours and all(any(token in address for address in named) for token in tokens)


def _writers(head: bytes) -> list[str]:
    """The addresses in From: a signature of their domain does not say which of several wrote."""
    found = re.search(rb"(?im)(?:^|\r)from[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", head)
    text = found.group(1).decode("utf-8", "replace") if found else ""
    if len(text) > _LONGEST_FROM:
        return ["", ""]  # nobody's name is so long
    try:
        return [address for _, address in getaddresses([" ".join(text.split())]) if "@" in address]
    except RecursionError:  # brackets within brackets: whoever writes so may be anybody
        return ["", ""]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower().rstrip(".")


def _signatures(head: bytes) -> list[bytes]:
    return re.findall(rb"(?im)^dkim-signature[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", head)


def _signed(value: bytes) -> set[str]:
    """The fields that a signature covers, in small letters."""
    found = re.search(rb"(?:^|;)\s*h\s*=\s*([^;]+)", value)
    return {name.strip().lower() for name in found.group(1).decode("ascii", "replace").split(":")} if found else set()


def _split(raw: bytes) -> tuple[bytes, bytes]:
    found = re.search(rb"\r?\n\r?\n", raw)
    place = found.start() + 1 if found else len(raw)
    return raw[:place], raw[place:]


def _by_results(head: bytes, domain: str, ours: OwnIdentity, *, strict: bool) -> Proof:
    """Only the topmost field counts, and only under a pinned name: everything below may come from the sender."""
    if not ours.authserv_ids:
        return Proof(False, why_not="no mail server of ours is named whose results could be believed", domain=domain)
    found = re.search(rb"(?im)^authentication-results[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", head)
    if not found:
        return Proof(False, why_not="our mail server wrote no Authentication-Results", domain=domain)
    import authres  # type: ignore[import-untyped]

    value = re.sub(r"\r?\n[ \t]+", " ", found.group(1).decode("ascii", "replace")).strip()
    try:
        results = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}")
    except (authres.SyntaxError, ValueError, AttributeError, IndexError, RecursionError):
        return Proof(False, why_not="the topmost Authentication-Results cannot be read", domain=domain)
    if str(results.authserv_id).lower() not in {name.lower() for name in ours.authserv_ids}:
        why = f"the topmost Authentication-Results is another server's: {results.authserv_id}"
        return Proof(False, why_not=why, domain=domain)
    return _judged(results.results, domain, strict=strict)


def _judged(results: list[object], domain: str, *, strict: bool) -> Proof:
    seen = []
    for result in results:
        method = str(getattr(result, "method", "")).lower()
        verdict = str(getattr(result, "result", "")).lower()
        named = _named_domain(result, method)
        seen.append(f"{method}={verdict}" + (f" for {named}" if named else ""))
        if verdict != "pass" or method not in ("dmarc", "dkim"):
            continue
        if aligned(named or (domain if method == "dmarc" else ""), domain, strict=strict):
            return Proof(True, how=f"our mail server found {method}=pass for {named or domain}", domain=domain)
    return Proof(
        False, why_not=": ".join(("nothing aligned passed", *([", ".join(seen)] if seen else []))), domain=domain
    )


def _named_domain(result: object, method: str) -> str:
    wanted = ("from",) if method == "dmarc" else ("d", "i")
    for one in getattr(result, "properties", []):
        if str(one.type).lower() == "header" and str(one.name).lower() in wanted and one.value:
            return str(one.value).rpartition("@")[2].lower().rstrip(".")
    return ""


def _signed_in_part(head: bytes, domain: str, *, strict: bool) -> bool:
    """Whether a signature that our mail server may have gone by leaves room for words of others (RFC 6376 8.2)."""
    parts = [value for value in _signatures(head) if re.search(rb"(?:^|;)\s*l\s*=", value)]
    return any(aligned(_signer(value), domain, strict=strict) for value in parts)


def _signer(value: bytes) -> str:
    found = re.search(rb"(?:^|;)\s*d\s*=\s*([^;\s]+)", value)
    return found.group(1).decode("ascii", "replace").lower() if found else ""


def _by_signature(raw: bytes, domain: str, dnsfunc: DnsTxt, *, strict: bool, told: Proof) -> Proof:
    import dkim  # type: ignore[import-untyped]

    logging.getLogger("dkimpy").setLevel(logging.CRITICAL)
    why = told.why_not
    signer = dkim.DKIM(raw, minkey=1024)
    signatures = [value for name, value in signer.headers if name.lower() == b"dkim-signature"]
    for index, value in enumerate(signatures[:_MOST_SIGNATURES]):
        name = _signer(value)
        if not aligned(name, domain, strict=strict):
            why = f"signed by another domain: {name}" if name else "no DKIM signature"
            continue
        if re.search(rb"(?:^|;)\s*l\s*=", value):
            why = "the signature covers only a part of the body"
            continue
        try:
            if signer.verify(idx=index, dnsfunc=dnsfunc):
                return Proof(True, how=f"its DKIM signature by {name} is valid", domain=domain)
            why = f"the DKIM signature is not valid: {name}"
        except Exception as failure:  # a hostile signature or key record may break the library anywhere
            why = f"the DKIM signature cannot be verified: {name}, {failure}"[:200]
    return Proof(False, why_not=why or "no DKIM signature", domain=domain)


def aligned(named: str, domain: str, *, strict: bool = False) -> bool:
    """Whether a proven domain speaks for the domain of From: the same one, or the same organisation's."""
    named, domain = named.lower().rstrip("."), domain.lower().rstrip(".")
    if not named or not domain:
        return False
    return named == domain or (not strict and _organisation(named) == _organisation(domain) != "")


def _organisation(domain: str) -> str:
    """The domain that a registry gave out (publicsuffix.org, the hosts' own registries too); empty for what is itself
    a registry's, or no domain's name at all."""
    try:
        return _registries().privatesuffix(domain.encode("idna").decode("ascii")) or ""
    except UnicodeError:  # a label that is empty or too long
        return ""


@cache
def _registries() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
