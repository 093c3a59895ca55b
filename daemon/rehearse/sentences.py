"""The sentences of a scenario: for each its form as shown to people, its pattern, and the act it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from config.faults import Wrong, nearest
from daemon.rehearse import expecting
from daemon.rehearse.blocks import Block, ScriptLine, WrongLine, unquoted
from daemon.rehearse.calendars import STATES
from daemon.rehearse.cast import Cast
from daemon.rehearse.dates import read_moment
from daemon.rehearse.script import (
    Act,
    At,
    Away,
    Bring,
    CalendarAnswers,
    Click,
    InCase,
    Invite,
    Mail,
    MailWaits,
    Relay,
    Reply,
    Report,
    Words,
)

MakeAct = Callable[[Cast, "re.Match[str]", Block], Act]
_MAIL_LINES = {
    "subject": "Subject: words",
    "from": "From: another address of theirs",
    "attach": "Attach: file.jpg, file.pdf",
    "header": "Header: Name: value",
    "fill in": "Fill in: label = value",
    "without quoting": "Without quoting",
}
_REPORT_LINES = "Names: PERSON, Comes to: POLICY, Subject: words, Without the letter"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `form` is shown for a line that matches none; `pattern` matches the line; `make` makes the act."""

    form: str
    pattern: Callable[[str], re.Match[str] | None]
    make: MakeAct


def read_act(cast: Cast, block: Block) -> Act:
    """Return the act that a block stands for. Raises Wrong."""
    text = block.said
    for sentence in SENTENCES:
        match = sentence.pattern(text)
        if match is not None:
            return sentence.make(cast, match, block)
    raise _no_such_sentence(text)


def _no_such_sentence(text: str) -> Wrong:
    """The fault of a line that is no sentence, with the forms that begin alike."""
    forms = [sentence.form for sentence in SENTENCES]
    first_word = text.split(" ", maxsplit=1)[0]
    same_word = [form for form in forms if form.split(" ")[0] == first_word]
    two_words = " ".join(text.split(" ")[:2])
    same_two_words = [form for form in same_word if form.startswith(two_words)]
    known = list(dict.fromkeys(form.split(" ")[0] for form in forms))
    near = "" if same_word else nearest(first_word, known)
    return Wrong("no such sentence", " | ".join(same_two_words or same_word or known), near)


# ------------------------------------------------------------------------------------------------ acts


def read_words(cast: Cast, block: Block) -> Words:
    """Read the lines under a sentence that give the content of a mail. Raises Wrong."""
    words = Words(text=block.words)
    for line in block.inner:
        words = _add_line(cast, words, line)
    return words


def _add_line(cast: Cast, words: Words, line: ScriptLine) -> Words:
    name, _, value = line.text.partition(":")
    value = value.strip()
    match name.strip().lower():
        case "subject":
            return replace(words, subject=value)
        case "from":
            return replace(words, sender=cast.person(value).address)
        case "attach":
            return replace(words, attach=(*words.attach, *(part.strip() for part in value.split(","))))
        case "header":
            header, _, header_value = value.partition(":")
            return replace(words, headers=(*words.headers, (header.strip(), header_value.strip())))
        case "fill in":
            label, _, given = value.partition("=")
            return replace(words, fill=(*words.fill, (unquoted(label), unquoted(given))))
        case "without quoting":
            return replace(words, quotes=False)
    near = nearest(name, _MAIL_LINES)
    allowed = ", ".join(("| words", *_MAIL_LINES.values()))
    raise WrongLine(line, "no such line in a mail", allowed, _MAIL_LINES[near] if near else "")


def _mail(cast: Cast, match: re.Match[str], block: Block) -> Act:
    to = match["to"] or (cast.rooms[0].policy if cast.rooms else "")
    words = read_words(cast, block)
    who = cast.person(match["who"])
    addresses = tuple(cast.room(name) for name in re.split(r",\s*|(?<!\s)\s++and\s+", to))
    return Mail(who=who, to=addresses, words=words, **_source(block))


def _mail_file(cast: Cast, match: re.Match[str], block: Block) -> Act:
    who = cast.person(match["who"])
    to = match["to"] or cast.rooms[0].policy
    return Mail(who=who, to=(cast.room(to),), words=Words(), file=unquoted(match["file"]), **_source(block))


def _reply(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Reply(
        who=cast.person(match["who"]),
        notice=match["notice"],
        words=read_words(cast, block),
        inside=match["kind"] == "Note",
        first=bool(match["first"]),
        **_source(block),
    )


def _click(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Click(
        who=cast.person(match["who"]),
        notice=match["notice"],
        link=unquoted(match["link"]),
        first=bool(match["first"]),
        words=read_words(cast, block),
        **_source(block),
    )


def _report(cast: Cast, match: re.Match[str], block: Block) -> Act:
    lasting = match["kind"] == "Bounce"
    report = Report(to=cast.person(match["who"]), notice=match["notice"], lasting=lasting, **_source(block))
    for line in block.inner:
        name, _, value = line.text.partition(":")
        match name.strip().lower():
            case "names":
                report = replace(report, names=cast.person(value).address)
            case "comes to":
                report = replace(report, comes_to=cast.room(value.strip()))
            case "subject":
                report = replace(report, subject=value.strip())
            case "without the letter":
                report = replace(report, gives_back=False)
            case _:
                raise WrongLine(line, "no such line in a report", _REPORT_LINES)
    return report


def _away(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Away(who=cast.person(match["who"]), notice=match["notice"], words=read_words(cast, block), **_source(block))


def _calendar(cast: Cast, match: re.Match[str], block: Block) -> Act:
    who, words = cast.person(match["who"]), read_words(cast, block)
    return CalendarAnswers(who=who, notice=match["notice"], verb=match["verb"], words=words, **_source(block))


def _relay(cast: Cast, match: re.Match[str], block: Block) -> Act:
    if match["who"]:
        return Relay(refuses=cast.person(match["who"]).address, **_source(block))
    return Relay(away=match["state"] == "away", **_source(block))


def _mail_waits(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return MailWaits(waits=match["waits"] == "waits", **_source(block))


def _at(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return At(at=read_moment(match["at"], cast.zone), **_source(block))


def _in_case(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return InCase(reference=match["reference"], **_source(block))


def _bring(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Bring(of=match["of"], file=unquoted(match["file"] or ""), rows=block.words, **_source(block))


def _invite(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Invite(campaign=match["campaign"], keys=tuple(match["keys"].split(", ")), **_source(block))


def _source(block: Block) -> Any:
    return {"line": block.line.number, "said": block.said}


def _compile(form: str, pattern: str, make: MakeAct) -> Sentence:
    return Sentence(form, re.compile(pattern).fullmatch, make)


SENTENCES: tuple[Sentence, ...] = (
    _compile("At Mon 2 Mar 2026 10:00", r"At (?P<at>.+)", _at),
    _compile(
        "Mail file letter.eml from PERSON [to POLICY]",
        r"Mail file (?P<file>\S+|\"[^\"]+\") from (?P<who>.+?)(?: to (?P<to>.+))?",
        _mail_file,
    ),
    _compile("Mail from PERSON [to POLICY]", r"Mail from (?P<who>.+?)(?: to (?P<to>.+))?", _mail),
    _compile(
        "Reply from PERSON to [first] NOTICE",
        r"(?P<kind>Reply) from (?P<who>.+?) to (?P<first>first )?(?P<notice>\w+)",
        _reply,
    ),
    _compile(
        "Note from PERSON to NOTICE", r"(?P<kind>Note) from (?P<who>.+?) to (?P<first>first )?(?P<notice>\w+)", _reply
    ),
    _compile(
        "Click ANSWER in [first] NOTICE by PERSON",
        r"Click (?P<link>.+?) in (?P<first>first )?(?P<notice>\w+) by (?P<who>.+)",
        _click,
    ),
    _compile("Bounce of NOTICE to PERSON", r"(?P<kind>Bounce) of (?P<notice>\w+) to (?P<who>.+)", _report),
    _compile("Delay of NOTICE to PERSON", r"(?P<kind>Delay) of (?P<notice>\w+) to (?P<who>.+)", _report),
    _compile("Out-of-office from PERSON to NOTICE", r"Out-of-office from (?P<who>.+?) to (?P<notice>\w+)", _away),
    _compile(
        "Calendar of PERSON accepts|declines|hesitates over NOTICE",
        rf"Calendar of (?P<who>.+?) (?P<verb>{'|'.join(STATES)}) (?P<notice>\w+)",
        _calendar,
    ),
    _compile("Relay refuses PERSON", r"Relay refuses (?P<who>.+)(?P<state>)", _relay),
    _compile("Relay away", r"Relay (?P<state>away)(?P<who>)", _relay),
    _compile("Mail waits", r"Mail (?P<waits>waits)", _mail_waits),
    _compile("Mail is read", r"Mail (?P<waits>is read)", _mail_waits),
    _compile("Relay back", r"Relay (?P<state>back)(?P<who>)", _relay),
    _compile("In case C-2026-000001", r"In case (?P<reference>\S+)", _in_case),
    _compile("Records RECORD [from FILE]", r"Records (?P<of>\w+)(?: from (?P<file>.+))?", _bring),
    _compile("Invite CAMPAIGN: KEY, KEY", r"Invite (?P<campaign>\w+): (?P<keys>.+)", _invite),
    *(_compile(form, pattern, make) for form, pattern, make in expecting.SENTENCES),
)
