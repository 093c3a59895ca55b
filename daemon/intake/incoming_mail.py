"""One incoming mail, with what is looked up about it before it is interpreted."""

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
    """What other cases tell about a sender."""

    language: str = ""
    related: tuple[str, ...] = ()
    named: tuple[str, ...] = ()  # members of staff that their earlier complaints were about
    customer: bool = False  # they had a case before


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail with everything that its interpretation needs."""

    row: InboxRow
    reading: Reading
    match: CaseMatch | None
    today: date
    history: SenderHistory = SenderHistory()
    form: FormMail | None = None
    unknown_match: CaseMatch | None = None  # the match, if it leads to a case that this database does not have
    person: Mailbox | None = None  # whom to answer, if not the sender
    spam_reason: str = ""  # why our own mail server considers it spam
    ambiguous: str = ""  # why it could not be told which of several cases it belongs to

    @property
    def writer(self) -> str:
        """The address of the person behind the mail: as a form names them, else the sender's; may be empty."""
        return (self.form.person if self.form else self.addressee).address.lower()

    @property
    def addressee(self) -> Mailbox:
        """Whom to answer."""
        return self.person or self.reading.sender

    def as_event_mail(self, party: int = 0) -> MailIn:
        """The mail as events carry it."""
        return MailIn(
            reading=self.reading,
            received_at=self.row.mail.received_at,
            inbox_id=self.row.id,
            party=party,
            evidence=self.match.how if self.match else "",
        )


def read_row(row: InboxRow, installation: Installation) -> Reading:
    """Read a mail of the inbox with this installation's languages, limits and own addresses."""
    languages = tuple(dict.fromkeys(code for policy in installation.policies.values() for code in policy.languages))
    to = row.mail.recipients
    return read_mail(row.mail.raw, ours=installation.ours, limits=installation.limits, languages=languages, envelope=to)
