"""What stands around the words of a staff mail and is none of them: greetings, list marks, quotation marks, thanks.

People write to the desk as they write to people: "Hi,", a list of what is to be done, "thanks, Dino". None of it
changes what they mean, and none of it alone is a letter to a customer.
"""

from __future__ import annotations

import re

from parsers.answers.command_words import narrow
from parsers.answers.speech import Speech
from parsers.reply.signature import is_program_line, is_sign_off

_MARK = re.compile(
    r"\s*(?:[•‣◦▪▫●○■□◆◇★☆※·∙➢➤→►▶✓✔☑✗>*+~–—―-]{1,3}(?=\s|[^\W\d_])\s*|[(（]?(?:\d{1,2}|[a-zA-Z]|[一二三四五六七八九十]{1,2})[.)）、．]\s+"
    r"|[(（]?\d{1,2}[)）、．]\s*|[①-⑳]\s*|\[[ xX]?\]\s*)"
)
_QUOTES = {
    '"': '"',
    "'": "'",
    "“": "”",
    "„": "“",
    "«": "»",
    "‹": "›",
    "`": "`",
    "「": "」",
    "『": "』",
    "*": "*",
    "_": "_",
    "‘": "’",
}
_LONGEST = 80  # characters of a greeting or of thanks
_NAME_WORDS = 4
_SMALL = 2  # words in small letters among the names: "señor don Pedro"
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")


def without_list_mark(line: str) -> str:
    """A line without the mark or number that makes it part of a list, and without quotation marks around it."""
    shown = _without_quotes(line.strip())
    for _ in range(2):
        found = _MARK.match(shown)
        if not found or not shown[found.end() :].strip():
            break
        shown = _without_quotes(shown[found.end() :].strip())
    return shown


def _without_quotes(line: str) -> str:
    while len(line) > 2 and _QUOTES.get(line[0]) == line[-1]:
        line = line[1:-1].strip()
    return line


def is_greeting(line: str, speech: Speech) -> bool:
    """Whether a line opens a letter and says nothing: "Hi Jane,", "Hallo zusammen", "您好："."""
    text = narrow(line).strip()
    found = speech.greeting_start.match(text)
    if not text or len(text) > _LONGEST or not found:
        return False
    rest = text[found.end() :].strip(" ,.!:;，。！：、-–")
    return _names_people(rest, speech) and not re.search(r"[.!?。！？,，;:]", rest.removesuffix("."))


def _names_people(rest: str, speech: Speech) -> bool:
    """Whether what stands behind a greeting's word is names: "Jane", "Damen und Herren", "all"."""
    words = rest.split()
    small = sum(word[:1].islower() for word in words)
    few = small <= 1 or (small == _SMALL and words[-1][:1].isupper())
    return len(words) <= _NAME_WORDS and (few or bool(speech.collective.fullmatch(rest.lower())))


def greets_nobody(line: str, speech: Speech) -> bool:
    """Whether a greeting names no person: "Hi," and "Hallo zusammen,", not "Dear Ms Adams,"."""
    text = narrow(line).strip()
    found = speech.greeting_start.match(text)
    return bool(found) and bool(speech.collective.fullmatch(text[found.end() :].lower() if found else ""))


def is_closing(text: str, speech: Speech, *, writer: str = "") -> bool:
    """Whether a text only thanks, parts, names its writer, or has no letter and no figure in it at all."""
    lines = [line.strip() for line in text.split("\n") if any(sign.isalnum() for sign in line)]
    names = {word.casefold() for word in _WORD.findall(writer)}
    parted = False
    for line in lines:
        words = {word.casefold() for word in _WORD.findall(line)}
        if _parts(line, speech, names):
            parted = True
        elif not (is_program_line(line) or (words and words <= names) or (parted and _like_a_name(line, lines))):
            return False
    return True


def _parts(line: str, speech: Speech, names: set[str]) -> bool:
    """Whether a line is thanks or a closing greeting, with the writer's name behind it or not."""
    shown = narrow(line).strip()[: _LONGEST + 1]
    if len(shown) > _LONGEST:
        return False
    if is_sign_off(shown) or speech.closing.fullmatch(shown):
        return True
    words = shown.split()
    head = next((count for count in range(len(words), 0, -1) if speech.closing.fullmatch(" ".join(words[:count]))), 0)
    behind = {word.casefold().strip(".,!") for word in words[head:]}
    return head > 0 and (behind <= names or (len(behind) == 1 and words[head][:1].isupper()))


def _like_a_name(line: str, lines: list[str]) -> bool:
    """Whether a line under a closing greeting, near the end, is a name."""
    words = line.split()
    return (
        line in lines[-2:] and len(words) <= _NAME_WORDS and all(word[:1].isupper() or len(word) == 1 for word in words)
    )
