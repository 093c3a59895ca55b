"""Decide by name and content whether a file is dangerous to open. Nothing is unpacked or run."""

from __future__ import annotations

import io
import re
import zipfile

from parsers.limits import ReadingLimits

_PROGRAM_NAMES = """
ace ade adp apk application appx bat chm cmd com command cpl deb desktop dll dmg exe gadget hlp hta img inf
iso jar js jse library-ms lnk mde msi msix msp one pif pkg ps1 psm1 reg rpm run scf scr sct settingcontent-ms
sh shb shs url vb vbe vbs vhd vhdx ws wsc wsf wsh xll
"""
_PROGRAMS = frozenset(_PROGRAM_NAMES.split())
_MACRO_NAMES = frozenset(("docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "sldm"))
_PROGRAM_TYPES = {
    "application/vnd.microsoft.portable-executable": "a Windows program",
    "application/x-ms-shortcut": "a Windows shortcut",
    "application/x-executable": "a program",
    "application/x-msdownload": "a Windows program",
    "application/x-msi": "an installer",
    "application/java-archive": "a Java program",
    "application/vnd.android.package-archive": "an Android program",
    "application/x-mach-binary": "a program",
    "text/x-script": "a script",
}
_ARCHIVE_TYPES = frozenset(("application/zip", "application/x-zip-compressed"))
_MOST_EXPANSION = 200
"""Highest ratio of an archive's declared unpacked size to its size; text rarely reaches 20."""

_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DOCUMENT_EXTENSIONS = r"pdf|docx?|xlsx?|jpe?g|png|txt|rtf|zip|csv|mp[34]|gif|html?"


def danger_of(name: str, octets: bytes, media_type: str, limits: ReadingLimits) -> str:
    """The reason why a file is dangerous to open, or an empty string."""
    return _name_danger(name) or _PROGRAM_TYPES.get(media_type, "") or _content_danger(octets, media_type, limits)


def _name_danger(name: str) -> str:
    if _BIDI_CONTROLS.search(name):
        return "a name that hides its end by changing the writing direction"
    lowered = name.lower().rstrip(" .")
    extension = lowered.rpartition(".")[2] if "." in lowered else ""
    if extension in _PROGRAMS:
        hidden = re.search(rf"\.(?:{_DOCUMENT_EXTENSIONS})\s*+\.[a-z0-9-]+$", lowered)
        return f"a program (.{extension}) with a document's name" if hidden else f"a program or shortcut (.{extension})"
    if extension in _MACRO_NAMES:
        return f"an office document with macros (.{extension})"
    return ""


def _content_danger(octets: bytes, media_type: str, limits: ReadingLimits) -> str:
    if octets[:2] == b"PK":
        return _archive_danger(octets, media_type, limits)
    if media_type == "application/pdf" and re.search(rb"/(?:JavaScript|Launch|EmbeddedFile)\b", octets[:2_000_000]):
        return "a PDF that runs or carries something"
    if octets.startswith(b"\xd0\xcf\x11\xe0") and (
        b"_VBA_PROJECT" in octets or b"_\x00V\x00B\x00A\x00_\x00P" in octets
    ):
        return "an office document with macros"
    if octets.startswith((b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")):
        return "a program"
    if media_type in ("text/html", "image/svg+xml") and re.search(
        rb"<script|javascript:|\son[a-z]+\s*=", octets[:500_000], re.I
    ):
        return "a page with a script"
    if media_type in ("application/x-rar-compressed", "application/x-7z-compressed", "application/x-iso9660-image"):
        return "an archive that was not looked into"
    return ""


def _archive_danger(octets: bytes, media_type: str, limits: ReadingLimits) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            entries = archive.infolist()
    except Exception:  # a damaged directory makes zipfile raise errors of many kinds
        return "a damaged archive"
    if len(entries) > limits.archive_entries:
        return f"an archive with {len(entries)} files"
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        return "an office document with macros"
    if any(entry.flag_bits & 1 for entry in entries):
        return "an archive locked with a password"
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > 1_000_000 and unpacked > _MOST_EXPANSION * max(1, len(octets)):
        return f"an archive that unpacks to {unpacked // 1_000_000} MB"
    if media_type in _ARCHIVE_TYPES:
        inside = next((entry.filename for entry in entries if _name_danger(entry.filename)), "")
        if inside:
            return f"an archive that holds {_name_danger(inside)}"
    return ""
