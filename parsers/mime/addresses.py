"""Mailboxes of address headers (RFC 5322 section 3.4), also where the header is broken.

The strict reading is mail-parser's, done by the caller; here stand what comes before it (encoded words are taken out,
so that what they decode to cannot become structure) and after it (what a person would still recognise).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.mime.charsets import one_line
from parsers.mime.headers import encoded_words, unfold, words
from parsers.reading import Mailbox

Pairs = list[tuple[str, str]]

_LOOSE = re.compile(r"[^\s<>()\[\],;:\"'\\@]+@[^\s<>()\[\],;:\"'\\@]+")
_BETWEEN = re.compile(r"[\s<>()\[\],;:\"'\\]+")
_ANGLE = re.compile(r"<([^<>]*)>")
_MARK = re.compile("\ue000([0-9]{1,6})\ue001")
_COMMENT = re.compile(r"\(([^()]*)\)")
_JUNK = " \t\"'“”<>;,"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An address header whose encoded words are taken out: `text` holds marks, `kept` what they decode to."""

    text: str
    kept: tuple[str, ...]


def prepare(values: Sequence[bytes], *, most: int, hint: str = "") -> Prepared:
    """The raw values of one header as one list that a strict reader may see, cut after about `most` members."""
    texts = [unfold(value, hint).replace("\ue000", "").replace("\ue001", "") for value in values]
    marked, kept = _taken_out(_cut(", ".join(text for text in texts if text), most))
    return Prepared(marked, tuple(kept))


def mailboxes(prepared: Prepared, pairs: Pairs, *, broken: bool, most: int) -> tuple[Mailbox, ...]:
    """The mailboxes of a prepared header, in order, at most `most`.

    `pairs` are the (name, address) pairs of a strict reading; `broken` says that it had to give something up.
    """
    if not prepared.text:
        return ()
    found = [_mailbox(name, address, prepared.kept) for name, address in pairs if address]
    if broken:
        found = _recovered(prepared.text, found, prepared.kept)
    if not found:
        found = _from_decoded(_put_back(prepared.text, prepared.kept))
    return tuple(found[:most])


def addresses_in(text: str) -> list[str]:
    """Everything in a text that looks like an address, in order. Linear, where a search for *word@word* is not."""
    if "@" not in text:
        return []
    return [word for word in _BETWEEN.split(text) if "@" in word and _LOOSE.fullmatch(word)]


def _cut(text: str, most: int) -> str:
    """The start of a list that holds at most `most` members, give or take commas in names."""
    place = -1
    for _ in range(most + 200):
        place = text.find(",", place + 1)
        if place < 0:
            return text
    return text[:place]


def _taken_out(text: str) -> tuple[str, list[str]]:
    """The text with every run of encoded words replaced by a mark, and the decoded runs."""
    kept: list[str] = []
    pieces: list[str] = []
    place = run_start = run_end = 0
    for start, end, _charset, _octets in encoded_words(text):
        if run_end and not text[run_end:start].strip():
            run_end = end
            continue
        if run_end:
            pieces += [text[place:run_start], f"\ue000{len(kept)}\ue001"]
            kept.append(one_line(words(text[run_start:run_end])))
            place = run_end
        run_start, run_end = start, end
    if run_end:
        pieces += [text[place:run_start], f"\ue000{len(kept)}\ue001"]
        kept.append(one_line(words(text[run_start:run_end])))
        place = run_end
    return "".join(pieces) + text[place:], kept


def _put_back(text: str, kept: Sequence[str]) -> str:
    return _MARK.sub(lambda mark: kept[int(mark.group(1))] if int(mark.group(1)) < len(kept) else "", text)


def _mailbox(name: str, address: str, kept: Sequence[str]) -> Mailbox:
    address = one_line(_put_back(address, kept)).strip(_JUNK)
    name = one_line(_put_back(name, kept)).strip()
    if len(name) > 1 and name[0] in "\"'“" and name[-1] in "\"'”":
        name = name[1:-1].strip()
    return Mailbox(address, "" if name == address else name)


def _recovered(marked: str, found: list[Mailbox], kept: Sequence[str]) -> list[Mailbox]:
    """What the strict reading gave up is looked at again, one member at a time."""
    known = {box.address.lower() for box in found}
    for member in _members(marked):
        box = _loose(member, kept)
        if box and box.address.lower() not in known:
            found.append(box)
            known.add(box.address.lower())
    return sorted(found, key=lambda box: marked.find(box.address))


def _members(text: str) -> list[str]:
    """The list cut at commas and semicolons outside quotes; an unclosed quote does not swallow the rest."""
    if text.count('"') % 2:
        text = text.replace('"', "")
    members: list[str] = []
    start, quoted = 0, False
    for place, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character in ",;" and not quoted:
            members.append(text[start:place])
            start = place + 1
    return [*members, text[start:]]


def _loose(member: str, kept: Sequence[str]) -> Mailbox | None:
    angles = [inner for inner in _ANGLE.findall(member) if "@" in inner]
    address = angles[-1].strip() if angles else ""
    if not address or not _LOOSE.fullmatch(address.removeprefix("mailto:")):
        member = _put_back(member, kept)
        seen = addresses_in(member)
        if not seen:
            return None
        address = seen[-1]
    address = address.removeprefix("mailto:").rstrip(".")
    rest = member.replace(address, "")
    comment = _COMMENT.search(rest)
    name = _ANGLE.sub("", rest)
    if comment and not _COMMENT.sub("", name).strip(_JUNK):
        name = comment.group(1)
    return _mailbox(name.strip(_JUNK), address, kept)


def _from_decoded(text: str) -> list[Mailbox]:
    """An address inside an encoded word, or a header that names nobody who can be answered."""
    seen = addresses_in(text)
    if seen:
        name = _ANGLE.sub("", text.replace(seen[0], "")).strip(_JUNK)
        return [Mailbox(seen[0].rstrip("."), one_line(name))]
    angle = _ANGLE.search(text)
    comment = _COMMENT.search(text)
    bare = (angle.group(1) if angle else _COMMENT.sub("", text)).strip(_JUNK)
    if re.fullmatch(r"[!-~]{1,64}", bare) and not bare.endswith(":"):
        name = text.replace(f"<{bare}>", "") if angle else comment.group(1) if comment else ""
        return [Mailbox(bare, one_line(name).strip(_JUNK))]
    name = text.rstrip(":;").strip(_JUNK)
    return [Mailbox("", one_line(name))] if name and not text.rstrip().endswith(":;") else []
