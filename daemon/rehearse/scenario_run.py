"""One scenario being played: the daemon's own code for mails and deadlines, on a clock that the scenario sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from config.faults import GiveUp
from daemon.clock.stepper import Stepper
from daemon.installation import Installation
from daemon.outbound.transports import RelayAway
from daemon.rehearse.mails import MailProgram
from daemon.rehearse.received_letter import ReceivedLetter
from daemon.rehearse.rehearsal import ConversationEntry, FailedExpectation
from daemon.rehearse.scenario import Person, Scenario
from storage import cases, inbox, tickets
from storage.engine import Database
from storage.values import Case, InboxState, Letter, RawMail, Role

_CORRESPONDENTS = {Role.STAFF: "staff", Role.MANAGER: "staff", Role.THIRD_PARTY: "third party"}


class RehearsalTransport:
    """The transport of a rehearsal: delivers every letter at once, unless the scenario makes the relay fail."""

    def __init__(self) -> None:
        self.delivered: list[ReceivedLetter] = []
        self.refused_addresses: set[str] = set()
        self.unreachable = False
        self.now: datetime | None = None

    def deliver(self, letter: Letter) -> None:
        """Deliver a letter. Raises RelayAway or GiveUp as a relay would."""
        if self.unreachable:
            raise RelayAway("the relay is away")
        if letter.recipient.lower() in self.refused_addresses:
            raise GiveUp("550 5.1.1 no such mailbox")
        assert self.now is not None, "letters go out once the clock is set"
        self.delivered.append(ReceivedLetter(letter, self.now))

    def close(self) -> None:
        """Nothing to close."""


class RehearsalStepper(Stepper):
    """A stepper that sets the transport's clock."""

    def __init__(self, db: Database, installation: Installation, transport: RehearsalTransport, now: datetime) -> None:
        self._postman = transport
        super().__init__(db, installation, transport, now)

    def settle(self) -> None:
        """Do everything that is due now."""
        self._postman.now = self.now
        super().settle()


class ScenarioRun:
    """One scenario being played."""

    def __init__(self, scenario: Scenario, db: Database, installation: Installation) -> None:
        self.scenario = scenario
        self.db = db
        self.installation = installation
        self.transport = RehearsalTransport()
        self.mail_program = MailProgram(scenario.zone, scenario.file.parent)
        self.entries: list[ConversationEntry] = []
        self.failures: list[FailedExpectation] = []
        self.quarantine_expected = 0
        self.rows_wrong: list[str] = []
        self.reference = ""
        self._reported: set[str] = set()
        self._stepper: RehearsalStepper | None = None
        self._letters_shown = 0

    @property
    def now(self) -> datetime:
        """The scenario's clock."""
        assert self._stepper is not None, "a scenario sets its clock first"
        return self._stepper.now

    @property
    def letters(self) -> list[ReceivedLetter]:
        """All letters that have gone out, in order."""
        return self.transport.delivered

    def advance_to(self, at: datetime) -> None:
        """Advance the clock."""
        if self._stepper is None:
            self._stepper = RehearsalStepper(self.db, self.installation, self.transport, at)
        self._stepper.advance(at)
        self._note_letters()

    def receive(
        self,
        raw: bytes,
        person: Person,
        recipients: tuple[str, ...],
        entry: ConversationEntry,
        *,
        sender: str | None = None,
    ) -> None:
        """Receive a mail as from the network, and process everything that follows from it."""
        assert self._stepper is not None, "a scenario sets its clock first"
        self.entries.append(entry)
        envelope = person.address if sender is None else sender
        self._stepper.accept(
            RawMail(raw=raw, received_at=self.now, source="smtp", envelope_from=envelope, recipients=recipients)
        )
        self._stepper.settle()
        self._note_letters()

    def pause_intake(self, paused: bool) -> None:
        """Accept mail without processing it from now on, or process it again."""
        assert self._stepper is not None, "a scenario sets its clock first"
        self._stepper.reads = not paused
        self.settle()

    def settle(self) -> None:
        """Process everything that can be processed now."""
        self.advance_to(self.now)

    def add_failure(self, line: int, expected: str, seen: str) -> None:
        """Record an expectation that was not met; the same failure only once."""
        failure = FailedExpectation(self.scenario.file, line, expected, seen)
        if str(failure) not in self._reported:
            self._reported.add(str(failure))
            self.failures.append(failure)

    def unprocessed_mails(self) -> Iterator[str]:
        """Yield the mails that could not be processed: always a fault, of a policy or of Reclamo."""
        for row in inbox.listing(self.db):
            if row.error and row.state is InboxState.NEW:
                yield f"inbox {row.id}: {row.error}"

    def current_case(self) -> Case | None:
        """Return the current case: the one named last, otherwise the newest."""
        lines = tickets.listing(self.db, open_only=False)
        wanted = [line for line in lines if line.reference == self.reference] if self.reference else lines
        return cases.load(self.db, [wanted[-1].id])[wanted[-1].id] if wanted else None

    def all_cases(self) -> list[Case]:
        """Return every case, the oldest first."""
        ids = [line.id for line in tickets.listing(self.db, open_only=False)]
        known = cases.load(self.db, ids)
        return [known[ticket_id] for ticket_id in ids]

    def received_by(self, person: Person, notice: str, *, first: bool = False) -> ReceivedLetter | None:
        """Return the newest letter of this notice that a person has received, or the oldest; None without one.

        If a case was named, only its letters count.
        """
        for received in self.letters if first else reversed(self.letters):
            same = received.letter.notice == notice and received.letter.recipient.lower() == person.address
            if same and (not self.reference or received.mail["X-Reclamo-Ticket"] == self.reference):
                return received
        return None

    def _note_letters(self) -> None:
        known = {case.ticket.id: case for case in self.all_cases()} if len(self.letters) > self._letters_shown else {}
        for received in self.letters[self._letters_shown :]:
            letter = received.letter
            case = known.get(letter.ticket_id) if letter.ticket_id is not None else None
            role = case.party(letter.party).role if case else Role.STAFF
            self.entries.append(
                ConversationEntry(
                    at=received.at,
                    sender=self.scenario.company,
                    recipient=str(self.scenario.person_at(letter.recipient)),
                    subject=letter.subject,
                    text=received.text,
                    correspondent=_CORRESPONDENTS.get(role, "customer"),
                    notice=letter.notice,
                    language=letter.language,
                    files=received.files,
                    reference=case.ticket.reference if case else "",
                )
            )
        self._letters_shown = len(self.letters)
