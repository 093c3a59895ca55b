"""Delivery reports (RFC 3464): which case each belongs to, and whether it proves that one of our letters failed.

Anybody can forge a report with a guessed case number and a customer's address. A report is believed only if it carries
what only the letter had: its keyed Message-ID, which must belong to a letter on the case, or the envelope sender that
letters to this recipient on this case have. It then counts for that recipient alone. Any other report is doubtful: it
is kept on the case if one can be found, and staff are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.decide.events import LetterBounced, MailIn
from daemon.intake.case_match import CaseMatch
from parsers.reading import ClueStrength, MailKind, Reading
from parsers.sender.envelope_sender_mail import as_delivery_report
from parsers.sender.tokens import Audience, TokenKeys, recipient_nonce, token_of_message_id, unseal
from parsers.sender.unattended_addresses import is_unattended
from storage import outbox
from storage.engine import Source
from storage.values import Case, InboxRow, Message, Party

Read = tuple[InboxRow, Reading, CaseMatch | None]


_RECENT = timedelta(days=5)  # how long mail servers try before they report (RFC 5321 section 4.5.4.1)
_BY_NETWORK = ("smtp", "lmtp")


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """A letter that came back: its recipient, the address it went to, and its Message-ID if the report names it."""

    party: Party
    address: str
    message_id: str = ""


# ------------------------------------------------------------------------------------------------- to which case


def match_reports(source: Source, keys: TokenKeys, read: Sequence[Read], now: datetime) -> list[Read]:
    """The mails of a batch with their matches, corrected for delivery reports: a report belongs to the case of the
    letter it returns, and mail to an envelope sender of ours from a mail system is a report whatever its form."""
    found = [_matched(keys, row, reading, match) for row, reading, match in read]
    lost = [reading for _, reading, match in found if match is None and reading.kind is MailKind.BOUNCE]
    addresses = {
        recipient.address
        for reading in lost
        for recipient in reading.failed_recipients
        if recipient.permanent and recipient.address
    }
    latest = outbox.latest_ticket_of(source, addresses, since=now - _RECENT) if addresses else {}
    return [(row, reading, match or _by_address(reading, latest)) for row, reading, match in found]


def _matched(keys: TokenKeys, row: InboxRow, reading: Reading, match: CaseMatch | None) -> Read:
    returns = _to_return_path(reading, keys)
    if (
        returns
        and reading.kind in (MailKind.PERSON, MailKind.AUTOMATIC, MailKind.LIST)
        and _is_from_mail_system(row, reading)
    ):
        reading = as_delivery_report(reading)
    if reading.kind is not MailKind.BOUNCE:
        return row, reading, match
    return row, reading, returns or _by_returned_message_id(reading, keys) or match


def _to_return_path(reading: Reading, keys: TokenKeys) -> CaseMatch | None:
    """The match of mail that came to an envelope sender of ours."""
    for clue in reading.case_clues:
        token = unseal(clue.value, keys) if clue.strength is ClueStrength.TOKEN else None
        if token is not None and token.audience is Audience.RETURN_PATH:
            return CaseMatch(token.ticket, clue.strength, f"our envelope sender in {clue.header}", token)
    return None


def _by_returned_message_id(reading: Reading, keys: TokenKeys) -> CaseMatch | None:
    """The case of the first of our letters whose Message-ID the report names."""
    for message_id in reading.original_message_ids:
        token = token_of_message_id(message_id, keys)
        if token is not None:
            return CaseMatch(token.ticket, ClueStrength.OWN_MESSAGE_ID, "our letter in a delivery report", token)
    return None


def _by_address(reading: Reading, latest: Mapping[str, int]) -> CaseMatch | None:
    """The case of the latest letter to an address that the report names: a guess, so the report stays doubtful."""
    failed = [recipient.address for recipient in reading.failed_recipients] if reading.kind is MailKind.BOUNCE else []
    case = next((latest[address] for address in failed if address in latest), None)
    how = "the last letter to the address that a delivery report names"
    return CaseMatch(case, ClueStrength.SUBJECT_TAG, how) if case is not None else None


def _is_from_mail_system(row: InboxRow, reading: Reading) -> bool:
    """Whether no person wrote it: it has the null reverse-path (RFC 5321 section 4.5.5) or a mail system's From."""
    returns = reading.headers.get("return-path", ())[:1]
    nobody = any(value.strip(" <>") == "" for value in returns)
    nobody = nobody or (row.mail.source in _BY_NETWORK and not row.mail.envelope_from)
    return nobody or is_unattended(reading.sender.address)


# -------------------------------------------------------------------------------------------------- what it proves


def bounce_event(mail: MailIn, match: CaseMatch | None, case: Case) -> LetterBounced:
    """The event that a report is for a case; without a party if it does not prove whose letter failed."""
    reading = mail.reading
    returned_letter = proven_return(reading, match, case)
    if returned_letter is None:
        return LetterBounced(mail=mail, failed=reading.failed_recipients)
    return LetterBounced(
        mail=mail,
        failed=reading.failed_recipients,
        message_id=returned_letter.message_id,
        party=returned_letter.party.number,
        address=returned_letter.address,
    )


def proven_return(reading: Reading, match: CaseMatch | None, case: Case) -> ReturnedLetter | None:
    """The letter that a report proves to have failed, or None. A Message-ID of another recipient's letter proves
    nothing."""
    token = match.token if match else None
    given = {message_id.lower() for message_id in reading.original_message_ids}
    given |= {clue.value.lower() for clue in reading.case_clues if clue.strength is ClueStrength.OWN_MESSAGE_ID}
    letters = [
        message for message in case.messages if message.direction == "out" and message.message_id.lower() in given
    ]
    if token is not None and token.audience is Audience.RETURN_PATH:
        to = return_path_reader(token.party, token.nonce, case)
        if to is None:
            return None
        own = (message.message_id for message in letters if message.party == to.party.number)
        return ReturnedLetter(to.party, to.address, next(own, ""))
    party = next((party for party in case.parties if letters and party.number == letters[0].party), None)
    return ReturnedLetter(party, _address_of(letters[0], party), letters[0].message_id) if party else None


def return_path_reader(number: int, nonce: int, case: Case) -> ReturnedLetter | None:
    """The party and address that an envelope sender of ours stands for, or None if nobody on this case. The address may
    be an earlier one of the party's."""
    party = next((party for party in case.parties if party.number == number), None)
    if party is None:
        return None
    sent = [message for message in case.messages if message.direction == "out" and message.party == number]
    addresses = (party.address, *(_address_of(message, party) for message in reversed(sent)))
    to = next((address for address in addresses if recipient_nonce(case.ticket.nonce, address) == nonce), None)
    return ReturnedLetter(party, to) if to is not None else None


def _address_of(letter: Message, party: Party) -> str:
    return letter.recipients[0] if letter.recipients else party.address
