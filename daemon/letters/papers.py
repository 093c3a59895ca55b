"""The documents of what a case carries: numbered, one page each, as HTML and as PDF, enclosed with a letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from daemon.letters.letter_input import LetterInput
from daemon.letters.mime import Enclosure
from templates.render import Templates


def papers(
    letter_input: LetterInput, names: Iterable[str], context: Mapping[str, Any], templates: Templates
) -> list[Enclosure]:
    """The documents of these things in the reader's language: of those that have one and that the case carries."""
    found: list[Enclosure] = []
    for name in names:
        spec, thing = letter_input.policy.things[name], context["things"][name]
        if spec.document and thing is not None:
            about = {**context, "thing": thing}
            paper = templates.document(
                letter_input.policy.name, letter_input.language, spec.document, about, spec.paper
            )
            found.append(Enclosure(f"{thing['number']}.pdf", "application/pdf", paper.pdf))
            found.append(Enclosure(f"{thing['number']}.html", "text/html; charset=utf-8", paper.html.encode()))
    return found
