"""Turn an Outcome into the rows to be saved, with its notices composed as letters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from daemon.cases.load import history_details, outside_numbers
from daemon.decide import calendar_of
from daemon.decide.outcome import WHOLE_MAIL, Outcome
from daemon.installation import Installation
from daemon.letters.compose import LetterMaterials, compose_all
from daemon.letters.mime import Enclosure
from parsers.mime.attachments import attachment_bytes
from storage.values import Case, CaseChange, Deadline, Party, Timer

_NONE: Mapping[int, bytes] = MappingProxyType({})


def change_of(
    case: Case, outcome: Outcome, installation: Installation, now: datetime, raws: Mapping[int, bytes] = _NONE
) -> CaseChange:
    """Return the rows that an outcome changes. `raws` are the mails, by inbox id, whose files go out with letters.

    Raises what composing raises; nothing of the outcome may be saved then.
    """
    after = case_after(case, outcome)
    policy = installation.policies[outcome.ticket.policy]  # the new one if the case was moved
    materials = LetterMaterials(
        policy=policy,
        calendar=calendar_of(after, policy),
        templates=installation.templates,
        sender_identity=installation.sender_identity,
    )
    written = compose_all(after, outcome.notices, materials, now=now, files=_files(after, outcome, raws))
    return dataclasses.replace(
        outcome.changes,
        messages=(*outcome.changes.messages, *(composed.message for composed in written)),
        letters=tuple(composed.letter for composed in written),
        known_by=(*history_details(outcome.ticket, policy), *outside_numbers(outcome.ticket)),
        erases=_erases(case, outcome),
    )


def _erases(case: Case, outcome: Outcome) -> bool:
    return outcome.ticket.erased_at not in (None, case.ticket.erased_at)


def _files(case: Case, outcome: Outcome, raws: Mapping[int, bytes]) -> dict[tuple[int, int], Enclosure]:
    wanted = {file for notice in outcome.notices for file in notice.attach if file[0] in raws}
    known = {
        (message.inbox_id, file["part"]): file
        for message in case.messages
        for file in message.attachments
        if message.inbox_id is not None and "part" in file
    }
    files: dict[tuple[int, int], Enclosure] = {}
    for inbox_id, part in wanted:
        if part == WHOLE_MAIL:
            files[(inbox_id, part)] = Enclosure("original.eml", "application/octet-stream", raws[inbox_id])
        elif (inbox_id, part) in known:
            file = known[(inbox_id, part)]
            content = attachment_bytes(raws[inbox_id], part)
            files[(inbox_id, part)] = Enclosure(file["name"], file["type"], content)
    return files


def case_after(case: Case, outcome: Outcome) -> Case:
    """Return the case as the outcome leaves it; letters are composed from this."""
    if _erases(case, outcome):
        case = dataclasses.replace(case, messages=(), history=(), timers=(), earlier=())
    parties: dict[int, Party] = {p.number: p for p in (*case.parties, *outcome.changes.parties)}
    deadlines: dict[tuple[str, int], Deadline] = {
        (d.promise, d.occurrence): d for d in (*case.deadlines, *outcome.changes.deadlines)
    }
    timers: dict[str, Timer] = {t.key: t for t in (*case.timers, *outcome.changes.timers_set)}
    return dataclasses.replace(
        case,
        ticket=outcome.ticket,
        parties=tuple(parties.values()),
        deadlines=tuple(deadlines.values()),
        timers=tuple(timer for key, timer in timers.items() if key not in outcome.changes.timers_dropped),
        messages=(*case.messages, *outcome.changes.messages),
        history=(*case.history, *outcome.changes.ledger),
    )
