"""Perform the acts of a scenario in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from pathlib import Path
from tempfile import TemporaryDirectory

from config.policy import all_words
from daemon.cases.records_import import bring, invite
from daemon.rehearse.calendars import calendar_reply, invitation_in, organizer_of
from daemon.rehearse.mails import RETURNED, Unfillable
from daemon.rehearse.rehearsal import Turn
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
    Person,
    Relay,
    Reply,
    Report,
    Words,
)
from daemon.rehearse.seen import Link, SeenLetter
from daemon.rehearse.stage import Stage
from parsers.sender.tokens import Audience, unseal

_EVENTS = At | Mail | Reply | Click | Report | Away | CalendarAnswers | Relay | MailWaits | InCase | Bring | Invite


def play(stage: Stage, check: Callable[[Stage, Act], None]) -> None:
    """Perform every act; `check` is called for the expectations."""
    for act in stage.script.acts:
        if isinstance(act, _EVENTS):
            perform(act, stage)
        else:
            check(stage, act)
        for problem in stage.stuck():
            stage.fail(act.line, "every mail is worked off", problem)


@singledispatch
def perform(act: Act, stage: Stage) -> None:
    """Perform one act."""
    raise TypeError(f"{type(act).__name__} is nothing that happens")


@perform.register
def _at(act: At, stage: Stage) -> None:
    stage.go(act.at)


@perform.register
def _bring(act: Bring, stage: Stage) -> None:
    policy = next(policy for policy in stage.installation.policies.values() if act.of in policy.records)
    with TemporaryDirectory() as folder:
        path = stage.script.file.parent / act.file if act.file else Path(folder) / "rows.csv"
        if not act.file:
            path.write_text(act.rows, encoding="utf-8")
        done = bring(stage.db, policy, act.of, path, stage.now, country=stage.script.country)
    stage.rows_wrong += [f"line {line.number}: {line.wrong}" for line in done.wrong]
    stage.again()


@perform.register
def _invite(act: Invite, stage: Stage) -> None:
    policy = next(policy for policy in stage.installation.policies.values() if act.campaign in policy.invitations)
    _, unknown = invite(stage.db, policy, act.campaign, act.keys, stage.now)
    if unknown:
        stage.fail(act.line, act.said, f"no record {', '.join(unknown)}")
    stage.again()


@perform.register
def _in_case(act: InCase, stage: Stage) -> None:
    stage.reference = act.reference
    if stage.case() is None:
        known = ", ".join(case.ticket.reference for case in stage.all_cases())
        stage.fail(act.line, act.said, f"no such case; there are {known or 'none'}")


@perform.register
def _relay(act: Relay, stage: Stage) -> None:
    if act.refuses:
        stage.postman.refuses.add(act.refuses)
    else:
        stage.postman.away = act.away
        stage.again()


@perform.register
def _mail_waits(act: MailWaits, stage: Stage) -> None:
    stage.mail_waits(act.waits)


@perform.register
def _mail(act: Mail, stage: Stage) -> None:
    if act.file:
        path = stage.script.file.parent / act.file
        if not path.is_file():
            stage.fail(act.line, act.said, f"there is no file {path}")
            return
        turn = Turn(stage.now, str(act.who), ", ".join(act.to), act.file, "", "customer")
        stage.take(path.read_bytes(), act.who, act.to, turn)
        return
    raw = stage.post.fresh(act.who, act.to, act.words, stage.now)
    _receive(stage, raw, act.who, act.to, act.words, subject=act.words.subject)


@perform.register
def _reply(act: Reply, stage: Stage) -> None:
    seen = _received_letter(stage, act, act.who, act.notice)
    if seen is None:
        return
    to = _note_address(stage, seen) if act.inside else seen.reply_to
    if not to:
        stage.fail(act.line, act.said, "the letter names no address for notes")
        return
    try:
        raw = stage.post.reply(act.who, seen, to, act.words, stage.now)
    except Unfillable as problem:
        stage.fail(act.line, act.said, f"{problem}; the letter:\n{seen.text}")
        return
    filled_in = "\n".join(f"{label}: {value}" for label, value in act.words.fill)
    shown = "\n".join(part for part in (act.words.text, filled_in) if part)
    _receive(stage, raw, act.who, (to,), act.words, subject=seen.letter.subject, text=shown)


@perform.register
def _click(act: Click, stage: Stage) -> None:
    seen = _received_letter(stage, act, act.who, act.notice)
    if seen is None:
        return
    link = _find_link(stage, seen, act.link)
    if link is None:
        offered = ", ".join(repr(mail_link.shown) for mail_link in seen.links) or "none"
        stage.fail(act.line, act.said, f"no such link in the letter; its links: {offered}")
        return
    text = f"{link.body}{act.words.text}"
    words = Words(text=text, subject=link.subject, sender=act.words.sender)
    raw = stage.post.fresh(act.who, (link.to,), words, stage.now)
    _receive(stage, raw, act.who, (link.to,), words, subject=link.subject)


@perform.register
def _report(act: Report, stage: Stage) -> None:
    seen = _received_letter(stage, act, act.to, act.notice)
    if seen is None:
        return
    to = (act.comes_to or seen.letter.sender,)
    raw = stage.post.report(seen, act, to[0], stage.now)
    host = act.to.address.rpartition("@")[2]
    words = f"{'not delivered' if act.lasting else 'not delivered yet'}: {act.to.address}"
    turn = Turn(stage.now, f"mail server of {host}", to[0], act.subject or RETURNED, words, "machine")
    stage.take(raw, act.to, to, turn, sender="")


@perform.register
def _away(act: Away, stage: Stage) -> None:
    seen = _received_letter(stage, act, act.who, act.notice)
    if seen is None:
        return
    raw = stage.post.away(act.who, seen, act.words, stage.now)
    words = act.words.text or "(out of office)"
    turn = Turn(stage.now, f"{act.who}'s mail program", seen.reply_to, seen.letter.subject, words, "machine")
    stage.take(raw, act.who, (seen.reply_to,), turn, sender="")  # RFC 3834 section 3.3


@perform.register
def _calendar(act: CalendarAnswers, stage: Stage) -> None:
    seen = _received_letter(stage, act, act.who, act.notice)
    event = invitation_in(seen) if seen else None
    if seen is None or event is None:
        if seen:
            stage.fail(act.line, act.said, "the letter has no calendar file that invites to anything")
        return
    raw = calendar_reply(act.who, event, act.verb, act.words, stage.now)
    to = organizer_of(event)
    said = f"{act.verb} {event['summary']}" + (f": {act.words.text}" if act.words.text else "")
    turn = Turn(stage.now, f"{act.who}'s calendar", to, seen.letter.subject, said, "machine")
    stage.take(raw, Person(act.who.name, act.words.sender or act.who.address), (to,), turn)


def _receive(
    stage: Stage, raw: bytes, who: Person, to: tuple[str, ...], words: Words, *, subject: str, text: str = ""
) -> None:
    sort = "staff" if who.team else "customer"
    shown = words.subject or subject
    writer = Person(who.name, words.sender or who.address, team=who.team)
    name = f"{who} ({words.sender})" if words.sender else str(who)
    turn = Turn(stage.now, name, ", ".join(to), shown, text or words.text, sort, files=words.attach)
    stage.take(raw, writer, to, turn)


def _received_letter(stage: Stage, act: Act, who: Person, notice: str) -> SeenLetter | None:
    seen = stage.received_by(who, notice, first=isinstance(act, Reply | Click) and act.first)
    if seen is None:
        notices = [
            received.letter.notice for received in stage.letters if received.letter.recipient.lower() == who.address
        ]
        listed = ", ".join(dict.fromkeys(notices)) or "no letter at all"
        stage.fail(act.line, act.said, f"{who} has no letter {notice}; has {listed}")
    return seen


def _note_address(stage: Stage, seen: SeenLetter) -> str:
    """Return the letter's address for notes, which only its link names; empty if it has none."""
    for link in seen.links:
        sealed = link.to.partition("@")[0].rpartition(stage.installation.ours.separator)[2]
        token = unseal(sealed, stage.installation.keys)
        if token is not None and token.audience is Audience.STAFF_NOTE:
            return link.to
    return ""


def _find_link(stage: Stage, seen: SeenLetter, wanted: str) -> Link | None:
    """Return the link a reader means: by its text, by what it writes, or by the policy's name of the answer."""
    words = {wanted.casefold()}
    for policy in stage.installation.policies.values():
        for question in policy.questions.values():
            if wanted in question.answers:
                words |= {word.casefold() for word in all_words(question.answers[wanted].words)}
    for link in seen.links:
        body = link.body.strip().split("\n")[0].rstrip(": ").casefold()
        if link.shown.casefold() in words or (body and body in words):
            return link
    return None
