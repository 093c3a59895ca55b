"""Check the letters that have gone out: against an expectation, and that no unexpected letter is left."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.rehearse.dates import say_moment
from daemon.rehearse.script import ExpectLetter, LetPass, Person, Saying
from daemon.rehearse.seen import SeenLetter
from daemon.rehearse.stage import Stage
from templates.words import short_date

_MOST_SHOWN = 12


def check_letter(stage: Stage, act: ExpectLetter, reader: Person) -> None:
    """Check that an expected letter has gone out to one reader.

    Of the letters not yet expected it marks the first that matches completely. If none does, the failure describes the
    nearest.
    """
    unexpected = [received for received in stage.letters if not received.expected]
    same = [
        received
        for received in unexpected
        if received.letter.notice == act.notice and received.letter.recipient.lower() == reader.address
    ]
    wrong = [(received, _problems(stage, act, received)) for received in same]
    match = next((received for received, problems in wrong if not problems), None)
    if match is not None:
        match.expected = True
        return
    if not wrong:
        stage.fail(
            act.line, _expectation(act, reader), f"no such letter; {_unexpected_letters(stage, unexpected, reader)}"
        )
        return
    best, problems = min(wrong, key=lambda pair: len(pair[1]))
    best.expected = True  # reported here, so not again at the end
    listed = "\n      ".join(problems)
    stage.fail(
        act.line, _expectation(act, reader), f"{listed}\n    the letter: {_headline(stage, best)}\n{_text(best)}"
    )


def _expectation(act: ExpectLetter, reader: Person) -> str:
    return act.said if len(act.to) == 1 else f"{act.said} ({reader})"


def _problems(stage: Stage, act: ExpectLetter, received: SeenLetter) -> list[str]:
    problems = []
    if act.language and received.letter.language != act.language:
        problems.append(f"it is in {received.letter.language}, not in {act.language}")
    sent = received.at.astimezone(stage.script.zone)
    if act.on and sent.date() != act.on:
        problems.append(f"it went out on {say_moment(received.at, stage.script.zone)}")
    if act.at and abs((received.at - act.at).total_seconds()) >= 60:
        problems.append(f"it went out on {say_moment(received.at, stage.script.zone)}")
    return problems + [problem for saying in act.sayings if (problem := _unmet(stage, saying, received))]


def _unmet(stage: Stage, saying: Saying, received: SeenLetter) -> str:
    """Return what is wrong about one condition of a letter; empty if it is met."""
    if _holds(stage, saying, received) is saying.wanted:
        return ""
    return f"line {saying.line}: {saying.said}: {'it does not' if saying.wanted else 'it does'}"


def _holds(stage: Stage, saying: Saying, received: SeenLetter) -> bool:
    match saying.sort:
        case "subject":
            return saying.value in received.letter.subject
        case "file":
            return saying.value in received.files or (saying.value == "nothing" and not received.files)
        case "enclosed":
            return received.encloses(saying.value)
        case "date":
            assert saying.day is not None, "a date saying has a day"
            return received.says(short_date(saying.day, received.letter.language, stage.script.zone))
    return received.says(saying.value)


def let_pass(stage: Stage, act: LetPass) -> None:
    """Mark letters that the scenario ignores as expected. It is no failure if there is none."""
    readers = {person.address for person in act.to}
    for received in stage.letters:
        if (not readers or received.letter.recipient.lower() in readers) and act.notice in ("", received.letter.notice):
            received.expected = True


def check_silence(stage: Stage, line: int, said: str, to: tuple[Person, ...]) -> None:
    """Check that no letter but the expected ones has gone out to these readers, or to anybody if there are none."""
    readers = {person.address for person in to}
    unexpected = [
        received
        for received in stage.letters
        if not received.expected and (not readers or received.letter.recipient.lower() in readers)
    ]
    for received in unexpected:
        received.expected = True
    if unexpected:
        stage.fail(line, said, _list_letters(stage, unexpected))


def _unexpected_letters(stage: Stage, unexpected: Iterable[SeenLetter], reader: Person) -> str:
    letters = sorted(unexpected, key=lambda received: received.letter.recipient.lower() != reader.address)
    return f"letters not yet expected: {_list_letters(stage, letters)}" if letters else "every letter has been expected"


def _list_letters(stage: Stage, letters: list[SeenLetter]) -> str:
    lines = [f"\n      {_headline(stage, received)}" for received in letters[:_MOST_SHOWN]]
    more = f"\n      and {len(letters) - _MOST_SHOWN} more" if len(letters) > _MOST_SHOWN else ""
    return "".join(lines) + more


def _headline(stage: Stage, received: SeenLetter) -> str:
    letter = received.letter
    when = say_moment(received.at, stage.script.zone)
    return f"{when}  {letter.notice} to {letter.recipient} in {letter.language}: {letter.subject}"


def _text(received: SeenLetter) -> str:
    return "\n".join(f"      | {line}" for line in received.text.strip().splitlines())
