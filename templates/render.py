"""Render a notice's source with its context: subject, plain text and HTML, or a page as HTML and PDF."""

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
from templates.filters import FILTERS, colon, direction
from templates.markdown import parse, to_html
from templates.pdf import Sheet, to_pdf
from templates.sources import Bodies, Subjects, first_existing, source_loader, source_names
from templates.text_part import to_text
from templates.values import VALUES, Markdown, Paragraphs, Quotation, fill_html, fill_text, one_line, token, value_token

LAYOUT = "layout.html.j2"
_IN_LAYOUT = ("reference", "sender_name")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered letter. `text` has one line per paragraph; `html` is a whole document with its CSS inline."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Document:
    """A page that a letter encloses, as HTML and as PDF."""

    title: str
    html: str
    pdf: bytes


class Templates:
    """The sources of all letters, each compiled once. `overlay` is the operator's directory, searched first."""

    def __init__(self, overlay: Path | None = None) -> None:
        self._files = source_loader(overlay)
        self._bodies = _environment(finalize=value_token, loader=Bodies(self._files))
        self._subjects = _environment(finalize=_plain, loader=Subjects(self._files))
        self._layout = Environment(
            loader=self._files, undefined=StrictUndefined, autoescape=True, auto_reload=False
        ).get_template(LAYOUT)
        # Nothing is fetched: rendering a letter needs no server and leaks nothing.
        self._inliner = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
        self._source_name = lru_cache(maxsize=1024)(self._find_source)
        # Letters from one source differ only in their values, which are put in afterwards.
        self._layout_of = lru_cache(maxsize=512)(self._lay_out)
        self._reads = lru_cache(maxsize=1024)(self._parse_names)

    def has(self, policy: str, language: str, notice: str) -> bool:
        """Whether the notice is written in this language."""
        try:
            self._source_name(policy, language, notice)
        except TemplateNotFound:
            return False
        return True

    def render(self, policy: str, language: str, notice: str, context: Mapping[str, Any]) -> Rendered:
        """Render a letter. `context` needs `language` and `zone` besides the names that its source reads.

        Raises jinja2.TemplateNotFound where the notice has no source in this language, and jinja2.UndefinedError
        where its source reads a name that the context does not have.
        """
        name = self._source_name(policy, language, notice)
        values: list[str] = []
        body = self._bodies.get_template(name).render({**context, VALUES: values})
        subject = one_line(self._subjects.get_template(name).render(context))
        page, text = self._layout_of(body, language, len(values))
        values += [subject, *(one_line(str(context.get(key, ""))) for key in _IN_LAYOUT)]
        return Rendered(subject, fill_text(text, values), fill_html(page, values))

    def document(
        self, policy: str, language: str, source: str, context: Mapping[str, Any], paper: str = "A4"
    ) -> Document:
        """Render a page from a source as those of letters, on paper of this size. Raises what `render` raises."""
        rendered = self.render(policy, language, source, context)
        values: list[str] = []
        name = self._source_name(policy, language, source)
        body = self._bodies.get_template(name).render({**context, VALUES: values})
        sender, reference = (one_line(str(context.get(key, ""))) for key in reversed(_IN_LAYOUT))
        sheet = Sheet(language, rendered.subject, sender, reference, paper)
        return Document(rendered.subject, rendered.html, to_pdf(parse(body), values, sheet))

    def _lay_out(self, body: str, language: str, count: int) -> tuple[str, str]:
        """The HTML page, its CSS inline, and the plain text, both with tokens where `count` values belong."""
        tokens = parse(body)
        frame = {name: token(count + at) for at, name in enumerate(("title", *_IN_LAYOUT))}
        page = self._layout.render(
            {**frame, "language": language, "direction": direction(language), "body": to_html(tokens)}
        )
        return self._inliner.inline(page), to_text(tokens, colon(language))

    def faults(self, policy: str, language: str, notice: str, known: Iterable[str]) -> tuple[Fault, ...]:
        """What is wrong with a notice's source and its includes, found without rendering: syntax, missing includes,
        names that are not among `known`."""
        try:
            name = self._source_name(policy, language, notice)
            unknown = sorted(self._names_read(name) - set(known))
            self._subjects.get_template(name)
        except TemplateNotFound as error:
            return (Fault(str(error.name), f"{policy}.{notice}", f"there is no such letter in {language}"),)
        except TemplateSyntaxError as error:
            return (Fault(str(error.name), f"line {error.lineno}", str(error.message)),)
        except TemplateError as error:
            return (Fault(source_names(policy, language, notice)[0], notice, str(error)),)
        return tuple(Fault(name, variable, "no letter has a value of this name") for variable in unknown)

    def _find_source(self, policy: str, language: str, notice: str) -> str:
        return first_existing(self._files, self._bodies, source_names(policy, language, notice))

    def _names_read(self, name: str) -> set[str]:
        """The names that a source and its includes read and do not set themselves."""
        wanted = self._reads(name, True)
        read, set_inside, waiting = set(wanted[0]), set(wanted[1]), set(wanted[2])
        seen = {name}
        while waiting - seen:
            source = sorted(waiting - seen)[0]
            seen.add(source)
            names, inside, more = self._reads(source, False)
            read |= names
            set_inside |= inside
            waiting |= more
        return read - set_inside

    def _parse_names(self, name: str, with_subject: bool) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Of a source: the names it reads, those that it sets itself (loops, blocks), and the sources it includes."""
        environments = (self._bodies, self._subjects) if with_subject else (self._bodies,)
        trees = []
        for environment in environments:
            assert environment.loader is not None
            trees.append(environment.parse(environment.loader.get_source(environment, name)[0], name))
        read = {variable for tree in trees for variable in meta.find_undeclared_variables(tree)}
        found = [node for tree in trees for node in tree.find_all(nodes.Name)]
        inside = {node.name for node in found if node.ctx in ("store", "param")}
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
