"""Detect a file's media type by its content. The declared type counts only among text types and for unknown content."""

from __future__ import annotations

import io
import re
import zipfile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = (
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_OLE_BY_NAME = {
    "doc": "application/msword", "dot": "application/msword", "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint", "msg": "application/vnd.ms-outlook", "msi": "application/x-msi",
}  # fmt: skip
_EXTENSIONS = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv", "image/jpeg": ".jpg",
    "image/png": ".png", "image/gif": ".gif", "image/heic": ".heic", "image/webp": ".webp", "image/tiff": ".tif",
    "image/bmp": ".bmp", "application/pdf": ".pdf", "application/zip": ".zip", "message/rfc822": ".eml",
    "application/msword": ".doc", "video/mp4": ".mp4", "audio/mpeg": ".mp3", "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m", "application/pkcs7-signature": ".p7s", "text/vcard": ".vcf",
    "application/rtf": ".rtf",
}  # fmt: skip
_PROLOGUE = rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.*?-->\s*)?"
_COMMENT = rb"\s*(?:<!--.*?-->\s*)?"
_TEXT_SIGNATURES = (
    (re.compile(rb"\s*BEGIN:VCALENDAR", re.I).match, "text/calendar"),
    (re.compile(rb"\s*BEGIN:VCARD", re.I).match, "text/vcard"),
    (re.compile(_PROLOGUE + rb"(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]", re.I | re.S).match, "image/svg+xml"),
    (re.compile(_COMMENT + rb"<(?:!doctype html|html|head|body|script)[\s>]", re.I | re.S).match, "text/html"),
    (re.compile(rb"\s*<\?xml\s", re.I).match, "application/xml"),
    (re.compile(rb"\{\\rtf").match, "application/rtf"),
    (re.compile(rb"#!\s*/").match, "text/x-script"),
    (re.compile(rb"-----BEGIN PGP SIGNATURE").match, "application/pgp-signature"),
    (re.compile(rb"-----BEGIN PGP MESSAGE").match, "application/pgp-encrypted"),
    (re.compile(rb"%!PS").match, "application/postscript"),
)  # fmt: skip
_KEPT_TYPES = frozenset(("message/rfc822", "message/global", "message/partial", "message/external-body"))


def type_of(octets: bytes, declared: str, name: str = "") -> str:
    """The media type of a file by its content, in lower case; `declared` if the content does not show it."""
    if declared in _KEPT_TYPES or not octets:
        return declared or "application/octet-stream"
    binary = _binary_type(octets, name)
    if binary:
        return binary
    if _is_text(octets):
        return _text_type(octets, declared, name)
    if declared.startswith(("text/", "multipart/")) or _claims_known_binary(declared):
        return "application/octet-stream"  # a file of the declared type would have been recognised by its content
    return declared or "application/octet-stream"


def extension_of(media_type: str) -> str:
    """The usual file name extension of a media type, with its dot, or empty."""
    return _EXTENSIONS.get(media_type, "")


def _claims_known_binary(declared: str) -> bool:
    return declared in ("application/pdf", "image/jpeg", "image/png", "image/gif", "application/zip", "image/webp")


def _binary_type(octets: bytes, name: str) -> str:
    head = octets[:64]
    if head.startswith(b"MZ") and len(octets) > 64:
        return "application/vnd.microsoft.portable-executable"
    if head.startswith(b"L\x00\x00\x00\x01\x14\x02\x00"):
        return "application/x-ms-shortcut"
    if head.startswith(_OLE):
        return _OLE_BY_NAME.get(name.rpartition(".")[2].lower(), "application/x-ole-storage")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(octets)
    if b"%PDF-" in octets[:1024]:
        return "application/pdf"
    if head.startswith(b"\x78\x9f\x3e\x22"):
        return "application/ms-tnef"
    import filetype  # type: ignore[import-untyped]

    kind = filetype.guess(octets[:8192])
    return str(kind.mime) if kind else ""


def _zip_type(octets: bytes) -> str:
    """The type of a ZIP file: office documents and packages are recognised by the names in the directory. Nothing is
    unpacked but the short *mimetype* entry of OpenDocument files."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            names = [entry.filename for entry in archive.infolist()[:1000]]
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                declared = archive.read("mimetype").decode("ascii", "replace").strip()
                if re.fullmatch(r"application/[a-z0-9.+-]{1,80}", declared):
                    return declared
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, KeyError):
        return "application/zip"
    except Exception:  # zlib and struct errors of damaged archives
        return "application/zip"
    if "[Content_Types].xml" in names:
        for folder, media_type in _OFFICE:
            if any(entry.startswith(folder) for entry in names):
                return media_type
    if "META-INF/MANIFEST.MF" in names:
        return "application/java-archive"
    if "AndroidManifest.xml" in names:
        return "application/vnd.android.package-archive"
    return "application/zip"


def _is_text(octets: bytes) -> bool:
    sample = octets[:4096]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not re.search(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]", sample)


def _text_type(octets: bytes, declared: str, name: str) -> str:
    for matches, media_type in _TEXT_SIGNATURES:
        if matches(octets[:2000]):
            if media_type == "application/xml" and declared.endswith("xml"):
                return declared
            return media_type
    if declared.startswith("text/") or declared in ("application/json", "application/pgp-keys"):
        return declared
    by_name = {"csv": "text/csv", "json": "application/json", "eml": "message/rfc822", "ics": "text/calendar"}
    return by_name.get(name.rpartition(".")[2].lower(), "text/plain")
