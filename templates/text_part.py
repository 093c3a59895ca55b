"""The plain-text part of a letter, from the same tokens as its HTML.

A paragraph is one line, which mail programs wrap to their own width. A row of a table is "label: value". A link is
"words <address>"; of a link that opens a ready-made mail only the words are shown, since in plain text the reader
answers by writing them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from templates.values import LINK_END, LINK_START

SIGNATURE = "-- "  # RFC 3676 section 4.3; mail programs leave what follows out of a reply


def to_text(tokens: Sequence[Token], colon: str = ": ") -> str:
    """The tokens as plain text: blocks separated by an empty line, with a line break at the end. `colon` is put between
    label and value."""
    blocks = _blocks(iter(tokens), "", colon)
    text = "\n\n".join(block for block in blocks if block.strip())
    return text.replace(f"\n{SIGNATURE}\n\n", f"\n{SIGNATURE}\n") + "\n"


def _blocks(tokens: Iterator[Token], until: str, colon: str) -> list[str]:
    """The blocks up to the token that closes their container."""
    blocks: list[str] = []
    for token in tokens:
        if token.type == until:
            break
        if token.type == "inline":
            blocks.append(_words(token.children or []))
        elif token.type == "hr":
            blocks.append(SIGNATURE)
        elif token.type == "blockquote_open":
            inner = "\n\n".join(_blocks(tokens, "blockquote_close", colon))
            blocks.append("\n".join(f"> {line}".rstrip() for line in inner.split("\n")))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            blocks.append(_list(tokens, token.type.replace("open", "close"), token.attrGet("start"), colon))
        elif token.type == "table_open":
            blocks.append(_table(tokens, colon))
    return blocks


def _list(tokens: Iterator[Token], until: str, start: object, colon: str) -> str:
    lines: list[str] = []
    numbered = until.startswith("ordered")
    number = start if isinstance(start, int) else 1
    for token in tokens:
        if token.type == until:
            break
        mark = f"{number}. " if numbered else "- "
        text = "\n".join(_blocks(tokens, "list_item_close", colon))
        lines.append(mark + text.replace("\n", "\n  "))
        number += 1
    return "\n".join(lines)


def _table(tokens: Iterator[Token], colon: str) -> str:
    lines: list[str] = []
    cells: list[str] = []
    heads: list[str] = []
    in_head = False
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type in ("thead_open", "thead_close"):
            in_head = token.type == "thead_open"
        elif token.type == "inline":
            cells.append(_words(token.children or []))
        elif token.type == "tr_close":
            if in_head and len(cells) > 2:
                heads = cells
            else:
                lines.append(_row(cells, heads, colon))
            cells = []
    return "\n".join(lines)


def _row(cells: Sequence[str], heads: Sequence[str], colon: str) -> str:
    """A row as one line; in a table with heads each cell but the first follows the head of its column."""
    if not heads:
        return colon.join(cell for cell in cells if cell)
    first, *others = zip(heads, cells, strict=False)
    rest = "; ".join(f"{head} {cell}" for head, cell in others if cell)
    return f"{first[1]}{colon}{rest}" if rest else first[1]


def _words(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
        elif token.type == "link_close":
            parts.append(f"{LINK_START}{address}{LINK_END}")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" " if token.type == "softbreak" else "\n")
        else:
            parts.append(token.content)
    return "".join(parts)
