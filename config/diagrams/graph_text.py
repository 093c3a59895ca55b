"""The steps of a policy as a graph in the text of Mermaid and of Graphviz (DOT), which other programs draw.

A step's names and titles may be any text in any script. So nodes are numbered (n1, n2, …) and names stand in labels
only, where every character that means something to either program is escaped.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from config.diagrams.text_diagram import Box, step_boxes, step_links
from config.files.load_policy import known_policies, load_policy
from config.policy import Policy, in_language

# The style of a box: by the party the step waits for; "" is the box with the moves of every step.
_CLASSES = {"customer": "customer", "third party": "thirdparty", "staff": "staff", "nobody": "nobody", "": "every"}
_COLOURS = {
    "staff": ("#e6f0fb", "#4a7fb5"),
    "customer": ("#fdf1dc", "#c08a2d"),
    "thirdparty": ("#efe8fa", "#8462b8"),
    "nobody": ("#e9ecef", "#7b8794"),
    "final": ("#e9ecef", "#7b8794"),
    "every": ("#ffffff", "#7b8794"),
}
_INK = "#1f2933"
_PLAIN_IN_MERMAID = frozenset(" ,.()/-_'!?")  # all other ASCII characters except letters and digits are escaped
# Mermaid takes a label that begins like this for a Markdown list, and does not draw it.
_LIST = re.compile(r"\s*(?:\d+[.)]|-)(?=\s|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")


def as_mermaid(policy: Policy, language: str = "en") -> str:
    """The steps as a Mermaid flowchart, https://mermaid.js.org/syntax/flowchart.html."""
    shown = step_boxes(policy, language)
    number = _numbers(shown)
    title = json.dumps(_one_line(in_language(policy.title, language)), ensure_ascii=False)
    lines = ["---", f"title: {title}", "---", "flowchart TD"]
    lines += [f'    {number[box.name]}["{_mermaid_label(_lines(box))}"]' for box in shown]
    lines += [
        f'    {number[link.start]} -->|"{_mermaid_label(link.words)}"| {number[link.end]}'
        for link in step_links(policy)
    ]
    for name, (fill, stroke) in _COLOURS.items():
        members = [number[box.name] for box in shown if _class_of(box) == name]
        if members:
            dash = ",stroke-dasharray:5 4" if name == "every" else ""
            lines.append(f"    classDef {name} fill:{fill},stroke:{stroke},color:{_INK}{dash}")
            lines.append(f"    class {','.join(members)} {name}")
    firsts = [number[box.name] for box in shown if box.first]
    lines += [f"    style {first} stroke-width:3px" for first in firsts]
    return "\n".join(lines) + "\n"


def as_dot(policy: Policy, language: str = "en") -> str:
    """The steps as a directed graph in the DOT language, https://graphviz.org/doc/info/lang.html."""
    shown = step_boxes(policy, language)
    number = _numbers(shown)
    lines = [
        "digraph {",
        f'    label="{_dot_label([in_language(policy.title, language)])}"; labelloc=t; fontname="sans-serif"',
        '    node [shape=box, style="filled,rounded", fontname="sans-serif", fontsize=11]',
        '    edge [fontname="sans-serif", fontsize=10]',
    ]
    for box in shown:
        fill, stroke = _COLOURS[_class_of(box)]
        more = ', style="filled,rounded,dashed"' if not box.name else ", penwidth=3" if box.first else ""
        label = _dot_label(_lines(box))
        lines.append(f'    {number[box.name]} [label="{label}", fillcolor="{fill}", color="{stroke}"{more}]')
    lines += [
        f'    {number[link.start]} -> {number[link.end]} [label="{_dot_label(link.words)}"]'
        for link in step_links(policy)
    ]
    return "\n".join([*lines, "}"]) + "\n"


def as_page(policy: Policy) -> str:
    """A page for the documentation: the steps in English, as a Mermaid block that a forge draws."""
    return f"# {in_language(policy.title, 'en')} ({policy.name})\n\n```mermaid\n{as_mermaid(policy, 'en')}```\n"


def _numbers(shown: Sequence[Box]) -> dict[str, str]:
    """The identifier of each box in the drawing, by its name."""
    return {box.name: f"n{number}" for number, box in enumerate(shown, 1)}


def _class_of(box: Box) -> str:
    return "final" if box.final else _CLASSES.get(box.waits_for, "staff")


def _lines(box: Box) -> list[str]:
    """The text of a box: name, title if different, effects, and the outcomes after which the case stays."""
    heads = dict.fromkeys(text for text in (box.name, box.title) if text)
    stays = [f"↻ {', '.join(box.stays)}"] if box.stays else []
    return [*heads, *box.lines, *stays]


def _one_line(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text).strip()


def _mermaid_label(lines: Sequence[str]) -> str:
    return _label(lines, "<br/>", _mermaid_escaped)


def _dot_label(lines: Sequence[str]) -> str:
    return _label(lines, r"\n", _dot_escaped)


def _label(lines: Sequence[str], separator: str, escaped: Callable[[str], str]) -> str:
    return separator.join(escaped(_one_line(line)) for line in lines)


def _mermaid_escaped(line: str) -> str:
    """The line with Mermaid's entities (#34; is a quotation mark) for all that its grammar or its Markdown reads."""
    listed = _LIST.match(line)
    marked = listed.end() - 1 if listed else -1
    return "".join(
        f"#{ord(sign)};" if place == marked or _means_something(sign) else sign for place, sign in enumerate(line)
    )


def _means_something(sign: str) -> bool:
    return sign.isascii() and not sign.isalnum() and sign not in _PLAIN_IN_MERMAID


def _dot_escaped(line: str) -> str:
    """The line for a quoted label: Graphviz reads backslashes, quotation marks and HTML entities."""
    return line.replace("\\", r"\\").replace('"', r"\"").replace("&", "&amp;")


def write_pages(folder: Path) -> None:
    """Write a page for each policy that ships, and delete those of policies that do not ship any more."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.md"):
        old.unlink()
    for name in known_policies():
        (folder / f"{name}.md").write_text(as_page(load_policy(name)), encoding="utf-8")


if __name__ == "__main__":  # python -m config.diagrams.graph_text FOLDER
    write_pages(Path(sys.argv[1]))
