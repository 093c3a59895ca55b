"""Read the body of a mail: which MIME parts are its text, in what order, and which are files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers.limits import ReadingLimits
from parsers.mime import markup
from parsers.mime.charsets import decode_with_oddity
from parsers.mime.plain_formats import (
    EmbeddedFile,
    enriched_to_plain,
    extract_uuencoded_files,
    join_flowed_lines,
    remove_pgp_armour,
)
from parsers.mime.smime import signed_content
from parsers.mime.structure import Part, parse_structure
from parsers.mime.tnef import open_tnef
from parsers.mime.transfer import decode_base64, looks_like_base64

_META_CHARSET = re.compile(
    rb"<meta[^<>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
_HTML_NOTICE = re.compile(
    r"(?i)html[ -]?(?:e-?)?(?:mail|format|capable|version|compatible|ansicht|fähig|viewer)|"
    r"(?:supports?|view|enable|unterstützt|visualizza|supporta)[^\n]{0,60}html|不支持\s*html|HTML形式|html格式"
)
_TEXT_TYPES = frozenset((
    "text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown", "text/x-plain",
    "text/unknown", "text/xhtml", "application/xhtml+xml",
))  # fmt: skip
_REPORT_TYPES = frozenset((
    "message/delivery-status", "message/global-delivery-status", "message/feedback-report",
    "message/disposition-notification", "message/global-disposition-notification", "text/rfc822-headers",
    "message/global-headers",
))  # fmt: skip


@dataclass(slots=True)
class Body:
    """The text and HTML of a mail, the parts that are files, the files embedded in parts, and what was unusual."""

    text: str = ""
    html: str = ""
    files: list[Part] = field(default_factory=list)
    embedded_files: list[tuple[Part, int, EmbeddedFile]] = field(
        default_factory=list
    )  # container, file number in it from 1, file
    oddities: list[str] = field(default_factory=list)
    unreadable: str = ""
    charset: str = ""  # the first declared charset, a hint for header fields without one


@dataclass(frozen=True, slots=True)
class _Content:
    """The text of one part; `text` is empty if the part is only HTML."""

    text: str = ""
    html: str = ""

    def as_text(self) -> str:
        return self.text or markup.html_to_text(self.html)


def read_body(root: Part, limits: ReadingLimits) -> Body:
    """The text and files of a mail. If there is no plain text, or only a stub, `text` is converted from the HTML."""
    body = Body()
    content = _read(root, body, limits, root)
    if not content.text.strip() and not content.html.strip():
        content = _promoted(body, limits)
    body.html = markup.without_deep_nesting(content.html[: limits.html])
    text = content.text
    if body.html and (not text.strip() or _is_stub(text, body.html)):
        text = markup.html_to_text(body.html) or text
    if len(text) > limits.text:
        body.oddities.append("the text is longer than the limit and was cut")
    body.text = text[: limits.text].strip("\n")
    return body


def _promoted(body: Body, limits: ReadingLimits) -> _Content:
    """The text of a mail whose only text part is marked as an attachment, as some scanners and phones send it."""
    for part in body.files:
        if part.type in ("text/plain", "text/html") and part.depth <= 2:
            content = _leaf(part, body, limits)
            if content.text.strip() or content.html.strip():
                if not _has_name(part):
                    body.files.remove(part)
                return content
    return _Content()


def _read(part: Part, body: Body, limits: ReadingLimits, parent: Part) -> _Content:
    """The text of a part and everything below it; files and oddities are added to `body`."""
    if part.type.startswith("multipart/"):
        return _container(part, body, limits)
    if part.type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return _smime(part, body, limits)
    if part.type in _REPORT_TYPES and parent.type == "multipart/report":
        return _Content()
    if _is_text_part(part, parent):
        return _leaf(part, body, limits)
    if part.type == "application/ms-tnef" or _name_of(part).lower() == "winmail.dat":
        return _tnef(part, body, limits)
    _note_oddities(part, body)
    body.files.append(part)
    return _Content()


def _is_text_part(part: Part, parent: Part) -> bool:
    """Whether a part is text of the mail rather than a file."""
    if part.type not in _TEXT_TYPES:
        return False
    if part.disposition == "attachment":
        return part is parent and not _has_name(part)
    return part is parent or parent.type == "multipart/alternative" or not _has_name(part)


def _has_name(part: Part) -> bool:
    return bool(_name_of(part))


def _name_of(part: Part) -> str:
    return part.disposition_parameters.get("filename") or part.parameters.get("name", "")


def _note_oddities(part: Part, body: Body) -> None:
    """Record what a reader should know about a file part: calendar, signature, partial or external message."""
    if part.type == "text/calendar":
        body.oddities.append("holds a calendar entry")
    elif part.type in ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"):
        kind = "PGP" if "pgp" in part.type else "S/MIME"
        body.oddities.append(f"signed with {kind}; the signature was not checked")
    elif part.type == "message/partial":
        body.unreadable = body.unreadable or "one piece of a mail that was sent in several pieces"
    elif part.type == "message/external-body":
        body.oddities.append("refers to a file that lies elsewhere")


def _container(part: Part, body: Body, limits: ReadingLimits) -> _Content:
    if not part.children:
        return _leaf(part, body, limits)
    if part.type == "multipart/encrypted":
        body.unreadable = "encrypted with PGP"
    if part.type == "multipart/appledouble":
        body.files.append(part.children[-1])
        return _Content()
    contents = [_read(child, body, limits, part) for child in part.children]
    if part.type == "multipart/alternative":
        return _best_alternative(contents)
    return _joined(contents)


def _best_alternative(alternatives: list[_Content]) -> _Content:
    """One content of the alternatives: the first plain text and the last HTML, which is the richest (RFC 2046 section
    5.1.4)."""
    text = next((content.text for content in alternatives if content.text.strip()), "")
    html = next((content.html for content in reversed(alternatives) if content.html.strip()), "")
    return _Content(text, html)


def _joined(contents: list[_Content]) -> _Content:
    """One content of parts that are displayed in sequence, such as text before and after a picture."""
    filled = [content for content in contents if content.text.strip() or content.html.strip()]
    if len(filled) < 2:
        return filled[0] if filled else _Content()
    html = ""
    if any(content.html for content in filled):
        html = "\n".join(content.html or markup.text_to_html(content.text) for content in filled)
    return _Content("\n".join(content.as_text().strip("\n") for content in filled), html)


def _is_stub(text: str, html: str) -> bool:
    """Whether the plain text alternative only refers to the HTML, or has far less text than it."""
    words = len(text.split())
    if words > 60:
        return False
    if words <= 40 and _HTML_NOTICE.search(text):
        return len(markup.html_to_text(html)) > len(text)
    return len(text) * 8 < len(html) // 12 and len(text) * 4 < len(markup.html_to_text(html))


def _leaf(part: Part, body: Body, limits: ReadingLimits) -> _Content:
    """The text of a part without sub-parts; HTML declared as plain text and the reverse are recognised."""
    octets, oddity = part.decoded_octets(3 * limits.unpacked // 2)
    if oddity:
        body.oddities.append(oddity)
    if not part.first("content-transfer-encoding") and looks_like_base64(octets):
        octets = decode_base64(octets)
        body.oddities.append("base64 that no header declares")
    octets, files = extract_uuencoded_files(octets)
    for number, file in enumerate(files[:50], start=1):
        body.embedded_files.append((part, number, file))
    octets = octets[: 4 * max(limits.text, limits.html)]
    text = _decoded_text(part, octets, body)
    is_html = part.type in ("text/html", "text/xhtml", "application/xhtml+xml")
    if is_html and not markup.has_markup(text):
        is_html = False
        text = markup.html_to_text(text)
    elif part.type == "text/plain" and markup.looks_like_html(text):
        is_html = True
        body.oddities.append("HTML declared as plain text")
    if is_html:
        return _Content("", text)
    return _Content(_plain_text(part, text, body))


def _decoded_text(part: Part, octets: bytes, body: Body) -> str:
    label = part.parameters.get("charset", "")
    if not label and part.type == "text/html":
        declared = _META_CHARSET.search(octets[:4000])
        label = declared.group(1).decode("ascii") if declared and not octets.isascii() else ""
    body.charset = body.charset or label
    text, oddity = decode_with_oddity(octets, label, body.charset)
    if oddity:
        body.oddities.append(oddity)
    return text


def _plain_text(part: Part, text: str, body: Body) -> str:
    """Plain text with format=flowed, text/enriched and PGP armour undone."""
    if part.parameters.get("format", "").lower() == "flowed":
        text = join_flowed_lines(text, part.parameters.get("delsp", "").lower() == "yes")
    if part.type in ("text/enriched", "text/richtext"):
        text = enriched_to_plain(text)
    text, remark = remove_pgp_armour(text)
    if remark.startswith("encrypted"):
        body.unreadable = body.unreadable or remark
    elif remark:
        body.oddities.append(remark)
    return text


def _smime(part: Part, body: Body, limits: ReadingLimits) -> _Content:
    """Read the mail inside an S/MIME signature (RFC 8551 section 3.5.2); mark an encrypted one as unreadable."""
    body.files.append(part)
    signed = signed_content(part.decoded_octets()[0])
    if signed is None:
        body.unreadable = "encrypted with S/MIME"
        return _Content()
    body.oddities.append("signed with S/MIME; the signature was not checked")
    inner, _ = parse_structure(signed, limits)
    file_count = len(body.files)
    inner_content = _read(inner, body, limits, inner)
    _move_to_embedded(body, file_count, part)
    return inner_content


def _move_to_embedded(body: Body, file_count: int, container: Part) -> None:
    """Move the files found inside a container, which the MIME walk does not enter, to the files embedded in it."""
    for number, file_part in enumerate(body.files[file_count:], start=1):
        name = _name_of(file_part) or "part"
        body.embedded_files.append(
            (container, number, EmbeddedFile(name, file_part.decoded_octets()[0], file_part.type))
        )
    del body.files[file_count:]


def _tnef(part: Part, body: Body, limits: ReadingLimits) -> _Content:

    opened = open_tnef(part.decoded_octets()[0], limits)
    if opened is None:
        body.oddities.append("winmail.dat that could not be opened")
        body.files.append(part)
        return _Content()
    body.oddities.append("winmail.dat opened")
    for number, file in enumerate(opened.files, start=1):
        body.embedded_files.append((part, number, file))
    return _Content(opened.text, opened.html)
