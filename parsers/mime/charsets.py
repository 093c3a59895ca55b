"""Decode octets to text, also when the charset label is missing or wrong or the octets are damaged.

The labels follow the WHATWG Encoding Standard, which defines what senders mean by a label rather than its literal
standard, plus the labels of old mail programs.
"""

from __future__ import annotations

import codecs
import re

from parsers.mime.detection import detect_charset, is_western

_LABELS = {  # comma-separated labels of mail programs, by the Python codec they stand for
    "big5hkscs": "chinesebig5, chinese-big5, big5-hkscs, big-5, big5, cn-big5, x-big5, big5_charset, big5-eten,"
    " x-x-big5, zht16big5, x-euc-tw",
    "cp950": "cp950, x-windows-950",
    "gb18030": "gb2312, gbk, gb18030, iso-gb2312, gb2312_charset, gb2312-80, gb_2312-80, gb_2312, x-gbk, cn-gb,"
    " chinese, chinesegb, gb, csgb2312, cp936, ms936, windows-936, euc-cn, gb18030-2000, gbk2312,"
    " simplified chinese, x-euc-cn",
    "hz": "hz-gb-2312, hz",
    "iso2022_jp_ext": "iso-2022-jp, iso-2022-jp-1, iso-2022-jp-ms, cp50220, cp50221, csiso2022jp",
    "iso2022_jp_2": "iso-2022-jp-2",
    "iso2022_jp_2004": "iso-2022-jp-3",
    "iso2022_kr": "iso-2022-kr, csiso2022kr",
    "cp932": "shift_jis, shift-jis, x-sjis, sjis, ms932, windows-31j, ms_kanji",
    "cp949": "euc-kr, ks_c_5601-1987, ks_c_5601, ks_c_5601-1989, uhc, ksc5601, korean, ms949, windows-949,"
    " x-windows-949",
    "euc_jp": "euc-jp, x-euc-jp, x-euc, ujis",
    "ascii": "ansi_x3.4-1968, us-ascii, ascii, 7bit",
    "cp1252": "ansi, ansi_x3.110-1983, iso-8859-1, iso8859-1, iso_8859-1, latin1, latin-1,"
    " iso-8859-1-windows-3.1-latin-1, windows-1252, x-windows-1252, win-1252",
    "iso8859_8": "iso-8859-8-i, iso-8859-8-e",
    "cp1254": "iso-8859-9",
    "cp874": "iso-8859-11, tis-620, windows-874",
    "mac_latin2": "x-mac-ce, x-mac-centraleurroman",
    "mac_roman": "macintosh, x-mac-roman, x-macintosh, mac",
    "mac_cyrillic": "x-mac-cyrillic",
    "mac_greek": "x-mac-greek",
    "mac_turkish": "x-mac-turkish",
    "utf-8": "utf8, utf-8, utf_8, unicode-1-1-utf-8, utf-8-sig, utf8mb4, x-unicode-2-0-utf-8, x-iscii-de",
    "utf-16": "unicode",
    "utf-7": "unicode-1-1-utf-7, x-unicode-2-0-utf-7, utf-7",
    "cp850": "cp-850, ibm850",
    "koi8-r": "koi8",
    "koi8-u": "koi8-ru",
    "cp1251": "x-cp1251, win-1251, win1251",
    "cp1258": "viscii",
    "cp1250": "cp1250",
}  # fmt: skip
_ALIASES = {label.strip(): codec for codec, labels in _LABELS.items() for label in labels.split(",")}
_MEANINGLESS_LABELS = """
8-bit 8bit _autodetect _autodetect_all _autodetect_jp ascii-8bit auto binary charset default default_charset
en iso-8859 none null text undefined unknown unknown-8bit us user-defined windows x-binaryenc x-unknown
x-unknown-8bit x-user-defined
"""
_UNUSABLE_LABELS = frozenset(("", *_MEANINGLESS_LABELS.split()))
_STATEFUL = frozenset(("utf-7", "hz", "iso2022_kr", "iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_2004"))
_EXTENSIONS = {"big5hkscs": ("cp950",), "cp950": ("big5hkscs",), "euc_jp": ("euc_jis_2004",), "gb18030": ("gbk",)}
_WIDE = ("utf-16", "utf-32")
_WESTERN = frozenset(("cp1252", "ascii", "cp1254", "cp1250", "iso8859_15", "iso8859_2", "mac_roman", "cp850"))
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_BREAKS = re.compile("\r\n|\r|\x0b|\x0c|\x85|\u2028|\u2029")
_DOUBLE_ENCODED = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
                      "\u2013-\u203a\u20ac\u2122]")  # fmt: skip
_SURROGATE_OCTETS = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_UNDEFINED_IN_CP1252 = {octet: octet for octet in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def codec_of(label: str) -> str:
    """The Python codec for a charset label, or an empty string if the label is missing, meaningless or unknown."""
    name = label.strip().strip("\"'<>;,:()=[]").lower().partition("*")[0]
    name = name.removeprefix("charset=").strip("\"' ")
    if name in _UNUSABLE_LABELS or len(name) > 60:
        return ""
    for spelling in (name, name.replace("_", "-"), name.replace(" ", "-"), name.removeprefix("x-")):
        if spelling in _ALIASES:
            return _ALIASES[spelling]
    windows = re.fullmatch(r"(?:x-)?(?:windows|win|cp|ms|microsoft-cp|windows-cp)[-_]?(\d{3,4})", name)
    return _known_codec(f"cp{windows.group(1)}" if windows else name)


def _known_codec(name: str) -> str:
    import webencodings  # type: ignore[import-untyped]  # only rare labels get here

    found = webencodings.lookup(name)
    if found:
        return "utf-16-le" if found.name == "utf-16le" else found.codec_info.name
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    return codec.name if codec._is_text_encoding else ""


def decode_text(octets: bytes, label: str = "", hint: str = "") -> str:
    """Decode octets with a declared charset and clean the text. `hint` is a charset seen elsewhere in the same mail."""
    return decode_with_oddity(octets, label, hint)[0]


def decode_with_oddity(octets: bytes, label: str = "", hint: str = "") -> tuple[str, str]:
    """Decode octets with a declared charset: the cleaned text, and what was unusual (or an empty string)."""
    codec = codec_of(label)
    if octets.isascii() and b"\x1b" not in octets and codec not in _STATEFUL and not codec.startswith(_WIDE):
        return clean_text(octets.decode("ascii")), _label_oddity(label, codec)
    for mark, marked in ((codecs.BOM_UTF8, "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
                         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if octets.startswith(mark):
            return clean_text(octets.decode(marked, "replace").lstrip("\ufeff")), ""
    text, oddity = _decode_declared(octets, codec, hint)
    repaired = _without_double_encoding(text)
    if repaired != text:
        return clean_text(repaired), "UTF-8 that was encoded twice, repaired"
    return clean_text(text), oddity or _label_oddity(label, codec)


def _label_oddity(label: str, codec: str) -> str:
    return f"unknown charset {clean_text(label)[:40]!r}" if label and not codec else ""


def _decode_declared(octets: bytes, codec: str, hint: str) -> tuple[str, str]:
    if codec and codec != "utf-8" and _is_utf8(octets, codec):
        return octets.decode("utf-8"), f"declared {codec}, is utf-8"
    if codec == "cp1252":
        text = _decode_windows(octets)
        if is_western(text):
            return text, ""
    elif codec and codec != "ascii":
        text = _decode_strictly(octets, codec)
        if text and (codec not in _WESTERN or is_western(text)):
            return text, ""
    return _decode_detected(octets, codec, hint)


def _decode_strictly(octets: bytes, codec: str) -> str:
    """The text decoded strictly with a codec or an extension of it; empty if none fits."""
    for name in (codec, *_EXTENSIONS.get(codec, ())):
        try:
            return octets.decode(name)
        except (UnicodeError, ValueError):
            continue
    return _decode_iso_2022_jp(octets) if codec.startswith("iso2022_jp") else ""


def _decode_iso_2022_jp(octets: bytes) -> str:
    """Decode ISO-2022-JP with the characters that Windows programs add and Python's codecs reject; empty if damaged."""
    pieces = []
    charset = b"(B"
    for piece in re.split(rb"\x1b(\$\([A-Z]|\$[@AB]|\([A-Z])", octets)[:20_000]:
        if re.fullmatch(rb"\$\([A-Z]|\$[@AB]|\([A-Z]", piece):
            charset = piece
        elif charset.startswith(b"$"):
            raised = bytes(octet | 0x80 if octet > 0x20 else octet for octet in piece)
            pieces.append(raised.decode("euc_jis_2004", "replace"))
        elif charset == b"(I":
            pieces.append(bytes(octet | 0x80 for octet in piece).decode("cp932", "replace"))
        else:
            pieces.append(piece.decode("ascii", "replace"))
    text = "".join(pieces)
    return text if text.count("\ufffd") * 10 <= len(text) else ""


def _decode_detected(octets: bytes, codec: str, hint: str) -> tuple[str, str]:
    """Decode with a detected charset, when the declared one does not fit or is missing: the text and the oddity."""
    if codec == "utf-8" and _SURROGATE_OCTETS.search(octets):
        return _decode_cesu8(octets), "surrogates encoded as UTF-8"
    found = detect_charset(octets, codec_of(hint))
    if codec and found in ("", "cp1252") and codec not in ("ascii", "cp1252", "utf-8"):
        return octets.decode(codec, "replace"), f"damaged {codec}"
    if not found:
        found = codec if codec and codec != "ascii" else "cp1252"
    text = _decode_windows(octets) if found == "cp1252" else octets.decode(found, "replace")
    if codec in ("", "cp1252") and found == "cp1252":
        return text, "" if codec else "no usable charset declared, read as cp1252"
    return text, f"declared {codec}, read as {found}" if codec else f"no usable charset declared, read as {found}"


def _decode_cesu8(octets: bytes) -> str:
    """Decode CESU-8: UTF-8 whose surrogate pairs are encoded as two characters, as some programs write emoji."""
    halves = octets.decode("utf-8", "surrogatepass") if _is_cesu8(octets) else octets.decode("utf-8", "replace")
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_cesu8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(octets: bytes, codec: str) -> bool:
    """Whether octets declared as another charset are certainly UTF-8. Text in another charset is valid UTF-8 only by
    accident: if it is very short, and in a CJK charset practically never beyond two characters."""
    if codec in _STATEFUL or codec.startswith(_WIDE):
        return False
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    non_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return non_ascii >= (2 if codec in ("gb18030", "big5hkscs", "cp950", "cp932", "cp949", "euc_jp") else 1)


def _decode_windows(octets: bytes) -> str:
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        return octets.decode("latin-1").translate(_CP1252_CHARACTERS)


_CP1252_CHARACTERS = {octet: bytes((octet,)).decode("cp1252", "ignore") or chr(octet) for octet in range(0x80, 0xA0)}


def _without_double_encoding(text: str) -> str:
    """Undo UTF-8 that was decoded as Windows-1252 and encoded again. Unchanged unless the whole text is affected."""
    if not _DOUBLE_ENCODED.search(text[:20_000]):
        return text
    try:
        return _encode_windows(text).decode("utf-8")
    except UnicodeError:
        return text


def _encode_windows(text: str) -> bytes:
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return b"".join(_encode_character(character) for character in text)


def _encode_character(character: str) -> bytes:
    if ord(character) in _UNDEFINED_IN_CP1252:
        return bytes((ord(character),))
    return character.encode("cp1252")


def clean_text(text: str) -> str:
    """Normalise text: only line feeds as line breaks, no control characters, no lone surrogates."""
    if "\r" in text or "\x0b" in text or "\x0c" in text or not text.isascii():
        text = _LINE_BREAKS.sub("\n", text)
        if text.startswith("\ufeff"):
            text = text[1:]
    if _CONTROLS.search(text):
        text = _CONTROLS.sub(_replacement, text)
    return text


def _replacement(found: re.Match[str]) -> str:
    return "\ufffd" if "\ud800" <= found.group() <= "\udfff" else ""


def clean_line(text: str) -> str:
    """Clean text and put it on one line, for subjects and names."""
    return " ".join(clean_text(text).replace("\t", " ").replace("\n", " ").split(" ")).strip()
