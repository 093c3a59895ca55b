"""The sentences that begin with "Expect" or "Let pass"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from config.faults import Wrong, nearest
from daemon.rehearse.blocks import Block, ScriptLine, WrongLine, split_quoted, unquote
from daemon.rehearse.dates import read_day, read_moment
from daemon.rehearse.people import ScenarioPeople
from daemon.rehearse.scenario import (
    Act,
    ExpectCase,
    ExpectCount,
    ExpectDeadline,
    ExpectDetail,
    ExpectLedger,
    ExpectLetter,
    ExpectNoDeadline,
    ExpectNoLetters,
    ExpectRecord,
    ExpectRecords,
    IgnoreLetters,
    LetterCondition,
)

CASE_FIELDS = (
    "step",
    "waiting for",
    "kind",
    "team",
    "assigned to",
    "language",
    "outcome",
    "customer",
    "open",
    "closed",
)
_LETTER_CONDITIONS = (
    (re.compile(r"(?P<not>does not say|says) date (?P<day>.+)"), "date"),
    (re.compile(r"(?P<not>does not say|says) (?P<words>.+)"), "words"),
    (re.compile(r"(?P<not>)subject (?P<words>.+)"), "subject"),
    (re.compile(r"(?P<not>does not attach|attaches) (?P<words>.+)"), "file"),
    (re.compile(r"(?P<not>does not enclose|encloses) (?P<words>.+)"), "enclosed"),
)
_ALLOWED_CONDITIONS = (
    'says "words", does not say "words", says date 14 Apr 2026, subject "words", attaches photo.jpg, encloses "words"'
)


def _letter(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    on = match["on"] or ""
    clock = re.search(r"\d:\d\d", on)
    return ExpectLetter(
        notice=match["notice"],
        to=people.people_named(match["to"]),
        language=match["language"] or "",
        on=read_day(on) if on and not clock else None,
        at=read_moment(on, people.zone) if clock else None,
        conditions=tuple(_letter_condition(line) for line in block.indented),
        **_source(block),
    )


def _letter_condition(line: ScriptLine) -> LetterCondition:
    for pattern, aspect in _LETTER_CONDITIONS:
        match = pattern.fullmatch(line.text)
        if match is None:
            continue
        wanted = not match["not"].startswith("does not")
        if aspect == "date":
            day = read_day(match["day"])
            return LetterCondition(line=line.number, source_line=line.text, aspect=aspect, day=day, wanted=wanted)
        return LetterCondition(
            line=line.number, source_line=line.text, aspect=aspect, value=unquote(match["words"]), wanted=wanted
        )
    raise WrongLine(line, "nothing a letter can do", _ALLOWED_CONDITIONS)


def _let_pass(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    notice = "" if match["notice"] in ("letters", "all letters") else match["notice"]
    to = people.people_named(match["to"]) if match["to"] else ()
    return IgnoreLetters(notice=notice, to=to, **_source(block))


def _silence(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return ExpectNoLetters(to=people.people_named(match["to"]) if match["to"] else (), **_source(block))


def _deadline(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    state = match["state"]
    late = state.endswith("kept late")
    by = match["by"]
    return ExpectDeadline(
        promise=match["promise"],
        due=read_day(match["due"]),
        state="broken" if late else state,
        late=late,
        automatic=None if by is None else by == "itself",
        **_source(block),
    )


def _no_deadline(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return ExpectNoDeadline(promise=match["promise"] or "", **_source(block))


def _case(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    parts = split_quoted(match["stands"]) + [part for line in block.indented for part in split_quoted(line.text)]
    return ExpectCase(fields=tuple(_case_field(part) for part in parts), **_source(block))


def _case_field(part: str) -> tuple[str, str]:
    for word in CASE_FIELDS:
        if part == word or part.startswith(f"{word} "):
            return word, unquote(part[len(word) :])
    near = nearest(part.split(" ", maxsplit=1)[0], CASE_FIELDS)
    raise Wrong(f"{part!r}: not how a case can stand", ", ".join(CASE_FIELDS), near)


def _detail(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    value = None if match["value"] == "missing" else unquote(match["value"])
    return ExpectDetail(detail=match["detail"], value=value, **_source(block))


def _ledger(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    facts = []
    for part in split_quoted(match["facts"] or ""):
        name, _, value = part.partition(" ")
        facts.append((name, unquote(value)))
    times = 0 if match["not"] else {"": None, "once": 1}.get(match["times"] or "", -1)
    if times == -1:
        times = int(match["times"].split(" ")[0])
    return ExpectLedger(event=unquote(match["event"]), facts=tuple(facts), times=times, **_source(block))


def _count(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    count = 0 if match["count"] == "no" else int(match["count"])
    what = "quarantine" if "quarantine" in match["what"] else "cases"
    return ExpectCount(what=what, count=count, **_source(block))


def _source(block: Block) -> Any:
    return {"line": block.line.number, "source_line": block.source_line}


def _records(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return ExpectRecords(count=int(match["count"]), wrong=int(match["wrong"] or 0), **_source(block))


def _record(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return ExpectRecord(key=match["key"], column=match["column"], value=unquote(match["value"]), **_source(block))


SENTENCES: tuple[tuple[str, str, Callable[[ScenarioPeople, re.Match[str], Block], Act]], ...] = (
    (
        "Expect letter NOTICE to PERSON [in LANGUAGE] [on DATE [TIME]]",
        r"Expect letter (?P<notice>\w+) to (?P<to>.+?)(?: in (?P<language>[a-z]{2,3}(?:-\w+)?))?(?: on (?P<on>.+))?",
        _letter,
    ),
    ("Expect silence [to PERSON]", r"Expect silence(?: to (?P<to>.+))?", _silence),
    ("Expect no other letters [to PERSON]", r"Expect no other letters(?: to (?P<to>.+))?", _silence),
    (
        "Expect deadline PROMISE due DATE open|kept|broken|kept late|moot [by itself|by a person]",
        r"Expect deadline (?P<promise>\w+) due (?P<due>.+?),? (?P<state>open|kept|(?:broken, )?kept late|broken|moot)"
        r"(?: by (?P<by>itself|a person))?",
        _deadline,
    ),
    ("Expect no open deadline [PROMISE]", r"Expect no open deadline(?: (?P<promise>\w+))?s?", _no_deadline),
    ("Expect case step STEP, waiting for WHOM, kind KIND, …", r"Expect case (?P<stands>(?!C-).+)", _case),
    (
        "Expect detail NAME VALUE|missing",
        r"Expect detail (?P<detail>\w+) (?P<value>.+)",
        _detail,
    ),
    (
        'Expect ledger has "EVENT" [with NAME VALUE, …] [once|N times]',
        r"Expect ledger (?P<not>)has (?P<event>\"[^\"]+\")(?: with (?P<facts>.+?))?(?: (?P<times>once|\d+ times))?",
        _ledger,
    ),
    (
        'Expect ledger does not have "EVENT" [with NAME VALUE, …]',
        r"Expect ledger (?P<not>does not have) (?P<event>\"[^\"]+\")(?: with (?P<facts>.+))?(?P<times>)",
        _ledger,
    ),
    (
        "Expect N records[, N rows wrong]",
        r"Expect (?P<count>\d+) records?(?:, (?P<wrong>\d+) rows? wrong)?",
        _records,
    ),
    (
        "Expect record KEY has COLUMN VALUE",
        r"Expect record (?P<key>\S+) has (?P<column>\w+) (?P<value>.+)",
        _record,
    ),
    ("Expect N cases", r"Expect (?P<count>no|\d+) (?P<what>cases?)", _count),
    ("Expect N mails in quarantine", r"Expect (?P<count>no|\d+) (?P<what>mails? in quarantine)", _count),
    (
        "Let pass NOTICE|letters [to PERSON|staff]",
        r"Let pass (?P<notice>all letters|\w+)(?: to (?P<to>.+))?",
        _let_pass,
    ),
)
