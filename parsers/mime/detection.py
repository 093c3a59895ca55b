"""Detect the charset of undeclared 8-bit text by how plausible the decoded text is.

No general-purpose detector is used: mail often has only a few words, for which counting the common characters of each
script is faster and more reliable.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 20_000
"""Octets examined; a charset can be recognised from the first lines."""

_WESTERN_COMMON = frozenset("àèéìòùÀÈÉÌÒÙäöüßÄÖÜçÇñÑêôâîûëïæøåÆØÅãõíóúáÁÍÓÚÊœ€’‘“”–—…«»°§©®ºª¿¡·´ÿ\xa0£²³µ½×•„‚")
_CENTRAL_COMMON = frozenset(
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰăâîșțşţĂÂÎŞŢäöüßÄÖÜđĐôľĺŕ€’“”„–—\xa0°§«»"
)
_TURKISH_COMMON = frozenset("çğıöşüÇĞİÖŞÜâîû€’“”–—\xa0")
_CYRILLIC = re.compile("[а-яёіїєґ]")
_CYRILLIC_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё іїєґ")


def is_western(text: str) -> bool:
    """Whether text decoded with a single-byte codec looks like a European language in Latin letters.

    In Latin writing accented letters stand among plain ones; text of another script decoded as Latin consists almost
    only of accented letters and symbols.
    """
    non_ascii = sum(1 for character in text[:_SAMPLE] if character > "\x7f")
    if non_ascii < 4:
        return True
    longest = max((len(run) for run in re.findall("[\x80-\uffff]+", text[:_SAMPLE])), default=0)
    letters = sum(1 for character in text[:_SAMPLE] if character.isascii() and character.isalpha())
    if longest < 4:
        return letters * 2 >= non_ascii
    common = sum(1 for character in text[:_SAMPLE] if character in _WESTERN_COMMON or character in _CENTRAL_COMMON)
    return common >= non_ascii * 0.85 and letters >= non_ascii


def detect_charset(octets: bytes, hint: str = "") -> str:
    """The Python codec that gives the most plausible text, or an empty string. `hint` is preferred if it fits."""
    sample = octets[:_SAMPLE]
    by_escapes = _by_escapes(sample)
    if by_escapes:
        return by_escapes
    if sample.isascii():
        return "ascii"
    if _mostly_utf8(octets):
        return "utf-8"
    if hint and hint not in ("ascii", "utf-8", "cp1252") and _fits(sample, hint):
        return hint
    runs = _HIGH_RUN.findall(sample)
    score, best = max((_multibyte_score(sample, runs, codec), codec) for codec in _MULTIBYTE)
    if score >= 0.6:
        return best
    return _single_byte(sample, runs)


def _by_escapes(sample: bytes) -> str:
    if b"\x1b$B" in sample or b"\x1b$@" in sample or b"\x1b(J" in sample:
        return "iso2022_jp_ext"
    if b"\x1b$)C" in sample:
        return "iso2022_kr"
    if sample[:400].count(b"\x00") * 3 > len(sample[:400]) > 3:
        return "utf-16-be" if sample[:1] == b"\x00" else "utf-16-le"
    return ""


def _mostly_utf8(octets: bytes) -> bool:
    """Whether the octets are UTF-8 with at most one invalid sequence per ten valid non-ASCII characters."""
    try:
        octets.decode("utf-8")
        return True
    except UnicodeDecodeError:
        text = octets[:_SAMPLE].decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - bad
    return good >= 10 * bad


def _fits(sample: bytes, codec: str) -> bool:
    try:
        text = sample.decode(codec)
    except (UnicodeError, LookupError):
        return (
            sample[: len(sample) - 3].decode(codec, "replace").count("\ufffd") == 0 if len(sample) == _SAMPLE else False
        )
    return not any("\ue000" <= character <= "\uf8ff" for character in text)


# Per codec: the script, and a test of lead and trail octet for common characters (level 1 hanzi and kanji, hangul).
_MULTIBYTE: dict[str, tuple[str, Callable[[int, int], bool]]] = {
    "gb18030": ("[\u4e00-\u9fff]", lambda lead, trail: 0xB0 <= lead <= 0xD7 and trail >= 0xA1),
    "big5hkscs": ("[\u4e00-\u9fff]", lambda lead, _trail: 0xA4 <= lead <= 0xC6),
    "cp932": ("[\u3040-\u30ff\u4e00-\u9fff]", lambda lead, _trail: lead in (0x82, 0x83) or 0x88 <= lead <= 0x97),
    "euc_jp": ("[\u3040-\u30ff\u4e00-\u9fff]", lambda lead, _trail: lead in (0xA4, 0xA5) or 0xB0 <= lead <= 0xCF),
    "cp949": ("[\uac00-\ud7a3]", lambda lead, trail: 0xB0 <= lead <= 0xC8 and trail >= 0xA1),
}


def _multibyte_score(sample: bytes, runs: list[bytes], codec: str) -> float:
    """The share of common characters in the non-ASCII text under a multi-byte codec, from 0 to 1."""
    if max((len(run) for run in runs), default=0) < 2:
        return 0.0
    text = sample.decode(codec, "replace")
    bad = text.count("\ufffd")
    non_ascii = [character for character in text if character > "\x7f"]
    if not non_ascii or bad * 20 > len(non_ascii):
        return 0.0
    script, is_common = _MULTIBYTE[codec]
    letters = re.findall(script, text)
    if not letters:
        return 0.0
    common_count = 0
    for letter in letters[:2000]:
        octets = letter.encode(codec, "ignore")
        common_count += len(octets) == 2 and is_common(octets[0], octets[1])
    kana = len(re.findall("[\u3040-\u30ff]", text)) if codec in ("cp932", "euc_jp") else 0
    if codec in ("cp932", "euc_jp") and kana * 8 < len(letters):
        return 0.0  # Japanese is not written without kana
    share = common_count / min(len(letters), 2000)
    punctuation = len(re.findall("[\u3000-\u303f\uff00-\uffef\u2018-\u201d\u2026\u2014\u00b7]", text))
    spread = min(1.0, (len(letters) + punctuation) / len(non_ascii))
    return share * spread * spread


def _single_byte(sample: bytes, runs: list[bytes]) -> str:
    total = sum(len(run) for run in runs)
    long_runs = sum(len(run) for run in runs if len(run) >= 3)
    if long_runs * 2 > total:
        codec = _cyrillic_or_greek(sample, total)
        if codec:
            return codec
    return _latin_codec(sample)


def _cyrillic_or_greek(sample: bytes, total: int) -> str:
    """The codec of Cyrillic or Greek text by its share of lower-case letters, or an empty string: in the wrong charset
    they come out as capitals."""
    best, score = "", 0.0
    for codec in ("cp1251", "koi8-r", "iso8859_5", "cp866"):
        text = sample.decode(codec, "replace")
        lower_case = len(_CYRILLIC.findall(text))
        common = sum(1 for character in text if character in _CYRILLIC_COMMON and character != " ")
        mixed = len(re.findall("[а-я][А-Я]", text))
        value = (lower_case + common - 2 * mixed) / (2 * total)
        if value > score:
            best, score = codec, value
    greek = sample.decode("cp1253", "replace")
    vowels = len(re.findall("[αοιετσνάίό]", greek)) / total  # Russian decoded as Greek has half as many
    if vowels > 0.42:
        return "cp1253"
    return best if score > 0.5 else ""


def _latin_codec(sample: bytes) -> str:
    best, score = "cp1252", _common_share(sample.decode("cp1252", "replace"), _WESTERN_COMMON)
    for codec, common in (("cp1250", _CENTRAL_COMMON), ("iso8859_2", _CENTRAL_COMMON), ("cp1254", _TURKISH_COMMON)):
        value = _common_share(sample.decode(codec, "replace"), common)
        if value > score + 0.001:
            best, score = codec, value
    return best


def _common_share(text: str, common: frozenset[str]) -> float:
    non_ascii = [character for character in text if character > "\x7f"]
    return sum(1 for character in non_ascii if character in common) / max(1, len(non_ascii))
