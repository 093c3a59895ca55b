"""Where a scenario is played: the real roads of a mail and of a deadline, on a clock that the scenario sets."""

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

_SORTS = {Role.STAFF: "staff", Role.MANAGER: "staff", Role.THIRD_PARTY: "third party"}


class Postman:
    """The transport of a rehearsal: every letter is read by its reader at once, unless the relay is told otherwise."""

    def __init__(self) -> None:
        self.seen: list[SeenLetter] = []
        self.refuses: set[str] = set()
        self.away = False
        self.now: datetime | None = None

    def deliver(self, letter: Letter) -> None:
        """Deliver it, or refuse as a relay does."""
        if self.away:
            raise RelayAway("the relay is away")
        if letter.recipient.lower() in self.refuses:
            raise GiveUp("550 5.1.1 no such mailbox")
        assert self.now is not None, "letters go out once the clock is set"
        self.seen.append(SeenLetter(letter, self.now))

    def close(self) -> None:
        """Nothing is open."""


class Clocked(Stepper):
    """A walk that tells the postman what time it is."""

    def __init__(self, db: Database, installation: Installation, postman: Postman, now: datetime) -> None:
        self._postman = postman
        super().__init__(db, installation, postman, now)

    def settle(self) -> None:
        """As any walk."""
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
        self._told: set[str] = set()
        self._walk: Clocked | None = None
        self._shown = 0

    @property
    def now(self) -> datetime:
        """What the scenario's clock shows."""
        assert self._walk is not None, "a scenario sets its clock first"
        return self._walk.now

    @property
    def letters(self) -> list[SeenLetter]:
        """All letters that have gone out, in order."""
        return self.postman.seen

    def go(self, at: datetime) -> None:
        """Let time pass."""
        if self._walk is None:
            self._walk = Clocked(self.db, self.installation, self.postman, at)
        self._walk.advance(at)
        self._note_letters()

    def take(
        self, raw: bytes, who: Person, recipients: tuple[str, ...], turn: Turn, *, sender: str | None = None
    ) -> None:
        """Take a mail in, as from the network, and let everything follow from it."""
        assert self._walk is not None, "a scenario sets its clock first"
        self.turns.append(turn)
        envelope = who.address if sender is None else sender
        self._walk.accept(
            RawMail(raw=raw, received_at=self.now, source="smtp", envelope_from=envelope, recipients=recipients)
        )
        self._walk.settle()
        self._note_letters()

    def mail_waits(self, waits: bool) -> None:
        """Let mail be taken in without being read, or read again."""
        assert self._walk is not None, "a scenario sets its clock first"
        self._walk.reads = not waits
        self.again()

    def again(self) -> None:
        """Let everything that can be done now be done."""
        self.go(self.now)

    def fail(self, line: int, expected: str, seen: str) -> None:
        """Note that something is not as expected; the same thing once."""
        failure = FailedExpectation(self.script.file, line, expected, seen)
        if str(failure) not in self._told:
            self._told.add(str(failure))
            self.failures.append(failure)

    def stuck(self) -> Iterator[str]:
        """Mails that Reclamo could not work off: always a fault, of a policy or of Reclamo."""
        for row in inbox.listing(self.db):
            if row.error and row.state is InboxState.NEW:
                yield f"inbox {row.id}: {row.error}"

    def case(self) -> Case | None:
        """The case spoken of: the one named last, else the newest."""
        lines = tickets.listing(self.db, open_only=False)
        wanted = [line for line in lines if line.reference == self.reference] if self.reference else lines
        return cases.load(self.db, [wanted[-1].id])[wanted[-1].id] if wanted else None

    def all_cases(self) -> list[Case]:
        """Every case, the oldest first."""
        ids = [line.id for line in tickets.listing(self.db, open_only=False)]
        known = cases.load(self.db, ids)
        return [known[one] for one in ids]

    def received_by(self, who: Person, notice: str, *, first: bool = False) -> SeenLetter | None:
        """The newest letter of this notice that somebody has, or the oldest; of the case spoken of where one is
        named."""
        for seen in self.letters if first else reversed(self.letters):
            same = seen.letter.notice == notice and seen.letter.recipient.lower() == who.address
            if same and (not self.reference or seen.mail["X-Reclamo-Ticket"] == self.reference):
                return seen
        return None

    def _note_letters(self) -> None:
        known = {case.ticket.id: case for case in self.all_cases()} if len(self.letters) > self._shown else {}
        for seen in self.letters[self._shown :]:
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
                    sort=_SORTS.get(role, "customer"),
                    notice=letter.notice,
                    language=letter.language,
                    files=seen.files,
                    reference=case.ticket.reference if case else "",
                )
            )
        self._shown = len(self.letters)
