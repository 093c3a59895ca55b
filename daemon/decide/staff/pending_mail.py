"""Pending staff mail: mail that is obeyed only after its writer has confirmed it with the command `send` or `confirm`.

The mail stays in the inbox; the case stores which one is pending, why, and until when. When it is confirmed the whole
mail is processed as if it had just been received, once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from config.policy_shapes.base import Right
from config.policy_shapes.commands import staff_commands
from daemon.decide.draft import Draft
from daemon.decide.events import StaffWrote
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff.outgoing_words import Withheld, rows, words_going_out
from parsers.answers.commands import Doubt
from parsers.sender.tokens import mail_nonce
from storage.ledger_events import LedgerEvent
from storage.values import Case

SEND = "send"  # confirms that the words of a mail are meant for their recipient
CONFIRM = "confirm"  # confirms, from the writer's own mailbox, that the mail is theirs
WAITS_FOR = timedelta(days=7)
_ABOUT = "waiting mail"  # prefix of what the asking letter is about
_MOST_KEPT = 20
_CONFIRMED = (Right.DECIDE, Right.EXTEND, Right.ERASE)


class WhyWaiting(StrEnum):
    """Why a mail waits to be confirmed by its writer."""

    WORDS = "words"  # its words may not be meant for their recipient
    WRITER = "writer"  # it decides something, and only a token identifies its writer


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A staff mail that waits: its inbox row, its writer, why, since when, and until when it can be confirmed."""

    inbox_id: int
    by: str
    why: WhyWaiting
    since: datetime
    until: datetime


_ROWS = TypeAdapter(tuple[Pending, ...])


def pending_mails(case: Case) -> tuple[Pending, ...]:
    """The pending mails of a case, newest last; expired ones are kept for a while."""
    return _ROWS.validate_python(case.ticket.facts.waiting_mail)


def add_pending(draft: Draft, wrote: StaffWrote, why: WhyWaiting) -> str:
    """Store a mail as pending. Returns what the letter that asks its writer is about; empty, with nothing stored, for a
    mail that is not in the inbox."""
    mail = (wrote.releases or wrote).mail
    if mail.inbox_id is None:
        return ""
    until = draft.now + WAITS_FOR
    row = Pending(inbox_id=mail.inbox_id, by=wrote.member, why=why, since=draft.now, until=until)
    _store(draft, (*pending_mails(draft.case), row))
    return f"{_ABOUT}:{row.inbox_id}"


def _store(draft: Draft, rows: tuple[Pending, ...]) -> None:
    over = draft.now - WAITS_FOR  # kept after it has expired, to answer a late confirmation with the reason
    kept = tuple(row for row in rows if row.until > over)[-_MOST_KEPT:]
    draft.facts = dataclasses.replace(draft.facts, waiting_mail=tuple(_ROWS.dump_python(kept, mode="json")))


def pending_mail_meant(case: Case, wrote: StaffWrote) -> Pending | None:
    """The pending mail that a mail confirms: the one the answered letter asked about, else the writer's only one."""
    if wrote.confirms:
        rows = {mail_nonce(case.ticket.nonce, row.inbox_id): row for row in pending_mails(case)}
        return rows.get(wrote.confirms)
    if not any(command.name == SEND for command in wrote.commands):
        return None
    own = {row.inbox_id: row for row in pending_mails(case) if row.by == wrote.member and row.why is WhyWaiting.WORDS}
    headers = wrote.mail.reading.headers
    lines = (line for name in ("in-reply-to", "references") for line in headers.get(name, ()))
    ids = {message_id.strip("<>,") for line in lines for message_id in line.split()}
    about = [message.about for message in case.messages if message.direction == "out" and message.message_id in ids]
    asked = [subject.removeprefix(f"{_ABOUT}:") for subject in about if subject.startswith(f"{_ABOUT}:")]
    if asked:
        return own.get(int(asked[-1]))
    return next(iter(own.values())) if len(own) == 1 else None


def is_release(wrote: StaffWrote) -> bool:
    """Whether a mail confirms another one."""
    return bool(wrote.confirms) or any(command.name in (SEND, CONFIRM) for command in wrote.commands)


def release_mail(draft: Draft, wrote: StaffWrote) -> StaffWrote:
    """Take the mail that this one confirms from the pending ones and return it, marked as confirmed.

    Raises Refused where there is none or the mail contains anything else, Late where it came too late.
    """
    row, mail = pending_mail_meant(draft.case, wrote), wrote.releases
    word = CONFIRM if wrote.confirms else SEND
    if [command.name for command in wrote.commands] != [word] or wrote.text.strip():
        raise Refused(RefusalReason.NOT_CONFIRMED if wrote.confirms else RefusalReason.ALONE, allowed=word)
    if row is None or mail is None:
        raise Refused(RefusalReason.NOTHING_TO_SEND)
    if draft.now > row.until:
        raise Late(mail)
    _store(draft, tuple(pending for pending in pending_mails(draft.case) if pending != row))
    draft.log_event(
        LedgerEvent.WORDS_CONFIRMED if row.why is WhyWaiting.WORDS else LedgerEvent.WRITER_CONFIRMED,
        inbox_id=row.inbox_id,
    )
    draft.letter_values["meanwhile"] = _meanwhile(draft.case, row)
    return dataclasses.replace(as_confirmed(mail), by_token=wrote.by_token)


def require_writer(wrote: StaffWrote) -> None:
    """Raise Unconfirmed where a mail decides something and only a token identifies its writer."""
    if needs_writer_word(wrote):
        raise Unconfirmed(wrote)


def needs_writer_word(wrote: StaffWrote) -> bool:
    """Whether a mail must be confirmed from its writer's own mailbox.

    A token alone is not enough for a decision, because anybody who saw a letter to the writer has it.
    """
    specs = staff_commands()
    asked = ((specs[command.name], command.rest) for command in wrote.commands)
    return wrote.by_token and any(
        spec.right in _CONFIRMED and (rest or spec.takes != "own reference")  # `erase` without a reference only asks
        for spec, rest in asked
    )


class Unconfirmed(Refused):
    """Raised for a mail that is obeyed once its writer confirms it from their own mailbox."""

    def __init__(self, wrote: StaffWrote) -> None:
        super().__init__(RefusalReason.NOT_CONFIRMED_YET)
        self.lines = tuple(command.line for command in wrote.commands)
        self.words = "\n\n".join(words_going_out(wrote))


class Late(Refused):
    """Raised for a confirmation that came too late; the refusal shows the words, to be written again."""

    def __init__(self, mail: StaffWrote) -> None:
        super().__init__(RefusalReason.TOO_LATE_TO_SEND)
        self.words = "\n\n".join(words_going_out(as_confirmed(mail)))


def as_confirmed(wrote: StaffWrote) -> StaffWrote:
    """The mail as it is processed once its writer has confirmed it: the lines in doubt are words, not commands."""
    match wrote.doubt:
        case Doubt.TEXT_AFTER_GREETING:
            return dataclasses.replace(wrote, confirmed=True, unknown=(), commands=(), text=wrote.mail.reading.reply)
        case Doubt.ABOUT_CUSTOMER | Doubt.ABSENCE:
            return dataclasses.replace(wrote, confirmed=True, unknown=())
        case _:
            words = "\n\n".join(part for part in ("\n".join(wrote.unknown), wrote.text) if part)
            return dataclasses.replace(wrote, confirmed=True, unknown=(), text=words)


def _meanwhile(case: Case, row: Pending) -> list[str]:
    """What happened on the case since the mail came that its writer may not know, as values for letters."""
    new = [entry for entry in case.history if entry.at > row.since]
    others = [entry for entry in new if entry.by != row.by]
    happened = {
        "customer wrote": any(
            message.direction == "in"
            and message.thread == "customer"
            and not message.automatic
            and message.at > row.since
            for message in case.messages
        ),
        "closed": case.ticket.closed_at is not None and case.ticket.closed_at > row.since,
        "passed on": any(entry.event in (LedgerEvent.ASSIGNED, LedgerEvent.MOVED) for entry in others),
        "decided": any(entry.event == LedgerEvent.DECIDED for entry in others),
    }
    return [name for name, is_so in happened.items() if is_so]


def words_unsent(refusal: Refused, wrote: StaffWrote) -> dict[str, Any]:
    """The values for the letter that asks or refuses: findings, unsent words, and whether `send` is possible."""
    words = refusal.words if isinstance(refusal, Withheld | Late) else as_confirmed(wrote).text
    return {
        "findings": rows(refusal.findings) if isinstance(refusal, Withheld) else [],
        "may_send": may_be_released(refusal, wrote),
        "unsent_text": words,
    }


def may_be_released(refusal: Refused, wrote: StaffWrote) -> bool:
    """Whether the writer is asked to confirm the refused mail with `send`."""
    if wrote.releases is not None:
        return False
    if isinstance(refusal, Withheld):
        return refusal.may_go
    # A line with a slash is meant as a command. A mail refused for anything but unknown lines cannot be confirmed.
    slashed = any(line.lstrip().startswith(("/", "\uff0f")) for line in wrote.unknown)
    return bool(wrote.unknown) and not (wrote.dossier_fields or wrote.inside or slashed)
