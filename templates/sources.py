"""Find a letter's source, and split it into subject and body.

It is `<policy>/<language>/<notice>.md.j2`, or `_common/<language>/<notice>.md.j2` for letters that all policies share;
an operator's directory is searched first, for the same names. A source begins with its front matter:

    ---
    subject: "Re: {{ tag }} {{ subject }}"
    ---
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, TemplateNotFound, TemplateSyntaxError

from templates.typography import set_blanks

SHIPPED = Path(__file__).parent
SUFFIX = ".md.j2"
COMMON = "_common"
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)
_SUBJECT = re.compile(r"\s*subject[ \t]*:[ \t]*(?P<subject>\S(?:.*\S)?)\s*", re.DOTALL)

Source = tuple[str, str | None, Callable[[], bool] | None]


def source_loader(overlay: Path | None) -> BaseLoader:
    """A loader of the unchanged sources, the operator's before the shipped ones."""
    places = [overlay, SHIPPED] if overlay else [SHIPPED]
    return ChoiceLoader([FileSystemLoader(place, encoding="utf-8") for place in places])


def source_names(policy: str, language: str, notice: str) -> tuple[str, str]:
    """The file names of a notice's source, the policy's own before the common one."""
    return f"{policy}/{language}/{notice}{SUFFIX}", f"{COMMON}/{language}/{notice}{SUFFIX}"


class Bodies(BaseLoader):
    """Loads bodies: sources without front matter, with the blanks of their language; lines keep their numbers."""

    def __init__(self, whole: BaseLoader) -> None:
        self.whole = whole

    def get_source(self, environment: Environment, template: str) -> Source:
        """See jinja2.BaseLoader; raises TemplateNotFound."""
        text, path, fresh = self.whole.get_source(environment, template)
        front = _FRONT.match(text)
        body = "\n" * front.group().count("\n") + text[front.end() :] if front else text
        return set_blanks(body, _language_of(template)), path, fresh


class Subjects(BaseLoader):
    """Loads subjects from the front matter."""

    def __init__(self, whole: BaseLoader) -> None:
        self.whole = whole

    def get_source(self, environment: Environment, template: str) -> Source:
        """See jinja2.BaseLoader; raises TemplateSyntaxError where the front matter is not one line with the subject."""
        text, path, fresh = self.whole.get_source(environment, template)
        front = _FRONT.match(text)
        line = _SUBJECT.fullmatch(front["front"]) if front else None
        if line is None or "\n" in line["subject"]:
            raise TemplateSyntaxError("begins with '---', one line 'subject: …', '---'", 1, template, path)
        subject = line["subject"]
        quoted = len(subject) > 1 and subject[0] == subject[-1] and subject[0] in "\"'"
        return subject[1:-1] if quoted else subject, path, fresh


def _language_of(template: str) -> str:
    return template.split("/")[1] if template.count("/") > 1 else ""


def first_existing(loader: BaseLoader, environment: Environment, candidates: tuple[str, ...]) -> str:
    """The first of these names that exists; raises TemplateNotFound."""
    for name in candidates:
        try:
            loader.get_source(environment, name)
        except TemplateNotFound:
            continue
        return name
    raise TemplateNotFound(candidates[0])
