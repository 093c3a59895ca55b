"""A raw mail read whole: the only place that knows every reader, and the only one that knows mail-parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

import mailparser  # type: ignore[import-untyped]

from parsers.language import identify
from parsers.limits import ReadingLimits
from parsers.mime import markup
from parsers.mime.addresses import addresses_in, mailboxes, prepare
from parsers.mime.attachments import attachments
from parsers.mime.body import Body, read_body
from parsers.mime.charsets import one_line
from parsers.mime.headers import header_text, unfold
from parsers.mime.structure import Part, structure
from parsers.reading import Mailbox, Reading
from parsers.reply.banners import without_banner
from parsers.reply.html_signatures import without_signature
from parsers.reply.reply import ReplyParts, split_reply
from parsers.reply.rewrap import unwrapped
from parsers.sender.aggregate_reports import aggregate_report
from parsers.sender.automatic import Clues, Headers, kind_of
from parsers.sender.bounces import DeliveryReport, read_report
from parsers.sender.calendar_replies import is_invitation, read_calendar_reply
from parsers.sender.case_clues import RECIPIENT_HEADERS, evidence, message_ids
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.person_behind import ORIGINALS, person_behind

Boxes = dict[str, tuple[Mailbox, ...]]

_ADDRESS_HEADERS = ("from", "to", "cc", "reply-to")
_FALLBACKS = ("reply-to", "sender", "x-original-from", "resent-from", "return-path", "x-sender", "x-envelope-from")
_STRUCTURAL = frozenset(("references", "in-reply-to", "message-id", "return-path", "received", "content-type",
                         "auto-submitted", "precedence", "list-id", "list-post", "dkim-signature"))  # fmt: skip
_NOT_A_DATE = re.compile(r"[^\x20-\x7e]")


def read_mail(
    raw: bytes,
    *,
    ours: OwnIdentity = OwnIdentity(),  # noqa: B008 - a frozen value
    limits: ReadingLimits = ReadingLimits(),  # noqa: B008 - a frozen value
    languages: Sequence[str] = (),
    envelope: Sequence[str] = (),
    return_path: str | None = None,
) -> Reading:
    """One mail, read. Any bytes give a Reading; nothing is raised.

    `languages` are the codes the policies speak, best first; `envelope` the RCPT TO addresses and `return_path` the
    MAIL FROM address where the edge knows them (an empty string is the null sender).
    """
    root, oddities = structure(raw, limits)
    body = read_body(root, limits)
    headers = _headers(root, body.charset)
    boxes, date = _interpreted(root, limits, body.charset, oddities)
    author = _sender(root, boxes, limits, body.charset)
    sender = person_behind(author, boxes | _originals(root, limits, body.charset), headers, ours)
    subject = one_line(headers.get("subject", ("",))[0])
    written = without_banner(body.text, body.html)
    split = split_reply(written, body.html, subject, ours=(*ours.support, *ours.own_senders))
    split = _without_additions(split, body.html)
    clues = evidence(headers, envelope, ours, limits.evidence)
    report = read_report(root, headers, sender=author.address, subject=subject, text=body.text, limits=limits)
    read = replace(
        _words(raw, body, split, languages, subject),
        message_id=next(iter(message_ids(" ".join(headers.get("message-id", ())[:1]))), ""),
        subject=subject,
        sender=sender,
        author=author,
        reply_to=boxes["reply-to"],
        to=boxes["to"],
        cc=boxes["cc"],
        recipients=_recipients(headers, boxes["to"] + boxes["cc"], envelope, limits),
        date=date,
        failed=report.failed,
        original_ids=report.original_ids,
        attachments=attachments(body, limits),
        evidence=clues,
        calendar=read_calendar_reply(root),
        headers=headers,
        oddities=tuple(dict.fromkeys(oddities + body.oddities)),
    )
    return _judged(read, root, report, return_path, split.reply, ours)


def _judged(
    read: Reading, root: Part, report: DeliveryReport, return_path: str | None, reply: str, ours: OwnIdentity
) -> Reading:
    """The reading with who wrote the mail, a person or a program, and what for."""
    returns = return_path if return_path is not None else next(iter(read.headers.get("return-path", ())), None)
    clues = Clues(
        author=read.author.address,
        subject=read.subject,
        reply=reply,
        return_path=returns,
        report=report,
        message_id=read.message_id,
        evidence=read.evidence,
        named=read.sender is not read.author,
        to=tuple(box.address for box in read.to + read.cc),
        aggregate=aggregate_report(read.headers, read.subject, read.attachments, ours),
        invitation=is_invitation(root),
    )
    verdict = kind_of(read.headers, clues, ours)
    return replace(read, kind=verdict.kind, reasons=verdict.reasons, program=verdict.program)


def _without_additions(split: ReplyParts, html: str) -> ReplyParts:
    """What is new without what programs put below it: a gateway's banner, a signature in an element of its own."""
    reply = without_banner(split.reply)
    reply, signature = (reply, "") if split.forwarded else without_signature(reply, html)
    return replace(split, reply=reply, signature="\n\n".join(filter(None, (signature, split.signature))))


def _words(raw: bytes, body: Body, split: ReplyParts, languages: Sequence[str], subject: str) -> Reading:
    """What the body says, in a Reading that still lacks everything else."""
    return Reading(
        text=body.text,
        reply=unwrapped(split.reply, body.html),
        quoted=split.quoted,
        signature=split.signature,
        forwarded=split.forwarded,
        html_safe=markup.safe(body.html),
        language=identify(split.reply or subject, languages),
        unreadable=body.unreadable or ("" if raw.strip() else "the mail is empty"),
    )


def _headers(root: Part, hint: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in root.fields:
        text = unfold(value, hint) if name in _STRUCTURAL else header_text(value, hint)
        found.setdefault(name, []).append(text)
    return {name: tuple(values) for name, values in found.items()}


def _interpreted(root: Part, limits: ReadingLimits, hint: str, oddities: list[str]) -> tuple[Boxes, datetime | None]:
    """mail-parser's strict reading of the address and date headers, mended where it had to give something up."""
    head = Message()
    prepared = {}
    for name in _ADDRESS_HEADERS:
        values = [value for key, value in root.fields if key == name]
        prepared[name] = prepare(values, most=limits.addresses, hint=hint)
        if prepared[name].text:
            head[name] = prepared[name].text
    date = unfold(root.first("date"))
    if date:
        head["date"] = date
    parsed = mailparser.MailParser(head)
    broken = {defect["header"]: defect["reason"] for defect in parsed.address_header_defects}
    oddities.extend(f"{header} header: {reason}" for header, reason in broken.items())
    pairs = {"from": parsed.from_, "to": parsed.to, "cc": parsed.cc, "reply-to": parsed.reply_to}
    boxes = {
        name: mailboxes(prepared[name], pairs[name], broken=name in broken, most=limits.addresses) for name in pairs
    }
    return boxes, _in_utc(parsed.date) or _lenient_date(date, oddities)


def _sender(root: Part, boxes: Boxes, limits: ReadingLimits, hint: str) -> Mailbox:
    """The author; where From names nobody who can be answered, the next best header, and it says which."""
    authors = boxes["from"]
    answerable = next((box for box in authors if "@" in box.address), None)
    if answerable:
        return answerable
    for name in _FALLBACKS:
        values = [value for key, value in root.fields if key == name]
        found = boxes.get(name) or mailboxes(prepare(values, most=5, hint=hint), [], broken=True, most=5)
        box = next((box for box in found if "@" in box.address), None)
        if box:
            shown = box.name or next((author.name or author.address for author in authors), "")
            return Mailbox(box.address, shown, fallback=name.title())
    return authors[0] if authors else Mailbox()


def _originals(root: Part, limits: ReadingLimits, hint: str) -> Boxes:
    """The mailboxes in the fields where groups keep an author whose From they rewrote."""
    found = {}
    for name in ORIGINALS:
        values = [value for key, value in root.fields if key == name]
        found[name] = mailboxes(prepare(values, most=5, hint=hint), [], broken=True, most=5) if values else ()
    return found


def _recipients(
    headers: Headers, boxes: Iterable[Mailbox], envelope: Iterable[str], limits: ReadingLimits
) -> tuple[str, ...]:
    found = [address.strip("<> ").lower() for address in envelope]
    found += [box.address.lower() for box in boxes]
    for name in RECIPIENT_HEADERS:
        if name not in ("to", "cc"):
            for value in headers.get(name, ()):
                found += [address.lower() for address in addresses_in(value)]
    return tuple(dict.fromkeys(address for address in found if address))[: limits.addresses]


def _lenient_date(value: str, oddities: list[str]) -> datetime | None:
    """A date that the strict reading refused, as the standard library's lenient reader takes it."""
    if not value:
        return None
    try:
        found = parsedate_to_datetime(_NOT_A_DATE.sub(" ", value)[:100])
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
