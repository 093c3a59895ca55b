"""A notice's source and its context in; subject, plain text and HTML out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from config.faults import Fault
from templates.paper import Sheet, to_pdf
from templates.parse import parse, to_html
from templates.sources import Bodies, Subjects, files, first_of, names
from templates.textpart import to_text
from templates.values import VALUES, Markdown, Paragraphs, Quotation, fill_html, fill_text, one_line, put, token
from templates.words import FILTERS, colon, direction

LAYOUT = "layout.html.j2"
_IN_LAYOUT = ("reference", "sender_name")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words. `text` is plain text with one line per paragraph; `html` a whole document, its CSS inline."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Document:
    """A page that goes along with a letter, as HTML and as PDF."""

    title: str
    html: str
    pdf: bytes


class Templates:
    """The sources of all letters, compiled once each. `overlay` is the operator's directory, looked at first."""

    def __init__(self, overlay: Path | None = None) -> None:
        self._files = files(overlay)
        self._bodies = _environment(finalize=put, loader=Bodies(self._files))
        self._subjects = _environment(finalize=_plain, loader=Subjects(self._files))
        self._layout = Environment(
            loader=self._files, undefined=StrictUndefined, autoescape=True, auto_reload=False
        ).get_template(LAYOUT)
        # Nothing is fetched: a letter's looks depend on no server, and rendering one tells nobody.
        self._inliner = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
        self._name = lru_cache(maxsize=1024)(self._find)
        # Letters of one sort differ in their values only, and those are put in afterwards.
        self._shape = lru_cache(maxsize=512)(self._shaped)
        self._asked = lru_cache(maxsize=1024)(self._ask)

    def has(self, policy: str, language: str, notice: str) -> bool:
        """Whether the notice is written in this language."""
        try:
            self._name(policy, language, notice)
        except TemplateNotFound:
            return False
        return True

    def render(self, policy: str, language: str, notice: str, context: Mapping[str, Any]) -> Rendered:
        """Write a letter. `context` needs `language` and `zone` besides the names its source reads.

        Raises jinja2.TemplateNotFound where the notice is not written in this language, and
        jinja2.UndefinedError where its source reads a name the context does not have.
        """
        name = self._name(policy, language, notice)
        values: list[str] = []
        body = self._bodies.get_template(name).render({**context, VALUES: values})
        subject = one_line(self._subjects.get_template(name).render(context))
        page, text = self._shape(body, language, len(values))
        values += [subject, *(one_line(str(context.get(one, ""))) for one in _IN_LAYOUT)]
        return Rendered(subject, fill_text(text, values), fill_html(page, values))

    def document(
        self, policy: str, language: str, source: str, context: Mapping[str, Any], paper: str = "A4"
    ) -> Document:
        """Write a page from a source such as those of letters, on paper of this size. Raises as render does."""
        said = self.render(policy, language, source, context)
        values: list[str] = []
        body = self._bodies.get_template(self._name(policy, language, source)).render({**context, VALUES: values})
        sender, reference = (one_line(str(context.get(one, ""))) for one in reversed(_IN_LAYOUT))
        sheet = Sheet(language, said.subject, sender, reference, paper)
        return Document(said.subject, said.html, to_pdf(parse(body), values, sheet))

    def _shaped(self, body: str, language: str, count: int) -> tuple[str, str]:
        """The HTML page, its CSS inline, and the plain text, both with tokens where `count` values belong."""
        tokens = parse(body)
        frame = {one: token(count + at) for at, one in enumerate(("title", *_IN_LAYOUT))}
        page = self._layout.render(
            {**frame, "language": language, "direction": direction(language), "body": to_html(tokens)}
        )
        return self._inliner.inline(page), to_text(tokens, colon(language))

    def faults(self, policy: str, language: str, notice: str, known: Iterable[str]) -> tuple[Fault, ...]:
        """What is wrong with a notice's source before anything is written with it; `known` are the names it may
        read. Includes are looked into."""
        try:
            name = self._name(policy, language, notice)
            unknown = sorted(self._names_read(name) - set(known))
            self._subjects.get_template(name)
        except TemplateNotFound as error:
            return (Fault(str(error.name), f"{policy}.{notice}", f"there is no such letter in {language}"),)
        except TemplateSyntaxError as error:
            return (Fault(str(error.name), f"line {error.lineno}", str(error.message)),)
        except TemplateError as error:
            return (Fault(names(policy, language, notice)[0], notice, str(error)),)
        return tuple(Fault(name, one, "no letter has a value of this name") for one in unknown)

    def _find(self, policy: str, language: str, notice: str) -> str:
        return first_of(self._files, self._bodies, names(policy, language, notice))

    def _names_read(self, name: str) -> set[str]:
        wanted = self._asked(name, True)
        read, set_inside, waiting = set(wanted[0]), set(wanted[1]), set(wanted[2])
        seen = {name}
        while waiting - seen:
            one = sorted(waiting - seen)[0]
            seen.add(one)
            names, inside, more = self._asked(one, False)
            read |= names
            set_inside |= inside
            waiting |= more
        return read - set_inside

    def _ask(self, name: str, with_subject: bool) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Of one source: the names it reads, those that a loop or a block in it sets, and the sources it includes."""
        environments = (self._bodies, self._subjects) if with_subject else (self._bodies,)
        trees = []
        for environment in environments:
            assert environment.loader is not None
            trees.append(environment.parse(environment.loader.get_source(environment, name)[0], name))
        read = {one for tree in trees for one in meta.find_undeclared_variables(tree)}
        found = [one for tree in trees for one in tree.find_all(nodes.Name)]
        inside = {one.name for one in found if one.ctx in ("store", "param")}
        more = {str(other) for tree in trees for other in meta.find_referenced_templates(tree) if other}
        return frozenset(read), frozenset(inside), frozenset(more)


def _environment(**options: Any) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        **options,
    )
    environment.filters.update(FILTERS)
    environment.filters.update(paragraphs=Paragraphs, quoted=Quotation, markdown=Markdown)
    return environment


def _plain(value: Any) -> str:
    return "" if value is None else one_line(str(value))
