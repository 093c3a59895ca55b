"""Golden mails: the expected reading of each mail program's habits and defects, with LF and with CRLF line ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parsers.mail import read_mail
from parsers.reading_json import as_json, explanation
from parsers.sender.own_identity import OwnIdentity
from tests.paths import TESTS

MAILS = TESTS / "mail"
GROUPS = ("charset", "header", "body", "file", "bounce", "automatic", "evidence")
HOUSE = OwnIdentity(
    support=("support@firm.example",),
    message_id_domain="firm.example",
    lists=("service.firm.example",),
    own_senders=("support@firm.example",),
)
FILES = [path for group in GROUPS for path in sorted((MAILS / group).glob("*.eml"))]


def differences(expected: Any, actual: Any, where: str = "") -> list[str]:
    """Where `actual` differs from `expected`, which contains only the fields that the mail demonstrates."""
    if isinstance(expected, dict):
        return [
            line for key, value in expected.items() for line in differences(value, actual.get(key), f"{where}.{key}")
        ]
    if isinstance(expected, list) and where.endswith(("reasons", "oddities")):
        return [f"{where}: {value!r} is missing in {actual!r}" for value in expected if value not in actual]
    if isinstance(expected, list) and expected and isinstance(expected[0], dict) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for place, (one, other) in pairs for line in differences(one, other, f"{where}[{place}]")]
    return [] if expected == actual else [f"{where}: {expected!r} != {actual!r}"]


def read(raw: bytes) -> dict[str, Any]:
    reading = read_mail(raw, ours=HOUSE, languages=("it", "de", "en", "fr", "es", "zh-Hans", "zh-Hant"))
    assert explanation(reading)
    return {**as_json(reading), "original_ids": list(reading.original_message_ids)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_golden_mail(path: Path) -> None:
    """A mail is parsed as expected with either kind of line ends."""
    raw = path.read_bytes()
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert not differences(expected, read(raw))
    if b"\r" not in raw:
        assert not differences(expected, read(raw.replace(b"\n", b"\r\n")))


def test_every_group_has_mails() -> None:
    """No group of golden mails is missing."""
    assert set(GROUPS) == {path.parent.name for path in FILES}
