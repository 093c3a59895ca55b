"""Mail that carries none of our marks, only the number under which a third party keeps a case.

Such a number matches a case only from that party's own address. If it matches several open cases, the mail is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from daemon.installation import Installation
from daemon.intake.case_match import CaseMatch
from daemon.intake.incoming_mail import IncomingMail
from parsers.details.company_patterns import numbers_in
from parsers.reading import ClueStrength, MailKind, Reading
from storage import case_index
from storage.engine import Source

_MATCHED_KINDS = (MailKind.PERSON, MailKind.AUTOMATIC)


def match_by_outside_number(
    source: Source, installation: Installation, mails: Sequence[IncomingMail]
) -> list[IncomingMail]:
    """The mails, with a match for those that quote such a number. Mail that quotes none costs no query."""
    return [_matched(source, installation, incoming) for incoming in mails]


def _matched(source: Source, installation: Installation, incoming: IncomingMail) -> IncomingMail:
    reading = incoming.reading
    if incoming.match or incoming.form or incoming.row.as_new or reading.kind not in _MATCHED_KINDS:
        return incoming
    quoted = set(_numbers_in(reading, installation))
    found = (
        case_index.by_third_party_number(source, quoted, reading.sender.address)
        if quoted and reading.sender.address
        else {}
    )
    if not found:
        return incoming
    open_ones = [ticket for ticket, is_open in found.items() if is_open]
    meant = open_ones or list(found)
    numbers = ", ".join(sorted({number for _, _, number in quoted}))
    if len(meant) > 1:
        return replace(incoming, ambiguous=f"{numbers} is the number of {len(meant)} cases of {reading.sender.address}")
    how = f"their own number {numbers}, from an address that is theirs on the case"
    return replace(incoming, match=CaseMatch(meant[0], ClueStrength.SUBJECT_TAG, how))


def _numbers_in(reading: Reading, installation: Installation) -> Iterable[tuple[str, str, str]]:
    text = f"{reading.subject}\n{reading.reply or reading.text}"
    for policy in installation.policies.values():
        for name, spec in policy.third_parties.items():
            for number in numbers_in(spec.number, text):
                yield policy.name, case_index.third_party_number_key(name), number
