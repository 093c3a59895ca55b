"""Read delivery reports that are plain text, from mail systems that do not follow RFC 3464.

The words are in words/bounce.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parsers.wordlists import any_pattern, wordlist


@dataclass(frozen=True, slots=True)
class ReportedFailure:
    """An address, what the report says about it, and whether the mail system will retry."""

    address: str
    text: str
    will_retry: bool = False


_ADDRESS = re.compile(
    r"(?<![\w.!#$%&*+/=?^`{|}~-])([\w.!#$%&*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,99}+"
    r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?)"
)
_OTHER_FIELD = re.compile(
    r"(?i)\s*(?:message-?id|x-[\w-]+|references|in-reply-to|from|return-path|reply-to|dkim-signature|sender)\s*[:：]"
)
_HEADER_FROM = re.compile(r"(?i)[\s>*|•·-]{0,20}(?:from|von|da|de|发件人|寄件者|寄件人)\s{0,5}[:：]")
_LOOKED_AT = 12_000  # characters


def is_failure_subject(subject: str) -> bool:
    """Whether a subject is that of a mail system's delivery report."""
    return bool(_pattern("subjects", r"(?<!\W)\W{0,5}(?:(?:re|aw|r)\s{0,3}:\s{0,3})?").match(subject[:200].lower()))


def mentions_failure(text: str) -> bool:
    """Whether the start of a text says that a mail was not delivered."""
    return bool(_pattern("failure").search(text[:3000].lower()))


def says_it_will_retry(text: str) -> bool:
    """Whether a plain text report says that the mail system will retry."""
    return bool(_pattern("waiting").search(text[:_LOOKED_AT].lower()))


def returned_mail_text(text: str) -> str:
    """The copy of the original mail at the end of a report, or an empty string."""
    match = _find_returned_mail(text)
    return text[match.start() :] if match else ""


def status_of_wording(text: str) -> str:
    """The enhanced status code (RFC 3463) for the wording of a report, or an empty string."""
    lowered = text[:2000].lower()
    return next((status for pattern, status in _reasons() if pattern.search(lowered)), "")


def reported_failures(text: str, others: set[str]) -> list[ReportedFailure]:
    """The failed addresses in a plain text report. `others` are addresses to ignore: the report's sender and ours."""
    report = text[:_LOOKED_AT]
    returned = _find_returned_mail(report)
    if returned and _ADDRESS.search(report[: returned.start()]):
        report = report[: returned.start()]
    waiting = says_it_will_retry(report)
    candidates = [match for match in _ADDRESS.finditer(report) if _is_recipient(report, match, others)]
    named = [match for match in candidates if _is_named_as_recipient(report, match)]
    # "To:" below "From:" is the header of the returned mail; the failed address may be one it was forwarded to.
    not_in_header = [match for match in named if not _is_in_copied_header(report, match)]
    chosen = not_in_header or named or candidates
    failures = []
    for number, match in enumerate(chosen):
        end = chosen[number + 1].start() if number + 1 < len(chosen) else len(report)
        line_start = report[max(0, report.rfind("\n", 0, match.start())) : match.start()]
        failures.append(
            ReportedFailure(
                match.group(1).strip("."), (line_start + report[match.start() : end][:800]).strip(), waiting
            )
        )
    return _merged(failures)


def _merged(failures: list[ReportedFailure]) -> list[ReportedFailure]:
    """Merge the failures of the same address, joining what is said about them."""
    by_address: dict[str, ReportedFailure] = {}
    for failure in failures:
        earlier = by_address.get(failure.address.lower())
        if earlier:
            failure = ReportedFailure(earlier.address, f"{earlier.text}\n{failure.text}"[:1600], failure.will_retry)  # noqa: PLW2901
        by_address[failure.address.lower()] = failure
    return list(by_address.values())


def _is_recipient(report: str, match: re.Match[str], others: set[str]) -> bool:
    """Whether an address in a report may be a recipient, judged by the address and the text before it."""
    address = match.group(1).lower().strip(".")
    if address in others or address.startswith(("postmaster@", "mailer-daemon@", "abuse@")):
        return False
    line_start = report.rfind("\n", 0, match.start()) + 1
    before = report[max(line_start, match.start() - 80) : match.start()]
    if _OTHER_FIELD.match(before):
        return False
    return not _pattern("not_a_recipient", r"\b", r"\b\W{0,12}$").search(before.lower())


def _is_named_as_recipient(report: str, match: re.Match[str]) -> bool:
    """Whether an address stands where reports name the recipient: at the start of a line, or after a label for it."""
    line_start = report.rfind("\n", 0, match.start()) + 1
    before = report[line_start : match.start()]
    if re.fullmatch(r"[\s<>*|\"'(\[•·-]{0,30}", before):
        return True
    return bool(_pattern("recipient", r"\b", r"[^\n@]{0,40}[\s:<(\"'：（“]$").search(before[-80:].lower()))


def _is_in_copied_header(report: str, match: re.Match[str]) -> bool:
    """Whether an address is part of a copied header: on the line below one that begins with From."""
    lines = report[max(0, match.start() - 600) : match.start()].splitlines()
    before = next((line for line in reversed(lines[:-1]) if line.strip()), "")
    return bool(_HEADER_FROM.match(before[:200]))


def _find_returned_mail(text: str) -> re.Match[str] | None:
    return _pattern("returned", r"(?m)^[ \t>*#|=_-]{0,40}").search(text.lower())


@cache
def _pattern(name: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """A word list as a pattern for lower-case text, which is much faster than a case-insensitive pattern."""
    return re.compile(before + any_pattern(wordlist("bounce")[name]) + after)


@cache
def _reasons() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(any_pattern(row["patterns"])), row["status"]) for row in wordlist("bounce")["reasons"])
