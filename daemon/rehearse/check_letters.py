"""Check the letters that have gone out: against an expectation, and that no unexpected letter is left."""

from __future__ import annotations

from collections.abc import Iterable

from daemon.rehearse.dates import format_moment
from daemon.rehearse.received_letter import ReceivedLetter
from daemon.rehearse.scenario import ExpectLetter, IgnoreLetters, LetterCondition, Person
from daemon.rehearse.scenario_run import ScenarioRun
from templates.filters import short_date

_MOST_SHOWN = 12


def check_letter(run: ScenarioRun, act: ExpectLetter, reader: Person) -> None:
    """Check that an expected letter has gone out to one reader.

    Of the letters not yet expected it marks the first that matches completely. If none does, the failure describes the
    nearest.
    """
    unexpected = [received for received in run.letters if not received.expected]
    same = [
        received
        for received in unexpected
        if received.letter.notice == act.notice and received.letter.recipient.lower() == reader.address
    ]
    wrong = [(received, _problems(run, act, received)) for received in same]
    match = next((received for received, problems in wrong if not problems), None)
    if match is not None:
        match.expected = True
        return
    if not wrong:
        run.add_failure(
            act.line, _expectation(act, reader), f"no such letter; {_unexpected_letters(run, unexpected, reader)}"
        )
        return
    best, problems = min(wrong, key=lambda pair: len(pair[1]))
    best.expected = True  # reported here, so not again at the end
    listed = "\n      ".join(problems)
    run.add_failure(
        act.line, _expectation(act, reader), f"{listed}\n    the letter: {_headline(run, best)}\n{_text(best)}"
    )


def _expectation(act: ExpectLetter, reader: Person) -> str:
    return act.source_line if len(act.to) == 1 else f"{act.source_line} ({reader})"


def _problems(run: ScenarioRun, act: ExpectLetter, received: ReceivedLetter) -> list[str]:
    problems = []
    if act.language and received.letter.language != act.language:
        problems.append(f"it is in {received.letter.language}, not in {act.language}")
    sent = received.at.astimezone(run.scenario.zone)
    if act.on and sent.date() != act.on:
        problems.append(f"it went out on {format_moment(received.at, run.scenario.zone)}")
    if act.at and abs((received.at - act.at).total_seconds()) >= 60:
        problems.append(f"it went out on {format_moment(received.at, run.scenario.zone)}")
    return problems + [problem for condition in act.conditions if (problem := _unmet(run, condition, received))]


def _unmet(run: ScenarioRun, condition: LetterCondition, received: ReceivedLetter) -> str:
    """Return what is wrong about one condition of a letter; empty if it is met."""
    if _holds(run, condition, received) is condition.wanted:
        return ""
    return f"line {condition.line}: {condition.source_line}: {'it does not' if condition.wanted else 'it does'}"


def _holds(run: ScenarioRun, condition: LetterCondition, received: ReceivedLetter) -> bool:
    match condition.aspect:
        case "subject":
            return condition.value in received.letter.subject
        case "file":
            return condition.value in received.files or (condition.value == "nothing" and not received.files)
        case "enclosed":
            return received.attachments_contain(condition.value)
        case "date":
            assert condition.day is not None, "a date saying has a day"
            return received.contains(short_date(condition.day, received.letter.language, run.scenario.zone))
    return received.contains(condition.value)


def ignore_letters(run: ScenarioRun, act: IgnoreLetters) -> None:
    """Mark letters that the scenario ignores as expected. It is no failure if there is none."""
    readers = {person.address for person in act.to}
    for received in run.letters:
        if (not readers or received.letter.recipient.lower() in readers) and act.notice in ("", received.letter.notice):
            received.expected = True


def check_no_letters(run: ScenarioRun, line: int, sentence: str, to: tuple[Person, ...]) -> None:
    """Check that no letter but the expected ones has gone out to these readers, or to anybody if there are none."""
    readers = {person.address for person in to}
    unexpected = [
        received
        for received in run.letters
        if not received.expected and (not readers or received.letter.recipient.lower() in readers)
    ]
    for received in unexpected:
        received.expected = True
    if unexpected:
        run.add_failure(line, sentence, _list_letters(run, unexpected))


def _unexpected_letters(run: ScenarioRun, unexpected: Iterable[ReceivedLetter], reader: Person) -> str:
    letters = sorted(unexpected, key=lambda received: received.letter.recipient.lower() != reader.address)
    return f"letters not yet expected: {_list_letters(run, letters)}" if letters else "every letter has been expected"


def _list_letters(run: ScenarioRun, letters: list[ReceivedLetter]) -> str:
    lines = [f"\n      {_headline(run, received)}" for received in letters[:_MOST_SHOWN]]
    more = f"\n      and {len(letters) - _MOST_SHOWN} more" if len(letters) > _MOST_SHOWN else ""
    return "".join(lines) + more


def _headline(run: ScenarioRun, received: ReceivedLetter) -> str:
    letter = received.letter
    when = format_moment(received.at, run.scenario.zone)
    return f"{when}  {letter.notice} to {letter.recipient} in {letter.language}: {letter.subject}"


def _text(received: ReceivedLetter) -> str:
    return "\n".join(f"      | {line}" for line in received.text.strip().splitlines())
