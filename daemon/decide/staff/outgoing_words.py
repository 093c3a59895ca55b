"""Check the words of staff before they are sent to anybody outside the company.

The words of every command that sends some are checked here, in one place. Words with a finding are not sent until their
writer has confirmed them. A token that was given to anybody but this case's customer is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from config.policy_shapes.commands import staff_commands
from daemon.decide.events import StaffWrote
from daemon.decide.findings import Finding, Reason
from daemon.decide.refusals import RefusalReason, Refused
from parsers.reply.own_letters import OwnLetter, repeated_lines
from parsers.sender.tokens import Audience, Token, TokenKeys, tokens_in

_BELOW = "\n-- \n"  # the signature separator (RFC 3676 section 4.3); our letters use it too


class Withheld(Refused):
    """Raised for words of staff that are sent only after their writer has confirmed them, or never."""

    def __init__(self, findings: tuple[Finding, ...], words: str) -> None:
        super().__init__(RefusalReason.CHECK_WORDS)
        self.findings = findings
        self.words = words

    @property
    def may_go(self) -> bool:
        """Whether they are sent when the writer confirms them."""
        return all(finding.reason is not Reason.TOKEN for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Inside:
    """What must not be sent outside: lines of `letters`, the notices to staff on the case, unless they are in `known`,
    the texts that people outside have received or written. `ticket` is the id of the case's ticket."""

    letters: tuple[OwnLetter, ...]
    known: tuple[str, ...]
    ticket: int
    keys: TokenKeys


def findings_against(wrote: StaffWrote, inside: Inside) -> tuple[Finding, ...]:
    """The findings against sending the words of a staff mail."""
    words = "\n".join(words_going_out(wrote))
    if not words.strip():
        return ()
    findings = [Finding(Reason.TOKEN, _line_of(words, token, inside)) for token in _foreign_tokens(words, inside)]
    for echo in repeated_lines(words, inside.letters, inside.known):
        footer = any(_is_footer(echo.in_letter, letter) for letter in inside.letters)
        findings.append(Finding(Reason.FOOTER if footer else Reason.NOTICE, echo.in_text))
    return tuple(dict.fromkeys(findings))


def words_going_out(wrote: StaffWrote) -> tuple[str, ...]:
    """The words of a staff mail that may be sent to anybody outside, in their order."""
    return tuple(part for part in _parts(wrote) if part.strip())


def _parts(wrote: StaffWrote) -> Iterator[str]:
    if wrote.dossier_fields:
        yield from (found.value for found in wrote.dossier_fields)
        return
    if wrote.answer:
        yield wrote.answer.rest
        return
    specs, last = staff_commands(), owner_of_text(wrote)
    for at, command in enumerate(wrote.commands):
        if specs[command.name].inside:
            continue
        yield command.words
        yield command.rest if specs[command.name].takes == "detail" else ""
        yield wrote.text if at == last else ""
    if last < 0 and not wrote.inside:
        yield wrote.text


def owner_of_text(wrote: StaffWrote) -> int:
    """The index of the command that the text below the commands belongs to: the last that takes text.

    -1 where the text is a letter of its own: no command takes text, or the writer confirmed it as a letter and that
    command has words of its own or keeps its text internal.
    """
    specs = staff_commands()
    last = max((at for at, command in enumerate(wrote.commands) if specs[command.name].text != "none"), default=-1)
    if last >= 0 and wrote.confirmed and (wrote.commands[last].words or specs[wrote.commands[last].name].inside):
        return -1
    return last


def _foreign_tokens(words: str, inside: Inside) -> Iterator[Token]:
    for token in tokens_in(words, inside.keys):
        if token.ticket != inside.ticket or token.audience is not Audience.CUSTOMER:
            yield token


def _line_of(words: str, token: Token, inside: Inside) -> str:
    """The line with a token; where the token is broken over two lines, the first of them."""
    lines = words.split("\n")
    whole = [line for line in lines if token in tokens_in(line, inside.keys)]
    pairs = (first for first, second in pairwise(lines) if token in tokens_in(f"{first}\n{second}", inside.keys))
    return (whole[0] if whole else next(pairs, "")).strip()


def _is_footer(line: str, letter: OwnLetter) -> bool:
    return line in letter.text.partition(_BELOW)[2].split("\n")


def require_safe_words(wrote: StaffWrote) -> None:
    """Raise Withheld where the words of a staff mail have findings; for a confirmed mail only tokens count."""
    findings = tuple(finding for finding in wrote.findings if not wrote.confirmed or finding.reason is Reason.TOKEN)
    if findings:
        raise Withheld(findings, "\n\n".join(words_going_out(wrote)))


def rows(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """The findings as values for letters."""
    return [{"reason": finding.reason.value, "line": finding.line} for finding in findings]
