"""The installation: policies, addresses, keys and limits of a running daemon, as loaded from its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.policy import Policy
from config.working_time.calendars import Calendar
from daemon.case_numbers import Numbering
from daemon.letters.compose import LetterMaterials
from daemon.letters.reply_addresses import SenderIdentity, new_nonce
from parsers.limits import ReadingLimits
from parsers.reading import Reading
from parsers.sender.authentication import Proof
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.tokens import TokenKeys
from storage.values import InboxRow, Letter
from templates.render import Templates


@dataclass(frozen=True, slots=True)
class SupportAddress:
    """An address customers write to: its policy, the sender name of its letters, its calendar and country."""

    address: str
    policy: str
    name: str = ""
    calendar: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """Batch sizes and retries of intake and timers.

    `lease` is how long a claimed row belongs to its worker; `attempts` how often a failing mail is tried before it is
    set aside for a person, and a timer before people are told. A mail waits `again` after its first attempt, and that
    much longer after each further one. `batch_bytes` limits the size of the mails read at once.
    """

    batch: int = 50
    lease: timedelta = timedelta(minutes=5)
    attempts: int = 5
    retry_after: timedelta = timedelta(minutes=1)
    batch_bytes: int = 32 * 1024 * 1024

    @property
    def longest_wait(self) -> timedelta:
        """How long a mail that was claimed or is to be tried again waits at most."""
        return max(self.lease, self.retry_after * self.attempts)


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRetries:
    """How a letter that cannot be delivered is tried again: after `first`, then twice as long each time, at most
    `longest` apart.

    `give_up` is how long after it was written a letter is given up (the setting relay.give_up_after; RFC 5321 §4.5.4.1
    asks for 4 or 5 days); `lease` how long a sender may hold one letter before another sender takes it.
    """

    give_up: timedelta
    lease: timedelta
    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(minutes=30)


SenderProof = Callable[[InboxRow, Reading], Proof]


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that reading, deciding and writing need besides the database.

    `addresses` is keyed by lower-case address; mail that names none of them (from a polled mailbox) counts as sent to
    the first.
    """

    policies: Mapping[str, Policy]
    addresses: Mapping[str, SupportAddress]
    ours: OwnIdentity
    keys: TokenKeys
    templates: Templates
    sender_identity: SenderIdentity
    prove_sender: SenderProof
    letter_retries: LetterRetries
    limits: ReadingLimits = ReadingLimits()  # noqa: RUF009 - a frozen value
    work: WorkSettings = WorkSettings()
    writes_worklists: bool = True  # whether worklists are written; a rehearsal may leave them out
    operator: str = ""  # the operator's address, or empty
    numbering: Numbering = field(default_factory=Numbering)
    draw_nonce: Callable[[], int] = new_nonce  # random number of a new ticket; a rehearsal uses the same each time
    spam_marks: tuple[str, ...] = ()  # header fields by which our own mail server marks spam, as in X-Spam-Flag: YES
    hold: timedelta = timedelta(0)  # how long letters written by staff wait, so that they can be withdrawn
    tell_of_quarantine: Callable[[InboxRow, str, datetime, str], Letter | None] = lambda _row, _why, _now, _to: None

    def letter_materials(self, policy: Policy, calendar: Calendar) -> LetterMaterials:
        """What letters of this policy are written with, their dates counted in this calendar."""
        return LetterMaterials(
            policy=policy, calendar=calendar, templates=self.templates, sender_identity=self.sender_identity
        )

    def support_addresses_in(self, recipients: Iterable[str]) -> tuple[str, ...]:
        """Return the recipients that are our support addresses, with or without a token."""
        return tuple(recipient for recipient in recipients if self.ours.without_subaddress(recipient) in self.addresses)

    def address_of(self, recipients: tuple[str, ...]) -> SupportAddress:
        """Return the support address that a mail came to, the first if it names none."""
        for recipient in recipients:
            known = self.addresses.get(self.ours.without_subaddress(recipient))
            if known is not None:
                return known
        return next(iter(self.addresses.values()))
