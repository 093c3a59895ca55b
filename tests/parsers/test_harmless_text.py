"""A stranger's text in a letter to staff: no links, one line, truncated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.harmless_text import harmless_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Visit http://evil.example/x now", "Visit http[:]//evil[.]example/x now"),
        ("www.evil.example", "www[.]evil[.]example"),
        ("evil.example?a=b", "evil[.]example?a=b"),
        ("请访问evil.example。", "请访问evil[.]example。"),
        ("http://a@evil.example", "http[:]//a@evil[.]example"),
        ("jane@customer.example", "jane@customer.example"),
        ("ST-6.0K, error 1.2, z. B.", "ST-6.0K, error 1.2, z. B."),
        ("two\r\nlines\u202e", "two lines"),
        ("x" * 50, "x" * 39 + "…"),
    ],
)
def test_words_as_they_are_shown(text: str, shown: str) -> None:
    """Links are defanged and stay legible."""
    assert harmless_line(text, 40) == shown


@given(st.text(max_size=300), st.integers(min_value=5, max_value=120))
def test_any_text_is_one_short_line(text: str, most: int) -> None:
    """Whatever the text is."""
    line = harmless_line(text, most)
    assert len(line) <= most
    assert len(line.splitlines()) <= 1
    assert "://" not in line
