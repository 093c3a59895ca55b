"""Decode the formats of plain text parts: format=flowed (RFC 3676), uuencoded files, PGP armour, text/enriched."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.mime.transfer import decode_uu_lines

_UU_FILE = re.compile(
    rb"^begin[ \t]++[0-7]{3,4}[ \t]++([^\r\n]{1,300}+)\r?\n((?:[!-`][ -`]{0,62}+\r?\n)++)"
    rb"(?:`?[ \t]*\r?\n)?end[ \t]*(?:\r?\n|\Z)",
    re.MULTILINE,
)
_BEGIN_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END_SIGNATURE = "-----END PGP SIGNATURE-----"


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file embedded in another part: its name as written, its octets, and its declared media type."""

    name: str
    octets: bytes
    declared: str = "application/octet-stream"


def join_flowed_lines(text: str, delsp: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676), within the same quote depth. `delsp` is DelSp=yes."""
    lines: list[list[str]] = []
    continued_depth = -1
    for raw in text.split("\n"):
        depth = len(raw) - len(raw.lstrip(">"))
        line = raw[depth:]
        line = line[1:] if line.startswith(" ") else line
        signature = line == "-- "
        soft = line.endswith(" ") and not signature
        content = line[:-1] if soft and delsp else line
        if continued_depth == depth and not signature and lines:
            lines[-1].append(content)
        else:
            lines.append([(">" * depth + " " if depth else "") + content])
        continued_depth = depth if soft else -1
    joined = ["".join(pieces) for pieces in lines]
    return "\n".join(line if line.endswith("-- ") else line.rstrip(" ") for line in joined)


def extract_uuencoded_files(octets: bytes) -> tuple[bytes, list[EmbeddedFile]]:
    """Remove the uuencoded files from a text: the remaining text, and the files."""
    if b"begin " not in octets:
        return octets, []
    files: list[EmbeddedFile] = []

    def unwrap(match: re.Match[bytes]) -> bytes:
        files.append(EmbeddedFile(match.group(1).decode("utf-8", "replace"), decode_uu_lines(match.group(2))))
        return b"\n"

    return _UU_FILE.sub(unwrap, octets), files


def remove_pgp_armour(text: str) -> tuple[str, str]:
    """Remove the armour of a PGP cleartext signature (RFC 4880 section 7): the text, and what was found or empty."""
    if "-----BEGIN PGP " not in text:
        return text, ""
    if "-----BEGIN PGP MESSAGE-----" in text:
        return text, "encrypted with PGP"
    if _BEGIN_SIGNED not in text:
        return text, ""
    before, _, rest = text.partition(_BEGIN_SIGNED)
    signed, _, signature = rest.partition(_BEGIN_SIGNATURE)
    after = signature.partition(_END_SIGNATURE)[2]
    signed = re.sub(r"\A[ \t]*\n(?:[A-Za-z-]{1,40}: [^\n]*\n)*\n?", "", signed)
    signed = re.sub(r"(?m)^- ", "", signed)  # dash-escaping, section 7.1
    return before + signed + after.lstrip("\n"), "signed with PGP; the signature was not checked"


def enriched_to_plain(text: str) -> str:
    """Convert text/enriched (RFC 1896) to plain text: remove markup, turn single line breaks into blanks."""
    text = re.sub(r"(?is)<param>[^<]{0,500}</param>", "", text)
    text = text.replace("<<", "\x00")
    text = re.sub(r"<[^<>]{0,60}>", "", text).replace("\x00", "<")
    return re.sub(r"\n+", lambda found: " " if len(found.group()) == 1 else "\n" * (len(found.group()) - 1), text)
