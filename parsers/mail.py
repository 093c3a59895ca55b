"""Parse a raw mail into a Reading. The only module that calls all other readers, and the only one using mail-parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

import mailparser  # type: ignore[import-untyped]

from parsers.language import identify_language
from parsers.limits import ReadingLimits
from parsers.mime import markup
from parsers.mime.addresses import addresses_in, parse_mailboxes, prepare_header
from parsers.mime.attachments import list_attachments
from parsers.mime.body import Body, read_body
from parsers.mime.charsets import clean_line
from parsers.mime.headers import decode_header, unfold
from parsers.mime.structure import Part, parse_structure
from parsers.reading import Mailbox, Reading
from parsers.reply.banners import without_banner
from parsers.reply.reply import ReplyParts, split_reply
from parsers.reply.rewrap import without_line_wrapping
from parsers.reply.signature import without_html_signature
from parsers.sender.aggregate_reports import aggregate_report
from parsers.sender.bounces import DeliveryReport, read_report
from parsers.sender.calendar_replies import is_invitation, read_calendar_reply
from parsers.sender.case_clues import RECIPIENT_HEADERS, find_case_clues, message_ids_in
from parsers.sender.mail_kind import Headers, KindInput, determine_kind
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.person_behind import ORIGINAL_AUTHOR_HEADERS, person_behind

MailboxesByHeader = dict[str, tuple[Mailbox, ...]]

_ADDRESS_HEADERS = ("from", "to", "cc", "reply-to")
_FALLBACK_HEADERS = (
    "reply-to",
    "sender",
    "x-original-from",
    "resent-from",
    "return-path",
    "x-sender",
    "x-envelope-from",
)
_STRUCTURAL = frozenset(("references", "in-reply-to", "message-id", "return-path", "received", "content-type",
                         "auto-submitted", "precedence", "list-id", "list-post", "dkim-signature"))  # fmt: skip
_NOT_PRINTABLE_ASCII = re.compile(r"[^\x20-\x7e]")


def read_mail(
    raw: bytes,
    *,
    ours: OwnIdentity = OwnIdentity(),  # noqa: B008 - a frozen value
    limits: ReadingLimits = ReadingLimits(),  # noqa: B008 - a frozen value
    languages: Sequence[str] = (),
    envelope: Sequence[str] = (),
    return_path: str | None = None,
) -> Reading:
    """Parse one mail. Any bytes give a Reading; no exception is raised.

    `languages` are the language codes of the policies, in order of preference. `envelope` are the RCPT TO addresses
    and `return_path` is the MAIL FROM address where they are known; an empty `return_path` is the null reverse-path.
    """
    root, oddities = parse_structure(raw, limits)
    body = read_body(root, limits)
    headers = _decoded_headers(root, body.charset)
    mailboxes_by_header, date = _addresses_and_date(root, limits, body.charset, oddities)
    author = _sender(root, mailboxes_by_header, limits, body.charset)
    sender = person_behind(author, mailboxes_by_header | _originals(root, limits, body.charset), headers, ours)
    subject = clean_line(headers.get("subject", ("",))[0])
    without_top_banner = without_banner(body.text, body.html)
    parts = split_reply(without_top_banner, body.html, subject, ours=(*ours.support, *ours.own_senders))
    parts = _without_additions(parts, body.html)
    report = read_report(root, headers, sender=author.address, subject=subject, text=body.text, limits=limits)
    reading = replace(
        _body_reading(raw, body, parts, languages, subject),
        message_id=next(iter(message_ids_in(" ".join(headers.get("message-id", ())[:1]))), ""),
        subject=subject,
        sender=sender,
        author=author,
        reply_to=mailboxes_by_header["reply-to"],
        to=mailboxes_by_header["to"],
        cc=mailboxes_by_header["cc"],
        recipients=_recipients(headers, mailboxes_by_header["to"] + mailboxes_by_header["cc"], envelope, limits),
        date=date,
        failed_recipients=report.failed_recipients,
        original_message_ids=report.original_message_ids,
        attachments=list_attachments(body, limits),
        case_clues=find_case_clues(headers, envelope, ours, limits.case_clues),
        calendar_reply=read_calendar_reply(root),
        headers=headers,
        oddities=tuple(dict.fromkeys(oddities + body.oddities)),
    )
    return _with_kind(reading, root, report, return_path, parts.reply, ours)


def _with_kind(
    reading: Reading, root: Part, report: DeliveryReport, return_path: str | None, reply: str, ours: OwnIdentity
) -> Reading:
    """The reading with its mail kind, the reasons for it, and the purpose of a program's mail."""
    reverse_path = return_path if return_path is not None else next(iter(reading.headers.get("return-path", ())), None)
    kind_input = KindInput(
        author=reading.author.address,
        subject=reading.subject,
        reply=reply,
        return_path=reverse_path,
        report=report,
        message_id=reading.message_id,
        case_clues=reading.case_clues,
        person_named=reading.sender is not reading.author,
        to=tuple(mailbox.address for mailbox in reading.to + reading.cc),
        aggregate_report=aggregate_report(reading.headers, reading.subject, reading.attachments, ours),
        is_invitation=is_invitation(root),
    )
    verdict = determine_kind(reading.headers, kind_input, ours)
    return replace(reading, kind=verdict.kind, reasons=verdict.reasons, program_purpose=verdict.program_purpose)


def _without_additions(parts: ReplyParts, html: str) -> ReplyParts:
    """The parts with a gateway's banner and an HTML signature element removed from the end of the reply."""
    reply = without_banner(parts.reply)
    reply, signature = (reply, "") if parts.forwarded else without_html_signature(reply, html)
    return replace(parts, reply=reply, signature="\n\n".join(filter(None, (signature, parts.signature))))


def _body_reading(raw: bytes, body: Body, parts: ReplyParts, languages: Sequence[str], subject: str) -> Reading:
    """A Reading with only the fields that come from the body filled in."""
    return Reading(
        text=body.text,
        reply=without_line_wrapping(parts.reply, body.html),
        quoted=parts.quoted,
        signature=parts.signature,
        forwarded=parts.forwarded,
        html_safe=markup.sanitise(body.html),
        language=identify_language(parts.reply or subject, languages),
        unreadable=body.unreadable or ("" if raw.strip() else "the mail is empty"),
    )


def _decoded_headers(root: Part, hint: str) -> dict[str, tuple[str, ...]]:
    """All header fields of the mail, decoded, by lower-case name. `hint` is the body's charset."""
    found: dict[str, list[str]] = {}
    for name, value in root.fields:
        text = unfold(value, hint) if name in _STRUCTURAL else decode_header(value, hint)
        found.setdefault(name, []).append(text)
    return {name: tuple(values) for name, values in found.items()}


def _addresses_and_date(
    root: Part, limits: ReadingLimits, hint: str, oddities: list[str]
) -> tuple[MailboxesByHeader, datetime | None]:
    """The address headers and the date as mail-parser reads them, recovered leniently where they are broken."""
    message = Message()
    prepared = {}
    for name in _ADDRESS_HEADERS:
        values = [value for key, value in root.fields if key == name]
        prepared[name] = prepare_header(values, most=limits.addresses, hint=hint)
        if prepared[name].text:
            message[name] = prepared[name].text
    date = unfold(root.first("date"))
    if date:
        message["date"] = date
    parsed = mailparser.MailParser(message)
    defects = {defect["header"]: defect["reason"] for defect in parsed.address_header_defects}
    oddities.extend(f"{header} header: {reason}" for header, reason in defects.items())
    pairs = {"from": parsed.from_, "to": parsed.to, "cc": parsed.cc, "reply-to": parsed.reply_to}
    boxes = {
        name: parse_mailboxes(prepared[name], pairs[name], has_defect=name in defects, most=limits.addresses)
        for name in pairs
    }
    return boxes, _in_utc(parsed.date) or _lenient_date(date, oddities)


def _sender(root: Part, mailboxes_by_header: MailboxesByHeader, limits: ReadingLimits, hint: str) -> Mailbox:
    """The author from From; if From has no usable address, the mailbox of the next best header, with `fallback` set."""
    authors = mailboxes_by_header["from"]
    answerable = next((mailbox for mailbox in authors if "@" in mailbox.address), None)
    if answerable:
        return answerable
    for name in _FALLBACK_HEADERS:
        values = [value for key, value in root.fields if key == name]
        candidates = mailboxes_by_header.get(name) or parse_mailboxes(
            prepare_header(values, most=5, hint=hint), [], has_defect=True, most=5
        )
        mailbox = next((mailbox for mailbox in candidates if "@" in mailbox.address), None)
        if mailbox:
            display_name = mailbox.name or next((author.name or author.address for author in authors), "")
            return Mailbox(mailbox.address, display_name, fallback=name.title())
    return authors[0] if authors else Mailbox()


def _originals(root: Part, limits: ReadingLimits, hint: str) -> MailboxesByHeader:
    """The mailboxes in the fields where group addresses keep the original author after rewriting From."""
    mailboxes_by_header = {}
    for name in ORIGINAL_AUTHOR_HEADERS:
        values = [value for key, value in root.fields if key == name]
        mailboxes_by_header[name] = (
            parse_mailboxes(prepare_header(values, most=5, hint=hint), [], has_defect=True, most=5) if values else ()
        )
    return mailboxes_by_header


def _recipients(
    headers: Headers, header_mailboxes: Iterable[Mailbox], envelope: Iterable[str], limits: ReadingLimits
) -> tuple[str, ...]:
    """All recipient addresses, in lower case and without duplicates: envelope, To and Cc, then other header fields."""
    addresses = [address.strip("<> ").lower() for address in envelope]
    addresses += [mailbox.address.lower() for mailbox in header_mailboxes]
    for name in RECIPIENT_HEADERS:
        if name not in ("to", "cc"):
            for value in headers.get(name, ()):
                addresses += [address.lower() for address in addresses_in(value)]
    return tuple(dict.fromkeys(address for address in addresses if address))[: limits.addresses]


def _lenient_date(value: str, oddities: list[str]) -> datetime | None:
    """Parse a date that mail-parser rejected with the standard library's lenient parser; add an oddity."""
    if not value:
        return None
    try:
        found = parsedate_to_datetime(_NOT_PRINTABLE_ASCII.sub(" ", value)[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        oddities.append(f"a date that is none: {value[:60]!r}")
        return None
    oddities.append("a date in a form that the standard does not know")
    return _in_utc(found if found.tzinfo else found.replace(tzinfo=UTC))


def _in_utc(value: datetime | None) -> datetime | None:
    try:
        return value.astimezone(UTC) if value else None
    except (OverflowError, ValueError):
        return None
