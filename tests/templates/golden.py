"""Golden texts: every letter of the constructed case, in every language.

Write them anew with `python -m tests.templates.golden`.
"""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from daemon.letters.compose import ComposedLetter
from tests.templates.letters import TURNS, written

FOLDER = Path(__file__).parent / "golden"
LANGUAGES = ("en", "it", "de")
_HEADERS = ("To", "Subject", "Auto-Submitted")


def path_of(turn: str, language: str) -> Path:
    """Return the golden file of a letter."""
    return FOLDER / language / f"{turn.replace(',', '').replace(' ', '-')}.txt"


def shown(turn: str, language: str) -> str:
    """Return the letters as a person reads them: the main headers and the plain text."""
    return "\n\f\n".join(_letter(composed) for composed in written(turn, language))


def _letter(composed: ComposedLetter) -> str:
    mail = message_from_bytes(composed.letter.raw, policy=default)
    lines = [f"{name}: {mail[name]}" for name in _HEADERS if mail[name]]
    part = mail.get_body(("plain",))
    assert part is not None
    text = "\n".join(line.rstrip() for line in part.get_content().splitlines())
    return "\n".join((f"# {composed.letter.notice}", *lines, "", text, ""))


def main() -> None:
    """Write all golden files."""
    for language in LANGUAGES:
        for turn in TURNS:
            path = path_of(turn, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(shown(turn, language), encoding="utf-8")


if __name__ == "__main__":
    main()
