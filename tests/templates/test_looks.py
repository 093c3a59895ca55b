"""Letters in a browser at a phone's width."""

from __future__ import annotations

import html
import json
import re
import subprocess
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from templates.render import Templates
from tests.servers.need import need
from tests.templates.letters import TURNS, written
from tests.templates.made import REFERENCE, writing

NARROW = 360  # CSS pixels: the narrowest phones in use
# Each letter in its own frame; the measured sizes are written as JSON.
PAGE = """<!DOCTYPE html><meta charset="utf-8"><body>{frames}<pre id="found"></pre><script>
addEventListener("load", () => {{
  const found = [...document.querySelectorAll("iframe")].map(frame => {{
    const root = frame.contentDocument.documentElement;
    const right = [...root.querySelectorAll("body *")].map(one => one.getBoundingClientRect().right);
    return [frame.name, root.scrollWidth, Math.max(...right), root.innerText.includes("{reference}")];
  }});
  document.getElementById("found").textContent = JSON.stringify(found);
}});
</script>"""


def _frame(name: str, page: str) -> str:
    return (
        f'<iframe name="{name}" width="{NARROW}" height="600" style="border:0" srcdoc="{html.escape(page)}"></iframe>'
    )


def _measured(folder: Path, frames: str) -> list[tuple[str, int, float, bool]]:
    chromium = need("chromium", "chromium")
    page = folder / "letters.html"
    page.write_text(PAGE.format(frames=frames, reference=REFERENCE), encoding="utf-8")
    done = subprocess.run(
        [
            chromium, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
            "--window-size=1200,900", "--virtual-time-budget=20000", "--dump-dom", page.as_uri(),
        ],
        check=True, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-500:]
    return [tuple(row) for row in json.loads(html.unescape(found[1]))]


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_no_letter_is_wider_than_a_narrow_phone(tmp_path: Path, language: str) -> None:
    """No horizontal scrolling at 360 pixels, and every letter shows its reference."""
    pages = {
        f"{turn} / {composed.letter.notice}": _html(composed.letter.raw)
        for turn in TURNS
        for composed in written(turn, language)
    }
    found = _measured(tmp_path, "".join(_frame(name, page) for name, page in pages.items()))
    assert [row[0] for row in found] == list(pages)
    assert [row for row in found if row[1] > NARROW or row[2] > NARROW or not row[3]] == []


def test_long_words_break(tmp_path: Path) -> None:
    """A word of 200 letters in any value does not widen the page."""
    long = "x" * 200
    context = {
        "language": "en", "zone": writing().calendar.zone, "reference": REFERENCE, "sender_name": long, "name": long,
    }  # fmt: skip
    folder = tmp_path / "p" / "en"
    folder.mkdir(parents=True)
    body = "# {{ name }}\n\n{{ name }}\n\n- {{ name }}\n\n| | |\n|---|---|\n| k | {{ name }} |\n\n{{ name|quoted }}\n\n"
    source = f'---\nsubject: s\n---\n{body}[{{{{ name }}}}](mailto:a@b.example "button")\n'
    (folder / "n.md.j2").write_text(source, encoding="utf-8")
    page = Templates(tmp_path).render("p", "en", "n", context).html
    ((_name, scrolled, right, shown),) = _measured(tmp_path, _frame("long", page))
    assert (scrolled <= NARROW, right <= NARROW, shown) == (True, True, True)


def _html(raw: bytes) -> str:
    part = message_from_bytes(raw, policy=default).get_body(("html",))
    assert part is not None
    return str(part.get_content())
