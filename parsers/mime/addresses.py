"""Parse the mailboxes of address headers (RFC 5322 section 3.4), including broken ones.

The caller parses strictly with mail-parser. This module does the steps before it (replace encoded words by
placeholders, so that decoded text cannot become structure) and after it (recover the addresses it rejected).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.mime.charsets import clean_line
from parsers.mime.headers import decode_encoded_words, find_encoded_words, unfold
from parsers.reading import Mailbox

NameAddressPairs = list[tuple[str, str]]

_LENIENT_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'\\@]+@[^\s<>()\[\],;:\"'\\@]+")
_SEPARATORS = re.compile(r"[\s<>()\[\],;:\"'\\]+")
_ANGLE = re.compile(r"<([^<>]*)>")
_PLACEHOLDER = re.compile("\ue000([0-9]{1,6})\ue001")
_COMMENT = re.compile(r"\(([^()]*)\)")
_JUNK = " \t\"'“”<>;,"


@dataclass(frozen=True, slots=True)
class PreparedHeader:
    """An address header whose encoded words are replaced: `text` has placeholders, `kept` the decoded words."""

    text: str
    decoded_words: tuple[str, ...]


def prepare_header(values: Sequence[bytes], *, most: int, hint: str = "") -> PreparedHeader:
    """Join the raw values of one header into one address list for a strict parser, cut after about `most` members."""
    texts = [unfold(value, hint).replace("\ue000", "").replace("\ue001", "") for value in values]
    marked, kept = _with_placeholders(_truncated(", ".join(text for text in texts if text), most))
    return PreparedHeader(marked, tuple(kept))


def parse_mailboxes(
    prepared: PreparedHeader, pairs: NameAddressPairs, *, has_defect: bool, most: int
) -> tuple[Mailbox, ...]:
    """The mailboxes of a prepared header, in order, at most `most`.

    `pairs` are the (name, address) pairs of the strict parser; `has_defect` is whether it reported a defect.
    """
    if not prepared.text:
        return ()
    parsed = [_mailbox(name, address, prepared.decoded_words) for name, address in pairs if address]
    if has_defect:
        parsed = _with_recovered(prepared.text, parsed, prepared.decoded_words)
    if not parsed:
        parsed = _from_decoded(_restored(prepared.text, prepared.decoded_words))
    return tuple(parsed[:most])


def addresses_in(text: str) -> list[str]:
    """Everything in a text that looks like an address, in order. Linear, unlike a regex search for *word@word*."""
    if "@" not in text:
        return []
    return [word for word in _SEPARATORS.split(text) if "@" in word and _LENIENT_ADDRESS.fullmatch(word)]


def _truncated(text: str, most: int) -> str:
    """The first `most` members of a list, plus up to 200 commas that may stand in display names."""
    position = -1
    for _ in range(most + 200):
        position = text.find(",", position + 1)
        if position < 0:
            return text
    return text[:position]


def _with_placeholders(text: str) -> tuple[str, list[str]]:
    """The text with every sequence of encoded words replaced by a placeholder, and the decoded sequences."""
    decoded: list[str] = []
    pieces: list[str] = []
    position = run_start = run_end = 0
    for start, end, _charset, _octets in find_encoded_words(text):
        if run_end and not text[run_end:start].strip():
            run_end = end
            continue
        if run_end:
            pieces += [text[position:run_start], f"\ue000{len(decoded)}\ue001"]
            decoded.append(clean_line(decode_encoded_words(text[run_start:run_end])))
            position = run_end
        run_start, run_end = start, end
    if run_end:
        pieces += [text[position:run_start], f"\ue000{len(decoded)}\ue001"]
        decoded.append(clean_line(decode_encoded_words(text[run_start:run_end])))
        position = run_end
    return "".join(pieces) + text[position:], decoded


def _restored(text: str, kept: Sequence[str]) -> str:
    """The text with its placeholders replaced by the decoded words."""
    return _PLACEHOLDER.sub(lambda mark: kept[int(mark.group(1))] if int(mark.group(1)) < len(kept) else "", text)


def _mailbox(name: str, address: str, kept: Sequence[str]) -> Mailbox:
    address = clean_line(_restored(address, kept)).strip(_JUNK)
    name = clean_line(_restored(name, kept)).strip()
    if len(name) > 1 and name[0] in "\"'“" and name[-1] in "\"'”":
        name = name[1:-1].strip()
    return Mailbox(address, "" if name == address else name)


def _with_recovered(prepared_text: str, found: list[Mailbox], kept: Sequence[str]) -> list[Mailbox]:
    """Add the mailboxes that the strict parser rejected, parsing the list member by member."""
    known = {mailbox.address.lower() for mailbox in found}
    for member in _members(prepared_text):
        mailbox = _lenient_mailbox(member, kept)
        if mailbox and mailbox.address.lower() not in known:
            found.append(mailbox)
            known.add(mailbox.address.lower())
    return sorted(found, key=lambda mailbox: prepared_text.find(mailbox.address))


def _members(text: str) -> list[str]:
    """Split the list at commas and semicolons outside quotes. With an unclosed quote, quotes are ignored."""
    if text.count('"') % 2:
        text = text.replace('"', "")
    members: list[str] = []
    start, quoted = 0, False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character in ",;" and not quoted:
            members.append(text[start:position])
            start = position + 1
    return [*members, text[start:]]


def _lenient_mailbox(member: str, kept: Sequence[str]) -> Mailbox | None:
    """The mailbox in one member of a list: the last address in angle brackets, else the last address in the text."""
    angles = [inner for inner in _ANGLE.findall(member) if "@" in inner]
    address = angles[-1].strip() if angles else ""
    if not address or not _LENIENT_ADDRESS.fullmatch(address.removeprefix("mailto:")):
        member = _restored(member, kept)
        addresses = addresses_in(member)
        if not addresses:
            return None
        address = addresses[-1]
    address = address.removeprefix("mailto:").rstrip(".")
    rest = member.replace(address, "")
    comment = _COMMENT.search(rest)
    name = _ANGLE.sub("", rest)
    if comment and not _COMMENT.sub("", name).strip(_JUNK):
        name = comment.group(1)
    return _mailbox(name.strip(_JUNK), address, kept)


def _from_decoded(text: str) -> list[Mailbox]:
    """The mailbox in a decoded header without a structured address: an address inside an encoded word, a bare local
    part, or only a display name."""
    addresses = addresses_in(text)
    if addresses:
        name = _ANGLE.sub("", text.replace(addresses[0], "")).strip(_JUNK)
        return [Mailbox(addresses[0].rstrip("."), clean_line(name))]
    angle = _ANGLE.search(text)
    comment = _COMMENT.search(text)
    bare = (angle.group(1) if angle else _COMMENT.sub("", text)).strip(_JUNK)
    if re.fullmatch(r"[!-~]{1,64}", bare) and not bare.endswith(":"):
        name = text.replace(f"<{bare}>", "") if angle else comment.group(1) if comment else ""
        return [Mailbox(bare, clean_line(name).strip(_JUNK))]
    name = text.rstrip(":;").strip(_JUNK)
    return [Mailbox("", clean_line(name))] if name and not text.rstrip().endswith(":;") else []
