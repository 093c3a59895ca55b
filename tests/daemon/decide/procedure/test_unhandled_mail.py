"""Mail that nobody has dealt with: for every policy there is, no step takes it for silence.

The cases are generated from the policies, those that ship and the library's: a new policy, or a new step of one, cannot
forget the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from config.files.load_policy import known_policies, load_policy
from config.policy import Policy
from daemon.cases.apply import case_after
from daemon.clock.unread_worklists import add_unread_cases
from daemon.decide import calendar_of, decide
from daemon.decide.draft import Draft
from daemon.decide.events import CaseErased, CaseJoined, CustomerWrote, StrangerWrote, ThirdPartyWrote, TimerDue
from daemon.decide.procedure import steps
from daemon.decide.refusals import Refused
from daemon.staff.worklist import UnreadCase
from parsers.reading import Attachment, FoundDetail, Mailbox
from storage.values import Case, Role, Timer
from tests.daemon.decide import histories
from tests.daemon.decide.cases import ADA, CUSTOMER, MAX, Life, notices, rome
from tests.paths import TESTS

LIBRARY = TESTS / "library" / "policies"
SENTENCE = "I wrote to you, please read this."
MONTH = timedelta(days=31)


@cache
def _policy(name: str) -> Policy:
    """A policy with Ada on every team, Max managing it, and an address for everybody outside."""
    overlay = LIBRARY if name == "lost-books" else None
    bare = load_policy(name, overlay=overlay)
    team = {"members": [{"name": "Ada", "address": ADA}], "manager": {"name": "Max", "address": MAX}}
    outside = {one: {"address": f"{one.replace('_', '-')}@outside.example"} for one in bare.third_parties}
    extra: dict[str, Any] = {"teams": dict.fromkeys(bare.teams, team), "third_parties": outside}
    return load_policy(name, overlay=overlay, extra=extra)


def _steps() -> Iterator[Any]:
    """Every step of every policy that is left, or reminded in, when somebody is silent."""
    for name in (*known_policies(), "lost-books"):
        for step, spec in _policy(name).steps.items():
            if spec.waits_for in ("customer", "nobody") and (spec.after or spec.remind):
                yield pytest.param(name, step, id=f"{name}-{step}")


class _InStep(Life):
    """A case in a step of a policy, which time goes on for."""

    def __init__(self, name: str, step: str) -> None:
        super().__init__(rome("2026-03-02T10:00"), _policy(name))
        policy = self.policy
        self.customer("It is broken.", kind=next(iter(policy.kinds)))
        case = self.case
        draft = Draft(case, policy, calendar_of(case, policy), self.now, "reclamo")
        steps.enter_step(draft, step)
        outcome = draft.outcome("")
        self.case = case_after(case, outcome)
        self.events: list[tuple[str, str]] = []  # what was recorded, and in which step
        self.written: list[tuple[str, Role]] = []

    def goes_on(self, until: datetime) -> None:
        """Let all timers come that are due until then, each at its instant."""
        for _ in range(300):
            due = min(self.case.timers, key=lambda timer: (timer.at, timer.key), default=None)
            if due is None or due.at > until:
                self.now = until
                return
            self._comes(due)
        raise AssertionError("it does not come to an end")

    def _comes(self, timer: Timer) -> None:
        self.now = max(self.now, timer.at)
        step = self.case.ticket.step
        outcome = decide(self.case, TimerDue(timer=timer), self.policy, self.now)
        self.happens(TimerDue(timer=timer))
        self.events += [(entry.event, step) for entry in outcome.changes.ledger]
        self.written += [(notice.notice, self.case.party(notice.party).role) for notice in outcome.notices]


def _waits_for_customer(case: _InStep, step: str) -> bool:
    return case.policy.steps[step].waits_for in ("customer", "nobody")


def _opened(case: Case) -> list[str]:
    return [one["words"] for one in case.ticket.facts.unhandled]


@pytest.mark.parametrize(("name", "step"), list(_steps()))
def test_a_plain_sentence_is_no_silence(name: str, step: str) -> None:
    """Whatever step a customer writes it in: for a month nothing is closed and nobody is reminded, it stands on a list
    every day, the manager is told once after three working days; and after `seen` silence counts again."""
    case = _InStep(name, step)
    case.now += timedelta(hours=1)
    case.customer(SENTENCE)
    assert _opened(case.case) == [SENTENCE]
    assert case.last is not None
    told = [case.case.party(notice.party).role for notice in case.last.notices]
    assert Role.STAFF in told, "somebody is told at once"
    assert case.case.ticket.waiting_for != "customer"
    closed = case.case.ticket.closed_at  # by the very mail, where a policy has it so
    case.goes_on(case.now + MONTH)
    assert case.case.ticket.closed_at == closed
    assert [
        event for event, at in case.events if event in ("reminded", "waited") and _waits_for_customer(case, at)
    ] == []
    assert _opened(case.case) == [SENTENCE]
    assert case.written.count(("unhandled", Role.MANAGER)) == 1
    _stands_on_a_list(case)
    _seen(case)


def _stands_on_a_list(case: _InStep) -> None:
    ticket = case.case.ticket
    assert ticket.unhandled_since is not None
    lists = add_unread_cases(case.policy, list(case.policy.teams), [], [UnreadCase(ticket, "Anna")], frozenset())
    assert {worklist.reader.address for worklist in lists if worklist.unread} >= {ADA, MAX}


def _seen(case: _InStep) -> None:
    """Ada has seen it: nothing is open, and where the case waits for the customer their silence counts from now."""
    case.staff("seen", ADA)
    assert _opened(case.case) == []
    assert case.case.ticket.unhandled_since is None
    step, closed = case.case.ticket.step, case.case.ticket.closed_at
    spec = case.policy.steps[step]
    if spec.waits_for != "customer" or closed or "wait" in {timer.key for timer in case.case.timers}:
        return
    assert case.case.ticket.waiting_for == "customer"
    due = [one for one in case.case.timers if one.kind in ("remind", "after")]
    assert len(due) == len(spec.remind) + len(spec.after)
    assert all(one.at > case.now for one in due)
    case.events.clear()
    case.goes_on(max(one.at for one in due))
    assert {"reminded", "waited"} & {event for event, _ in case.events}


# ------------------------------------------------------------------------------------------------- what deals with it


def _working() -> Life:
    """A complaint that waits for its customer, who wrote."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.staff("ask\n\nWhich lamp is red?", ADA)
    life.now += timedelta(hours=1)
    life.customer(SENTENCE)
    assert len(_opened(life.case)) == 1
    life.now += timedelta(hours=1)
    return life


@pytest.mark.parametrize(
    "text",
    [
        "Dear Anna, we are on it.", "note: she is right", "seen", "decide upheld\n\nWe replace it.",
        "extend 20 May: the part is late", "ask\n\nWhich lamp?", "spam",
    ],
)  # fmt: skip
def test_staff_deal_with_it(text: str) -> None:
    """An answer, a note, `seen`, a decision, a new date, a question."""
    life = _working()
    life.staff(text, ADA)
    assert _opened(life.case) == []


@pytest.mark.parametrize(
    "text", ["take", "kind service", "language de", "help", "third installer bob@x.example\n\nWhat?"]
)
def test_what_is_no_answer_leaves_it_open(text: str) -> None:
    """Sorting, passing on and asking somebody else answer nobody."""
    life = _working()
    life.staff(text, ADA)
    assert _opened(life.case) == [SENTENCE]


def test_seen_is_about_the_letter_it_answers() -> None:
    """A mail that came after the letter to which `seen` was written has been seen by nobody."""
    life = _working()
    told = next(m.message_id for m in reversed(life.case.messages) if m.notice == "customer_wrote")
    life.customer("And one thing more: it burns.")
    life.now += timedelta(minutes=1)
    life.staff("seen", ADA, answering=told)
    assert _opened(life.case) == ["And one thing more: it burns."]


@pytest.mark.parametrize("fields", [{"bare_thanks": True}, {"in_calendar": "accepted"}])
def test_what_is_complete_in_itself_is_dealt_with_at_once(fields: dict[str, Any]) -> None:
    """Thanks, and the yes of a calendar."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.customer("Thank you!", **fields)
    assert _opened(life.case) == []


@pytest.mark.parametrize("text", ["", "👍"])
def test_a_blank_and_a_reaction_open_nothing(text: str) -> None:
    """They say nothing."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.customer(text)
    assert _opened(life.case) == []


def test_a_detail_is_complete_and_words_beside_it_reach_a_person() -> None:
    """The serial number alone is taken in; with a question beside it staff are told, and it stays open."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.customer("SN60A2412345", found=(FoundDetail("serial", "SN60A2412345", "SN60A2412345", "text"),))
    assert _opened(life.case) == []
    asks = "SN60A2412399. To which address do I send it?"
    outcome = life.customer(asks, found=(FoundDetail("serial", "SN60A2412399", "SN60A2412399", "text"),))
    assert _opened(life.case) == [asks]
    assert "customer_wrote" in notices(outcome)


def test_prose_that_nobody_asked_for_is_not_dealt_with_by_being_read() -> None:
    """What can be read as a wish, on a case that waits for no detail, stays open."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    words = "I want my money back!"
    life.customer(
        words, found=(FoundDetail("solution", words, words, "text"), FoundDetail("problem", words, words, "text"))
    )
    assert _opened(life.case) == [words]


def test_a_file_without_words_is_a_mail() -> None:
    """A photo may say all there is to say."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    photo = Attachment("a.jpg", "image/jpeg", "image/jpeg", 10, "", 1)
    mail = life.mail("", CUSTOMER, 1)
    mail = replace(mail, reading=replace(mail.reading, attachments=(photo,)))
    life.happens(CustomerWrote(mail=mail, who=Mailbox(CUSTOMER, "Anna"), language="en"))
    assert len(_opened(life.case)) == 1


def test_a_closed_case_keeps_it_open() -> None:
    """A mail on a closed case reopens it, and is open until somebody deals with it."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.staff("decide upheld\n\nWe replace it.", ADA)
    life.staff("close", ADA)
    assert life.case.ticket.closed_at is not None
    life.customer("It is broken again.")
    assert _opened(life.case) == ["It is broken again."]
    assert life.case.ticket.unhandled_since == life.now.astimezone(UTC)


def test_a_case_with_mail_that_waits_is_not_erased_by_itself() -> None:
    """Its time may be over: what nobody has read is not forgotten. Who asks for it to be erased gets it erased."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.staff("spam", ADA)
    held = life.mail("It burns.", "stranger@example.net", 0)
    life.happens(StrangerWrote(mail=held))
    assert life.case.ticket.closed_at is not None
    assert _opened(life.case) == ["It burns."]
    with pytest.raises(Refused, match="mail waits"):
        life.happens(CaseErased(by="reclamo", why="kept for 24 months"))
    assert life.happens(CaseErased(by="operator", why="on request")).ticket.unhandled_since is None


def test_mail_of_a_case_that_becomes_part_of_another_is_open_there() -> None:
    """Whoever merges two cases has answered neither."""
    first, second = Life(rome("2026-03-02T10:00")), Life(rome("2026-03-03T10:00"))
    first.opens()
    second.opens()
    second.customer(SENTENCE)
    number = tuple(second.case.ticket.facts.unhandled)
    first.happens(CaseJoined(reference="C-2026-000002", by=ADA, mails=(), details={}, unhandled=number))
    assert _opened(first.case) == [SENTENCE]


def test_a_third_party_is_answered_by_asking_again_or_by_acting_on_what_it_said() -> None:
    """Its own mail stops its own chasing; words to the customer deal with it where they answer the letter about it."""
    life = Life(rome("2026-03-02T10:00"))
    life.opens()
    life.staff("third installer ivo@x.example\n\nWhen?", ADA)
    party = next(one for one in life.case.parties if one.role is Role.THIRD_PARTY)
    life.now += timedelta(hours=1)
    life.happens(ThirdPartyWrote(mail=life.mail("In January.", party.address, party.number)))
    assert _opened(life.case) == ["In January."]
    assert life.case.ticket.waiting_for == "staff"
    told = life.case.messages[-1].message_id
    life.now += timedelta(hours=1)
    life.staff("Dear Anna, we are on it.", ADA)
    assert _opened(life.case) == ["In January."]
    life.staff("Dear Anna, it was fitted in January.", ADA, answering=told)
    assert _opened(life.case) == []


OUTSIDE = ("anna@example.it", histories.EVE, histories.INSTALLER)


@pytest.mark.parametrize(
    ("text", "open_still"),
    [
        ("take", OUTSIDE),
        ("language it", OUTSIDE),
        ("Here is some news.", OUTSIDE[1:]),
        ("ask serial\n\nWhich one?", OUTSIDE[1:]),
        ("extend 2026-06-03\n\nThe part is late.", OUTSIDE[1:]),
        ("wait 2026-03-20", OUTSIDE[1:]),
        ("split\n\nAny news?", OUTSIDE[1:]),
        ("decide upheld\n\nWe replace it.", OUTSIDE[1:2]),
        ("seen", ()),
        ("note\n\nShe called.", ()),
    ],
)
def test_what_staff_do_deals_with_the_mail_that_it_answers(text: str, open_still: tuple[str, ...]) -> None:
    """The customer's by words to them; everybody's by a decision; a stranger's only by what was said of all."""
    life = histories.complaint()
    life.staff(f"third installer {histories.INSTALLER}\n\nWhat did you see?")
    life.customer("Any news?")
    histories.stranger(life, "Me too.", histories.EVE)
    life.outsider("It was wet.", histories.INSTALLER)
    histories.later(life, minutes=1)
    life.staff(text)
    assert tuple(one["sender"] for one in life.case.ticket.facts.unhandled) == open_still
