"""Whatever happens to a case, in whatever order: what must never be otherwise."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from daemon.decide.events import LetterBounced, LetterFailed, MachineWrote, StrangerWrote
from parsers.reading import Answer, FailedRecipient
from storage.values import DeadlineState, Role
from tests.daemon.decide.cases import ADA, CUSTOMER, EVA, FULL, Life, policy, rome

_WORDS = st.sampled_from(
    [
        "Thank you for your patience.", "decide upheld", "decide not upheld", "decide partly upheld\n\nSorry.",
        "extend 2026-12-01\n\nThe part is late.", "extend 2026-12-01", "ask serial", "ask:\n\nWhen did it begin?",
        "third installer bob@installer.example\n\nWhat did you see?", "take", "kind service", "close", "reopen",
        "team service", "spam", "language it", "/nonsense", "decid upheld", "", "wait until 2026-06-01", "help",
    ]
)  # fmt: skip


class CaseLife(RuleBasedStateMachine):
    """Mails, staff, machines, strangers, silence and broken relays, in any order."""

    @initialize(hour=st.integers(0, 23), complete=st.booleans(), kind=st.sampled_from(["product", "service", ""]))
    def begin(self, hour: int, complete: bool, kind: str) -> None:
        self.life = Life(rome(f"2026-03-02T{hour:02}:17"))
        self.life.opens(kind=kind, found=FULL if complete else ())

    @rule(answer=st.sampled_from(["", "yes", "no"]), thanks=st.booleans(), found=st.sampled_from([(), FULL]))
    def customer_writes(self, answer: str, thanks: bool, found: tuple[object, ...]) -> None:
        given = Answer("satisfied", answer) if answer else None
        was_closed = self.life.case.ticket.closed_at is not None
        self.life.customer(answer=given, bare_thanks=thanks and not answer, found=found)
        ticket = self.life.case.ticket
        if not thanks and not answer:
            assert ticket.closed_at is None, "a customer's words leave no case closed"
        elif was_closed and thanks and not answer:
            assert ticket.closed_at is not None, "thanks reopen nothing"

    @rule(text=_WORDS, member=st.sampled_from([ADA, EVA]), inside=st.booleans())
    def staff_write(self, text: str, member: str, inside: bool) -> None:
        before = self.life.case
        outcome = self.life.staff(text, member, inside=inside)
        names = {notice.notice for notice in outcome.notices}
        assert names & {"transcript", "refused"} or self._damped(member), "staff always learn what was done"
        if "refused" in names:
            assert names == {"refused"}, "what is refused sends nothing else"
            assert self.life.case.ticket.step == before.ticket.step
            assert self.life.case.deadlines == before.deadlines

    def _damped(self, member: str) -> bool:
        sent = [m for m in self.life.case.messages if m.direction == "out" and member in m.recipients]
        recent = [m for m in sent if m.at > self.life.now - timedelta(days=1)]
        return len(recent) >= policy().limits.letters_per_address_per_day

    @rule()
    def machine_writes(self) -> None:
        before = self.life.case
        outcome = self.life.happens(MachineWrote(mail=self.life.mail("I am away.", CUSTOMER, 1)))
        assert outcome.notices == (), "machines are not answered"
        assert self.life.case.deadlines == before.deadlines
        assert self.life.case.timers == before.timers

    @rule()
    def stranger_writes(self) -> None:
        outcome = self.life.happens(StrangerWrote(mail=self.life.mail("About C-2026-000001", "eve@else.example", 0)))
        strangers = {p.number for p in self.life.case.parties if p.role is Role.STRANGER}
        assert not strangers & {notice.party for notice in outcome.notices}, "a stranger is shown nothing"

    @rule(days=st.integers(1, 40), deliver=st.booleans())
    def time_passes(self, days: int, deliver: bool) -> None:
        self.life.days(days, deliver=deliver)

    @rule()
    def relay_takes_letters(self) -> None:
        self.life.deliver()

    @precondition(lambda self: any(m.direction == "out" for m in self.life.case.messages))
    @rule(lasting=st.booleans())
    def letter_bounces(self, lasting: bool) -> None:
        letter = [m for m in self.life.case.messages if m.direction == "out"][-1]
        failed = (FailedRecipient(letter.recipients[0], lasting, "5.1.1" if lasting else "4.2.2"),)
        mail = self.life.mail("Undelivered", "mailer-daemon@relay.example", 0)
        self.life.happens(
            LetterBounced(
                mail=mail, failed=failed, message_id=letter.message_id, party=letter.party, address=letter.recipients[0]
            )
        )

    @precondition(lambda self: any(m.direction == "out" for m in self.life.case.messages))
    @rule()
    def letter_fails(self) -> None:
        letter = [m for m in self.life.case.messages if m.direction == "out"][-1]
        self.life.happens(LetterFailed(key="", notice=letter.notice, party=letter.party, reason="550 no such user"))

    @invariant()
    def one_open_row_for_a_promise_that_is_not_extended(self) -> None:
        for name in policy().promises:
            rows = [d for d in self.life.case.deadlines if d.promise == name and d.state is DeadlineState.OPEN]
            plain = [d for d in rows if d.origin != "extension"]
            assert len(plain) <= 1, f"{name} is owed twice"

    @invariant()
    def nothing_owed_is_forgotten(self) -> None:
        keys = {timer.key for timer in self.life.case.timers}
        for d in self.life.case.deadlines:
            if d.state is DeadlineState.OPEN and d.paused_at is None:
                assert f"promise:{d.promise}:{d.occurrence}:end" in keys, f"{d.promise} would stay open for ever"

    @invariant()
    def a_closed_case_owes_nothing(self) -> None:
        if self.life.case.ticket.closed_at is not None:
            assert not [d for d in self.life.case.deadlines if d.state is DeadlineState.OPEN]
            assert {timer.kind for timer in self.life.case.timers} <= {"hold", "newcomer", "unhandled"}

    @invariant()
    def an_open_case_waits_for_something_that_comes(self) -> None:
        """A timer; or mail that nobody has dealt with, which is on a list of staff every working day."""
        ticket = self.life.case.ticket
        if ticket.closed_at is None:
            assert self.life.case.timers or ticket.unhandled_since, f"the case would wait in {ticket.step} for ever"

    @invariant()
    def kept_means_in_time(self) -> None:
        for d in self.life.case.deadlines:
            if d.state is DeadlineState.KEPT:
                assert d.kept_at is not None
                assert d.kept_at <= d.due_at

    @invariant()
    def who_decided_does_not_review(self) -> None:
        ticket = self.life.case.ticket
        assert not ticket.assignee or ticket.assignee != ticket.facts.not_for


CaseLife.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCaseLife = CaseLife.TestCase
