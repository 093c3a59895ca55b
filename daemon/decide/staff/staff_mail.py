"""Mail of staff: its commands are obeyed all or not at all, its words go to the customer in the company's name, notes
stay inside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from config.policy_shapes.base import Right
from config.policy_shapes.commands import command_word, command_words
from daemon.decide.arguments import language_of
from daemon.decide.draft import Draft
from daemon.decide.events import StaffNotified, StaffNotProven, StaffWrote
from daemon.decide.procedure import asking_in_turn, notices, recall, steps, unhandled_mail
from daemon.decide.procedure.answers import take_staff_answer
from daemon.decide.procedure.messages import file_mail
from daemon.decide.procedure.people import barred_members, member_at, party_of_member, staff_language
from daemon.decide.procedure.promise_terms import promise_named
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff import commands, dossiers, outgoing_words, pending_mail, rights
from parsers.answers.commands import Doubt, nearest_command
from storage.ledger_events import LedgerEvent
from storage.values import Role

_DOUBTS = {
    Doubt.TEXT_AFTER_GREETING: RefusalReason.BELOW_A_GREETING,
    Doubt.ABOUT_CUSTOMER: RefusalReason.ABOUT_THE_CUSTOMER,
    Doubt.ABSENCE: RefusalReason.ABSENCE,
}
"""Why a mail is refused although its lines can be read."""


def obey_staff_mail(draft: Draft, wrote: StaffWrote) -> str:
    """Obey a mail of staff; returns the verdict. Raises Refused, with nothing done, where a part cannot be done."""
    _begin(draft, wrote)
    if pending_mail.is_release(wrote):
        wrote = pending_mail.release_mail(draft, wrote)
        _enclose(draft, wrote)
    recall.set_hold(draft, wrote)
    draft.named_cases, draft.policies, draft.policy_move = wrote.others, wrote.policies, wrote.policy_move
    draft.erasable = wrote.erasable
    done = _done(draft, wrote)
    outgoing_words.require_safe_words(wrote)
    pending_mail.require_writer(wrote)
    unhandled_mail.drop_dealt_with(draft, done, wrote)
    _claim(draft, wrote)
    recall.keep_undo(draft)
    notices.write_notice(draft, notices.TRANSCRIPT, about={"done": done, "shows_letters": True})
    return f"{draft.ticket.reference}: {wrote.member} {', '.join(str(line['did']) for line in done)}"


def _done(draft: Draft, wrote: StaffWrote) -> list[dict[str, Any]]:
    """Do what the mail says, its commands first; returns a row for each thing done. Raises Refused."""
    if wrote.unknown and not wrote.dossier_fields:
        why = _DOUBTS.get(wrote.doubt or Doubt.UNKNOWN)
        raise Refused(why) if why else _not_known(draft, wrote.unknown[0])
    alone = [command.name for command in wrote.commands if command.name in commands.ALONE]
    if alone and len(wrote.commands) > 1:
        raise Refused(RefusalReason.ALONE, allowed=alone[0])
    done = [_obey(draft, wrote, index) for index in range(len(wrote.commands))]
    takes_text = outgoing_words.owner_of_text(wrote) >= 0
    if wrote.answer and asking_in_turn.is_taken_by_another(draft, wrote.answer.question, wrote.mail.party):
        raise Refused(RefusalReason.ALREADY_TAKEN)
    if wrote.answer and not wrote.commands and not asking_in_turn.is_question_open(draft, wrote.answer.question):
        raise Refused(RefusalReason.NOT_ASKED_NOW)
    dossier = dossiers.dossier_being_filled(draft, wrote.dossier_fields, _answers(wrote))
    if dossier and (wrote.dossier_fields or (wrote.text and not takes_text)):
        rights.require_right(draft.policy, draft.case.ticket.team, wrote.member, Right.REPLY)
        done.append(dossiers.fill_in_dossier(draft, dossier, wrote.dossier_fields))
    elif wrote.answer and steps.can_apply(draft, wrote.answer.answer):
        rights.require_right(draft.policy, draft.case.ticket.team, wrote.member, Right.REPLY)
        done.append(take_staff_answer(draft, wrote.answer, wrote.found))
    elif not wrote.inside and wrote.text and not takes_text:
        rights.require_right(draft.policy, draft.case.ticket.team, wrote.member, Right.REPLY)
        done.append(_reply(draft, wrote))
    elif wrote.inside and wrote.text and not takes_text:
        draft.log_event(LedgerEvent.NOTE)
        done.append({"did": "noted"})
    if not done:
        raise Refused(RefusalReason.EMPTY, allowed="help")
    return done


def add_listed_members(draft: Draft, event: StaffNotified) -> str:
    """Add the members who got the case on a worklist as parties; returns the verdict."""
    for address in event.addresses:
        member = member_at(draft.policy, address)
        if member is not None:
            party_of_member(draft, member, Role.STAFF)
    return f"{draft.ticket.reference}: on the lists of {len(event.addresses)}"


def _begin(draft: Draft, wrote: StaffWrote) -> None:
    member = member_at(draft.policy, wrote.member)
    language = staff_language(draft.policy, member) if member else draft.policy.languages[0]
    party = draft.party(Role.STAFF, wrote.member, name=member.name if member else "", language=language)
    draft.writer, draft.in_reply_to = party.number, wrote.mail.reading.message_id
    draft.letter_values.update(writer_language=language, staff_name=party.name, staff_text="", automatic=False)
    file_mail(draft, wrote.mail, party.number, thread="staff")
    _enclose(draft, wrote)


def _enclose(draft: Draft, wrote: StaffWrote) -> None:
    """Send the files of a mail along with its words, but not our own letters to staff."""
    files = [attachment for attachment in wrote.mail.reading.attachments if not attachment.inline]
    if not wrote.inside and wrote.mail.inbox_id is not None:
        draft.attach["outside"] = [
            (wrote.mail.inbox_id, attachment.part)
            for attachment in files
            if attachment.part not in wrote.withheld_files
        ]
        draft.letter_values["stayed"] = [
            attachment.name for attachment in files if attachment.part in wrote.withheld_files
        ]


def _not_known(draft: Draft, line: str) -> Refused:
    """A line that is no command: with the word to write instead, in the writer's language, and what it does."""
    language = language_of(draft)
    words: dict[str, tuple[str, ...]] = {}
    for code in dict.fromkeys((language, *draft.policy.languages, "en")):
        words = {name: (*words.get(name, ()), *more) for name, more in command_words((code,)).items()}
    name = nearest_command(line, words)
    return Refused(
        RefusalReason.UNKNOWN_LINE, said=line, near=command_word(name, language) if name else "", allowed=name or "help"
    )


def _obey(draft: Draft, wrote: StaffWrote, index: int) -> dict[str, Any]:
    command = wrote.commands[index]
    last = outgoing_words.owner_of_text(wrote)
    text = "\n".join(part for part in (command.words, wrote.text if index == last else "") if part)
    done = commands.obey_command(draft, command.name, command.rest, text, member=wrote.member)
    return {"line": command.line, **done}


def _claim(draft: Draft, wrote: StaffWrote) -> None:
    """Assign a case without an assignee to the member of the team who acted on it."""
    free = not draft.ticket.assignee and wrote.member not in barred_members(draft)
    team = draft.policy.teams[draft.ticket.team]
    if free and not draft.step.final and any(m.address.lower() == wrote.member for m in team.members):
        draft.change_ticket(assignee=wrote.member)


def _reply(draft: Draft, wrote: StaffWrote) -> dict[str, Any]:
    """Words for the customer: a plain reply, or the very letter that the staff member was reminded to write."""
    notice = _asked_for(draft, wrote) or notices.REPLY
    draft.letter_values["staff_text"] = wrote.text
    if not notices.write_notice(draft, notice, to="customer"):
        raise Refused(RefusalReason.UNREACHABLE)
    draft.log_event(LedgerEvent.WROTE_TO_CUSTOMER, notice=notice)
    return {"did": "wrote", "value": notice}


def _asked_for(draft: Draft, wrote: StaffWrote) -> str:
    """The notice a warning asked for: what staff write in answer to it goes out as that notice. It is only so
    where the letter that would go out by itself is the one that keeps the promise; a decision is never guessed."""
    answered = [m for m in draft.case.messages if m.direction == "out" and m.message_id in _answers(wrote)]
    for message in answered:
        spec = promise_named(draft.policy, draft.case.deadlines, message.about.partition(":")[0])
        if spec and message.notice == spec.warning and spec.at_due and spec.at_due.send in spec.kept_by:
            return spec.at_due.send
    return ""


def _answers(wrote: StaffWrote) -> tuple[str, ...]:
    headers = wrote.mail.reading.headers
    joined = " ".join((*headers.get("in-reply-to", ()), *headers.get("references", ())[-1:]))
    last = joined.replace("<", " ").replace(">", " ").split()
    return tuple(last[:1])


def refuse_staff_mail(draft: Draft, wrote: StaffWrote, refusal: Refused) -> str:
    """Tell the writer why nothing was done, and what can be written instead. Returns the verdict."""
    _begin(draft, wrote)
    if isinstance(refusal, pending_mail.Unconfirmed):
        return _ask_whether_theirs(draft, wrote, refusal)
    told = refusal.reason is RefusalReason.ABSENCE and _told_today(
        draft, LedgerEvent.COMMAND_REFUSED, why=RefusalReason.ABSENCE.value
    )
    draft.log_event(LedgerEvent.COMMAND_REFUSED, why=refusal.why)
    if told:  # a mail program that answers every letter is not answered again
        return f"{draft.ticket.reference}: refused again, {refusal.why}"
    of = (
        pending_mail.add_pending(draft, wrote, pending_mail.WhyWaiting.WORDS)
        if pending_mail.may_be_released(refusal, wrote)
        else ""
    )
    about = {
        "why": refusal.why,
        "nearest": refusal.near,
        "allowed": refusal.allowed,
        **({"allowed_after": refusal.after.isoformat()} if refusal.after else {}),
        **pending_mail.words_unsent(refusal, wrote),
    }
    notices.write_notice(draft, notices.REFUSED, about=about | ({} if of else {"may_send": False}), of=of)
    return f"{draft.ticket.reference}: refused, {refusal.why}"


_MOST_ASKED = 5  # about one case in a day


def _ask_whether_theirs(draft: Draft, wrote: StaffWrote, refusal: pending_mail.Unconfirmed) -> str:
    """Ask the member, at their own address, whether a mail that decides something is theirs."""
    if _told_today(draft, LedgerEvent.CONFIRMATION_ASKED) >= _MOST_ASKED:  # a forger must not fill anybody's mailbox
        draft.log_event(LedgerEvent.CONFIRMATION_NOT_ASKED, inbox_id=wrote.mail.inbox_id)
        return f"{draft.ticket.reference}: not asked whether {wrote.member} wrote it: asked too often today"
    of = pending_mail.add_pending(draft, wrote, pending_mail.WhyWaiting.WRITER)
    asked = int(of.rpartition(":")[2])
    draft.log_event(LedgerEvent.CONFIRMATION_ASKED, inbox_id=asked)
    about = {"confirms": asked, "asked_lines": list(refusal.lines), "unsent_text": refusal.words}
    notices.write_notice(draft, notices.CONFIRM, about=about, of=of)
    return f"{draft.ticket.reference}: waits until {wrote.member} confirms it"


def refuse_unproven_mail(draft: Draft, wrote: StaffNotProven) -> str:
    """Tell the member, and the manager, of a mail in their name that proves nothing. Returns the verdict."""
    member = member_at(draft.policy, wrote.member)
    sender = wrote.mail.reading.sender.address
    told = _told_today(draft, LedgerEvent.STAFF_MAIL_REFUSED)
    draft.log_event(LedgerEvent.STAFF_MAIL_REFUSED, by="reclamo", address=sender, why=wrote.why)
    if (
        wrote.told_elsewhere or told >= draft.policy.limits.refusals_told_per_day
    ):  # a forger must not fill anybody's mailbox
        return f"{draft.ticket.reference}: staff mail not proven, {wrote.why}"
    about = {
        "why": "unproven",
        "nearest": "",
        "allowed": wrote.why,
        "unsent_text": "",
        "claimed_by": sender,
        "claimed_for": wrote.member,
    }
    if member is not None:
        party = draft.party(Role.STAFF, wrote.member, name=member.name, language=staff_language(draft.policy, member))
        draft.writer = party.number
        draft.letter_values["writer_language"] = party.language
        notices.write_notice(draft, notices.REFUSED, about=about)
    if not _manages(draft, wrote.member):
        notices.write_notice(draft, notices.REFUSED, to="manager", about=about)
    return f"{draft.ticket.reference}: staff mail not proven, {wrote.why}"


def _told_today(draft: Draft, event: LedgerEvent, **facts: str) -> int:
    since = draft.now - timedelta(days=1)
    lately = [entry for entry in draft.case.history if entry.event == event and entry.at > since]
    return sum(1 for entry in lately if facts.items() <= entry.facts.items())


def _manages(draft: Draft, address: str) -> bool:
    manager = draft.policy.teams[draft.ticket.team].manager
    return manager is not None and manager.address.lower() == address
