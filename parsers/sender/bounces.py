"""Delivery reports: which of our letters did not reach whom, for good or for now (RFC 3464, RFC 3462, RFC 3463).

The standard form is read here; the private forms of old and Asian mail systems in `bouncetext`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from parsers.limits import ReadingLimits
from parsers.mime.addresses import addresses_in
from parsers.mime.charsets import decode_text, one_line
from parsers.mime.structure import Part, header_fields
from parsers.reading import FailedRecipient
from parsers.sender.bounce_text import (  # fmt: skip
    ReportedFailure,
    failures_in,
    is_failure_subject,
    is_waiting,
    reason_status,
    returned_part,
    speaks_of_failure,
)
from parsers.sender.case_clues import message_ids

Headers = Mapping[str, Sequence[str]]

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.:/-])([45])\d\d(?=[ -]|$)")
_DAEMON = re.compile(
    r"(?i)^(?:mailer[-_.]?daemon|mailerdaemon|postmaster|mail[-_.]?daemon|mmdf|mail[-_.]?delivery|mail[-_.]?system|"
    r"mdaemon|double-bounce|bounces?|delivery[-_.]?(?:status|failure)|mailadm|microsoftexchange[0-9a-f]{32})\b[^@]*(?:@|$)"
)
_MACHINE = re.compile(
    r"(?i)^(?:mailsrv|mta|smtp|antispam|spam|virus|mail|mail-?gateway|exchange|administrator|admin|root|nobody|"
    r"no-?reply|news|system|notification|uucp|delivery)\b[^@]*@"
)


_CERTIFIED = re.compile(r"(?i)^(?:preavviso-)?errore-consegna|^non-accettazione")  # X-Ricevuta of certified mail
_RECEIPT = "a read receipt (RFC 8098)"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a delivery report says. `is_bounce` only where something failed or waits; `kind` names other reports."""

    is_bounce: bool = False
    reasons: tuple[str, ...] = ()
    failed: tuple[FailedRecipient, ...] = ()
    original_ids: tuple[str, ...] = ()
    kind: str = ""


@dataclass(slots=True)
class _Gathered:
    reasons: list[str] = field(default_factory=list)
    failed: list[FailedRecipient] = field(default_factory=list)
    actions: set[str] = field(default_factory=set)


def read_report(
    root: Part, headers: Headers, *, sender: str, subject: str, text: str, limits: ReadingLimits
) -> DeliveryReport:
    """The delivery report in a mail; an empty one where the mail is none."""
    gathered = _Gathered()
    status_part = _near_part(root, ("message/delivery-status", "message/global-delivery-status"))
    kind = _other_kind(root, status_part)
    if kind:
        return (_rejected(root, headers, text) if kind == _RECEIPT else None) or DeliveryReport(kind=kind)
    if status_part is not None:
        _standard(status_part, gathered, limits)
        if gathered.actions and not gathered.actions & {"failed", "delayed"} and not gathered.failed:
            return DeliveryReport(kind=f"a receipt of delivery ({', '.join(sorted(gathered.actions))})")
    signs, sure = _machine_signs(headers, sender)
    if status_part is None and not _is_private(root, signs, sure=sure, subject=subject, text=text):
        return DeliveryReport()
    if not gathered.failed:
        _private(headers, sender, text, gathered, limits)
    if not gathered.failed:
        gathered.failed.append(_nobody_named(text, gathered.actions))
    reasons = gathered.reasons + signs + ([f"the subject is {subject[:60]!r}"] if is_failure_subject(subject) else [])
    return DeliveryReport(True, tuple(reasons or ["the text is a delivery report"]), _unique(gathered.failed, limits),
                  _original_ids(root, headers, text))  # fmt: skip


def _near_part(root: Part, kinds: tuple[str, ...]) -> Part | None:
    """A part of these kinds that belongs to the mail itself, not to a mail attached to it."""
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        if part.type in kinds:
            return part
        if part.type.startswith("multipart/"):
            waiting.extend(part.children)
    return None


def _other_kind(root: Part, status_part: Part | None) -> str:
    declared = root.parameters.get("report-type", "").lower()
    if status_part is None or declared in ("disposition-notification", "feedback-report"):
        if _near_part(root, ("message/disposition-notification", "message/global-disposition-notification")):
            return _RECEIPT
        if _near_part(root, ("message/feedback-report",)):
            return "an abuse report (RFC 5965)"
    return ""


def _machine_signs(headers: Headers, sender: str) -> tuple[list[str], bool]:
    """What shows that a mail system wrote the mail, and whether it is sure."""
    signs = []
    if headers.get("x-failed-recipients"):
        signs.append("X-Failed-Recipients is there")
    if any(_CERTIFIED.match(value.strip()) for value in headers.get("x-ricevuta", ())):
        signs.append(f"X-Ricevuta: {headers['x-ricevuta'][0][:60]}")
    written = [sender, *(value.lstrip('"< ') for value in headers.get("from", ())[:1])]
    if any(_DAEMON.match(name) for name in written if name):
        signs.append(f"From is {sender or written[-1]}")
    sure = bool(signs)
    if any(value.strip(" <>") == "" for value in headers.get("return-path", ())[:1]):
        signs.append("the envelope sender is empty")
    if sender and _MACHINE.match(sender):
        signs.append(f"From is {sender}")
    return signs, sure


def _is_private(root: Part, signs: list[str], *, sure: bool, subject: str, text: str) -> bool:
    """Whether a mail without a delivery-status part is a report: a machine wrote it and it speaks of failure.

    The less sure the machine, the more must be said: people write about bounces too, and automatic answers have an
    empty envelope sender as well.
    """
    said = speaks_of_failure(text)
    titled = is_failure_subject(subject)
    if sure and (titled or said):
        return True
    returned = any(part.type in ("message/rfc822", "text/rfc822-headers") for part in root.children)
    if signs:
        return (titled and said) or ((titled or said) and (returned or bool(returned_part(text))))
    return titled and said and (returned or bool(returned_part(text)))


def _standard(part: Part, gathered: _Gathered, limits: ReadingLimits) -> None:
    """The groups of fields of a delivery-status part: first the message's, then one per recipient."""
    octets, _ = part.octets()
    if part.children:
        octets = part.buffer[part.start : part.end]
    gathered.reasons.append("holds a delivery status (RFC 3464)")
    for group in _groups(octets, limits)[: limits.failed + 1]:
        recipient = _one_recipient(group, gathered)
        if recipient:
            gathered.failed.append(recipient)


def _groups(octets: bytes, limits: ReadingLimits) -> list[dict[str, str]]:
    """Groups separated by empty lines; a group cut by a stray empty line starts anew at its recipient field."""
    groups: list[dict[str, str]] = []
    for block in re.split(rb"(?:\r?\n[ \t]*){2,}", octets.strip() + b"\r\n")[:2000]:
        fields, _, _ = header_fields(block, 0, len(block), limits)
        group: dict[str, str] = {}
        for name, value in fields:
            if name in ("final-recipient", "original-recipient") and name in group:
                groups.append(group)
                group = {}
            group.setdefault(name, one_line(decode_text(value)))
        if group and groups and "final-recipient" not in group and "original-recipient" not in group:
            groups[-1] = {**group, **groups[-1]} if "final-recipient" in groups[-1] else groups[-1]
            if "reporting-mta" in group or "final-recipient" not in groups[-1]:
                groups.append(group)
        elif group:
            groups.append(group)
    return groups


def _one_recipient(group: dict[str, str], gathered: _Gathered) -> FailedRecipient | None:
    original, final = _typed(group.get("original-recipient", "")), _typed(group.get("final-recipient", ""))
    final = final or _typed(group.get("x-actual-recipient", ""))
    if not original and not final:
        return None
    action = group.get("action", "").split("(")[0].strip().lower()
    diagnostic = re.sub(r"^\s*[\w-]{1,20}\s*;\s*", "", group.get("diagnostic-code", ""))
    status = _best_status(group.get("status", ""), diagnostic)
    gathered.actions.add(action or "failed")
    if action in ("delivered", "relayed", "expanded") or status.startswith("2"):
        return None
    permanent = status.startswith("5") and action != "delayed"
    return FailedRecipient(original or final, permanent, status, diagnostic[:500])


def _typed(value: str) -> str:
    """The address of *address-type; address*; some systems leave the type or the brackets wrong."""
    value = value.partition(";")[2] if ";" in value else value
    value = re.sub(r"(?i)^\s*rfc822\s*:?\s*", "", value)
    found = addresses_in(value)
    return found[0].rstrip(".") if found else ""


def _best_status(status: str, diagnostic: str) -> str:
    """The enhanced status code: the more telling of field and diagnostic text, else what its words mean."""
    declared = _STATUS.search(status)
    told = _STATUS.search(diagnostic)
    best = declared.group(1) if declared else ""
    if told and (not best or best.endswith(".0.0")) and told.group(1)[0] != "2":
        best = told.group(1)
    if not best or best.endswith(".0.0"):
        by_words = reason_status(diagnostic)
        reply = _REPLY.search(diagnostic)
        if by_words:
            group = best[:1] or (reply.group(1) if reply else by_words[0])
            best = group + by_words[1:]
        elif not best and reply:
            best = f"{reply.group(1)}.0.0"
    return best


def _private(headers: Headers, sender: str, text: str, gathered: _Gathered, limits: ReadingLimits) -> None:
    gathered.reasons.append("the text tells of a failed delivery")
    listed = [address for value in headers.get("x-failed-recipients", ()) for address in addresses_in(value)]
    others = {sender.lower(), *(match.lower() for value in headers.get("to", ()) for match in addresses_in(value))}
    found = failures_in(text, others)
    known = {failure.address.lower(): failure for failure in found}
    if listed:
        found = [known.get(address.lower(), ReportedFailure(address, _near(text, address))) for address in listed]
    for failure in found[: limits.failed]:
        status = _best_status("", failure.said) or _best_status("", text[:4000])
        waiting = failure.waiting or status.startswith("4")
        gathered.failed.append(FailedRecipient(failure.address, not waiting, status, one_line(failure.said)[:500]))


def _near(text: str, address: str) -> str:
    place = text.lower().find(address.lower())
    return text[place : place + 600] if place >= 0 else text[:1500]


def _nobody_named(text: str, actions: Iterable[str] = ()) -> FailedRecipient:
    """What a report says that names no recipient: the address is empty."""
    status = _best_status("", text[:4000])
    waiting = "failed" not in actions and ("delayed" in actions or is_waiting(text) or status.startswith("4"))
    return FailedRecipient("", not waiting, status, one_line(text[:500]))


def _rejected(root: Part, headers: Headers, text: str) -> DeliveryReport | None:
    """The report in a receipt by which a filter refuses a mail (RFC 5429 section 2.1.2); None for any other receipt:
    one that says "deleted" alone tells that somebody threw the letter away."""
    part = _near_part(root, ("message/disposition-notification", "message/global-disposition-notification"))
    fields = next(iter(_groups(part.octets()[0], ReadingLimits())), {}) if part is not None else {}
    mode, _, became = fields.get("disposition", "").lower().partition(";")
    deleted = "automatic-action" in mode and became.strip().startswith(("deleted", "denied", "failed"))
    refused = any("reject" in value.lower() for value in headers.get("auto-submitted", ()))
    if not deleted or not (refused or speaks_of_failure(text)):
        return None
    address = _typed(fields.get("original-recipient", "")) or _typed(fields.get("final-recipient", ""))
    said = _nobody_named(text)
    status = re.sub(r"^4", "5", said.status)  # whoever refuses by a receipt has taken the mail, and does not try again
    failed = FailedRecipient(address, True, status, said.diagnostic)
    ids = message_ids(fields.get("original-message-id", ""))
    return DeliveryReport(True, ("a receipt that says the mail was rejected (RFC 5429)",), (failed,), tuple(ids))


def told_in_words(headers: Headers, sender: str, text: str) -> tuple[tuple[FailedRecipient, ...], tuple[str, ...]]:
    """Whom a report in words speaks of, and the Message-IDs that it gives back."""
    gathered = _Gathered()
    _private(headers, sender, text, gathered, ReadingLimits())
    return _unique(gathered.failed or [_nobody_named(text)], ReadingLimits()), _ids_named(headers, text)


def _unique(failed: list[FailedRecipient], limits: ReadingLimits) -> tuple[FailedRecipient, ...]:
    unique: dict[str, FailedRecipient] = {}
    for recipient in failed:
        unique.setdefault(recipient.address.lower(), recipient)
    return tuple(unique.values())[: limits.failed]


def _original_ids(root: Part, headers: Headers, text: str) -> tuple[str, ...]:
    """Message-IDs of the letters that came back: from the returned mail or its headers, else from the text."""
    found: list[str] = []
    for part in root.walk():
        if part is root:
            continue
        if part.type in ("text/rfc822-headers", "message/global-headers"):
            octets, _ = part.octets()
            fields, _, _ = header_fields(octets, 0, len(octets), ReadingLimits())
        elif part.default == "text/plain" and part.depth > 0 and part.first("message-id"):
            fields = part.fields
        else:
            continue
        found += [value for name, raw in fields if name == "message-id" for value in message_ids(decode_text(raw))]
    return tuple(dict.fromkeys(found))[:20] or _ids_named(headers, text)


def _ids_named(headers: Headers, text: str) -> tuple[str, ...]:
    """Message-IDs that the text or the header name."""
    found: list[str] = []
    for match in re.finditer(r"(?im)^[ \t>|]*(?:x-)?(?:original-)?message[- ]?id\s*[:：]\s*(\S.*)$", text):
        found += message_ids(match.group(1))
    if not found:
        for name in ("in-reply-to", "x-original-message-id", "x-riferimento-message-id", "references"):
            found += [value for raw in headers.get(name, ()) for value in message_ids(raw)]
    return tuple(dict.fromkeys(found))[:20]
