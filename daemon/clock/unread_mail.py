"""Hold back "no answer came" timers while mail that may be the answer is still unread, or was set aside unread.

Only mail that may belong to the case counts: it has one of our tokens or numbers, or its sender is on the case. Mail
with no visible sender may be from anybody and holds up every case, for a day at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from daemon.installation import Installation
from parsers.reading import ClueStrength
from parsers.sender.header_preview import PREVIEW_OCTETS, HeaderPreview, preview_header
from parsers.sender.tokens import token_of_message_id, unseal
from storage import cases, inbox, timers
from storage.engine import Database
from storage.timers import DueTimer
from storage.unread_mail import UnreadMail, unread_mails
from storage.values import Case, InboxState, Role, TimerKind

log = structlog.get_logger("sweep")
_CAP = timedelta(days=1)
_SOONEST, _LATEST = timedelta(minutes=1), timedelta(hours=1)
_MOST = 2000  # the most mails read; where there are more, the timers of every case wait
_OUTSIDE = (Role.CUSTOMER, Role.PARTICIPANT, Role.THIRD_PARTY, Role.STRANGER)


def postpone_while_unread(
    db: Database, installation: Installation, due: Sequence[DueTimer], now: datetime
) -> list[DueTimer]:
    """Postpone timers that would leave a step for silence although there may be an answer; return the other timers."""
    silences = [due_timer for due_timer in due if due_timer.timer.kind == TimerKind.AFTER]
    if not silences or not any(inbox.counts(db).values()):
        return list(due)
    known = cases.load(db, [due_timer.ticket_id for due_timer in silences])
    since = min((case.ticket.step_since for case in known.values()), default=now)
    mails = unread_mails(db, since=since, octets=PREVIEW_OCTETS, most=_MOST)
    seen = [(mail, _glance(mail, installation)) for mail in mails]
    held = [
        due_timer
        for due_timer in silences
        if due_timer.ticket_id in known and _postpone_if_unread(db, installation, due_timer, known, seen, now)
    ]
    return [due_timer for due_timer in due if due_timer not in held]


def _glance(mail: UnreadMail, installation: Installation) -> HeaderPreview:
    try:
        return preview_header(mail.head, mail.envelope_from, mail.recipients, installation.ours)
    except Exception as error:  # one unreadable header must not hold up the deadlines of all cases
        log.error("a header could not be looked at", inbox_id=mail.id, exc_info=error)
        return HeaderPreview(frozenset(), ())


def _postpone_if_unread(
    db: Database,
    installation: Installation,
    due_timer: DueTimer,
    known: Mapping[int, Case],
    seen: Sequence[tuple[UnreadMail, HeaderPreview]],
    now: datetime,
) -> bool:
    """Postpone a timer that has to wait; returns whether it has to. After a day, or if the mail was set aside, the
    timer is marked as stuck, so that people are told."""
    case, late = known[due_timer.ticket_id], now - due_timer.timer.at
    mine = [mail for mail, preview in seen if _since(mail, case) and _may_belong(preview, case, installation)]
    from_unknown_sender = any(
        mail.state is InboxState.NEW and not (preview.possible_senders or preview.case_clues) for mail, preview in seen
    )
    too_many = sum(mail.state is InboxState.NEW for mail, _ in seen) >= _MOST
    if not mine and not ((from_unknown_sender or too_many) and late < _CAP):
        return False
    aside = [mail for mail in mine if mail.state is InboxState.QUARANTINED]
    ids = ", ".join(str(mail.id) for mail in mine)
    why = f"mail {ids} may be the answer, and is not read" if aside or (mine and late >= _CAP) else ""
    with db.write() as conn:
        timers.postpone(
            conn, due_timer.ticket_id, due_timer.timer.key, now + min(max(late / 4, _SOONEST), _LATEST), why=why
        )
    log.info("not left for silence yet", ticket=case.ticket.reference, mails=ids or "some of an unknown writer")
    return True


def _since(mail: UnreadMail, case: Case) -> bool:
    """Return whether a mail can be an answer at this step: one set aside before the step began cannot."""
    return mail.state is InboxState.NEW or mail.received_at >= case.ticket.step_since


def _may_belong(preview: HeaderPreview, case: Case, installation: Installation) -> bool:
    """Return whether a token or number of ours ties a mail to the case, or its sender is on the case."""
    if preview.possible_senders & {party.address for party in case.parties if party.role in _OUTSIDE and party.address}:
        return True
    for clue in preview.case_clues:
        match clue.strength:
            case ClueStrength.TOKEN:
                token = unseal(clue.value, installation.keys)
            case ClueStrength.OWN_MESSAGE_ID:
                token = token_of_message_id(clue.value, installation.keys)
            case ClueStrength.SUBJECT_TAG:
                if clue.value == case.ticket.reference:
                    return True
                continue
            case _:
                if clue.value in {message.message_id.strip("<>") for message in case.messages}:
                    return True
                continue
        if token is not None and token.ticket == case.ticket.id:
            return True
    return False
