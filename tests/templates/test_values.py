"""Values in letters are shown exactly as people wrote them and never as markup."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from templates.render import Rendered, Templates

SOURCE = """---
subject: "{{ subject }}"
---
Dear {{ name }},

{{ text|paragraphs }}

| | |
|---|---|
| Label | {{ name }} |

- {{ name }}

**{{ name }}** and *{{ name }}*, [{{ name }}](mailto:{{ name }})

{{ text|quoted }}
"""
HOSTILE = [
    "*bold*", "_it_", "# head", "- item", "1. one", "> quote", "| a | b |", "[x](https://evil.example)", "`code`",
    "~~~",
    "<script>alert(1)</script>", "&amp;", "\\", "a\\", "---", "===", "    code", "![i](x)", "<https://evil.example>",
    "Zv0vZ", "Zp1pZ", "{{ 7 * 7 }}", "{% raw %}", "\x02x\x03", "**", "__", "]( ", "</p></td></table>",
    '" onclick="x', "--", "-- ",
]  # fmt: skip


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """A template that uses values in every place it can."""
    overlay = tmp_path_factory.mktemp("overlay")
    (overlay / "p" / "en").mkdir(parents=True)
    (overlay / "p" / "en" / "n.md.j2").write_text(SOURCE, encoding="utf-8")
    return Templates(overlay)


def render(templates: Templates, name: str, text: str) -> Rendered:
    context = {"language": "en", "zone": ZoneInfo("UTC"), "name": name, "text": text, "subject": name}
    return templates.render("p", "en", "n", {**context, "reference": "C-1", "sender_name": name})


def plain(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(html)


def shape(html: str) -> list[str]:
    """Return the page's tags in order."""
    root = plain(html).body
    assert root is not None
    return [node.tag for node in root.traverse(include_text=False)]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_value_is_shown_as_written(templates: Templates, hostile: str) -> None:
    """A name with markup adds no tag and reads the same in text and HTML."""
    letter, harmless = render(templates, hostile, "text"), render(templates, "Anna", "text")
    assert shape(letter.html) == shape(harmless.html)
    shown = hostile.replace("\x02", "").replace("\x03", "")
    assert letter.text.startswith(f"Dear {shown},\n")
    cells = plain(letter.html).css(".body td")
    assert cells[1].text().split() == shown.split()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_of_several_lines_are_shown_as_written(templates: Templates, hostile: str) -> None:
    """Each line of a staff text is a line, and starts no list, heading or quotation."""
    text = f"{hostile}\n{hostile}\n\nafter"
    letter, harmless = render(templates, "Anna", text), render(templates, "Anna", "a\nb\n\nafter")
    assert shape(letter.html) == shape(harmless.html)
    shown = hostile.replace("\x02", "").replace("\x03", "").rstrip()
    assert f"{shown}\n{shown}\n\nafter".strip() in letter.text
    assert f"> {shown.strip()}\n" in letter.text.replace(">     code", "> code")


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text_leaves_the_page_whole(templates: Templates, name: str, text: str) -> None:
    """Any text adds no tag and no hidden text, and the subject stays one line."""
    letter = render(templates, name, text)
    assert {"script", "img", "iframe"}.isdisjoint(shape(letter.html))
    assert shape(letter.html).count("table") == shape(render(templates, "a", "b").html).count("table")
    assert not set(letter.subject) & {"\r", "\n", "\x00"}
    assert "\x02" not in letter.text


def test_a_link_leads_to_mails_and_pages_only(tmp_path: Path) -> None:
    """A value cannot make a javascript: link."""
    (tmp_path / "p" / "en").mkdir(parents=True)
    source = '---\nsubject: s\n---\n[a]({{ a }}) [b]({{ b }}) [c]({{ c }} "button")'
    (tmp_path / "p" / "en" / "n.md.j2").write_text(source, encoding="utf-8")
    links = {"a": "javascript:alert(1)", "b": 'https://x.example/?a=1&b="2"', "c": "mailto:a%2Bb@x.example?body=ja"}
    letter = Templates(tmp_path).render("p", "en", "n", {"language": "en", "zone": ZoneInfo("UTC"), **links})
    found = [node.attributes["href"] for node in plain(letter.html).css("a")]
    assert found == ["#", 'https://x.example/?a=1&b="2"', "mailto:a%2Bb@x.example?body=ja"]
    assert letter.text == 'a <javascript:alert(1)> b <https://x.example/?a=1&b="2"> c\n'
