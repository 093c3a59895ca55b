"""Mail from somebody outside that names nothing of ours, only the number under which they keep a case themselves.

Such a number leads to a case only from an address that is that very party on it. Where it leads to several, nobody
guesses: the mail is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from daemon.installation import Office
from daemon.intake.case_match import Trail
from daemon.intake.incoming_mail import Arrival
from parsers.details.company_patterns import numbers_in
from parsers.reading import Reading, Sort, Strength
from storage import case_index
from storage.engine import Source

_BELONG_NOWHERE = (Sort.PERSON, Sort.AUTOMATIC)


def follow(source: Source, office: Office, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The mails, those with a trail where such a number gives them one. A mail that quotes no such number costs
    nothing."""
    return [_followed(source, office, arrival) for arrival in arrivals]


def _followed(source: Source, office: Office, arrival: Arrival) -> Arrival:
    reading = arrival.reading
    if arrival.trail or arrival.form or arrival.row.as_new or reading.sort not in _BELONG_NOWHERE:
        return arrival
    quoted = set(_quoted(reading, office))
    found = case_index.numbered(source, quoted, reading.sender.address) if quoted and reading.sender.address else {}
    if not found:
        return arrival
    open_ones = [ticket for ticket, is_open in found.items() if is_open]
    meant = open_ones or list(found)
    numbers = ", ".join(sorted({number for _, _, number in quoted}))
    if len(meant) > 1:
        return replace(arrival, unsure=f"{numbers} is the number of {len(meant)} cases of {reading.sender.address}")
    how = f"their own number {numbers}, from an address that is theirs on the case"
    return replace(arrival, trail=Trail(meant[0], Strength.SUBJECT_TAG, how))


def _quoted(reading: Reading, office: Office) -> Iterable[tuple[str, str, str]]:
    text = f"{reading.subject}\n{reading.reply or reading.text}"
    for policy in office.policies.values():
        for name, spec in policy.third_parties.items():
            for number in numbers_in(spec.number, text):
                yield policy.name, case_index.number_of(name), number
