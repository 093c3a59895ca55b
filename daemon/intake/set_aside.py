"""Mail that opens no case, and why: what is set aside for a person to look at, and what is urgent among it."""

from __future__ import annotations

from dataclasses import dataclass

from daemon.installation import Office
from daemon.intake.incoming_mail import Arrival
from parsers.details.statutory import has_a_statutory_date
from parsers.reading import Mailbox, Program, Reading, Sort
from parsers.sender.unread_addresses import is_nobodys
from storage.mail_values import Why

_BY_SORT = {Sort.BOUNCE: Why.BOUNCE, Sort.LIST: Why.LIST, Sort.OWN: Why.OURS}
_BY_PROGRAM = {Program.ANSWER: Why.ANSWER, Program.RECEIPT: Why.ANSWER, Program.INVITATION: Why.INVITATION}


@dataclass(frozen=True, slots=True)
class SetAside:
    """That a mail is set aside for a person, and why; `urgent` where they must be told at once."""

    why: Why
    reason: str
    urgent: bool = False


def aside(why: Why, reason: str, reading: Reading) -> SetAside:
    """A mail set aside. One that an authority's portal sends has a date that the law sets: that is urgent, whatever
    it is set aside for."""
    return SetAside(why, reason, has_a_statutory_date(f"{reading.subject}\n{reading.text}"))


def why_aside(arrival: Arrival, office: Office, who: Mailbox) -> SetAside | None:
    """Why a mail of no case opens none, unless somebody says that it shall; None where it may. `who` is the person it
    would be opened for."""
    reading = arrival.reading
    reasons = "; ".join(reading.reasons)
    if reading.sort in _BY_SORT:
        return aside(_BY_SORT[reading.sort], reasons, reading)
    if reading.sort is Sort.AUTOMATIC or reading.program is Program.INVITATION:
        why = _BY_PROGRAM.get(reading.program or Program.OTHER, Why.NO_PERSON)
        return aside(why, "an invitation to an appointment" if why is Why.INVITATION else reasons, reading)
    if office.house.is_own_sender(who.address):
        return aside(Why.OURS, f"{who.address} is our own address", reading)
    if is_nobodys(who.address):
        return aside(Why.NO_PERSON, f"{who.address} is an address that nobody reads", reading)
    if arrival.unwanted:
        return aside(Why.SPAM, arrival.unwanted, reading)
    return None
