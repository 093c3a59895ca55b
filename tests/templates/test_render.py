"""Rendering a template to subject, text and HTML; operators' templates; faults found before anything is sent."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import TemplateNotFound, UndefinedError
from jinja2.exceptions import SecurityError

from templates.render import Templates

CONTEXT = {"language": "en", "zone": ZoneInfo("UTC"), "name": "Anna", "reference": "C-1", "sender_name": "Firm"}
FRONT = '---\nsubject: "Hello {{ name }}"\n---\n'


def source(folder: Path, text: str, name: str = "p/en/n.md.j2") -> Templates:
    """Return templates with one operator's source."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Templates(folder)


def test_text_and_html_come_from_one_source(tmp_path: Path) -> None:
    """In text emphasis is dropped, lists and links stay, tables become lines, a rule opens the signature."""
    body = (
        "# Head\n\nA *b* **c** line\nthat goes on\\\nand breaks.\n\n- one\n- [two](https://x.example)\n\n"
        "3. three\n4. four\n\n| | |\n|---|---|\n| k | v |\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "| t | c | d |\n|---|---|---|\n| 9 | x | y |\n| 10 |  | z |\n\n> q\n>\n> r\n\n---\n\nend"
    )
    letter = source(tmp_path, FRONT + body).render("p", "en", "n", CONTEXT)
    assert letter.subject == "Hello Anna"
    assert letter.text == (
        "Head\n\nA b c line that goes on\nand breaks.\n\n- one\n- two <https://x.example>\n\n3. three\n4. four\n\n"
        "k: v\n\na: b\n1: 2\n\n9: c x; d y\n10: d z\n\n> q\n>\n> r\n\n-- \nend\n"
    )
    assert letter.html.count("<thead>") == 2
    assert '<html lang="en" dir="ltr">' in letter.html


def test_looks_are_inline_and_dark_mode_stays(tmp_path: Path) -> None:
    """Paragraphs have inline styles; only dark mode is in a style sheet; nothing is fetched."""
    html = source(tmp_path, FRONT + "text").render("p", "en", "n", CONTEXT).html
    assert '<p style="margin: 0 0 14px 0;">text</p>' in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 480px" in html
    assert "http" not in html.replace("</html>", "")


def test_operators_source_counts(tmp_path: Path) -> None:
    """The operator's file of the same name replaces the shipped one."""
    templates = source(tmp_path, FRONT + "ours", "complaints/en/closed.md.j2")
    assert templates.render("complaints", "en", "closed", CONTEXT).text == "ours\n"
    assert templates.has("complaints", "it", "closed")


def test_letters_of_all_policies_are_found_under_any(tmp_path: Path) -> None:
    """A policy without its own staff letter uses the common one."""
    assert Templates().has("no-such-policy", "de", "transcript")
    assert not Templates().has("no-such-policy", "de", "acknowledgement")
    templates = source(tmp_path, FRONT + "own", "mine/de/transcript.md.j2")
    assert templates.render("mine", "de", "transcript", CONTEXT).text == "own\n"


def test_unknown_name_fails_at_once(tmp_path: Path) -> None:
    """An undefined variable raises an error."""
    with pytest.raises(UndefinedError, match="nmae"):
        source(tmp_path, FRONT + "{{ nmae }}").render("p", "en", "n", CONTEXT)


def test_missing_letter_is_told() -> None:
    """A letter without a template is reported."""
    with pytest.raises(TemplateNotFound):
        Templates().render("p", "en", "no_such_notice", CONTEXT)


def test_sources_cannot_reach_out(tmp_path: Path) -> None:
    """An operator's template runs in a sandbox."""
    with pytest.raises(SecurityError):
        source(tmp_path, FRONT + "{{ name.__class__.__mro__ }}").render("p", "en", "n", CONTEXT)


FAULTS = [
    ("no front matter", "text", "line 1", "begins with '---'"),
    ("two lines of front matter", "---\nsubject: a\nfoo: b\n---\ntext", "line 1", "begins with '---'"),
    ("an unclosed block", FRONT + "a\n{% if name %}", "line 5", "Unexpected end of template"),
    ("a name no letter has", FRONT + "{{ nmae }}", "nmae", "no letter has a value of this name"),
    ("an include that is not there", FRONT + '{% include "nowhere.md.j2" %}', "p.n", "there is no such letter"),
]


@pytest.mark.parametrize(("what", "text", "key", "problem"), FAULTS)
def test_faults_name_file_and_place(tmp_path: Path, what: str, text: str, key: str, problem: str) -> None:
    """A fault is reported with file and line before the template is used."""
    (fault,) = source(tmp_path, text).faults("p", "en", "n", {"name"})
    assert (fault.key, problem in fault.problem) == (key, True), what


def test_sound_source_has_no_faults(tmp_path: Path) -> None:
    """Variables that a loop or block sets for an include are known."""
    (tmp_path / "part.md.j2").write_text("{{ row }} {{ period }}", encoding="utf-8")
    text = FRONT + '{% for row in name %}{% with period = 1 %}{% include "part.md.j2" %}{% endwith %}{% endfor %}'
    assert source(tmp_path, text).faults("p", "en", "n", {"name"}) == ()


def test_right_to_left_pages_say_so(tmp_path: Path) -> None:
    """An Arabic page has dir="rtl"."""
    letter = source(tmp_path, FRONT + "x", "p/ar/n.md.j2").render("p", "ar", "n", {**CONTEXT, "language": "ar"})
    assert '<html lang="ar" dir="rtl">' in letter.html
