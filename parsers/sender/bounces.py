"""Read delivery reports: which recipients a letter did not reach, permanently or so far (RFC 3462, 3463, 3464).

This module reads the standard format; bounce_text.py reads the plain text formats of other mail systems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from parsers.limits import ReadingLimits
from parsers.mime.addresses import addresses_in
from parsers.mime.charsets import clean_line, decode_text
from parsers.mime.structure import Part, parse_header_fields
from parsers.reading import FailedRecipient
from parsers.sender.bounce_text import (  # fmt: skip
    ReportedFailure,
    is_failure_subject,
    mentions_failure,
    reported_failures,
    returned_mail_text,
    says_it_will_retry,
    status_of_wording,
)
from parsers.sender.case_clues import message_ids_in

Headers = Mapping[str, Sequence[str]]

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.:/-])([45])\d\d(?=[ -]|$)")
_DAEMON_ADDRESS = re.compile(
    r"(?i)^(?:mailer[-_.]?daemon|mailerdaemon|postmaster|mail[-_.]?daemon|mmdf|mail[-_.]?delivery|mail[-_.]?system|"
    r"mdaemon|double-bounce|bounces?|delivery[-_.]?(?:status|failure)|mailadm|microsoftexchange[0-9a-f]{32})\b[^@]*(?:@|$)"
)
_MACHINE_ADDRESS = re.compile(
    r"(?i)^(?:mailsrv|mta|smtp|antispam|spam|virus|mail|mail-?gateway|exchange|administrator|admin|root|nobody|"
    r"no-?reply|news|system|notification|uucp|delivery)\b[^@]*@"
)
# Values of X-Ricevuta, in Italian certified mail, that report a failure.
_CERTIFIED_FAILURE = re.compile(r"(?i)^(?:preavviso-)?errore-consegna|^non-accettazione")
_READ_RECEIPT = "a read receipt (RFC 8098)"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The content of a delivery report. `is_bounce` is true only if delivery failed or is delayed. `other_kind`
    describes any other report (a receipt, an abuse report). `original_message_ids` are those of the returned mails."""

    is_bounce: bool = False
    reasons: tuple[str, ...] = ()
    failed_recipients: tuple[FailedRecipient, ...] = ()
    original_message_ids: tuple[str, ...] = ()
    other_kind: str = ""


@dataclass(slots=True)
class _Findings:
    """What was found so far while reading a report."""

    reasons: list[str] = field(default_factory=list)
    failed: list[FailedRecipient] = field(default_factory=list)
    actions: set[str] = field(default_factory=set)


def read_report(
    root: Part, headers: Headers, *, sender: str, subject: str, text: str, limits: ReadingLimits
) -> DeliveryReport:
    """Read the delivery report in a mail; the default DeliveryReport if it is none."""
    findings = _Findings()
    status_part = _own_part(root, ("message/delivery-status", "message/global-delivery-status"))
    kind = _other_report_kind(root, status_part)
    if kind:
        return (_rejection_report(root, headers, text) if kind == _READ_RECEIPT else None) or DeliveryReport(
            other_kind=kind
        )
    if status_part is not None:
        _read_status_part(status_part, findings, limits)
        if findings.actions and not findings.actions & {"failed", "delayed"} and not findings.failed:
            return DeliveryReport(other_kind=f"a receipt of delivery ({', '.join(sorted(findings.actions))})")
    signs, conclusive = _mail_system_signs(headers, sender)
    standard = status_part is not None
    if not standard and not _is_plain_text_report(root, signs, conclusive=conclusive, subject=subject, text=text):
        return DeliveryReport()
    if not findings.failed:
        _read_plain_text(headers, sender, text, findings, limits)
    if not findings.failed:
        findings.failed.append(_unnamed_recipient(text, findings.actions))
    reasons = findings.reasons + signs + ([f"the subject is {subject[:60]!r}"] if is_failure_subject(subject) else [])
    return DeliveryReport(
        is_bounce=True,
        reasons=tuple(reasons or ["the text is a delivery report"]),
        failed_recipients=_each_once(findings.failed, limits),
        original_message_ids=_original_ids(root, headers, text),
    )


def _own_part(root: Part, kinds: tuple[str, ...]) -> Part | None:
    """The first part of one of these types in the mail itself, not in a mail attached to it; None if there is none."""
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        if part.type in kinds:
            return part
        if part.type.startswith("multipart/"):
            waiting.extend(part.children)
    return None


def _other_report_kind(root: Part, status_part: Part | None) -> str:
    declared = root.parameters.get("report-type", "").lower()
    if status_part is None or declared in ("disposition-notification", "feedback-report"):
        if _own_part(root, ("message/disposition-notification", "message/global-disposition-notification")):
            return _READ_RECEIPT
        if _own_part(root, ("message/feedback-report",)):
            return "an abuse report (RFC 5965)"
    return ""


def _mail_system_signs(headers: Headers, sender: str) -> tuple[list[str], bool]:
    """The signs that a mail system sent the mail, and whether they are conclusive."""
    signs = []
    if headers.get("x-failed-recipients"):
        signs.append("X-Failed-Recipients is there")
    if any(_CERTIFIED_FAILURE.match(value.strip()) for value in headers.get("x-ricevuta", ())):
        signs.append(f"X-Ricevuta: {headers['x-ricevuta'][0][:60]}")
    senders = [sender, *(value.lstrip('"< ') for value in headers.get("from", ())[:1])]
    if any(_DAEMON_ADDRESS.match(name) for name in senders if name):
        signs.append(f"From is {sender or senders[-1]}")
    conclusive = bool(signs)
    if any(value.strip(" <>") == "" for value in headers.get("return-path", ())[:1]):
        signs.append("the envelope sender is empty")
    if sender and _MACHINE_ADDRESS.match(sender):
        signs.append(f"From is {sender}")
    return signs, conclusive


def _is_plain_text_report(root: Part, signs: list[str], *, conclusive: bool, subject: str, text: str) -> bool:
    """Whether a mail without a delivery-status part is a delivery report: a mail system sent it and it reports failure.

    The weaker the signs of a mail system, the more the text must say: people write about bounces too, and automatic
    responses have a null reverse-path as well.
    """
    mentions = mentions_failure(text)
    has_failure_subject = is_failure_subject(subject)
    if conclusive and (has_failure_subject or mentions):
        return True
    returns_mail = any(part.type in ("message/rfc822", "text/rfc822-headers") for part in root.children)
    if signs:
        return (has_failure_subject and mentions) or (
            (has_failure_subject or mentions) and (returns_mail or bool(returned_mail_text(text)))
        )
    return has_failure_subject and mentions and (returns_mail or bool(returned_mail_text(text)))


def _read_status_part(part: Part, findings: _Findings, limits: ReadingLimits) -> None:
    """Read a delivery-status part: a group of fields for the message, then one for each recipient."""
    octets, _ = part.decoded_octets()
    if part.children:
        octets = part.buffer[part.start : part.end]
    findings.reasons.append("holds a delivery status (RFC 3464)")
    for group in _field_groups(octets, limits)[: limits.failed_recipients + 1]:
        recipient = _failed_recipient(group, findings)
        if recipient:
            findings.failed.append(recipient)


def _field_groups(octets: bytes, limits: ReadingLimits) -> list[dict[str, str]]:
    """The groups of fields, separated by empty lines; groups split or joined by mistake are repaired."""
    groups: list[dict[str, str]] = []
    for block in re.split(rb"(?:\r?\n[ \t]*){2,}", octets.strip() + b"\r\n")[:2000]:
        fields, _, _ = parse_header_fields(block, 0, len(block), limits)
        group: dict[str, str] = {}
        for name, value in fields:
            if name in ("final-recipient", "original-recipient") and name in group:
                groups.append(group)
                group = {}
            group.setdefault(name, clean_line(decode_text(value)))
        if group and groups and "final-recipient" not in group and "original-recipient" not in group:
            groups[-1] = {**group, **groups[-1]} if "final-recipient" in groups[-1] else groups[-1]
            if "reporting-mta" in group or "final-recipient" not in groups[-1]:
                groups.append(group)
        elif group:
            groups.append(group)
    return groups


def _failed_recipient(group: dict[str, str], findings: _Findings) -> FailedRecipient | None:
    original = _typed_address(group.get("original-recipient", ""))
    final = _typed_address(group.get("final-recipient", "")) or _typed_address(group.get("x-actual-recipient", ""))
    if not original and not final:
        return None
    action = group.get("action", "").split("(")[0].strip().lower()
    diagnostic = re.sub(r"^\s*[\w-]{1,20}\s*;\s*", "", group.get("diagnostic-code", ""))
    status = _best_status(group.get("status", ""), diagnostic)
    findings.actions.add(action or "failed")
    if action in ("delivered", "relayed", "expanded") or status.startswith("2"):
        return None
    permanent = status.startswith("5") and action != "delayed"
    return FailedRecipient(original or final, permanent, status, diagnostic[:500])


def _typed_address(value: str) -> str:
    """The address in *address-type; address*, tolerating a wrong type or wrong brackets; empty if there is none."""
    value = value.partition(";")[2] if ";" in value else value
    value = re.sub(r"(?i)^\s*rfc822\s*:?\s*", "", value)
    addresses = addresses_in(value)
    return addresses[0].rstrip(".") if addresses else ""


def _best_status(status: str, diagnostic: str) -> str:
    """The enhanced status code: the more specific one of the field and the diagnostic text, else by its wording."""
    declared = _STATUS.search(status)
    in_diagnostic = _STATUS.search(diagnostic)
    code = declared.group(1) if declared else ""
    if in_diagnostic and (not code or code.endswith(".0.0")) and in_diagnostic.group(1)[0] != "2":
        code = in_diagnostic.group(1)
    if not code or code.endswith(".0.0"):
        by_words = status_of_wording(diagnostic)
        reply = _REPLY_CODE.search(diagnostic)
        if by_words:
            group = code[:1] or (reply.group(1) if reply else by_words[0])
            code = group + by_words[1:]
        elif not code and reply:
            code = f"{reply.group(1)}.0.0"
    return code


def _read_plain_text(headers: Headers, sender: str, text: str, findings: _Findings, limits: ReadingLimits) -> None:
    findings.reasons.append("the text tells of a failed delivery")
    x_failed = [address for value in headers.get("x-failed-recipients", ()) for address in addresses_in(value)]
    others = {sender.lower(), *(match.lower() for value in headers.get("to", ()) for match in addresses_in(value))}
    failures = reported_failures(text, others)
    known = {failure.address.lower(): failure for failure in failures}
    if x_failed:
        failures = [
            known.get(address.lower(), ReportedFailure(address, _text_after(text, address))) for address in x_failed
        ]
    for failure in failures[: limits.failed_recipients]:
        status = _best_status("", failure.text) or _best_status("", text[:4000])
        waiting = failure.will_retry or status.startswith("4")
        findings.failed.append(FailedRecipient(failure.address, not waiting, status, clean_line(failure.text)[:500]))


def _text_after(text: str, address: str) -> str:
    position = text.lower().find(address.lower())
    return text[position : position + 600] if position >= 0 else text[:1500]


def _unnamed_recipient(text: str, actions: Iterable[str] = ()) -> FailedRecipient:
    """The failure in a report that names no recipient, with an empty address."""
    status = _best_status("", text[:4000])
    waiting = "failed" not in actions and ("delayed" in actions or says_it_will_retry(text) or status.startswith("4"))
    return FailedRecipient("", not waiting, status, clean_line(text[:500]))


def _rejection_report(root: Part, headers: Headers, text: str) -> DeliveryReport | None:
    """The delivery report in a read receipt by which a mail filter rejects a mail (RFC 5429 section 2.1.2); None for
    any other receipt. A receipt that only says "deleted" means that a person deleted the letter."""
    part = _own_part(root, ("message/disposition-notification", "message/global-disposition-notification"))
    fields = next(iter(_field_groups(part.decoded_octets()[0], ReadingLimits())), {}) if part is not None else {}
    mode, _, disposition = fields.get("disposition", "").lower().partition(";")
    is_automatic_deletion = "automatic-action" in mode and disposition.strip().startswith(
        ("deleted", "denied", "failed")
    )
    is_rejected = any("reject" in value.lower() for value in headers.get("auto-submitted", ()))
    if not is_automatic_deletion or not (is_rejected or mentions_failure(text)):
        return None
    address = _typed_address(fields.get("original-recipient", "")) or _typed_address(fields.get("final-recipient", ""))
    unnamed = _unnamed_recipient(text)
    status = re.sub(r"^4", "5", unnamed.status)  # the mail was accepted before it was rejected, so nothing retries it
    failed = FailedRecipient(address, True, status, unnamed.diagnostic)
    ids = message_ids_in(fields.get("original-message-id", ""))
    return DeliveryReport(True, ("a receipt that says the mail was rejected (RFC 5429)",), (failed,), tuple(ids))


def read_plain_text_report(
    headers: Headers, sender: str, text: str
) -> tuple[tuple[FailedRecipient, ...], tuple[str, ...]]:
    """Read a plain text report: the failed recipients, and the Message-IDs of the returned mails."""
    findings = _Findings()
    _read_plain_text(headers, sender, text, findings, ReadingLimits())
    return _each_once(findings.failed or [_unnamed_recipient(text)], ReadingLimits()), _message_ids_named(headers, text)


def _each_once(failed: list[FailedRecipient], limits: ReadingLimits) -> tuple[FailedRecipient, ...]:
    unique: dict[str, FailedRecipient] = {}
    for recipient in failed:
        unique.setdefault(recipient.address.lower(), recipient)
    return tuple(unique.values())[: limits.failed_recipients]


def _original_ids(root: Part, headers: Headers, text: str) -> tuple[str, ...]:
    """The Message-IDs of the returned mails: from the attached mail or its headers, else from the text."""
    found: list[str] = []
    for part in root.walk():
        if part is root:
            continue
        if part.type in ("text/rfc822-headers", "message/global-headers"):
            octets, _ = part.decoded_octets()
            fields, _, _ = parse_header_fields(octets, 0, len(octets), ReadingLimits())
        elif part.default == "text/plain" and part.depth > 0 and part.first("message-id"):
            fields = part.fields
        else:
            continue
        found += [value for name, raw in fields if name == "message-id" for value in message_ids_in(decode_text(raw))]
    return tuple(dict.fromkeys(found))[:20] or _message_ids_named(headers, text)


def _message_ids_named(headers: Headers, text: str) -> tuple[str, ...]:
    """The Message-IDs in the text, else those in the header fields of the report."""
    found: list[str] = []
    for match in re.finditer(r"(?im)^[ \t>|]*(?:x-)?(?:original-)?message[- ]?id\s*[:：]\s*(\S.*)$", text):
        found += message_ids_in(match.group(1))
    if not found:
        for name in ("in-reply-to", "x-original-message-id", "x-riferimento-message-id", "references"):
            found += [value for raw in headers.get(name, ()) for value in message_ids_in(raw)]
    return tuple(dict.fromkeys(found))[:20]
