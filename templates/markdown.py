"""The Markdown of letters: headings, lists, tables, links, emphasis, quotations, rules; neither HTML nor images.

The head of a table is left out where it is empty. A link with the title "button" is shown as a button.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

_RULES = (
    "heading", "list", "table", "hr", "blockquote", "newline", "escape", "emphasis", "link", "balance_pairs",
    "fragments_join", "text_join",
)  # fmt: skip
BUTTON = "button"


def _link_open(self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[at]
    if token.attrs.pop("title", None) == BUTTON:
        token.attrSet("class", BUTTON)
    return self.renderToken(tokens, at, options, env)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable(list(_RULES))
    reader.add_render_rule("link_open", _link_open)
    return reader


_READER = _reader()


def parse(source: str) -> list[Token]:
    """The block tokens of a letter; inline tokens hang below them."""
    return _without_empty_heads(_READER.parse(source))


def to_html(tokens: Sequence[Token]) -> str:
    """The tokens as an HTML fragment."""
    return str(_READER.renderer.render(tokens, _READER.options, {}))


def _without_empty_heads(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    start = -1
    for token in tokens:
        kept.append(token)
        if token.type == "thead_open":
            start = len(kept) - 1
        elif token.type == "thead_close" and not any(inner.content for inner in kept[start:]):
            del kept[start:]
    return kept
