"""What may leave the house of the words that staff write.

Whatever command brings words to somebody outside, they are looked at here, once. Words with a finding are not sent:
their writer is asked. A token that we gave to somebody else never goes, whatever the writer says.
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

_BELOW = "\n-- \n"  # what stands above a signature (RFC 3676 section 4.3), in letters too


class Withheld(Refused):
    """Words of staff that are not sent before their writer has said so, or never."""

    def __init__(self, findings: tuple[Finding, ...], words: str) -> None:
        super().__init__(RefusalReason.CHECK_WORDS)
        self.findings = findings
        self.words = words

    @property
    def may_go(self) -> bool:
        """Whether the writer's word lets them go."""
        return all(one.reason is not Reason.TOKEN for one in self.findings)


@dataclass(frozen=True, slots=True)
class Inside:
    """What must not leave: `letters` are notices to staff on the case; what stands in `known` as well, those outside
    have or wrote. `ticket` is the case's, by number."""

    letters: tuple[OwnLetter, ...]
    known: tuple[str, ...]
    ticket: int
    keys: TokenKeys


def findings_against(wrote: StaffWrote, inside: Inside) -> tuple[Finding, ...]:
    """What speaks against sending the words of a staff mail as they are."""
    words = "\n".join(words_going_out(wrote))
    if not words.strip():
        return ()
    found = [Finding(Reason.TOKEN, _line_of(words, token, inside)) for token in _foreign(words, inside)]
    for echo in repeated_lines(words, inside.letters, inside.known):
        footer = any(_is_footer(echo.in_letter, letter) for letter in inside.letters)
        found.append(Finding(Reason.FOOTER if footer else Reason.NOTICE, echo.in_text))
    return tuple(dict.fromkeys(found))


def words_going_out(wrote: StaffWrote) -> tuple[str, ...]:
    """The words of a staff mail that somebody outside may come to read, in their order."""
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
    """The command that the words below the commands belong to: the last that takes words; -1 where they are a letter of
    their own. Words that are marked as a letter are one where that command has its own, or keeps them inside."""
    specs = staff_commands()
    last = max((at for at, command in enumerate(wrote.commands) if specs[command.name].text != "none"), default=-1)
    if last >= 0 and wrote.confirmed and (wrote.commands[last].words or specs[wrote.commands[last].name].inside):
        return -1
    return last


def _foreign(words: str, inside: Inside) -> Iterator[Token]:
    for token in tokens_in(words, inside.keys):
        if token.ticket != inside.ticket or token.audience is not Audience.CUSTOMER:
            yield token


def _line_of(words: str, token: Token, inside: Inside) -> str:
    """The line that a token stands on; where it is broken over lines, the one before the first that is free of it."""
    lines = words.split("\n")
    whole = [line for line in lines if token in tokens_in(line, inside.keys)]
    pairs = (first for first, second in pairwise(lines) if token in tokens_in(f"{first}\n{second}", inside.keys))
    return (whole[0] if whole else next(pairs, "")).strip()


def _is_footer(line: str, letter: OwnLetter) -> bool:
    return line in letter.text.partition(_BELOW)[2].split("\n")


def require_safe_words(wrote: StaffWrote) -> None:
    """Raises Withheld where the words of a staff mail must not go: those of a confirmed one only where they hold a
    token."""
    stopped = tuple(one for one in wrote.findings if not wrote.confirmed or one.reason is Reason.TOKEN)
    if stopped:
        raise Withheld(stopped, "\n\n".join(words_going_out(wrote)))


def rows(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as letters tell them."""
    return [{"reason": one.reason.value, "line": one.line} for one in found]
