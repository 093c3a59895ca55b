"""The body of a mail: which parts are its words, in what order, and which are files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers.limits import ReadingLimits
from parsers.mime import markup
from parsers.mime.charsets import decode_noting
from parsers.mime.flowed import Wrapped, plain_of_enriched, take_armour, take_uuencoded, unflow
from parsers.mime.structure import Part
from parsers.mime.transfer import base64_lenient, looks_like_base64

_META = re.compile(rb"<meta[^<>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_STUB = re.compile(
    r"(?i)html[ -]?(?:e-?)?(?:mail|format|capable|version|compatible|ansicht|fähig|viewer)|"
    r"(?:supports?|view|enable|unterstützt|visualizza|supporta)[^\n]{0,60}html|不支持\s*html|HTML形式|html格式"
)
_WORDS = frozenset(("text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown",
                    "text/x-plain", "text/unknown", "text/xhtml", "application/xhtml+xml"))  # fmt: skip
_REPORTS = frozenset(("message/delivery-status", "message/global-delivery-status", "message/feedback-report",
                      "message/disposition-notification", "message/global-disposition-notification",
                      "text/rfc822-headers", "message/global-headers"))  # fmt: skip


@dataclass(slots=True)
class Body:
    """What was found: the words as text and as HTML, the parts that are files, files inside parts, remarks."""

    text: str = ""
    html: str = ""
    files: list[Part] = field(default_factory=list)
    wrapped: list[tuple[Part, int, Wrapped]] = field(default_factory=list)  # container, its file number from 1, file
    oddities: list[str] = field(default_factory=list)
    unreadable: str = ""
    charset: str = ""  # the first declared charset, a hint for undeclared headers


@dataclass(frozen=True, slots=True)
class _Said:
    """Words of one part: `text` is empty where only HTML was given."""

    text: str = ""
    html: str = ""

    def as_text(self) -> str:
        return self.text or markup.to_text(self.html)


def read_body(root: Part, limits: ReadingLimits) -> Body:
    """The words and files of a whole mail."""
    body = Body()
    said = _read(root, body, limits, root)
    if not said.text.strip() and not said.html.strip():
        said = _promoted(body, limits)
    body.html = markup.shallow(said.html[: limits.html])
    text = said.text
    if body.html and (not text.strip() or _is_stub(text, body.html)):
        text = markup.to_text(body.html) or text
    if len(text) > limits.text:
        body.oddities.append("the text is longer than the limit and was cut")
    body.text = text[: limits.text].strip("\n")
    return body


def _promoted(body: Body, limits: ReadingLimits) -> _Said:
    """The words of a mail whose only text was marked as an attachment, as some scanners and phones send it."""
    for part in body.files:
        if part.type in ("text/plain", "text/html") and part.depth <= 2:
            said = _leaf(part, body, limits)
            if said.text.strip() or said.html.strip():
                if not _has_name(part):
                    body.files.remove(part)
                return said
    return _Said()


def _read(part: Part, body: Body, limits: ReadingLimits, parent: Part) -> _Said:
    if part.type.startswith("multipart/"):
        return _container(part, body, limits)
    if part.type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return _smime(part, body, limits)
    if part.type in _REPORTS and parent.type == "multipart/report":
        return _Said()
    if _is_words(part, parent):
        return _leaf(part, body, limits)
    if part.type == "application/ms-tnef" or _name_of(part).lower() == "winmail.dat":
        return _tnef(part, body, limits)
    _remark(part, body)
    body.files.append(part)
    return _Said()


def _is_words(part: Part, parent: Part) -> bool:
    """Whether a part is something to read rather than a file."""
    if part.type not in _WORDS:
        return False
    if part.disposition == "attachment":
        return part is parent and not _has_name(part)
    return part is parent or parent.type == "multipart/alternative" or not _has_name(part)


def _has_name(part: Part) -> bool:
    return bool(_name_of(part))


def _name_of(part: Part) -> str:
    return part.disposition_parameters.get("filename") or part.parameters.get("name", "")


def _remark(part: Part, body: Body) -> None:
    if part.type == "text/calendar":
        body.oddities.append("holds a calendar entry")
    elif part.type in ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"):
        kind = "PGP" if "pgp" in part.type else "S/MIME"
        body.oddities.append(f"signed with {kind}; the signature was not checked")
    elif part.type == "message/partial":
        body.unreadable = body.unreadable or "one piece of a mail that was sent in several pieces"
    elif part.type == "message/external-body":
        body.oddities.append("refers to a file that lies elsewhere")


def _container(part: Part, body: Body, limits: ReadingLimits) -> _Said:
    if not part.children:
        return _leaf(part, body, limits)
    if part.type == "multipart/encrypted":
        body.unreadable = "encrypted with PGP"
    if part.type == "multipart/appledouble":
        body.files.append(part.children[-1])
        return _Said()
    said = [_read(child, body, limits, part) for child in part.children]
    if part.type == "multipart/alternative":
        return _chosen(said)
    return _joined(said)


def _chosen(said: list[_Said]) -> _Said:
    """The alternatives as one: the plain words and the richest HTML, the last being the best (RFC 2046 5.1.4)."""
    text = next((one.text for one in said if one.text.strip()), "")
    html = next((one.html for one in reversed(said) if one.html.strip()), "")
    return _Said(text, html)


def _joined(said: list[_Said]) -> _Said:
    """Parts that are shown one after the other: words after a picture are words too."""
    said = [one for one in said if one.text.strip() or one.html.strip()]
    if len(said) < 2:
        return said[0] if said else _Said()
    html = "\n".join(one.html or markup.from_text(one.text) for one in said) if any(one.html for one in said) else ""
    return _Said("\n".join(one.as_text().strip("\n") for one in said), html)


def _is_stub(text: str, html: str) -> bool:
    """Whether the plain alternative only says that there is HTML, or says far less than it."""
    words = len(text.split())
    if words > 60:
        return False
    if words <= 40 and _STUB.search(text):
        return len(markup.to_text(html)) > len(text)
    return len(text) * 8 < len(html) // 12 and len(text) * 4 < len(markup.to_text(html))


def _leaf(part: Part, body: Body, limits: ReadingLimits) -> _Said:
    octets, oddity = part.octets(3 * limits.unpacked // 2)
    if oddity:
        body.oddities.append(oddity)
    if not part.first("content-transfer-encoding") and looks_like_base64(octets):
        octets = base64_lenient(octets)
        body.oddities.append("base64 that no header declares")
    octets, files = take_uuencoded(octets)
    for number, file in enumerate(files[:50], start=1):
        body.wrapped.append((part, number, file))
    octets = octets[: 4 * max(limits.text, limits.html)]
    text = _text_of(part, octets, body)
    is_html = part.type in ("text/html", "text/xhtml", "application/xhtml+xml")
    if is_html and not markup.has_markup(text):
        is_html = False
        text = markup.to_text(text)
    elif part.type == "text/plain" and markup.looks_like_html(text):
        is_html = True
        body.oddities.append("HTML declared as plain text")
    if is_html:
        return _Said("", text)
    return _Said(_plain(part, text, body))


def _text_of(part: Part, octets: bytes, body: Body) -> str:
    label = part.parameters.get("charset", "")
    if not label and part.type == "text/html":
        declared = _META.search(octets[:4000])
        label = declared.group(1).decode("ascii") if declared and not octets.isascii() else ""
    body.charset = body.charset or label
    text, oddity = decode_noting(octets, label, body.charset)
    if oddity:
        body.oddities.append(oddity)
    return text


def _plain(part: Part, text: str, body: Body) -> str:
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, part.parameters.get("delsp", "").lower() == "yes")
    if part.type in ("text/enriched", "text/richtext"):
        text = plain_of_enriched(text)
    text, remark = take_armour(text)
    if remark.startswith("encrypted"):
        body.unreadable = body.unreadable or remark
    elif remark:
        body.oddities.append(remark)
    return text


def _smime(part: Part, body: Body, limits: ReadingLimits) -> _Said:
    """A signed mail inside its signature (RFC 8551 section 3.5.2) is opened; an encrypted one cannot be."""
    from parsers.mime.smime import signed_content
    from parsers.mime.structure import structure

    body.files.append(part)
    content = signed_content(part.octets()[0])
    if content is None:
        body.unreadable = "encrypted with S/MIME"
        return _Said()
    body.oddities.append("signed with S/MIME; the signature was not checked")
    inner, _ = structure(content, limits)
    before = len(body.files)
    said = _read(inner, body, limits, inner)
    _renumber(body, before, part)
    return said


def _renumber(body: Body, before: int, container: Part) -> None:
    """Files inside a container that the walk does not enter are listed as files inside that part."""
    for number, inner in enumerate(body.files[before:], start=1):
        name = _name_of(inner) or "part"
        body.wrapped.append((container, number, Wrapped(name, inner.octets()[0], inner.type)))
    del body.files[before:]


def _tnef(part: Part, body: Body, limits: ReadingLimits) -> _Said:
    from parsers.mime.tnef import open_tnef

    opened = open_tnef(part.octets()[0], limits)
    if opened is None:
        body.oddities.append("winmail.dat that could not be opened")
        body.files.append(part)
        return _Said()
    body.oddities.append("winmail.dat opened")
    for number, file in enumerate(opened.files, start=1):
        body.wrapped.append((part, number, file))
    return _Said(opened.text, opened.html)
