"""What a reader can answer: the words to write, and links that open a mail with those words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from config.policy import DetailSpec, QuestionSpec, all_words, in_language
from config.policy_shapes.commands import staff_commands
from daemon.decide.procedure.steps import ANYBODY_INSIDE
from daemon.decide.procedure.which_letter import offer_mark
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import is_staff, mailto
from daemon.letters.staff_context import may_write_command
from daemon.letters.variables import Row

_SHORT = 24  # characters; nobody types a longer label
_PUNCTUATION = re.compile(r"[,;:(，；：（、]")


def question_and_answers(letter_input: LetterInput, to: str, subject: str) -> tuple[Row | None, list[Row]]:
    """The question open to this reader, and its answers as rows; None and no rows where no question is open."""
    open_to = {letter_input.due.party} | ({ANYBODY_INSIDE} if is_staff(letter_input.party) else set())
    asked_names = (asked.question for asked in reversed(letter_input.ticket.questions) if asked.party in open_to)
    name = str(letter_input.about.get("question", "")) or next(asked_names, "")
    spec = letter_input.policy.questions.get(name)
    if spec is None:
        return None, []
    mine = (asked for asked in letter_input.ticket.questions if asked.party == letter_input.due.party)
    asked = next((asked for asked in mine if asked.question == name), None)
    if asked is not None and not is_staff(letter_input.party):
        tag = f"[{letter_input.ticket.reference}] "
        subject = subject.replace(tag, f"{tag}{offer_mark(letter_input.case, asked)}", 1)
    return {"name": name, "title": in_language(spec.title, letter_input.language)}, _answers(
        spec, letter_input.language, to, subject
    )


def _answers(spec: QuestionSpec, language: str, to: str, subject: str) -> list[Row]:
    rows: list[Row] = []
    for name, answer in spec.answers.items():
        word = next(iter(all_words(answer.words, language)), name)
        word = word[:1].upper() + word[1:]
        title = in_language(answer.title, language) or word
        rows.append({"name": name, "title": title, "word": word, "link": mailto(to, subject, word)})
    return rows


def commands_and_decisions(letter_input: LetterInput, to: str, subject: str) -> tuple[list[Row], list[Row]]:
    """The commands that the reader could write now, and the policy's decisions where they may decide; as rows."""
    language = letter_input.language
    offered = [
        {
            "name": name,
            "word": (word := _word(name, language)),
            "help": command_help(letter_input, name),
            "takes": spec.takes,
            # Telephones put the cursor behind the text of the link, where the value of the command is written.
            "link": mailto(to, subject, f"{word}:\n\n" if spec.takes == "nothing" else f"{word}: "),
        }
        for name, spec in staff_commands().items()
        if (spec.takes != "dossier" or letter_input.policy.dossiers) and may_write_command(letter_input, name)
    ]
    decide = _word("decide", language)
    decisions = [
        {
            "name": name,
            "title": in_language(decision.title, language),
            "word": (line := f"{decide}: {next(iter(all_words(decision.words, language)), name)}"),
            "needs_text": decision.needs_text,
            "link": mailto(to, subject, f"{line}\n\n"),
        }
        for name, decision in letter_input.policy.decisions.items()
        if may_write_command(letter_input, "decide")
    ]
    return offered, decisions


def command_help(letter_input: LetterInput, command: str) -> str:
    """The help of a command, with names of the policy as examples."""
    return in_language(staff_commands()[command].help, letter_input.language).format_map(_examples(letter_input))


def _examples(letter_input: LetterInput) -> dict[str, str]:
    policy, language = letter_input.policy, letter_input.language
    details = list(policy.details.items())[:2]
    labels = [_label(name, detail, language) for name, detail in details]
    members = [member.address for team in policy.teams.values() for member in team.members]
    others = [name for name in letter_input.sender_identity.from_addresses if name != policy.name]
    return {
        "kind": _title(policy.kinds, 0, language),
        "team": _title(policy.teams, -1, language),
        "member": next(iter(members), "ada@firm.example"),
        "detail": next(iter(labels), ""),
        "value": next((spec.example for _, spec in details), "") or "…",
        "details": ("、" if language.startswith("zh") else ", ").join(labels),
        "third": _title(policy.third_parties, 0, language),
        "decisions": " | ".join(
            next(iter(all_words(decision.words, language)), name) for name, decision in policy.decisions.items()
        ),
        "reference": f"{policy.reference}-2026-000123",
        "policy": next(iter(others), policy.name),
        "language": policy.languages[-1],
    }


def _label(name: str, detail: DetailSpec, language: str) -> str:
    """What to write for a detail: its label where that is short and of one part, else the policy's name for it."""
    label = in_language(detail.label, language)
    return label if len(label) <= _SHORT and not _PUNCTUATION.search(label) else name


def _title(known: Mapping[str, Any], at: int, language: str) -> str:
    names = list(known)
    return in_language(known[names[at]].title, language) or names[at] if names else ""


def _word(command: str, language: str) -> str:
    return next(iter(all_words(staff_commands()[command].words, language)), command)
