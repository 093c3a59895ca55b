"""Perform the acts of a scenario in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from pathlib import Path
from tempfile import TemporaryDirectory

from config.policy import all_words
from daemon.cases.records_import import import_records, plan_campaign
from daemon.rehearse.calendar_replies import calendar_reply, invitation_in, organizer_of
from daemon.rehearse.mails import RETURNED, NoSuchLabel
from daemon.rehearse.received_letter import MailtoLink, ReceivedLetter
from daemon.rehearse.rehearsal import ConversationEntry
from daemon.rehearse.scenario import (
    Act,
    AdvanceClock,
    AnswerInvitation,
    ClickLink,
    ImportRecords,
    MailContent,
    PauseIntake,
    Person,
    ReportDelivery,
    SelectCase,
    SendAutomaticReply,
    SendInvitations,
    SendMail,
    SendReply,
    SetRelay,
)
from daemon.rehearse.scenario_run import ScenarioRun
from parsers.sender.tokens import Audience, unseal

_EVENTS = (
    AdvanceClock
    | SendMail
    | SendReply
    | ClickLink
    | ReportDelivery
    | SendAutomaticReply
    | AnswerInvitation
    | SetRelay
    | PauseIntake
    | SelectCase
    | ImportRecords
    | SendInvitations
)


def perform_acts(run: ScenarioRun, check: Callable[[ScenarioRun, Act], None]) -> None:
    """Perform every act; `check` is called for the expectations."""
    for act in run.scenario.acts:
        if isinstance(act, _EVENTS):
            perform(act, run)
        else:
            check(run, act)
        for problem in run.unprocessed_mails():
            run.add_failure(act.line, "every mail is worked off", problem)


@singledispatch
def perform(act: Act, run: ScenarioRun) -> None:
    """Perform one act."""
    raise TypeError(f"{type(act).__name__} is nothing that happens")


@perform.register
def _at(act: AdvanceClock, run: ScenarioRun) -> None:
    run.advance_to(act.at)


@perform.register
def _bring(act: ImportRecords, run: ScenarioRun) -> None:
    policy = next(policy for policy in run.installation.policies.values() if act.record in policy.records)
    with TemporaryDirectory() as folder:
        path = run.scenario.file.parent / act.file if act.file else Path(folder) / "rows.csv"
        if not act.file:
            path.write_text(act.rows, encoding="utf-8")
        done = import_records(run.db, policy, act.record, path, run.now, country=run.scenario.country)
    run.rows_wrong += [f"line {line.number}: {line.wrong}" for line in done.wrong]
    run.settle()


@perform.register
def _invite(act: SendInvitations, run: ScenarioRun) -> None:
    policy = next(policy for policy in run.installation.policies.values() if act.campaign in policy.invitations)
    _, unknown = plan_campaign(run.db, policy, act.campaign, act.keys, run.now)
    if unknown:
        run.add_failure(act.line, act.source_line, f"no record {', '.join(unknown)}")
    run.settle()


@perform.register
def _in_case(act: SelectCase, run: ScenarioRun) -> None:
    run.reference = act.reference
    if run.current_case() is None:
        known = ", ".join(case.ticket.reference for case in run.all_cases())
        run.add_failure(act.line, act.source_line, f"no such case; there are {known or 'none'}")


@perform.register
def _relay(act: SetRelay, run: ScenarioRun) -> None:
    if act.refused_address:
        run.transport.refused_addresses.add(act.refused_address)
    else:
        run.transport.unreachable = act.unreachable
        run.settle()


@perform.register
def _mail_waits(act: PauseIntake, run: ScenarioRun) -> None:
    run.pause_intake(act.paused)


@perform.register
def _mail(act: SendMail, run: ScenarioRun) -> None:
    if act.file:
        path = run.scenario.file.parent / act.file
        if not path.is_file():
            run.add_failure(act.line, act.source_line, f"there is no file {path}")
            return
        entry = ConversationEntry(run.now, str(act.person), ", ".join(act.to), act.file, "", "customer")
        run.receive(path.read_bytes(), act.person, act.to, entry)
        return
    raw = run.mail_program.new_mail(act.person, act.to, act.content, run.now)
    _receive(run, raw, act.person, act.to, act.content, subject=act.content.subject)


@perform.register
def _reply(act: SendReply, run: ScenarioRun) -> None:
    received = _received_letter(run, act, act.person, act.notice)
    if received is None:
        return
    to = _note_address(run, received) if act.internal else received.reply_to
    if not to:
        run.add_failure(act.line, act.source_line, "the letter names no address for notes")
        return
    try:
        raw = run.mail_program.reply(act.person, received, to, act.content, run.now)
    except NoSuchLabel as problem:
        run.add_failure(act.line, act.source_line, f"{problem}; the letter:\n{received.text}")
        return
    filled_in = "\n".join(f"{label}: {value}" for label, value in act.content.fill_in)
    shown = "\n".join(part for part in (act.content.text, filled_in) if part)
    _receive(run, raw, act.person, (to,), act.content, subject=received.letter.subject, text=shown)


@perform.register
def _click(act: ClickLink, run: ScenarioRun) -> None:
    received = _received_letter(run, act, act.person, act.notice)
    if received is None:
        return
    link = _find_link(run, received, act.link)
    if link is None:
        offered = ", ".join(repr(mail_link.shown) for mail_link in received.links) or "none"
        run.add_failure(act.line, act.source_line, f"no such link in the letter; its links: {offered}")
        return
    text = f"{link.body}{act.content.text}"
    content = MailContent(text=text, subject=link.subject, sender=act.content.sender)
    raw = run.mail_program.new_mail(act.person, (link.to,), content, run.now)
    _receive(run, raw, act.person, (link.to,), content, subject=link.subject)


@perform.register
def _report(act: ReportDelivery, run: ScenarioRun) -> None:
    received = _received_letter(run, act, act.to, act.notice)
    if received is None:
        return
    to = (act.sent_to or received.letter.sender,)
    raw = run.mail_program.delivery_report(received, act, to[0], run.now)
    host = act.to.address.rpartition("@")[2]
    words = f"{'not delivered' if act.permanent else 'not delivered yet'}: {act.to.address}"
    entry = ConversationEntry(run.now, f"mail server of {host}", to[0], act.subject or RETURNED, words, "machine")
    run.receive(raw, act.to, to, entry, sender="")


@perform.register
def _away(act: SendAutomaticReply, run: ScenarioRun) -> None:
    received = _received_letter(run, act, act.person, act.notice)
    if received is None:
        return
    raw = run.mail_program.automatic_reply(act.person, received, act.content, run.now)
    words = act.content.text or "(out of office)"
    entry = ConversationEntry(
        run.now, f"{act.person}'s mail program", received.reply_to, received.letter.subject, words, "machine"
    )
    run.receive(raw, act.person, (received.reply_to,), entry, sender="")  # RFC 3834 section 3.3


@perform.register
def _calendar(act: AnswerInvitation, run: ScenarioRun) -> None:
    received = _received_letter(run, act, act.person, act.notice)
    event = invitation_in(received) if received else None
    if received is None or event is None:
        if received:
            run.add_failure(act.line, act.source_line, "the letter has no calendar file that invites to anything")
        return
    raw = calendar_reply(act.person, event, act.verb, act.content, run.now)
    to = organizer_of(event)
    text = f"{act.verb} {event['summary']}" + (f": {act.content.text}" if act.content.text else "")
    entry = ConversationEntry(run.now, f"{act.person}'s calendar", to, received.letter.subject, text, "machine")
    run.receive(raw, Person(act.person.name, act.content.sender or act.person.address), (to,), entry)


def _receive(
    run: ScenarioRun,
    raw: bytes,
    person: Person,
    to: tuple[str, ...],
    content: MailContent,
    *,
    subject: str,
    text: str = "",
) -> None:
    sort = "staff" if person.team else "customer"
    shown = content.subject or subject
    writer = Person(person.name, content.sender or person.address, team=person.team)
    name = f"{person} ({content.sender})" if content.sender else str(person)
    entry = ConversationEntry(run.now, name, ", ".join(to), shown, text or content.text, sort, files=content.attach)
    run.receive(raw, writer, to, entry)


def _received_letter(run: ScenarioRun, act: Act, person: Person, notice: str) -> ReceivedLetter | None:
    seen = run.received_by(person, notice, first=isinstance(act, SendReply | ClickLink) and act.first)
    if seen is None:
        notices = [
            received.letter.notice for received in run.letters if received.letter.recipient.lower() == person.address
        ]
        listed = ", ".join(dict.fromkeys(notices)) or "no letter at all"
        run.add_failure(act.line, act.source_line, f"{person} has no letter {notice}; has {listed}")
    return seen


def _note_address(run: ScenarioRun, received: ReceivedLetter) -> str:
    """Return the letter's address for notes, which only its link names; empty if it has none."""
    for link in received.links:
        sealed = link.to.partition("@")[0].rpartition(run.installation.ours.separator)[2]
        token = unseal(sealed, run.installation.keys)
        if token is not None and token.audience is Audience.STAFF_NOTE:
            return link.to
    return ""


def _find_link(run: ScenarioRun, received: ReceivedLetter, wanted: str) -> MailtoLink | None:
    """Return the link a reader means: by its text, by what it writes, or by the policy's name of the answer."""
    words = {wanted.casefold()}
    for policy in run.installation.policies.values():
        for question in policy.questions.values():
            if wanted in question.answers:
                words |= {word.casefold() for word in all_words(question.answers[wanted].words)}
    for link in received.links:
        body = link.body.strip().split("\n")[0].rstrip(": ").casefold()
        if link.shown.casefold() in words or (body and body in words):
            return link
    return None
