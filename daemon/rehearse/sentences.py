"""The sentences a scenario is written in: for each its form as people read it, its pattern, and what it means."""

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

Means = Callable[[Cast, "re.Match[str]", Block], Act]
_OF_MAIL = {
    "subject": "Subject: words",
    "from": "From: another address of theirs",
    "attach": "Attach: file.jpg, file.pdf",
    "header": "Header: Name: value",
    "fill in": "Fill in: label = value",
    "without quoting": "Without quoting",
}
_OF_REPORT = "Names: PERSON, Comes to: POLICY, Subject: words, Without the letter"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`form` is shown where a line is like no sentence; `pattern` takes it apart."""

    form: str
    pattern: Callable[[str], re.Match[str] | None]
    means: Means


def read_act(cast: Cast, block: Block) -> Act:
    """The act a block stands for. Raises Wrong."""
    said = block.said
    for sentence in SENTENCES:
        match = sentence.pattern(said)
        if match is not None:
            return sentence.means(cast, match, block)
    raise _unlike(said)


def _unlike(said: str) -> Wrong:
    forms = [sentence.form for sentence in SENTENCES]
    first = said.split(" ", maxsplit=1)[0]
    alike = [form for form in forms if form.split(" ")[0] == first]
    two = " ".join(said.split(" ")[:2])
    closer = [form for form in alike if form.startswith(two)]
    known = list(dict.fromkeys(form.split(" ")[0] for form in forms))
    near = "" if alike else nearest(first, known)
    return Wrong("no such sentence", " | ".join(closer or alike or known), near)


# ------------------------------------------------------------------------------------------------ what is written


def read_words(cast: Cast, block: Block) -> Words:
    """The lines under a mail. Raises Wrong."""
    words = Words(text=block.words)
    for line in block.inner:
        words = _with_line(cast, words, line)
    return words


def _with_line(cast: Cast, words: Words, line: ScriptLine) -> Words:
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
            header, _, content = value.partition(":")
            return replace(words, headers=(*words.headers, (header.strip(), content.strip())))
        case "fill in":
            label, _, given = value.partition("=")
            return replace(words, fill=(*words.fill, (unquoted(label), unquoted(given))))
        case "without quoting":
            return replace(words, quotes=False)
    near = nearest(name, _OF_MAIL)
    allowed = ", ".join(("| words", *_OF_MAIL.values()))
    raise WrongLine(line, "no such line in a mail", allowed, _OF_MAIL[near] if near else "")


def _mail(cast: Cast, match: re.Match[str], block: Block) -> Act:
    to = match["to"] or (cast.rooms[0].policy if cast.rooms else "")
    words = read_words(cast, block)
    who = cast.person(match["who"])
    rooms = tuple(cast.room(one) for one in re.split(r",\s*|(?<!\s)\s++and\s+", to))
    return Mail(who=who, to=rooms, words=words, **_line(block))


def _mail_file(cast: Cast, match: re.Match[str], block: Block) -> Act:
    who = cast.person(match["who"])
    to = match["to"] or cast.rooms[0].policy
    return Mail(who=who, to=(cast.room(to),), words=Words(), file=unquoted(match["file"]), **_line(block))


def _reply(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Reply(
        who=cast.person(match["who"]),
        notice=match["notice"],
        words=read_words(cast, block),
        inside=match["sort"] == "Note",
        first=bool(match["first"]),
        **_line(block),
    )


def _click(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Click(
        who=cast.person(match["who"]),
        notice=match["notice"],
        link=unquoted(match["link"]),
        first=bool(match["first"]),
        words=read_words(cast, block),
        **_line(block),
    )


def _report(cast: Cast, match: re.Match[str], block: Block) -> Act:
    lasting = match["sort"] == "Bounce"
    report = Report(to=cast.person(match["who"]), notice=match["notice"], lasting=lasting, **_line(block))
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
                raise WrongLine(line, "no such line in a report", _OF_REPORT)
    return report


def _away(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Away(who=cast.person(match["who"]), notice=match["notice"], words=read_words(cast, block), **_line(block))


def _calendar(cast: Cast, match: re.Match[str], block: Block) -> Act:
    who, words = cast.person(match["who"]), read_words(cast, block)
    return CalendarAnswers(who=who, notice=match["notice"], verb=match["verb"], words=words, **_line(block))


def _relay(cast: Cast, match: re.Match[str], block: Block) -> Act:
    if match["who"]:
        return Relay(refuses=cast.person(match["who"]).address, **_line(block))
    return Relay(away=match["state"] == "away", **_line(block))


def _mail_waits(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return MailWaits(waits=match["waits"] == "waits", **_line(block))


def _at(cast: Cast, match: re.Match[str], block: Block) -> Act:
    return At(at=read_moment(match["at"], cast.zone), **_line(block))


def _in_case(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return InCase(reference=match["reference"], **_line(block))


def _bring(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Bring(of=match["of"], file=unquoted(match["file"] or ""), rows=block.words, **_line(block))


def _invite(_cast: Cast, match: re.Match[str], block: Block) -> Act:
    return Invite(campaign=match["campaign"], keys=tuple(match["keys"].split(", ")), **_line(block))


def _line(block: Block) -> Any:
    return {"line": block.line.number, "said": block.said}


def _sentence(form: str, pattern: str, means: Means) -> Sentence:
    return Sentence(form, re.compile(pattern).fullmatch, means)


SENTENCES: tuple[Sentence, ...] = (
    _sentence("At Mon 2 Mar 2026 10:00", r"At (?P<at>.+)", _at),
    _sentence(
        "Mail file letter.eml from PERSON [to POLICY]",
        r"Mail file (?P<file>\S+|\"[^\"]+\") from (?P<who>.+?)(?: to (?P<to>.+))?",
        _mail_file,
    ),
    _sentence("Mail from PERSON [to POLICY]", r"Mail from (?P<who>.+?)(?: to (?P<to>.+))?", _mail),
    _sentence(
        "Reply from PERSON to [first] NOTICE",
        r"(?P<sort>Reply) from (?P<who>.+?) to (?P<first>first )?(?P<notice>\w+)",
        _reply,
    ),
    _sentence(
        "Note from PERSON to NOTICE", r"(?P<sort>Note) from (?P<who>.+?) to (?P<first>first )?(?P<notice>\w+)", _reply
    ),
    _sentence(
        "Click ANSWER in [first] NOTICE by PERSON",
        r"Click (?P<link>.+?) in (?P<first>first )?(?P<notice>\w+) by (?P<who>.+)",
        _click,
    ),
    _sentence("Bounce of NOTICE to PERSON", r"(?P<sort>Bounce) of (?P<notice>\w+) to (?P<who>.+)", _report),
    _sentence("Delay of NOTICE to PERSON", r"(?P<sort>Delay) of (?P<notice>\w+) to (?P<who>.+)", _report),
    _sentence("Out-of-office from PERSON to NOTICE", r"Out-of-office from (?P<who>.+?) to (?P<notice>\w+)", _away),
    _sentence(
        "Calendar of PERSON accepts|declines|hesitates over NOTICE",
        rf"Calendar of (?P<who>.+?) (?P<verb>{'|'.join(STATES)}) (?P<notice>\w+)",
        _calendar,
    ),
    _sentence("Relay refuses PERSON", r"Relay refuses (?P<who>.+)(?P<state>)", _relay),
    _sentence("Relay away", r"Relay (?P<state>away)(?P<who>)", _relay),
    _sentence("Mail waits", r"Mail (?P<waits>waits)", _mail_waits),
    _sentence("Mail is read", r"Mail (?P<waits>is read)", _mail_waits),
    _sentence("Relay back", r"Relay (?P<state>back)(?P<who>)", _relay),
    _sentence("In case C-2026-000001", r"In case (?P<reference>\S+)", _in_case),
    _sentence("Records RECORD [from FILE]", r"Records (?P<of>\w+)(?: from (?P<file>.+))?", _bring),
    _sentence("Invite CAMPAIGN: KEY, KEY", r"Invite (?P<campaign>\w+): (?P<keys>.+)", _invite),
    *(_sentence(form, pattern, means) for form, pattern, means in expecting.SENTENCES),
)
