"""One scenario being played: the daemon's own code for mails and deadlines, on a clock that the scenario sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from config.faults import GiveUp
from daemon.clock.stepper import Stepper
from daemon.installation import Installation
from daemon.outbound.transports import RelayAway
from daemon.rehearse.mails import MailProgram
from daemon.rehearse.rehearsal import FailedExpectation, Turn
from daemon.rehearse.script import Person, Script
from daemon.rehearse.seen import SeenLetter
from storage import cases, inbox, tickets
from storage.engine import Database
from storage.values import Case, InboxState, Letter, RawMail, Role

_CORRESPONDENTS = {Role.STAFF: "staff", Role.MANAGER: "staff", Role.THIRD_PARTY: "third party"}


class Postman:
    """The transport of a rehearsal: delivers every letter at once, unless the scenario makes the relay fail."""

    def __init__(self) -> None:
        self.seen: list[SeenLetter] = []
        self.refuses: set[str] = set()
        self.away = False
        self.now: datetime | None = None

    def deliver(self, letter: Letter) -> None:
        """Deliver a letter. Raises RelayAway or GiveUp as a relay would."""
        if self.away:
            raise RelayAway("the relay is away")
        if letter.recipient.lower() in self.refuses:
            raise GiveUp("550 5.1.1 no such mailbox")
        assert self.now is not None, "letters go out once the clock is set"
        self.seen.append(SeenLetter(letter, self.now))

    def close(self) -> None:
        """Nothing to close."""


class Clocked(Stepper):
    """A stepper that sets the transport's clock."""

    def __init__(self, db: Database, installation: Installation, postman: Postman, now: datetime) -> None:
        self._postman = postman
        super().__init__(db, installation, postman, now)

    def settle(self) -> None:
        """Do everything that is due now."""
        self._postman.now = self.now
        super().settle()


class Stage:
    """One scenario being played."""

    def __init__(self, script: Script, db: Database, installation: Installation) -> None:
        self.script = script
        self.db = db
        self.installation = installation
        self.postman = Postman()
        self.post = MailProgram(script.zone, script.file.parent)
        self.turns: list[Turn] = []
        self.failures: list[FailedExpectation] = []
        self.set_aside_expected = 0
        self.rows_wrong: list[str] = []
        self.reference = ""
        self._reported: set[str] = set()
        self._stepper: Clocked | None = None
        self._letters_shown = 0

    @property
    def now(self) -> datetime:
        """The scenario's clock."""
        assert self._stepper is not None, "a scenario sets its clock first"
        return self._stepper.now

    @property
    def letters(self) -> list[SeenLetter]:
        """All letters that have gone out, in order."""
        return self.postman.seen

    def go(self, at: datetime) -> None:
        """Advance the clock."""
        if self._stepper is None:
            self._stepper = Clocked(self.db, self.installation, self.postman, at)
        self._stepper.advance(at)
        self._note_letters()

    def take(
        self, raw: bytes, who: Person, recipients: tuple[str, ...], turn: Turn, *, sender: str | None = None
    ) -> None:
        """Receive a mail as from the network, and process everything that follows from it."""
        assert self._stepper is not None, "a scenario sets its clock first"
        self.turns.append(turn)
        envelope = who.address if sender is None else sender
        self._stepper.accept(
            RawMail(raw=raw, received_at=self.now, source="smtp", envelope_from=envelope, recipients=recipients)
        )
        self._stepper.settle()
        self._note_letters()

    def mail_waits(self, waits: bool) -> None:
        """Accept mail without processing it from now on, or process it again."""
        assert self._stepper is not None, "a scenario sets its clock first"
        self._stepper.reads = not waits
        self.again()

    def again(self) -> None:
        """Process everything that can be processed now."""
        self.go(self.now)

    def fail(self, line: int, expected: str, seen: str) -> None:
        """Record an expectation that was not met; the same failure only once."""
        failure = FailedExpectation(self.script.file, line, expected, seen)
        if str(failure) not in self._reported:
            self._reported.add(str(failure))
            self.failures.append(failure)

    def stuck(self) -> Iterator[str]:
        """Yield the mails that could not be processed: always a fault, of a policy or of Reclamo."""
        for row in inbox.listing(self.db):
            if row.error and row.state is InboxState.NEW:
                yield f"inbox {row.id}: {row.error}"

    def case(self) -> Case | None:
        """Return the current case: the one named last, otherwise the newest."""
        lines = tickets.listing(self.db, open_only=False)
        wanted = [line for line in lines if line.reference == self.reference] if self.reference else lines
        return cases.load(self.db, [wanted[-1].id])[wanted[-1].id] if wanted else None

    def all_cases(self) -> list[Case]:
        """Return every case, the oldest first."""
        ids = [line.id for line in tickets.listing(self.db, open_only=False)]
        known = cases.load(self.db, ids)
        return [known[ticket_id] for ticket_id in ids]

    def received_by(self, who: Person, notice: str, *, first: bool = False) -> SeenLetter | None:
        """Return the newest letter of this notice that a person has received, or the oldest; None without one.

        If a case was named, only its letters count.
        """
        for seen in self.letters if first else reversed(self.letters):
            same = seen.letter.notice == notice and seen.letter.recipient.lower() == who.address
            if same and (not self.reference or seen.mail["X-Reclamo-Ticket"] == self.reference):
                return seen
        return None

    def _note_letters(self) -> None:
        known = {case.ticket.id: case for case in self.all_cases()} if len(self.letters) > self._letters_shown else {}
        for seen in self.letters[self._letters_shown :]:
            letter = seen.letter
            case = known.get(letter.ticket_id) if letter.ticket_id is not None else None
            role = case.party(letter.party).role if case else Role.STAFF
            self.turns.append(
                Turn(
                    at=seen.at,
                    who=self.script.company,
                    to=str(self.script.person_at(letter.recipient)),
                    subject=letter.subject,
                    text=seen.text,
                    sort=_CORRESPONDENTS.get(role, "customer"),
                    notice=letter.notice,
                    language=letter.language,
                    files=seen.files,
                    reference=case.ticket.reference if case else "",
                )
            )
        self._letters_shown = len(self.letters)
