"""The sentences of a scenario: for each its form as shown to people, its pattern, and the act it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from config.faults import Wrong, nearest
from daemon.rehearse import expectation_sentences
from daemon.rehearse.blocks import Block, ScriptLine, WrongLine, unquote
from daemon.rehearse.calendar_replies import PARTICIPATION_STATUSES
from daemon.rehearse.dates import read_moment
from daemon.rehearse.people import ScenarioPeople
from daemon.rehearse.scenario import (
    Act,
    AdvanceClock,
    AnswerInvitation,
    ClickLink,
    ImportRecords,
    MailContent,
    PauseIntake,
    ReportDelivery,
    SelectCase,
    SendAutomaticReply,
    SendInvitations,
    SendMail,
    SendReply,
    SetRelay,
)

MakeAct = Callable[[ScenarioPeople, "re.Match[str]", Block], Act]
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


def read_act(people: ScenarioPeople, block: Block) -> Act:
    """Return the act that a block stands for. Raises Wrong."""
    text = block.source_line
    for sentence in SENTENCES:
        match = sentence.pattern(text)
        if match is not None:
            return sentence.make(people, match, block)
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


def read_words(people: ScenarioPeople, block: Block) -> MailContent:
    """Read the lines under a sentence that give the content of a mail. Raises Wrong."""
    content = MailContent(text=block.text)
    for line in block.indented:
        content = _add_line(people, content, line)
    return content


def _add_line(people: ScenarioPeople, content: MailContent, line: ScriptLine) -> MailContent:
    name, _, value = line.text.partition(":")
    value = value.strip()
    match name.strip().lower():
        case "subject":
            return replace(content, subject=value)
        case "from":
            return replace(content, sender=people.person_named(value).address)
        case "attach":
            return replace(content, attach=(*content.attach, *(part.strip() for part in value.split(","))))
        case "header":
            header, _, header_value = value.partition(":")
            return replace(content, headers=(*content.headers, (header.strip(), header_value.strip())))
        case "fill in":
            label, _, given = value.partition("=")
            return replace(content, fill_in=(*content.fill_in, (unquote(label), unquote(given))))
        case "without quoting":
            return replace(content, quotes=False)
    near = nearest(name, _MAIL_LINES)
    allowed = ", ".join(("| words", *_MAIL_LINES.values()))
    raise WrongLine(line, "no such line in a mail", allowed, _MAIL_LINES[near] if near else "")


def _mail(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    to = match["to"] or (people.addresses[0].policy if people.addresses else "")
    content = read_words(people, block)
    person = people.person_named(match["who"])
    addresses = tuple(people.address_named(name) for name in re.split(r",\s*|(?<!\s)\s++and\s+", to))
    return SendMail(person=person, to=addresses, content=content, **_source(block))


def _mail_file(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    person = people.person_named(match["who"])
    to = match["to"] or people.addresses[0].policy
    return SendMail(
        person=person,
        to=(people.address_named(to),),
        content=MailContent(),
        file=unquote(match["file"]),
        **_source(block),
    )


def _reply(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return SendReply(
        person=people.person_named(match["who"]),
        notice=match["notice"],
        content=read_words(people, block),
        internal=match["kind"] == "Note",
        first=bool(match["first"]),
        **_source(block),
    )


def _click(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return ClickLink(
        person=people.person_named(match["who"]),
        notice=match["notice"],
        link=unquote(match["link"]),
        first=bool(match["first"]),
        content=read_words(people, block),
        **_source(block),
    )


def _report(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    lasting = match["kind"] == "Bounce"
    report = ReportDelivery(
        to=people.person_named(match["who"]), notice=match["notice"], permanent=lasting, **_source(block)
    )
    for line in block.indented:
        name, _, value = line.text.partition(":")
        match name.strip().lower():
            case "names":
                report = replace(report, names_recipient=people.person_named(value).address)
            case "comes to":
                report = replace(report, sent_to=people.address_named(value.strip()))
            case "subject":
                report = replace(report, subject=value.strip())
            case "without the letter":
                report = replace(report, returns_letter=False)
            case _:
                raise WrongLine(line, "no such line in a report", _REPORT_LINES)
    return report


def _away(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return SendAutomaticReply(
        person=people.person_named(match["who"]),
        notice=match["notice"],
        content=read_words(people, block),
        **_source(block),
    )


def _calendar(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    person, content = people.person_named(match["who"]), read_words(people, block)
    return AnswerInvitation(
        person=person, notice=match["notice"], verb=match["verb"], content=content, **_source(block)
    )


def _relay(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    if match["who"]:
        return SetRelay(refused_address=people.person_named(match["who"]).address, **_source(block))
    return SetRelay(unreachable=match["state"] == "away", **_source(block))


def _mail_waits(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return PauseIntake(paused=match["waits"] == "waits", **_source(block))


def _at(people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return AdvanceClock(at=read_moment(match["at"], people.zone), **_source(block))


def _in_case(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return SelectCase(reference=match["reference"], **_source(block))


def _bring(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return ImportRecords(record=match["of"], file=unquote(match["file"] or ""), rows=block.text, **_source(block))


def _invite(_people: ScenarioPeople, match: re.Match[str], block: Block) -> Act:
    return SendInvitations(campaign=match["campaign"], keys=tuple(match["keys"].split(", ")), **_source(block))


def _source(block: Block) -> Any:
    return {"line": block.line.number, "source_line": block.source_line}


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
        rf"Calendar of (?P<who>.+?) (?P<verb>{'|'.join(PARTICIPATION_STATUSES)}) (?P<notice>\w+)",
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
    *(_compile(form, pattern, make) for form, pattern, make in expectation_sentences.SENTENCES),
)
