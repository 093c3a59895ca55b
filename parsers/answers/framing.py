"""The frame around the content of a staff mail: greetings, list marks, quotation marks, closing lines.

Staff write to Reclamo as they write to people: "Hi,", a list of tasks, "thanks, Dino". None of this changes what they
mean, and none of it alone is a letter to a customer.
"""

from __future__ import annotations

import re

from parsers.answers.command_words import to_half_width
from parsers.answers.person_words import PersonWords
from parsers.reply.signature import is_program_line, is_sign_off

_LIST_MARK = re.compile(
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
_LOWER_CASE_WORDS = 2  # words in lower case among the names: "señor don Pedro"
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")


def without_list_mark(line: str) -> str:
    """Return a line without the mark or number that makes it a list item, and without quotation marks around it."""
    text = _without_quotes(line.strip())
    for _ in range(2):
        mark = _LIST_MARK.match(text)
        if not mark or not text[mark.end() :].strip():
            break
        text = _without_quotes(text[mark.end() :].strip())
    return text


def _without_quotes(line: str) -> str:
    while len(line) > 2 and _QUOTES.get(line[0]) == line[-1]:
        line = line[1:-1].strip()
    return line


def is_greeting(line: str, person_words: PersonWords) -> bool:
    """Whether a line is only the greeting of a letter: "Hi Jane,", "Hallo zusammen", "您好："."""
    text = to_half_width(line).strip()
    greeting = person_words.greeting_start.match(text)
    if not text or len(text) > _LONGEST or not greeting:
        return False
    rest = text[greeting.end() :].strip(" ,.!:;，。！：、-–")
    return _names_people(rest, person_words) and not re.search(r"[.!?。！？,，;:]", rest.removesuffix("."))


def _names_people(rest: str, person_words: PersonWords) -> bool:
    """Whether the words after a greeting's first word are names: "Jane", "Damen und Herren", "all"."""
    words = rest.split()
    lower_case = sum(word[:1].islower() for word in words)
    few = lower_case <= 1 or (lower_case == _LOWER_CASE_WORDS and words[-1][:1].isupper())
    return len(words) <= _NAME_WORDS and (few or bool(person_words.impersonal_address.fullmatch(rest.lower())))


def is_impersonal_greeting(line: str, person_words: PersonWords) -> bool:
    """Whether a greeting names no person: "Hi," and "Hallo zusammen," do not, "Dear Ms Adams," does."""
    text = to_half_width(line).strip()
    greeting = person_words.greeting_start.match(text)
    return bool(greeting) and bool(
        person_words.impersonal_address.fullmatch(text[greeting.end() :].lower() if greeting else "")
    )


def is_closing(text: str, person_words: PersonWords, *, writer: str = "") -> bool:
    """Whether a text only thanks, says goodbye or names its writer, or has no letters and digits at all."""
    lines = [line.strip() for line in text.split("\n") if any(character.isalnum() for character in line)]
    names = {word.casefold() for word in _WORD.findall(writer)}
    closed = False
    for line in lines:
        words = {word.casefold() for word in _WORD.findall(line)}
        if _closes(line, person_words, names):
            closed = True
        elif not (is_program_line(line) or (words and words <= names) or (closed and _looks_like_name(line, lines))):
            return False
    return True


def _closes(line: str, person_words: PersonWords, names: set[str]) -> bool:
    """Whether a line is thanks or a closing greeting, with or without the writer's name after it."""
    text = to_half_width(line).strip()[: _LONGEST + 1]
    if len(text) > _LONGEST:
        return False
    if is_sign_off(text) or person_words.closing.fullmatch(text):
        return True
    words = text.split()
    closing_words = next(
        (count for count in range(len(words), 0, -1) if person_words.closing.fullmatch(" ".join(words[:count]))), 0
    )
    rest = {word.casefold().strip(".,!") for word in words[closing_words:]}
    return closing_words > 0 and (rest <= names or (len(rest) == 1 and words[closing_words][:1].isupper()))


def _looks_like_name(line: str, lines: list[str]) -> bool:
    """Whether a line near the end, below a closing greeting, looks like a name."""
    words = line.split()
    return (
        line in lines[-2:] and len(words) <= _NAME_WORDS and all(word[:1].isupper() or len(word) == 1 for word in words)
    )
