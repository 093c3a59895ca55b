"""No regular expression of the project is slow on any text: the steps on worst-case texts grow linearly.

seen.py finds the patterns; a new one is tested without being listed here.
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
    """The patterns that seen.py finds."""
    command = [sys.executable, "-m", "tests.patterns.seen"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=500)
    return [Seen(*row) for row in json.loads(done.stdout)]


def at(site: Site, found: Seen) -> bool:
    """Whether a pattern was found at this call."""
    return found.file == site.file and site.first <= found.line <= site.last


@pytest.mark.timeout(600)  # the first test pays for seen(), and the machine may be busy
def test_every_call_of_re_has_a_recorded_pattern() -> None:
    """A call that is never reached would escape the test below: let exercise.py run it."""
    unseen = [f"{site.file}:{site.first}" for site in sites() if not any(at(site, found) for found in seen())]
    assert not unseen


@pytest.mark.timeout(600)
def test_every_pattern_takes_linear_time() -> None:
    """The steps per character are bounded, however long the text."""
    places = list(sites())
    slow, done = [], set()
    for found in seen():
        site = next(site for site in places if at(site, found))
        use = USES[looked_for(site)]
        key = (found.pattern, found.octets, found.flags, use)
        if key not in done:
            done.add(key)
            pattern = found.pattern.encode("latin-1") if found.octets else found.pattern
            _, text = growth(pattern, found.flags, use)
            slow += [f"{found.file}:{found.line}: {found.pattern[:200]!r} on {text}"] if text else []
    assert not slow
    assert len(done) > 1000  # includes those built from words, policies and languages


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (rb"[ \t]+(?=\r?\n|$)", Growth.STEEP),  # a run of blanks is searched again from each of them
        (rb"^begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]*)\r?\n", Growth.STEEP),
        (r"<a\b[^>]*\bhref=", Growth.STEEP),
        (r"[\w.]+@[\w.]+", Growth.STEEP),
        (r"\s*,\s*x", Growth.STEEP),
        (r"[a-z]{1,200}[a-z0-9]{1,200}!", Growth.STEEP),  # bounded, but far too many steps
        (r"a(?=.*b)", Growth.STEEP),  # each match looks ahead to the end
        (r"(\w+) \1\b.*x", Growth.STEEP),
        (r"(a+)+b", Growth.ENDLESS),
        (r"(?:a|aa)+b", Growth.ENDLESS),
        (r"(?:\d+-?)+x", Growth.ENDLESS),
        (r"(?<![ \t])[ \t]++(?=\n)", Growth.LINEAR),
        (r"(?<!a)(?>a+)b|\d{1,40}x", Growth.LINEAR),
        (r"(?m)^[^\n]*\n", Growth.LINEAR),
    ],
)
def test_growth_of_known_patterns(pattern: str | bytes, how: Growth) -> None:
    """Slow patterns, among them some that once stopped the daemon, are recognised; their repaired forms are linear."""
    assert growth(pattern)[0] is how


def test_a_match_at_the_beginning_may_scan_to_the_end_once() -> None:
    """n blanks take n steps for a match at the beginning, n² for a search."""
    assert growth(r"\s*x", use=Use.AT_THE_BEGINNING)[0] is Growth.LINEAR
    assert growth(r"\s*\s*x", use=Use.AT_THE_BEGINNING)[0] is Growth.STEEP
    assert growth(r".*?x\s*", use=Use.WHOLE)[0] is Growth.LINEAR
