"""Every regular expression of the project, attacked with texts made from its own tree; the work is counted.

A new pattern is found by machine (seen.py); nobody has to add it here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

from config.regex_cost.pumping import Growth, Use, growth
from tests.house.source import ROOT
from tests.patterns.seen import Seen, Site, looked_for, sites

USES = {"search": Use.ANYWHERE, "match": Use.AT_THE_BEGINNING, "fullmatch": Use.WHOLE}


@cache
def seen() -> list[Seen]:
    """What the watching program saw."""
    command = [sys.executable, "-m", "tests.patterns.seen"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=500)
    return [Seen(*row) for row in json.loads(told.stdout)]


def at(site: Site, one: Seen) -> bool:
    """Whether a pattern was seen at a place."""
    return one.file == site.file and site.first <= one.line <= site.last


@pytest.mark.timeout(600)  # it is the only one here that takes long, and machines are busy
def test_every_place_that_takes_a_pattern_was_seen() -> None:
    """Else a pattern there could be anything: make seen.py, or going.py, come by there."""
    unseen = [f"{site.file}:{site.first}" for site in sites() if not any(at(site, one) for one in seen())]
    assert not unseen


@pytest.mark.timeout(600)
def test_no_text_is_too_much_for_a_pattern() -> None:
    """However long a text, each of its signs costs at most some steps."""
    places = list(sites())
    slow, done = [], set()
    for one in seen():
        site = next(site for site in places if at(site, one))
        use = USES[looked_for(site)]
        key = (one.pattern, one.octets, one.flags, use)
        if key not in done:
            done.add(key)
            pattern = one.pattern.encode("latin-1") if one.octets else one.pattern
            _, text = growth(pattern, one.flags, use)
            slow += [f"{one.file}:{one.line}: {one.pattern[:200]!r} on {text}"] if text else []
    assert not slow
    assert len(done) > 1000  # words, policies and languages included


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (rb"[ \t]+(?=\r?\n|$)", Growth.STEEP),  # blanks before a line end, from every one of them
        (rb"^begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]*)\r?\n", Growth.STEEP),
        (r"<a\b[^>]*\bhref=", Growth.STEEP),
        (r"[\w.]+@[\w.]+", Growth.STEEP),
        (r"\s*,\s*x", Growth.STEEP),
        (r"[a-z]{1,200}[a-z0-9]{1,200}!", Growth.STEEP),  # bounded, but far too dear
        (r"a(?=.*b)", Growth.STEEP),  # it matches, and yet each match looks to the end
        (r"(\w+) \1\b.*x", Growth.STEEP),
        (r"(a+)+b", Growth.ENDLESS),
        (r"(?:a|aa)+b", Growth.ENDLESS),
        (r"(?:\d+-?)+x", Growth.ENDLESS),
        (r"(?<![ \t])[ \t]++(?=\n)", Growth.LINEAR),
        (r"(?<!a)(?>a+)b|\d{1,40}x", Growth.LINEAR),
        (r"(?m)^[^\n]*\n", Growth.LINEAR),
    ],
)
def test_growth_is_told(pattern: str | bytes, how: Growth) -> None:
    """The patterns that stopped the daemon once, and their like, are known for what they are."""
    assert growth(pattern)[0] is how


def test_what_is_looked_for_at_one_place_may_scan_to_the_end_once() -> None:
    """Blanks at the beginning of a text cost their number; looked for everywhere, the square of it."""
    assert growth(r"\s*x", use=Use.AT_THE_BEGINNING)[0] is Growth.LINEAR
    assert growth(r"\s*\s*x", use=Use.AT_THE_BEGINNING)[0] is Growth.STEEP
    assert growth(r".*?x\s*", use=Use.WHOLE)[0] is Growth.LINEAR
