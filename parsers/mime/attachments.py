"""List the files in a mail: media type by content, safe file name, SHA-256, and why a file is dangerous."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from parsers.limits import ReadingLimits
from parsers.mime.body import Body, read_body
from parsers.mime.charsets import clean_text
from parsers.mime.danger import danger_of
from parsers.mime.filetypes import extension_of, type_of
from parsers.mime.headers import decode_header
from parsers.mime.structure import Part, parse_structure
from parsers.reading import Attachment

_EMBEDDED_STEP = 1000
"""File number n inside a part (winmail.dat, uuencoded text) has the `part` number: that of the part + n times this."""

_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f/\\\\:*?"<>|\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")


def list_attachments(body: Body, limits: ReadingLimits) -> tuple[Attachment, ...]:
    """The files of a mail in the order of the MIME walk, at most `limits.attachments`."""
    found: list[Attachment] = []
    for part in body.files[: limits.attachments]:
        found.append(_from_part(part, body.html, limits))
    for container, number, file in body.embedded_files[: limits.attachments - len(found)]:
        part_number = container.index + _EMBEDDED_STEP * number
        found.append(_attachment(file.name, file.octets, file.declared, part_number, limits, inline=False))
    return tuple(sorted(found, key=lambda file: (file.part % _EMBEDDED_STEP, file.part)))


def attachment_bytes(raw: bytes, part: int, limits: ReadingLimits = ReadingLimits()) -> bytes:  # noqa: B008 - a frozen value
    """The octets of one file of a raw mail, by `Attachment.part`. Raises LookupError if the mail has no such file."""

    root, _ = parse_structure(raw, limits)
    if part < _EMBEDDED_STEP:
        for candidate in root.walk():
            if candidate.index == part:
                return candidate.decoded_octets()[0]
        raise LookupError(f"the mail has no part {part}")
    for container, number, file in read_body(root, limits).embedded_files:
        if container.index + _EMBEDDED_STEP * number == part:
            return file.octets
    raise LookupError(f"the mail has no file {part}")


def _from_part(part: Part, html: str, limits: ReadingLimits) -> Attachment:
    octets, _ = part.decoded_octets()
    name = _written_name(part)
    if not name and part.type.startswith("message/") and part.children:
        subject = decode_header(part.children[0].first("subject"))
        name = f"{subject[:80]}.eml" if subject else "message.eml"
    return _attachment(name, octets, part.type, part.index, limits, inline=_is_inline(part, html))


def _attachment(
    name: str, octets: bytes, declared: str, part_number: int, limits: ReadingLimits, *, inline: bool
) -> Attachment:
    media_type = type_of(octets, declared, name)
    return Attachment(
        name=safe_name(name, limits.name) or f"part-{part_number}{extension_of(media_type)}",
        type=media_type,
        declared=declared,
        size=len(octets),
        sha256=hashlib.sha256(octets).hexdigest(),
        part=part_number,
        inline=inline,
        danger=danger_of(clean_text(name), octets, media_type, limits),
    )


def _written_name(part: Part) -> str:
    """The file name as the sender wrote it: RFC 2231, raw 8-bit, or RFC 2047 although its section 5 forbids that."""
    name = part.disposition_parameters.get("filename") or part.parameters.get("name") or ""
    name = name or part.disposition_parameters.get("name", "")
    if "=?" in name:
        name = decode_header(name.encode("utf-8", "replace"))
    elif not name:
        name = decode_header(part.first("content-description"))
        name = name if re.search(r"\.[A-Za-z0-9]{2,5}$", name) else ""
    return name


def safe_name(name: str, longest: int = 120) -> str:
    """The name made safe for file systems, shells and web pages, at most `longest` characters; may be empty."""
    name = unicodedata.normalize("NFC", clean_text(name)).replace("\n", " ")
    name = re.split(r"[/\\]", name)[-1] or name
    name = re.sub(r"\s+", " ", _UNSAFE.sub("_", name)).strip(" .")
    name = name.lstrip(".-~ ")
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > longest:
        stem, dot, extension = name.rpartition(".")
        kept = f"{dot}{extension}" if dot and len(extension) <= 10 else ""
        name = (stem if kept else name)[: longest - len(kept)] + kept
    return name


def _is_inline(part: Part, html: str) -> bool:
    """Whether a picture is shown inside the text rather than as an attachment."""
    if not part.type.startswith("image/"):
        return False
    content_id = part.first("content-id").decode("utf-8", "replace").strip().strip("<>")
    if content_id and f"cid:{content_id}" in html:
        return True
    return part.disposition == "inline"
