"""Staff mail that was not obeyed yet, and can be by one word: its writer was asked, and answers the letter that asked.

The mail itself stays where every mail is, in the inbox; the case remembers which one waits, why, and until when. The
word brings it back as it was written: all of it is obeyed then, as if it had come in that moment, and once only.
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

SEND = "send"  # the command that lets a mail go
CONFIRM = "confirm"  # the one by which its writer says that it is theirs
WAITS_FOR = timedelta(days=7)
_OF, _MOST = "waiting mail", 20
_CONFIRMED = (Right.DECIDE, Right.EXTEND, Right.ERASE)


class WhyWaiting(StrEnum):
    """Why a mail waits for its writer's word."""

    WORDS = "words"  # its words may not be meant for whoever they would go to
    WRITER = "writer"  # it decides something, and only a token speaks for its writer


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A staff mail that waits: the inbox row, its writer, why, since when, and until when the word counts."""

    inbox_id: int
    by: str
    why: WhyWaiting
    since: datetime
    until: datetime


_ROWS = TypeAdapter(tuple[Pending, ...])


def pending_mails(case: Case) -> tuple[Pending, ...]:
    """The mails that wait on a case, the newest last."""
    return _ROWS.validate_python(case.ticket.facts.waiting_mail)


def add_pending(draft: Draft, wrote: StaffWrote, why: WhyWaiting) -> str:
    """Let a mail wait for its writer's word; what the letter that asks is about, or empty where there is none to bring
    back."""
    mail = (wrote.releases or wrote).mail
    if mail.inbox_id is None:
        return ""
    until = draft.now + WAITS_FOR
    row = Pending(inbox_id=mail.inbox_id, by=wrote.member, why=why, since=draft.now, until=until)
    _keep(draft, (*pending_mails(draft.case), row))
    return f"{_OF}:{row.inbox_id}"


def _keep(draft: Draft, rows: tuple[Pending, ...]) -> None:
    over = draft.now - WAITS_FOR  # known a while longer, so that a late word is told why it does nothing
    kept = tuple(row for row in rows if row.until > over)[-_MOST:]
    draft.facts = dataclasses.replace(draft.facts, waiting_mail=tuple(_ROWS.dump_python(kept, mode="json")))


def pending_mail_meant(case: Case, wrote: StaffWrote) -> Pending | None:
    """The mail that its writer's word is about: the one that the letter answered asked about, else the only one."""
    if wrote.confirms:
        rows = {mail_nonce(case.ticket.nonce, row.inbox_id): row for row in pending_mails(case)}
        return rows.get(wrote.confirms)
    if not any(command.name == SEND for command in wrote.commands):
        return None
    own = {row.inbox_id: row for row in pending_mails(case) if row.by == wrote.member and row.why is WhyWaiting.WORDS}
    headers = wrote.mail.reading.headers
    lines = (line for name in ("in-reply-to", "references") for line in headers.get(name, ()))
    ids = {one.strip("<>,") for line in lines for one in line.split()}
    about = [message.about for message in case.messages if message.direction == "out" and message.message_id in ids]
    asked = [one.removeprefix(f"{_OF}:") for one in about if one.startswith(f"{_OF}:")]
    if asked:
        return own.get(int(asked[-1]))
    return next(iter(own.values())) if len(own) == 1 else None


def is_release(wrote: StaffWrote) -> bool:
    """Whether a mail is its writer's word about another."""
    return bool(wrote.confirms) or any(command.name in (SEND, CONFIRM) for command in wrote.commands)


def release_mail(draft: Draft, wrote: StaffWrote) -> StaffWrote:
    """The mail that this one lets go, confirmed; it waits no more. Raises Refused where there is none."""
    row, mail = pending_mail_meant(draft.case, wrote), wrote.releases
    word = CONFIRM if wrote.confirms else SEND
    if [command.name for command in wrote.commands] != [word] or wrote.text.strip():
        raise Refused(RefusalReason.NOT_CONFIRMED if wrote.confirms else RefusalReason.ALONE, allowed=word)
    if row is None or mail is None:
        raise Refused(RefusalReason.NOTHING_TO_SEND)
    if draft.now > row.until:
        raise Late(mail)
    _keep(draft, tuple(one for one in pending_mails(draft.case) if one != row))
    draft.log_event(
        LedgerEvent.WORDS_CONFIRMED if row.why is WhyWaiting.WORDS else LedgerEvent.WRITER_CONFIRMED,
        inbox_id=row.inbox_id,
    )
    draft.letter_values["meanwhile"] = _meanwhile(draft.case, row)
    return dataclasses.replace(as_confirmed(mail), by_token=wrote.by_token)


def require_writer(wrote: StaffWrote) -> None:
    """Raises Unconfirmed where a mail decides something and only a token speaks for its writer."""
    if needs_writer_word(wrote):
        raise Unconfirmed(wrote)


def needs_writer_word(wrote: StaffWrote) -> bool:
    """Whether a mail waits for a word from its writer's own mailbox: whoever saw a letter to them has the token."""
    specs = staff_commands()
    asked = ((specs[command.name], command.rest) for command in wrote.commands)
    return wrote.by_token and any(
        spec.right in _CONFIRMED and (rest or spec.takes != "own reference")  # without a number, erasing only asks
        for spec, rest in asked
    )


class Unconfirmed(Refused):
    """A mail that is obeyed as soon as its writer confirms it from their own mailbox."""

    def __init__(self, wrote: StaffWrote) -> None:
        super().__init__(RefusalReason.NOT_CONFIRMED_YET)
        self.lines = tuple(command.line for command in wrote.commands)
        self.words = "\n\n".join(words_going_out(wrote))


class Late(Refused):
    """The word came too late: the words are shown once more, to be written again."""

    def __init__(self, mail: StaffWrote) -> None:
        super().__init__(RefusalReason.TOO_LATE_TO_SEND)
        self.words = "\n\n".join(words_going_out(as_confirmed(mail)))


def as_confirmed(wrote: StaffWrote) -> StaffWrote:
    """A mail as its writer means it who says that its words are for their reader: no line of them is a command."""
    match wrote.doubt:
        case Doubt.TEXT_AFTER_GREETING:
            return dataclasses.replace(wrote, confirmed=True, unknown=(), commands=(), text=wrote.mail.reading.reply)
        case Doubt.ABOUT_CUSTOMER | Doubt.ABSENCE:
            return dataclasses.replace(wrote, confirmed=True, unknown=())
        case _:
            words = "\n\n".join(part for part in ("\n".join(wrote.unknown), wrote.text) if part)
            return dataclasses.replace(wrote, confirmed=True, unknown=(), text=words)


def _meanwhile(case: Case, row: Pending) -> list[str]:
    """What has happened on the case since the mail was written, that its writer may not have known."""
    new = [entry for entry in case.history if entry.at > row.since]
    others = [entry for entry in new if entry.by != row.by]
    found = {
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
    return [name for name, so in found.items() if so]


def words_unsent(refusal: Refused, wrote: StaffWrote) -> dict[str, Any]:
    """What the letter that asks, or refuses, tells of words that were not sent: the findings, the words, and whether
    one word lets them go."""
    words = refusal.words if isinstance(refusal, Withheld | Late) else as_confirmed(wrote).text
    return {
        "findings": rows(refusal.findings) if isinstance(refusal, Withheld) else [],
        "may_send": may_be_released(refusal, wrote),
        "unsent_text": words,
    }


def may_be_released(refusal: Refused, wrote: StaffWrote) -> bool:
    """Whether the writer is asked: by one word, the mail is obeyed after all."""
    if wrote.releases is not None:
        return False
    if isinstance(refusal, Withheld):
        return refusal.may_go
    # A slash says that a line is no words; and what is refused for anything but its lines is not asked about.
    slashed = any(line.lstrip().startswith(("/", "\uff0f")) for line in wrote.unknown)
    return bool(wrote.unknown) and not (wrote.dossier_fields or wrote.inside or slashed)
