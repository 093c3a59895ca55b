"""Looks at the letters that have gone out: the expected one, or the nearest to it; those that nobody expected."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.rehearse.dates import say_moment
from daemon.rehearse.script import ExpectLetter, LetPass, Person, Saying
from daemon.rehearse.seen import SeenLetter
from daemon.rehearse.stage import Stage
from templates.words import short_date

_MOST_SHOWN = 12


def check_letter(stage: Stage, act: ExpectLetter, reader: Person) -> None:
    """One letter to one reader: among those not yet expected the first that is as it should be, else the nearest."""
    waiting = [seen for seen in stage.letters if not seen.expected]
    same = [s for s in waiting if s.letter.notice == act.notice and s.letter.recipient.lower() == reader.address]
    wrong = [(seen, _wrong(stage, act, seen)) for seen in same]
    good = next((seen for seen, problems in wrong if not problems), None)
    if good is not None:
        good.expected = True
        return
    if not wrong:
        stage.fail(act.line, _asked(act, reader), f"no such letter; {_not_expected(stage, waiting, reader)}")
        return
    nearest, problems = min(wrong, key=lambda one: len(one[1]))
    nearest.expected = True  # it is told here, and not again at the end
    told = "\n      ".join(problems)
    stage.fail(act.line, _asked(act, reader), f"{told}\n    the letter: {_headline(stage, nearest)}\n{_text(nearest)}")


def _asked(act: ExpectLetter, reader: Person) -> str:
    return act.said if len(act.to) == 1 else f"{act.said} ({reader})"


def _wrong(stage: Stage, act: ExpectLetter, seen: SeenLetter) -> list[str]:
    problems = []
    if act.language and seen.letter.language != act.language:
        problems.append(f"it is in {seen.letter.language}, not in {act.language}")
    sent = seen.at.astimezone(stage.script.zone)
    if act.on and sent.date() != act.on:
        problems.append(f"it went out on {say_moment(seen.at, stage.script.zone)}")
    if act.at and abs((seen.at - act.at).total_seconds()) >= 60:
        problems.append(f"it went out on {say_moment(seen.at, stage.script.zone)}")
    return problems + [problem for saying in act.sayings if (problem := _unsaid(stage, saying, seen))]


def _unsaid(stage: Stage, saying: Saying, seen: SeenLetter) -> str:
    """What is wrong with one thing it must or must not say; empty when nothing is."""
    if _said(stage, saying, seen) is saying.wanted:
        return ""
    return f"line {saying.line}: {saying.said}: {'it does not' if saying.wanted else 'it does'}"


def _said(stage: Stage, saying: Saying, seen: SeenLetter) -> bool:
    match saying.sort:
        case "subject":
            return saying.value in seen.letter.subject
        case "file":
            return saying.value in seen.files or (saying.value == "nothing" and not seen.files)
        case "enclosed":
            return seen.encloses(saying.value)
        case "date":
            assert saying.day is not None, "a saying of sort date has a day"
            return seen.says(short_date(saying.day, seen.letter.language, stage.script.zone))
    return seen.says(saying.value)


def let_pass(stage: Stage, act: LetPass) -> None:
    """Letters that are not looked at. None of them is no failure: it says what does not matter."""
    readers = {person.address for person in act.to}
    for seen in stage.letters:
        if (not readers or seen.letter.recipient.lower() in readers) and act.notice in ("", seen.letter.notice):
            seen.expected = True


def check_silence(stage: Stage, line: int, said: str, to: tuple[Person, ...]) -> None:
    """Nothing has gone out to them but what was expected."""
    readers = {person.address for person in to}
    spoken = [s for s in stage.letters if not s.expected and (not readers or s.letter.recipient.lower() in readers)]
    for seen in spoken:
        seen.expected = True
    if spoken:
        stage.fail(line, said, _listed(stage, spoken))


def _not_expected(stage: Stage, waiting: Iterable[SeenLetter], reader: Person) -> str:
    order = sorted(waiting, key=lambda seen: seen.letter.recipient.lower() != reader.address)
    return f"letters not yet expected: {_listed(stage, order)}" if order else "every letter has been expected"


def _listed(stage: Stage, letters: list[SeenLetter]) -> str:
    lines = [f"\n      {_headline(stage, seen)}" for seen in letters[:_MOST_SHOWN]]
    more = f"\n      and {len(letters) - _MOST_SHOWN} more" if len(letters) > _MOST_SHOWN else ""
    return "".join(lines) + more


def _headline(stage: Stage, seen: SeenLetter) -> str:
    letter = seen.letter
    when = say_moment(seen.at, stage.script.zone)
    return f"{when}  {letter.notice} to {letter.recipient} in {letter.language}: {letter.subject}"


def _text(seen: SeenLetter) -> str:
    return "\n".join(f"      | {line}" for line in seen.text.strip().splitlines())
