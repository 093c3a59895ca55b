"""One mail with all that is needed to understand it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from daemon.decide.events import MailIn
from daemon.installation import Installation
from daemon.intake.case_match import CaseMatch
from daemon.intake.form_mail import FormMail
from parsers.mail import read_mail
from parsers.reading import Mailbox, Reading
from storage.values import InboxRow


@dataclass(frozen=True, slots=True)
class SenderHistory:
    """What is known of a sender across cases."""

    language: str = ""
    related: tuple[str, ...] = ()
    named: tuple[str, ...] = ()  # staff whom their earlier complaints were about
    customer: bool = False  # they had a case before


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail with all that is needed to understand it."""

    row: InboxRow
    reading: Reading
    match: CaseMatch | None
    today: date
    history: SenderHistory = SenderHistory()
    form: FormMail | None = None
    lost: CaseMatch | None = None  # the trail to a case that this database does not know
    person: Mailbox | None = None  # who is to be answered, where that is not the sender
    unwanted: str = ""  # why our own mail server takes it for unwanted
    unsure: str = ""  # why it is not guessed which of several cases it belongs to

    @property
    def writer(self) -> str:
        """The address of the person behind the mail: whoever a form names, else its sender; may be empty."""
        return (self.form.person if self.form else self.whom).address.lower()

    @property
    def whom(self) -> Mailbox:
        """Who is to be answered."""
        return self.person or self.reading.sender

    def mail(self, party: int = 0) -> MailIn:
        """The mail as happenings carry it."""
        return MailIn(
            reading=self.reading,
            received_at=self.row.mail.received_at,
            inbox_id=self.row.id,
            party=party,
            evidence=self.match.how if self.match else "",
        )


def reading_of(row: InboxRow, installation: Installation) -> Reading:
    """A mail of the inbox, read as this office reads, the recipients of the envelope first."""
    languages = tuple(dict.fromkeys(code for policy in installation.policies.values() for code in policy.languages))
    to = row.mail.recipients
    return read_mail(row.mail.raw, ours=installation.ours, limits=installation.limits, languages=languages, envelope=to)
