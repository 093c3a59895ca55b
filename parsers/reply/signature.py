"""The sender's signature, apart from what they wrote: delimiter, closing greeting, phone line, legal footer.

When in doubt the words stay in the reply: a signature left in is untidy, a sentence lost is a wrong.
"""

from __future__ import annotations

import re

from parsers.reply.quoting import clean
from parsers.wordlists import any_of, either, wordlist

_WORDS = wordlist("reply")
_MOST_LINES = 12  # a signature with more lines than this is text
_SENT = re.compile(
    rf"(?:(?:{either(_WORDS['sent_from'])})[^.!?:;,]{{0,25}}?(?<![A-Za-z0-9]){either(_WORDS['sent_with'])}"
    rf"(?: [^\s!?,;]{{1,25}}){{0,4}}|{either(_WORDS['sent_lines'])})[.!]?(?:\s?[<(]?https?:\S{{1,200}})?$",
    re.IGNORECASE,
)
_SIGN_OFF = any_of(_WORDS["sign_offs"])
_SIGN_OFF_ALONE = re.compile(rf"{_SIGN_OFF}[\s,.!，。！~]{{0,4}}$", re.IGNORECASE)
_SIGN_OFF_LAST = re.compile(rf".{{1,90}}[\s,.;，。!]{_SIGN_OFF}[\s,.!，。！]{{0,4}}$", re.IGNORECASE)
_FOOTER = re.compile(either(_WORDS["footers"]), re.IGNORECASE)
_COMPANY = re.compile(either(_WORDS["company"]), re.IGNORECASE)
_CONTACT = re.compile(
    r"(?:tel|phone|mob|cell|fax|e-?mail|mail|web|www|http|skype|vat|p\.? ?iva|"
    r"c\.?f\b|ust|hrb|gesch|sitz|siret|nip|cif|kvk|"
    r"dir|office|ufficio|uff|m|t|f|e|w|d|тел|моб|телефон|τηλ|电话|電話|手机|手機|邮箱|地址|telefon\w*|mobil\w*|handy)\b",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[^\W\d_][\w .'/-]{0,40}[:：]\s*\S")
_POSTSCRIPT = re.compile(r"(?:p\.? ?s\.?|n\.? ?b\.?)[\s:]", re.IGNORECASE)
_DASH_NAME = re.compile(r"[-–—]{1,2} ?[A-ZÀ-ÞА-ЯΑ-Ω][\w.'’-]{1,20}(?: [A-ZÀ-ÞА-ЯΑ-Ω][\w.'’-]{0,20}){0,2}$")
_LIST_RULE = re.compile(r"_{5,200}$")
_LIST_WORDS = re.compile(r"https?://|mailing list|unsubscribe|listinfo", re.IGNORECASE)


def split_signature(lines: list[str], *, below: bool = False) -> tuple[list[str], list[str]]:
    """One run of a person's lines as (what they wrote, signature). A run `below` words of theirs and a quotation may
    be a signature and nothing else."""
    body, tail = _without_sent_line(lines)
    for find in (_delimiter, _footer, _list_footer, _sign_off, _dash_name):
        at = find([clean(line) for line in body], body)
        alone = below and find is _delimiter
        if at is not None and (alone or any(clean(line) for line in body[:at])):
            body, tail = body[:at], body[at:] + tail
    return body, tail


def without_own_name(text: str, name: str) -> str:
    """The text without the signature of somebody whose name is known: from the line that begins with it, near the
    end, when nothing but name, contacts and a company's own lines follow. Nobody else is told from their name alone."""
    lines = text.rstrip().split("\n")
    wanted = " ".join(name.split()).casefold()
    begins = re.compile(rf"{re.escape(wanted)}(?:$|\s*[|,;·•/(–—-])") if wanted else None
    for index in range(len(lines) - 1, max(0, len(lines) - _MOST_LINES), -1):
        line = " ".join(lines[index].split()).casefold()
        below = [one.strip() for one in lines[index:] if not _COMPANY.search(one)]
        if begins and begins.match(line) and _like_signature(below, strict=True):
            return "\n".join(lines[:index]).rstrip()
    return text


def is_program_line(line: str) -> bool:
    """Whether a phone or a program added this line ("Sent from my iPhone")."""
    shown = clean(line)
    return len(shown) <= 120 and bool(_SENT.match(shown))


def is_sign_off(line: str) -> bool:
    """Whether a line is a closing greeting and nothing else."""
    return bool(_SIGN_OFF_ALONE.match(clean(line)))


def _without_sent_line(lines: list[str]) -> tuple[list[str], list[str]]:
    """Program lines are taken out wherever they stand among the last lines."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    found = [index for index in filled[-4:] + filled[:1] if is_program_line(lines[index])]
    if not found:
        return lines, []
    at = set(found)
    return [line for index, line in enumerate(lines) if index not in at], [lines[index] for index in sorted(at)]


def _delimiter(shown: list[str], body: list[str]) -> int | None:
    # A signature is short: what stands before its last lines is not looked at, however many delimiters there are.
    filled = [index for index, line in enumerate(shown) if line]
    first = filled[-2 * _MOST_LINES - 1] if len(filled) > 2 * _MOST_LINES else 0
    for index in range(first, len(body)):
        line = body[index]
        bare = line.replace("\u00a0", " ").rstrip("\r\n")
        if bare in ("-- ", "--", "—", "–", "— ") and _like_signature(shown[index + 1 :], strict=bare != "-- "):
            return index
    return None


def _sign_off(shown: list[str], body: list[str]) -> int | None:
    """The closing greeting with the name under it; the last one that has only a name and contacts under it."""
    filled = [index for index, line in enumerate(shown) if line]
    for index in reversed(filled[-_MOST_LINES - 1 :]):
        if _SIGN_OFF_ALONE.match(shown[index]) and _like_signature(shown[index + 1 :], strict=True):
            return _earlier_sign_off(shown, index)
        if _SIGN_OFF_LAST.match(shown[index]) and _like_signature(shown[index + 1 :], strict=True):
            return index + 1
    return None


def _earlier_sign_off(shown: list[str], index: int) -> int:
    while index > 0 and _SIGN_OFF_ALONE.match(shown[index - 1]):
        index -= 1
    return index


def _footer(shown: list[str], body: list[str]) -> int | None:
    for index, line in enumerate(shown):
        if line and _FOOTER.match(line) and (index == 0 or not shown[index - 1] or not _prose(shown[index - 1])):
            return index
    return None


def _list_footer(shown: list[str], body: list[str]) -> int | None:
    filled = [index for index, line in enumerate(shown) if line]
    for index in filled[-8:]:
        if _LIST_RULE.match(shown[index]) and any(_LIST_WORDS.search(line) for line in shown[index + 1 :]):
            return index
    return None


def _dash_name(shown: list[str], body: list[str]) -> int | None:
    filled = [index for index, line in enumerate(shown) if line]
    if (
        len(filled) < 2
        or not _DASH_NAME.match(shown[filled[-1]])
        or shown[filled[-2]].startswith(("-", "–", "—", "•", "*"))
    ):
        return None
    return filled[-1]


def _like_signature(shown: list[str], *, strict: bool) -> bool:
    """Whether these lines are names and contacts rather than something told, asked or answered."""
    filled = [line for line in shown if line and not _COMPANY.search(line)]
    if len(filled) > (_MOST_LINES if strict else 2 * _MOST_LINES):
        return False
    if any(_POSTSCRIPT.match(line) or _answers(line) for line in filled):
        return False
    return not any(_prose(line) for line in filled if not _FOOTER.match(line)) if strict else True


def _answers(line: str) -> bool:
    return bool(_LABELLED.match(line)) and not _CONTACT.match(line) and "@" not in line and "://" not in line


def _prose(line: str) -> bool:
    return (
        line.endswith(("?", "？"))
        or (line.endswith((".", "!", "。", "！")) and len(line.split()) > 6)
        or len(line) > 100
    )
