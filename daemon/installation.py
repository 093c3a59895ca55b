"""What a running daemon knows of the house it works for: policies, addresses, keys, and how letters are made."""

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
from parsers.sender.tokens import Keys
from storage.values import InboxRow, Letter
from templates.render import Templates


@dataclass(frozen=True, slots=True)
class SupportAddress:
    """An address customers write to, the policy it stands for, the name it goes by, the calendar it counts in."""

    address: str
    policy: str
    name: str = ""
    calendar: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is done at once. `lease` is how long a claimed row is nobody else's; `attempts` how often a mail
    that fails is tried before it is set aside for a person, and a timer before people are told; a mail waits `again`
    after its first try, and that much longer after each."""

    batch: int = 50
    lease: timedelta = timedelta(minutes=5)
    attempts: int = 5
    again: timedelta = timedelta(minutes=1)
    batch_bytes: int = 32 * 1024 * 1024

    @property
    def longest(self) -> timedelta:
        """How long a mail that was claimed or put off may wait at most."""
        return max(self.lease, self.again * self.attempts)


Prove = Callable[[InboxRow, Reading], Proof]


@dataclass(frozen=True, slots=True)
class Installation:
    """All that reading, deciding and writing need beside the database. `addresses` are by lower-case address; the
    first is where mail counts as sent to that came to none of them (a mailbox polled as it is)."""

    policies: Mapping[str, Policy]
    addresses: Mapping[str, SupportAddress]
    ours: OwnIdentity
    keys: Keys
    templates: Templates
    sender_identity: SenderIdentity
    prove: Prove
    limits: ReadingLimits = ReadingLimits()  # noqa: RUF009 - a frozen value
    pace: Pace = Pace()
    lists: bool = True  # whether the lists of the morning are written; a rehearsal may leave them out
    operator: str = ""  # the address of whoever keeps the installation running, or empty
    numbering: Numbering = field(default_factory=Numbering)
    draw_nonce: Callable[[], int] = new_nonce  # something random for a new ticket; a rehearsal draws the same each time
    spam_marks: tuple[str, ...] = ()  # header fields by which our own mail server marks spam, as in X-Spam-Flag: YES
    hold: timedelta = timedelta(0)  # how long letters that staff wrote wait, so that they can be called back
    tell_of_quarantine: Callable[[InboxRow, str, datetime, str], Letter | None] = lambda _row, _why, _now, _to: None

    def letter_materials(self, policy: Policy, calendar: Calendar) -> LetterMaterials:
        """What letters of this policy are written with, their dates counted in this calendar."""
        return LetterMaterials(
            policy=policy, calendar=calendar, templates=self.templates, sender_identity=self.sender_identity
        )

    def among_ours(self, recipients: Iterable[str]) -> tuple[str, ...]:
        """Those recipients that are support addresses of ours, marked or not."""
        return tuple(one for one in recipients if self.ours.bare(one) in self.addresses)

    def address_of(self, recipients: tuple[str, ...]) -> SupportAddress:
        """The support address that a mail came to."""
        for recipient in recipients:
            known = self.addresses.get(self.ours.bare(recipient))
            if known is not None:
                return known
        return next(iter(self.addresses.values()))
