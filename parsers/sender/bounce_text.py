"""Delivery reports in words: the private forms of mail systems that do not follow RFC 3464, or did not yet.

The words stand in words/bounce.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parsers.wordlists import either, wordlist


@dataclass(frozen=True, slots=True)
class ReportedFailure:
    """An address, what the report says about it, and whether the mail system still tries."""

    address: str
    said: str
    waiting: bool = False


_ADDRESS = re.compile(
    r"(?<![\w.!#$%&*+/=?^`{|}~-])([\w.!#$%&*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,99}+"
    r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?)"
)
_OTHER_FIELD = re.compile(
    r"(?i)\s*(?:message-?id|x-[\w-]+|references|in-reply-to|from|return-path|reply-to|dkim-signature|sender)\s*[:：]"
)
_HEADER_FROM = re.compile(r"(?i)[\s>*|•·-]{0,20}(?:from|von|da|de|发件人|寄件者|寄件人)\s{0,5}[:：]")
_LOOKED_AT = 12_000


def is_failure_subject(subject: str) -> bool:
    """Whether a subject is one that mail systems give their reports."""
    return bool(_pattern("subjects", r"(?<!\W)\W{0,5}(?:(?:re|aw|r)\s{0,3}:\s{0,3})?").match(subject[:200].lower()))


def speaks_of_failure(text: str) -> bool:
    """Whether the start of a text tells that a mail did not arrive."""
    return bool(_pattern("failure").search(text[:3000].lower()))


def is_waiting(text: str) -> bool:
    """Whether a report in words says that the mail system still tries."""
    return bool(_pattern("waiting").search(text[:_LOOKED_AT].lower()))


def returned_part(text: str) -> str:
    """The copy of the letter at the end of a report, or an empty string."""
    found = _returned(text)
    return text[found.start() :] if found else ""


def reason_status(said: str) -> str:
    """The enhanced status code (RFC 3463) that words of a report stand for, or an empty string."""
    lowered = said[:2000].lower()
    return next((status for pattern, status in _reasons() if pattern.search(lowered)), "")


def failures_in(text: str, others: set[str]) -> list[ReportedFailure]:
    """The addresses a report in words speaks of. `others` are those of the report itself: its sender, our own."""
    report = text[:_LOOKED_AT]
    returned = _returned(report)
    if returned and _ADDRESS.search(report[: returned.start()]):
        report = report[: returned.start()]
    waiting = is_waiting(report)
    places = [found for found in _ADDRESS.finditer(report) if _is_recipient(report, found, others)]
    named = [found for found in places if _names(report, found)]
    # "To:" below "From:" is the header of the letter that came back: who failed may be somebody it was passed on to.
    outside = [found for found in named if not _of_header(report, found)]
    chosen = outside or named or places
    failures = []
    for number, found in enumerate(chosen):
        end = chosen[number + 1].start() if number + 1 < len(chosen) else len(report)
        before = report[max(0, report.rfind("\n", 0, found.start())) : found.start()]
        failures.append(
            ReportedFailure(found.group(1).strip("."), (before + report[found.start() : end][:800]).strip(), waiting)
        )
    return _first_of_each(failures)


def _first_of_each(failures: list[ReportedFailure]) -> list[ReportedFailure]:
    """Each address once, with all that is said of it."""
    said: dict[str, ReportedFailure] = {}
    for failure in failures:
        earlier = said.get(failure.address.lower())
        if earlier:
            failure = ReportedFailure(earlier.address, f"{earlier.said}\n{failure.said}"[:1600], failure.waiting)  # noqa: PLW2901
        said[failure.address.lower()] = failure
    return list(said.values())


def _is_recipient(report: str, found: re.Match[str], others: set[str]) -> bool:
    address = found.group(1).lower().strip(".")
    if address in others or address.startswith(("postmaster@", "mailer-daemon@", "abuse@")):
        return False
    line_start = report.rfind("\n", 0, found.start()) + 1
    before = report[max(line_start, found.start() - 80) : found.start()]
    if _OTHER_FIELD.match(before):
        return False
    return not _pattern("not_a_recipient", r"\b", r"\b\W{0,12}$").search(before.lower())


def _names(report: str, found: re.Match[str]) -> bool:
    """Whether an address stands where reports name the recipient: alone at the start of a line, or after its title."""
    line_start = report.rfind("\n", 0, found.start()) + 1
    before = report[line_start : found.start()]
    if re.fullmatch(r"[\s<>*|\"'(\[•·-]{0,30}", before):
        return True
    return bool(_pattern("recipient", r"\b", r"[^\n@]{0,40}[\s:<(\"'：（“]$").search(before[-80:].lower()))


def _of_header(report: str, found: re.Match[str]) -> bool:
    """Whether an address stands in a copied header: on the line below one that begins with From."""
    lines = report[max(0, found.start() - 600) : found.start()].splitlines()
    before = next((line for line in reversed(lines[:-1]) if line.strip()), "")
    return bool(_HEADER_FROM.match(before[:200]))


def _returned(text: str) -> re.Match[str] | None:
    return _pattern("returned", r"(?m)^[ \t>*#|=_-]{0,40}").search(text.lower())


@cache
def _pattern(name: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """One list as a pattern for lower-case text: much faster than a pattern that ignores case."""
    return re.compile(before + either(wordlist("bounce")[name]) + after)


@cache
def _reasons() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(either(row["patterns"])), row["status"]) for row in wordlist("bounce")["reasons"])
