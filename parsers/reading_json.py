"""Output of `reclamo parse`: a Reading as a JSON object, or as lines of text with the reason for each result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from parsers.reading import Attachment, CaseClue, FailedRecipient, FoundDetail, Mailbox, Reading


def as_json(reading: Reading, details: Iterable[FoundDetail] = ()) -> dict[str, Any]:
    """The JSON object as plain dicts, lists, strings and numbers. `date` is ISO 8601 in UTC, or None."""
    return {
        "subject": reading.subject,
        "from": {**_mailbox(reading.sender), "fallback": reading.sender.fallback},
        "to": [_mailbox(mailbox) for mailbox in reading.to],
        "date": reading.date.isoformat() if reading.date else None,
        "text": reading.text,
        "reply": reading.reply,
        "signature": reading.signature,
        "html_safe": reading.html_safe,
        "language": {"code": reading.language.code, "certainty": round(reading.language.certainty, 3)},
        "sort": {"sort": reading.kind.value, "reasons": list(reading.reasons)},
        "failed_recipients": [_failed_recipient(recipient) for recipient in reading.failed_recipients],
        "attachments": [_attachment(file) for file in reading.attachments],
        "evidence": [_clue(clue) for clue in reading.case_clues],
        "calendar": asdict(reading.calendar_reply) if reading.calendar_reply else None,
        "details": [_detail(found) for found in details],
        "oddities": [*reading.oddities, *([reading.unreadable] if reading.unreadable else [])],
    }


def _mailbox(mailbox: Mailbox) -> dict[str, str]:
    return {"name": mailbox.name, "address": mailbox.address}


def _failed_recipient(recipient: FailedRecipient) -> dict[str, Any]:
    return {
        "address": recipient.address,
        "permanent": recipient.permanent,
        "status": recipient.status,
        "diagnostic": recipient.diagnostic,
    }


def _attachment(file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "type": file.type,
        "size": file.size,
        "sha256": file.sha256,
        "declared": file.declared,
        "part": file.part,
        "inline": file.inline,
        "danger": file.danger,
    }


def _clue(clue: CaseClue) -> dict[str, str]:
    return {"strength": clue.strength.value, "value": clue.value, "where": clue.header}


def _detail(found: FoundDetail) -> dict[str, Any]:
    return {
        "name": found.name,
        "value": found.value,
        "shown": found.shown,
        "where": found.where,
        "start": found.start,
        "end": found.end,
        "wrong": found.wrong,
    }


def explanation(reading: Reading, details: Iterable[FoundDetail] = ()) -> str:
    """The reading as lines of text for a person, each result with its reason."""
    lines = [f"Subject: {reading.subject or '(none)'}", f"From: {_mailbox_text(reading.sender)}"]
    if reading.sender.fallback:
        lines.append(f"  because From names nobody who can be answered, taken from {reading.sender.fallback}")
    lines.append(f"Sort: {reading.kind.value}")
    lines += [f"  because {reason}" for reason in reading.reasons]
    for recipient in reading.failed_recipients:
        duration = "for good" if recipient.permanent else "for now"
        lines.append(f"Not reached {duration}: {recipient.address} {recipient.status} {recipient.diagnostic}".rstrip())
    lines += [f"Our letter that came back: {message_id}" for message_id in reading.original_message_ids]
    doubt = "" if reading.language.certainty >= 0.5 else ", a guess"
    code = reading.language.code or "unknown"
    lines.append(f"Language of the new words: {code} (certainty {reading.language.certainty:.2f}{doubt})")
    lines += [f"Belongs to: {clue.value} ({clue.strength.value}, in {clue.header})" for clue in reading.case_clues]
    lines.append(
        f"Words: {len(reading.reply)} characters new, {len(reading.quoted)} quoted, "
        f"{len(reading.signature)} of signature{', forwards another mail' if reading.forwarded else ''}"
    )
    lines += [_attachment_line(file) for file in reading.attachments]
    if reading.calendar_reply:
        reply = reading.calendar_reply
        lines.append(f"Calendar of {reply.attendee}: {reply.state}, {reply.uid}")
    lines += [f"Detail {found.name}: {found.value} in {found.where}{_problem_suffix(found)}" for found in details]
    lines += [f"Unusual: {oddity}" for oddity in reading.oddities]
    if reading.unreadable:
        lines.append(f"A person must look: {reading.unreadable}")
    return "\n".join(lines)


def _mailbox_text(mailbox: Mailbox) -> str:
    return f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address or "(nobody)"


def _attachment_line(file: Attachment) -> str:
    declared = f", declared {file.declared}" if file.declared not in ("", file.type) else ""
    danger = f"; dangerous: {file.danger}" if file.danger else ""
    return f"File {file.part}: {file.name}, {file.type}{declared}, {file.size} octets{danger}"


def _problem_suffix(found: FoundDetail) -> str:
    return f", but {found.wrong}" if found.wrong else ""
