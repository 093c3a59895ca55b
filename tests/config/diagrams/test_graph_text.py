"""The step graph as Mermaid and as DOT: complete, and no name can break its syntax."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from config.diagrams.graph_text import as_dot, as_mermaid, as_page, write_pages
from config.diagrams.text_diagram import step_boxes, step_links
from config.files.load_policy import known_policies, load_policy
from config.policy import Policy
from tests.paths import TESTS

GOOD = TESTS / "config" / "good_policy"
NASTY = (
    "end",
    'a "quoted" step',
    "[brackets](and){braces}",
    "semi;colon:colon|pipe",
    "<script>alert(1)</script> & <b>bold</b>",
    "#35; #quot; &amp; lifestyle: #1;",
    "%%{init: {}}%% %% comment",
    "1. first",
    "- listed",
    "* starred *and* _so_ `code`",
    "back\\slash \\n",
    "two\nlines\tand a tab",
    "--> n1",
    "n1",
    "класс 步骤 مرحلة ﬀ",
    "click subgraph style class",
)
# The lines that as_mermaid may write, by the grammar of Mermaid's flowcharts. Inside a label nothing but the entities
# that the grammar knows, line breaks, and signs that mean nothing to it.
_LABEL = r'"(?P<label>(?:#\d+;|<br/>|[^\W_]|[ ,.()/\-_\'!?]|[^\x00-\x7f])*)"'
_NODE = re.compile(rf"    (?P<id>n\d+)\[{_LABEL}\]")
_LINK = re.compile(rf"    (?P<start>n\d+) -->\|{_LABEL}\| (?P<end>n\d+)")
_STYLE = re.compile(
    r"    (?:classDef [a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}(?:,stroke-dasharray:5 4)?"
    r"|class n\d+(?:,n\d+)* [a-z]+|style n\d+ stroke-width:3px)"
)
_DOT_LABEL = r'"(?P<label>(?:[^"\\]|\\[n"\\])*)"'
_DOT_NODE = re.compile(rf"    (?P<id>n\d+) \[label={_DOT_LABEL}(?:, [a-z]+=(?:\"[^\"]*\"|\d))*\]")
_DOT_LINK = re.compile(rf"    (?P<start>n\d+) -> (?P<end>n\d+) \[label={_DOT_LABEL}\]")


def nasty_policy() -> Policy:
    """Return the good policy with step names and titles that are special to Mermaid or DOT; each step leads to the
    next."""
    steps: dict[str, Any] = {
        name: {"title": {"en": name, "it": f"{name} - it"}, "moves": {name: following}}
        for name, following in zip(NASTY, (*NASTY[1:], NASTY[0]), strict=True)
    }
    return load_policy(GOOD, extra={"title": 'A "nasty" policy: #1\n---', "steps": steps})


def _every_policy() -> list[Any]:
    return [
        pytest.param(nasty_policy, id="nasty"),
        *(pytest.param(lambda n=n: load_policy(n), id=n) for n in known_policies()),
    ]


def _unescaped_mermaid(label: str) -> list[str]:
    return [re.sub(r"#(\d+);", lambda match: chr(int(match[1])), line) for line in label.split("<br/>")]


def _unescaped_dot(label: str) -> list[str]:
    text = re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], label)
    return [html.unescape(line) for line in text.split("\n")]


def _as_shown(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["en", "it", "de", "zh"])
@pytest.mark.parametrize("make", _every_policy())
def test_mermaid_text_is_well_formed_and_says_everything(make: Any, language: str) -> None:
    """Each line is valid, each step is a node with name and title, each move an arrow."""
    policy = make()
    head, title, tail, kind, *lines = as_mermaid(policy, language).splitlines()
    assert (head, tail, kind) == ("---", "---", "flowchart TD")
    assert re.fullmatch(r'title: "(?:[^"\\]|\\["\\])*"', title)
    nodes = {match["id"]: _unescaped_mermaid(match["label"]) for line in lines if (match := _NODE.fullmatch(line))}
    arrows = [match for line in lines if (match := _LINK.fullmatch(line))]
    assert [line for line in lines if not any(form.fullmatch(line) for form in (_NODE, _LINK, _STYLE))] == []
    _says_everything(policy, language, nodes, [(a["start"], a["end"], _unescaped_mermaid(a["label"])) for a in arrows])


@pytest.mark.parametrize("language", ["en", "it", "de", "zh"])
@pytest.mark.parametrize("make", _every_policy())
def test_dot_text_is_well_formed_and_says_everything(make: Any, language: str) -> None:
    """The same for Graphviz."""
    policy = make()
    head, title, node, edge, *lines, last = as_dot(policy, language).splitlines()
    assert (head, last) == ("digraph {", "}")
    assert re.fullmatch(rf'    label={_DOT_LABEL}; labelloc=t; fontname="sans-serif"', title)
    assert node.startswith("    node [")
    assert edge.startswith("    edge [")
    nodes = {match["id"]: _unescaped_dot(match["label"]) for line in lines if (match := _DOT_NODE.fullmatch(line))}
    arrows = [match for line in lines if (match := _DOT_LINK.fullmatch(line))]
    assert len(nodes) + len(arrows) == len(lines)
    _says_everything(policy, language, nodes, [(a["start"], a["end"], _unescaped_dot(a["label"])) for a in arrows])


def _says_everything(
    policy: Policy, language: str, nodes: dict[str, list[str]], arrows: list[tuple[str, str, list[str]]]
) -> None:
    shown = step_boxes(policy, language)
    assert len(nodes) == len(shown)
    for box, lines in zip(shown, nodes.values(), strict=True):
        assert lines[0] == _as_shown(box.name or box.title)
        assert _as_shown(box.title) in lines
        assert [_as_shown(line) for line in box.lines] == [line for line in lines if line in map(_as_shown, box.lines)]
    number = dict(zip((box.name for box in shown), nodes, strict=True))
    expected = [(number[link.start], number[link.end], [*map(_as_shown, link.words)]) for link in step_links(policy)]
    assert expected == arrows


def test_a_label_is_no_markdown_list() -> None:
    """Mermaid would show "Unsupported markdown: list" for a step called "1. first"."""
    labels = [match["label"] for line in as_mermaid(nasty_policy()).splitlines() if (match := _NODE.fullmatch(line))]
    assert any(label.startswith("1#46; first<br/>") for label in labels)
    assert any(label.startswith("#45; listed<br/>") for label in labels)
    assert not any(re.match(r"\d+[.)] |[-+*] ", line) for label in labels for line in label.split("<br/>"))


def test_pages_of_policies_that_are_gone_go_too(tmp_path: Path) -> None:
    """`make pictures` leaves a page for each shipped policy and no other."""
    (tmp_path / "gone.md").write_text("old", encoding="utf-8")
    write_pages(tmp_path)
    assert sorted(known_policies()) == sorted(path.stem for path in tmp_path.iterdir())
    page = (tmp_path / "complaints.md").read_text(encoding="utf-8")
    assert page == as_page(load_policy("complaints"))
    assert page.startswith("# Customer complaints, Europe (complaints)\n\n```mermaid\n---\n")
