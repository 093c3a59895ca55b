"""Mail that answers a letter of a case that this database does not have, because it was restored from an older copy.

The case's number may have been given out again. A token therefore leads only to the case whose nonce it holds, and mail
with another token is not matched by weaker clues either, since its subject names the same number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from daemon.installation import Installation
from daemon.intake import delivery_reports
from daemon.intake.case_match import is_staff_token
from daemon.intake.incoming_mail import IncomingMail
from daemon.intake.result import IntakeResult, mail_held_back, reading_summary
from daemon.letters.standalone import NO_CASE
from daemon.staff import absence
from daemon.staff.worklist_letter import compose_list_answer
from parsers.reading import MailKind
from parsers.sender.tokens import Audience, Token
from storage.mail_values import Ending, Finished
from storage.values import Case

WHY = "answers a letter of a case that this database does not know"


def mark_unknown(mails: Iterable[IncomingMail], known: Mapping[int, Case]) -> list[IncomingMail]:
    """The mails; those with the token of an unknown case are marked `lost` and have no match."""
    return [
        replace(incoming, match=None, unknown_match=incoming.match) if _is_unknown(incoming, known) else incoming
        for incoming in mails
    ]


def _is_unknown(incoming: IncomingMail, known: Mapping[int, Case]) -> bool:
    token = incoming.match.token if incoming.match else None
    if token is None or token.ticket == NO_CASE:
        return False
    case = known.get(token.ticket)
    return case is None or not _holds_nonce_of(token, case)


def _holds_nonce_of(token: Token, case: Case) -> bool:
    if token.audience is Audience.CONFIRMATION:
        return True  # it names one mail of this case, which is checked when it is used
    if token.audience is not Audience.RETURN_PATH:
        return token.nonce == case.ticket.nonce
    return (
        case.ticket.erased_at is not None
        or delivery_reports.return_path_reader(token.party, token.nonce, case) is not None
    )


def refuse_staff_mail(incoming: IncomingMail, installation: Installation, now: datetime) -> IntakeResult | None:
    """The result for such a mail of staff: nothing is done and its writer is told. None for any other mail: a
    customer's opens a new case."""
    if incoming.unknown_match is None or incoming.reading.kind is not MailKind.PERSON:
        return None
    position = absence.position_of(installation, incoming.writer)
    if position is None:
        return mail_held_back(incoming, WHY) if is_staff_token(incoming.unknown_match) else None
    done = Finished(
        id=incoming.row.id,
        verdict=WHY,
        message_id=incoming.reading.message_id,
        summary=reading_summary(incoming),
        ending=Ending.REFUSED,
    )
    letter = compose_list_answer(
        installation, position, incoming.reading.reply, f"inbox/{incoming.row.id}/list_answered", now, lost=True
    )
    return IntakeResult(incoming.row, done, letters=(letter,), refused=f"staff mail not obeyed: {WHY}")
