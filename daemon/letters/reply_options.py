"""What a reader can answer: the words to write, and links that open a mail with those words in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from config.policy import DetailSpec, QuestionSpec, all_words, say
from config.policy_shapes.commands import standing_commands
from daemon.decide.procedure.steps import ANYBODY_INSIDE
from daemon.decide.procedure.which_letter import mark
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import is_staff, mailto
from daemon.letters.staff_context import is_possible

Row = dict[str, Any]
_SHORT = 24  # characters of a label that is still typed
_PARTS = re.compile(r"[,;:(，；：（、]")


def answers(letter_input: LetterInput, to: str, subject: str) -> tuple[Row | None, list[Row]]:
    """The question open to this reader, and the answers it may get; None and nothing where there is none."""
    open_to = {letter_input.due.party} | ({ANYBODY_INSIDE} if is_staff(letter_input.party) else set())
    put = (one.question for one in reversed(letter_input.ticket.questions) if one.party in open_to)
    name = str(letter_input.about.get("question", "")) or next(put, "")
    spec = letter_input.policy.questions.get(name)
    if spec is None:
        return None, []
    asked = next(
        (one for one in letter_input.ticket.questions if one.question == name and one.party == letter_input.due.party),
        None,
    )
    if asked is not None and not is_staff(letter_input.party):
        tag = f"[{letter_input.ticket.reference}] "
        subject = subject.replace(tag, f"{tag}{mark(letter_input.case, asked)}", 1)
    return {"name": name, "title": say(spec.title, letter_input.language)}, _answers(
        spec, letter_input.language, to, subject
    )


def _answers(spec: QuestionSpec, language: str, to: str, subject: str) -> list[Row]:
    rows: list[Row] = []
    for name, answer in spec.answers.items():
        word = next(iter(all_words(answer.words, language)), name)
        word = word[:1].upper() + word[1:]
        title = say(answer.title, language) or word
        rows.append({"name": name, "title": title, "word": word, "link": mailto(to, subject, word)})
    return rows


def commands(letter_input: LetterInput, to: str, subject: str) -> tuple[list[Row], list[Row]]:
    """What staff may write to act: the standing commands, and the policy's ways to decide."""
    language = letter_input.language
    offered = [
        {
            "name": name,
            "word": (word := _word(name, language)),
            "help": explained(letter_input, name),
            "takes": spec.takes,
            # Telephones set the cursor behind what the link has written: there goes what the word takes.
            "link": mailto(to, subject, f"{word}:\n\n" if spec.takes == "nothing" else f"{word}: "),
        }
        for name, spec in standing_commands().items()
        if (spec.takes != "dossier" or letter_input.policy.dossiers) and is_possible(letter_input, name)
    ]
    decide = _word("decide", language)
    decisions = [
        {
            "name": name,
            "title": say(decision.title, language),
            "word": (line := f"{decide}: {next(iter(all_words(decision.words, language)), name)}"),
            "needs_text": decision.needs_text,
            "link": mailto(to, subject, f"{line}\n\n"),
        }
        for name, decision in letter_input.policy.decisions.items()
        if is_possible(letter_input, "decide")
    ]
    return offered, decisions


def explained(letter_input: LetterInput, command: str) -> str:
    """What a command does, said with names of the policy."""
    return say(standing_commands()[command].help, letter_input.language).format_map(_examples(letter_input))


def _examples(letter_input: LetterInput) -> dict[str, str]:
    policy, language = letter_input.policy, letter_input.language
    details = list(policy.details.items())[:2]
    members = [member.address for team in policy.teams.values() for member in team.members]
    others = [name for name in letter_input.sender_identity.from_addresses if name != policy.name]
    return {
        "kind": _title(policy.kinds, 0, language),
        "team": _title(policy.teams, -1, language),
        "member": next(iter(members), "ada@firm.example"),
        "detail": next((_label(*one, language) for one in details), ""),
        "value": next((spec.example for _, spec in details), "") or "…",
        "details": ("、" if language.startswith("zh") else ", ").join(_label(*one, language) for one in details),
        "third": _title(policy.third_parties, 0, language),
        "decisions": " | ".join(
            next(iter(all_words(one.words, language)), name) for name, one in policy.decisions.items()
        ),
        "reference": f"{policy.reference}-2026-000123",
        "policy": next(iter(others), policy.name),
        "language": policy.languages[-1],
    }


def _label(name: str, detail: DetailSpec, language: str) -> str:
    """What to write for a detail: its label where that is as good as a name, else the policy's name for it."""
    label = say(detail.label, language)
    return label if len(label) <= _SHORT and not _PARTS.search(label) else name


def _title(known: Mapping[str, Any], at: int, language: str) -> str:
    names = list(known)
    return say(known[names[at]].title, language) or names[at] if names else ""


def _word(command: str, language: str) -> str:
    return next(iter(all_words(standing_commands()[command].words, language)), command)
