"""Separate the sender's signature from their text: delimiter, closing greeting, "Sent from my phone", legal footer,
signature elements of the HTML.

In doubt the text stays in the reply, because a lost sentence is worse than a signature left in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.reply.html_quotes import letters_and_digits
from parsers.reply.quoting import clean_quoted_line
from parsers.wordlists import any_pattern, wordlist, words_pattern

_WORDS = wordlist("reply")
_MOST_LINES = 12  # lines of a signature; more are text
_PROGRAM_LINE = re.compile(
    rf"(?:(?:{any_pattern(_WORDS['sent_from'])})[^.!?:;,]{{0,25}}?(?<![A-Za-z0-9]){any_pattern(_WORDS['sent_with'])}"
    rf"(?: [^\s!?,;]{{1,25}}){{0,4}}|{any_pattern(_WORDS['sent_lines'])})[.!]?(?:\s?[<(]?https?:\S{{1,200}})?$",
    re.IGNORECASE,
)
_SIGN_OFF = words_pattern(_WORDS["sign_offs"])
_SIGN_OFF_ALONE = re.compile(rf"{_SIGN_OFF}[\s,.!，。！~]{{0,4}}$", re.IGNORECASE)
_SIGN_OFF_LAST = re.compile(rf".{{1,90}}[\s,.;，。!]{_SIGN_OFF}[\s,.!，。！]{{0,4}}$", re.IGNORECASE)
_FOOTER = re.compile(any_pattern(_WORDS["footers"]), re.IGNORECASE)
_COMPANY_LINE = re.compile(any_pattern(_WORDS["company"]), re.IGNORECASE)
_CONTACT_LABEL = re.compile(
    r"(?:tel|phone|mob|cell|fax|e-?mail|mail|web|www|http|skype|vat|p\.? ?iva|"
    r"c\.?f\b|ust|hrb|gesch|sitz|siret|nip|cif|kvk|"
    r"dir|office|ufficio|uff|m|t|f|e|w|d|тел|моб|телефон|τηλ|电话|電話|手机|手機|邮箱|地址|telefon\w*|mobil\w*|handy)\b",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[^\W\d_][\w .'/-]{0,40}[:：]\s*\S")
_POSTSCRIPT = re.compile(r"(?:p\.? ?s\.?|n\.? ?b\.?)[\s:]", re.IGNORECASE)
_DASH_NAME = re.compile(r"[-–—]{1,2} ?[A-ZÀ-ÞА-ЯΑ-Ω][\w.'’-]{1,20}(?: [A-ZÀ-ÞА-ЯΑ-Ω][\w.'’-]{0,20}){0,2}$")
_LIST_RULE = re.compile(r"_{5,200}$")
_LIST_FOOTER_WORDS = re.compile(r"https?://|mailing list|unsubscribe|listinfo", re.IGNORECASE)


def split_signature(lines: list[str], *, below: bool = False) -> tuple[list[str], list[str]]:
    """Split one run of unquoted lines into (text, signature). Only a run `below` earlier text and a quotation may
    consist of a signature alone."""
    body, tail = _without_program_lines(lines)
    for find in (_find_delimiter, _find_footer, _find_list_footer, _find_sign_off, _find_dash_name):
        at = find([clean_quoted_line(line) for line in body], body)
        alone = below and find is _find_delimiter
        if at is not None and (alone or any(clean_quoted_line(line) for line in body[:at])):
            body, tail = body[:at], body[at:] + tail
    return body, tail


def without_own_name(text: str, name: str) -> str:
    """The text without the signature of a person with a known name.

    The signature begins with a line near the end that starts with `name`, if only contact and company lines follow.
    """
    lines = text.rstrip().split("\n")
    folded_name = " ".join(name.split()).casefold()
    name_line = re.compile(rf"{re.escape(folded_name)}(?:$|\s*[|,;·•/(–—-])") if folded_name else None
    for index in range(len(lines) - 1, max(0, len(lines) - _MOST_LINES), -1):
        line = " ".join(lines[index].split()).casefold()
        below = [following.strip() for following in lines[index:] if not _COMPANY_LINE.search(following)]
        if name_line and name_line.match(line) and _looks_like_signature(below, strict=True):
            return "\n".join(lines[:index]).rstrip()
    return text


def is_program_line(line: str) -> bool:
    """Whether a phone or mail program added this line ("Sent from my iPhone")."""
    cleaned = clean_quoted_line(line)
    return len(cleaned) <= 120 and bool(_PROGRAM_LINE.match(cleaned))


def is_sign_off(line: str) -> bool:
    """Whether a line is only a closing greeting."""
    return bool(_SIGN_OFF_ALONE.match(clean_quoted_line(line)))


def _without_program_lines(lines: list[str]) -> tuple[list[str], list[str]]:
    """Move lines added by a mail program from the first or the last four non-blank lines: (text, program lines)."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    program_lines = [index for index in filled[-4:] + filled[:1] if is_program_line(lines[index])]
    if not program_lines:
        return lines, []
    at = set(program_lines)
    return [line for index, line in enumerate(lines) if index not in at], [lines[index] for index in sorted(at)]


def _find_delimiter(cleaned: list[str], body: list[str]) -> int | None:
    # Only the last lines are examined: a signature is short, and a text may have any number of delimiters.
    filled = [index for index, line in enumerate(cleaned) if line]
    first = filled[-2 * _MOST_LINES - 1] if len(filled) > 2 * _MOST_LINES else 0
    for index in range(first, len(body)):
        line = body[index]
        bare = line.replace("\u00a0", " ").rstrip("\r\n")
        if bare in ("-- ", "--", "—", "–", "— ") and _looks_like_signature(cleaned[index + 1 :], strict=bare != "-- "):
            return index
    return None


def _find_sign_off(cleaned: list[str], body: list[str]) -> int | None:
    """The index of the last closing greeting with only a name and contacts below it, or None."""
    filled = [index for index, line in enumerate(cleaned) if line]
    for index in reversed(filled[-_MOST_LINES - 1 :]):
        if _SIGN_OFF_ALONE.match(cleaned[index]) and _looks_like_signature(cleaned[index + 1 :], strict=True):
            return _first_sign_off(cleaned, index)
        if _SIGN_OFF_LAST.match(cleaned[index]) and _looks_like_signature(cleaned[index + 1 :], strict=True):
            return index + 1
    return None


def _first_sign_off(cleaned: list[str], index: int) -> int:
    while index > 0 and _SIGN_OFF_ALONE.match(cleaned[index - 1]):
        index -= 1
    return index


def _find_footer(cleaned: list[str], body: list[str]) -> int | None:
    for index, line in enumerate(cleaned):
        if line and _FOOTER.match(line) and (index == 0 or not cleaned[index - 1] or not _is_prose(cleaned[index - 1])):
            return index
    return None


def _find_list_footer(cleaned: list[str], body: list[str]) -> int | None:
    filled = [index for index, line in enumerate(cleaned) if line]
    for index in filled[-8:]:
        if _LIST_RULE.match(cleaned[index]) and any(_LIST_FOOTER_WORDS.search(line) for line in cleaned[index + 1 :]):
            return index
    return None


def _find_dash_name(cleaned: list[str], body: list[str]) -> int | None:
    filled = [index for index, line in enumerate(cleaned) if line]
    if (
        len(filled) < 2
        or not _DASH_NAME.match(cleaned[filled[-1]])
        or cleaned[filled[-2]].startswith(("-", "–", "—", "•", "*"))
    ):
        return None
    return filled[-1]


def _looks_like_signature(cleaned: list[str], *, strict: bool) -> bool:
    """Whether these lines are a signature: names and contacts, no statement, question or answer. With `strict`, prose
    and long signatures are rejected as well."""
    filled = [line for line in cleaned if line and not _COMPANY_LINE.search(line)]
    if len(filled) > (_MOST_LINES if strict else 2 * _MOST_LINES):
        return False
    if any(_POSTSCRIPT.match(line) or _is_labelled_value(line) for line in filled):
        return False
    return not any(_is_prose(line) for line in filled if not _FOOTER.match(line)) if strict else True


def _is_labelled_value(line: str) -> bool:
    return bool(_LABELLED.match(line)) and not _CONTACT_LABEL.match(line) and "@" not in line and "://" not in line


def _is_prose(line: str) -> bool:
    return (
        line.endswith(("?", "？"))
        or (line.endswith((".", "!", "。", "！")) and len(line.split()) > 6)
        or len(line) > 100
    )


# ----------------------------------------------------------------------------------- in the HTML

_LARGEST = 1_000_000  # characters of HTML examined
_MOST_NODES = 20_000
_MOST_LETTERS = 1_500  # letters and digits of a signature; more is a text that somebody typed into the element
_ELEMENT_NAMES = frozenset((
    "signature", "gmail_signature", "ms-outlook-mobile-signature", "moz-signature", "applemailsignature",
    "zimbra-signature", "yahoo-signature", "ymail_android_signature", "protonmail_signature_block",
    "tutanota-signature", "sig", "_mcntyk_signature", "mobile-signature",
))  # fmt: skip


def without_html_signature(reply: str, html: str) -> tuple[str, str]:
    """Split the reply into (text, signature) where the HTML has the signature in a separate element. A reply that would
    be empty then is returned unchanged."""
    for letters in _signature_letters(html):
        lines = reply.split("\n")
        start = _matching_start(lines, letters)
        if start and any(character.isalnum() for line in lines[:start] for character in line):
            return "\n".join(lines[:start]).rstrip(), "\n".join(lines[start:]).strip()
    return reply, ""


def _matching_start(lines: list[str], letters: str) -> int:
    """The line from which on the remaining lines have exactly these letters and digits; 0 if there is none."""
    seen = ""
    for index in range(len(lines) - 1, 0, -1):
        seen = letters_and_digits(lines[index]) + seen
        if seen == letters:
            return index
        if not letters.endswith(seen):
            break
    return 0


def _signature_letters(html: str) -> Iterator[str]:
    body = LexborHTMLParser(html[:_LARGEST]).body if html else None
    if body is None:
        return
    for count, node in enumerate(body.traverse()):
        if count > _MOST_NODES:
            return
        if _is_signature_element(node):
            letters = letters_and_digits(node.text(deep=True)[: 2 * _MOST_LETTERS])
            if 0 < len(letters) <= _MOST_LETTERS:
                yield letters


def _is_signature_element(node: LexborNode) -> bool:
    attributes = node.attributes
    names = [
        attributes.get("id") or "",
        *(attributes.get("class") or "").split(),
        attributes.get("data-smartmail") or "",
    ]
    return any(name.lower().removeprefix("x_") in _ELEMENT_NAMES for name in names)
