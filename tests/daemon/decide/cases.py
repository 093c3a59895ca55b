"""What the tests of decide share: the shipped policy with people in it, mails as readings, a case that lives on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from config.files.load_policy import load_policy
from config.policy import Policy
from daemon.cases.apply import case_after
from daemon.decide import decide
from daemon.decide.events import CustomerWrote, Event, LetterSent, MailIn, StaffWrote, TimerDue
from daemon.decide.outcome import NoticeDue, Outcome
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import read_commands
from parsers.reading import FoundDetail, Mailbox, Reading
from storage.values import Case, CaseChange, Message, Role, Ticket

ROME = ZoneInfo("Europe/Rome")
CUSTOMER, ADA, EVA, MAX = "anna@example.it", "ada@firm.example", "eva@firm.example", "max@firm.example"
PEOPLE: dict[str, Any] = {
    "teams": {
        "technical": {"members": [{"name": "Ada", "address": ADA}], "manager": {"name": "Max", "address": MAX}},
        "service": {"members": [{"name": "Ben", "address": "ben@firm.example"}]},
        "reviewers": {"members": [{"name": "Ada", "address": ADA}, {"name": "Eva", "address": EVA}]},
    }
}
FULL = (
    FoundDetail("model", "ST-6.0K", "ST-6.0K", "text"),
    FoundDetail("problem", "It does not switch on.", "It does not switch on.", "text"),
)


@cache
def policy() -> Policy:
    """The complaints policy with people on its teams."""
    return load_policy("complaints", extra=PEOPLE)


def rome(text: str) -> datetime:
    """An instant given in Rome's time."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


class Life:
    """A case living on: what happens to it, and every letter that was written about it, by its key."""

    def __init__(self, at: datetime, procedure: Policy | None = None) -> None:
        self.policy = procedure or policy()
        self.now = at
        self.mails = 0
        self.keys: set[tuple[str, str, int]] = set()
        self.last: Outcome | None = None
        ticket = Ticket(
            id=1, reference="C-2026-000001", policy="complaints", kind="product", step="sorting", language="en",
            received_at=at, created_at=at, updated_at=at, step_since=at,
        )  # fmt: skip
        self.case = Case(ticket=ticket, is_new=True)

    def happens(self, event: Event) -> Outcome:
        """Decide, and let the case be what it has become."""
        outcome = decide(self.case, event, self.policy, self.now)
        for notice in outcome.notices:
            key = (notice.notice, notice.occurrence, notice.party)
            assert key not in self.keys, f"{key} was written twice"
            self.keys.add(key)
        after = case_after(self.case, outcome)
        letters = tuple(self._letter(after, notice) for notice in outcome.notices)
        self.case = replace(after, is_new=False, messages=(*after.messages, *letters))
        self.last = outcome
        return outcome

    def _letter(self, case: Case, notice: NoticeDue) -> Message:
        party = case.party(notice.party)
        return Message(
            direction="out", message_id=f"{notice.notice}.{notice.occurrence}.{notice.party}", sender="us",
            recipients=(party.address,), subject="", at=self.now, thread="customer", notice=notice.notice,
            party=notice.party, about=notice.occurrence.partition("@")[2],
        )  # fmt: skip

    def mail(self, text: str, sender: str, party: int, **headers: tuple[str, ...]) -> MailIn:
        """A mail as it was read."""
        self.mails += 1
        reading = Reading(
            message_id=f"m{self.mails}@example", sender=Mailbox(sender), text=text, reply=text,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )  # fmt: skip
        return MailIn(reading=reading, received_at=self.now, inbox_id=self.mails, party=party)

    def customer(self, text: str = "Some more words.", **fields: Any) -> Outcome:
        """The customer writes; the first time that opens the case."""
        mail = self.mail(text, CUSTOMER, 0 if self.case.is_new else 1)
        said = {"who": Mailbox(CUSTOMER, "Anna"), "language": "en", **fields}
        return self.happens(CustomerWrote(mail=mail, **said))

    def opens(self, **fields: Any) -> Outcome:
        """A complaint with all that it needs."""
        return self.customer("It does not switch on.", **{"kind": "product", "found": FULL, **fields})

    def staff(self, text: str, member: str = ADA, *, inside: bool = False, answering: str = "") -> Outcome:
        """A staff member writes."""
        said = read_commands(text, grammar_of(self.policy), internal=inside)
        number = next((p.number for p in self.case.parties if p.address == member and p.role is Role.STAFF), 0)
        mail = self.mail(text, member, number, in_reply_to=(f"<{answering}>",) if answering else ())
        return self.happens(
            StaffWrote(
                mail=mail, member=member, commands=said.commands, unknown=said.unknown, text=said.text, inside=inside
            )
        )

    def deliver(self, outcome: Outcome | None = None) -> None:
        """The relay takes the letters of the last decision, or of this one."""
        for notice in (outcome or self.last or Outcome(changes=CaseChange(ticket=self.case.ticket))).notices:
            if notice.keeps_promise:
                sent = LetterSent(
                    key="", notice=notice.notice, occurrence=notice.occurrence, party=notice.party, at=self.now
                )
                self.happens(sent)

    def run(self, until: datetime, *, deliver: bool = True) -> list[str]:
        """Let time pass, timer by timer; the notices written on the way, in order."""
        written: list[str] = []
        while self.case.timers:
            timer = min(self.case.timers, key=lambda one: (one.at, one.key))
            if timer.at > until:
                break
            self.now = max(self.now, timer.at)
            outcome = self.happens(TimerDue(timer=timer))
            written += [notice.notice for notice in outcome.notices]
            if deliver:
                self.deliver(outcome)
        self.now = max(self.now, until)
        return written

    def days(self, count: int, **options: Any) -> list[str]:
        """Let so many days pass."""
        return self.run(self.now + timedelta(days=count), **options)


def notices(outcome: Outcome) -> list[str]:
    """The notices of an outcome, each once."""
    return list(dict.fromkeys(notice.notice for notice in outcome.notices))
