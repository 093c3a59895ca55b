"""Which charset undeclared 8-bit text is written in, judged by what the octets would mean.

No detector of the general kind is used: mail gives a few words, where counting the usual characters of each script
is both faster and surer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 20_000
"""Octets looked at; a charset shows within the first lines."""

_WESTERN_USUAL = frozenset("àèéìòùÀÈÉÌÒÙäöüßÄÖÜçÇñÑêôâîûëïæøåÆØÅãõíóúáÁÍÓÚÊœ€’‘“”–—…«»°§©®ºª¿¡·´ÿ\xa0£²³µ½×•„‚")
_CENTRAL_USUAL = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰăâîșțşţĂÂÎŞŢäöüßÄÖÜđĐôľĺŕ€’“”„–—\xa0°§«»")
_TURKISH_USUAL = frozenset("çğıöşüÇĞİÖŞÜâîû€’“”–—\xa0")
_CYRILLIC = re.compile("[а-яёіїєґ]")
_CYRILLIC_UPPER = re.compile("[А-ЯЁІЇЄҐ]")
_USUAL_CYRILLIC = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё іїєґ")


def western(text: str) -> bool:
    """Whether decoded single-byte text reads like a European language in Latin letters.

    Latin writing has its accented letters scattered among plain ones; text of another script that was decoded as
    Latin is almost nothing but accented letters and signs.
    """
    beyond = sum(1 for character in text[:_SAMPLE] if character > "\x7f")
    if beyond < 4:
        return True
    longest = max((len(run) for run in re.findall("[\x80-\uffff]+", text[:_SAMPLE])), default=0)
    letters = sum(1 for character in text[:_SAMPLE] if character.isascii() and character.isalpha())
    if longest < 4:
        return letters * 2 >= beyond
    usual = sum(1 for character in text[:_SAMPLE] if character in _WESTERN_USUAL or character in _CENTRAL_USUAL)
    return usual >= beyond * 0.85 and letters >= beyond


def detect(octets: bytes, hint: str = "") -> str:
    """The Python codec that makes most sense of the octets, or an empty string. `hint` wins where it fits."""
    sample = octets[:_SAMPLE]
    stateful = _escapes(sample)
    if stateful:
        return stateful
    if sample.isascii():
        return "ascii"
    if _mostly_utf8(octets):
        return "utf-8"
    if hint and hint not in ("ascii", "utf-8", "cp1252") and _fits(sample, hint):
        return hint
    runs = _HIGH_RUN.findall(sample)
    score, best = max((_score(sample, runs, codec), codec) for codec in _MULTIBYTE)
    if score >= 0.6:
        return best
    return _single_byte(sample, runs)


def _escapes(sample: bytes) -> str:
    if b"\x1b$B" in sample or b"\x1b$@" in sample or b"\x1b(J" in sample:
        return "iso2022_jp_ext"
    if b"\x1b$)C" in sample:
        return "iso2022_kr"
    if sample[:400].count(b"\x00") * 3 > len(sample[:400]) > 3:
        return "utf-16-be" if sample[:1] == b"\x00" else "utf-16-le"
    return ""


def _mostly_utf8(octets: bytes) -> bool:
    """Whether the text is UTF-8, if with some damage: at most one bad spot among ten good ones."""
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


# Lead octets of the everyday characters of each charset: level 1 hanzi and kanji, common hangul.
_MULTIBYTE: dict[str, tuple[str, Callable[[int, int], bool]]] = {
    "gb18030": ("[\u4e00-\u9fff]", lambda lead, trail: 0xB0 <= lead <= 0xD7 and trail >= 0xA1),
    "big5hkscs": ("[\u4e00-\u9fff]", lambda lead, _trail: 0xA4 <= lead <= 0xC6),
    "cp932": ("[\u3040-\u30ff\u4e00-\u9fff]", lambda lead, _trail: lead in (0x82, 0x83) or 0x88 <= lead <= 0x97),
    "euc_jp": ("[\u3040-\u30ff\u4e00-\u9fff]", lambda lead, _trail: lead in (0xA4, 0xA5) or 0xB0 <= lead <= 0xCF),
    "cp949": ("[\uac00-\ud7a3]", lambda lead, trail: 0xB0 <= lead <= 0xC8 and trail >= 0xA1),
}


def _score(sample: bytes, runs: list[bytes], codec: str) -> float:
    """How much of the text beyond ASCII is everyday writing under a multi-byte codec, from 0 to 1."""
    if max((len(run) for run in runs), default=0) < 2:
        return 0.0
    text = sample.decode(codec, "replace")
    bad = text.count("\ufffd")
    beyond = [character for character in text if character > "\x7f"]
    if not beyond or bad * 20 > len(beyond):
        return 0.0
    script, usual = _MULTIBYTE[codec]
    letters = re.findall(script, text)
    if not letters:
        return 0.0
    everyday = 0
    for letter in letters[:2000]:
        octets = letter.encode(codec, "ignore")
        everyday += len(octets) == 2 and usual(octets[0], octets[1])
    kana = len(re.findall("[\u3040-\u30ff]", text)) if codec in ("cp932", "euc_jp") else 0
    if codec in ("cp932", "euc_jp") and kana * 8 < len(letters):
        return 0.0  # Japanese is not written without kana
    share = everyday / min(len(letters), 2000)
    punctuation = len(re.findall("[\u3000-\u303f\uff00-\uffef\u2018-\u201d\u2026\u2014\u00b7]", text))
    spread = min(1.0, (len(letters) + punctuation) / len(beyond))
    return share * spread * spread


def _single_byte(sample: bytes, runs: list[bytes]) -> str:
    total = sum(len(run) for run in runs)
    long_runs = sum(len(run) for run in runs if len(run) >= 3)
    if long_runs * 2 > total:
        words = _other_alphabet(sample, total)
        if words:
            return words
    return _latin(sample)


def _other_alphabet(sample: bytes, total: int) -> str:
    """Cyrillic, Greek or Hebrew by the share of small letters: in the wrong charset they come out as capitals."""
    best, score = "", 0.0
    for codec in ("cp1251", "koi8-r", "iso8859_5", "cp866"):
        text = sample.decode(codec, "replace")
        small = len(_CYRILLIC.findall(text))
        usual = sum(1 for character in text if character in _USUAL_CYRILLIC and character != " ")
        mixed = len(re.findall("[а-я][А-Я]", text))
        value = (small + usual - 2 * mixed) / (2 * total)
        if value > score:
            best, score = codec, value
    greek = sample.decode("cp1253", "replace")
    vowels = len(re.findall("[αοιετσνάίό]", greek)) / total  # Russian read as Greek has half as many
    if vowels > 0.42:
        return "cp1253"
    return best if score > 0.5 else ""


def _latin(sample: bytes) -> str:
    best, score = "cp1252", _share(sample.decode("cp1252", "replace"), _WESTERN_USUAL)
    for codec, usual in (("cp1250", _CENTRAL_USUAL), ("iso8859_2", _CENTRAL_USUAL), ("cp1254", _TURKISH_USUAL)):
        value = _share(sample.decode(codec, "replace"), usual)
        if value > score + 0.001:
            best, score = codec, value
    return best


def _share(text: str, usual: frozenset[str]) -> float:
    beyond = [character for character in text if character > "\x7f"]
    return sum(1 for character in beyond if character in usual) / max(1, len(beyond))
