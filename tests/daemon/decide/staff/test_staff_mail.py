"""What staff do by mail: a table of commands and of what becomes of the case, the letters, and the other case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.files.load_policy import load_policy
from config.policy_shapes.base import Right
from daemon.cases.apply import case_after
from daemon.decide import calendar_of, decide
from daemon.decide.events import CustomerWrote, LetterBounced, StaffNotProven, StaffWrote, StrangerWrote
from daemon.decide.outcome import Outcome, letter_key
from daemon.decide.staff import rights
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import read_commands
from parsers.reading import Answer, FailedRecipient, FoundDetail, Mailbox, MailKind, Reading
from storage.facts import Facts
from storage.values import Case, DeadlineState, Role
from tests.daemon.decide.cases import ADA, CUSTOMER, EVA, MAX, PEOPLE, Life, notices, policy, rome

HOLD = timedelta(minutes=2)


def life(at: str = "2026-03-02T10:00") -> Life:
    """A case with all that it needs, being worked on."""
    made = Life(rome(at))
    made.opens()
    made.deliver()
    made.now += timedelta(hours=1)
    return made


def says(made: Life, text: str, member: str = ADA, **more: Any) -> Outcome:
    """A staff member's mail, its letters held for two minutes where `hold` says so."""
    said = read_commands(text, grammar_of(policy()))
    number = next((p.number for p in made.case.parties if p.address == member and p.role is Role.STAFF), 0)
    mail = made.mail(text, member, number)
    return made.happens(
        StaffWrote(mail=mail, member=member, commands=said.commands, unknown=said.unknown, text=said.text, **more)
    )


def waiting(made: Life, outcome: Outcome) -> None:
    """The letters of this outcome that wait are the ones that can be called back."""
    keys = {letter_key(made.case.ticket.reference, notice) for notice in outcome.notices if notice.not_before}
    made.case = replace(made.case, recallable=frozenset(keys) | made.case.recallable)


def why(outcome: Outcome) -> str:
    """Why a mail was refused, or an empty string."""
    return next((str(notice.about["why"]) for notice in outcome.notices if notice.notice == "refused"), "")


def events(outcome: Outcome) -> list[str]:
    """What the ledger says happened."""
    return [entry.event for entry in outcome.changes.ledger]


# ------------------------------------------------------------------------------------------------------- commands

REFUSED = [
    ("remind 2026-05-20", "needs text"),
    ("remind 2020-05-20\n\nAsk again.", "2020-05-20"),
    ("merge", "no such case"),
    ("merge C-2026-000099", "no such case"),
    ("split", "needs text"),
    ("/send again bob", "bob"),
    ("cancel", "nothing waits"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_command_that_cannot_be_done_does_nothing(text: str, reason: str) -> None:
    """It is refused with its reason, and the case stays as it is."""
    made = life()
    before = made.case
    outcome = says(made, text)
    assert why(outcome).removeprefix("/") == reason
    assert notices(outcome) == ["refused"]
    assert (made.case.ticket.step, made.case.timers) == (before.ticket.step, before.timers)


def test_a_note_to_oneself_comes_back_on_its_day() -> None:
    """Its words come back to who wrote them, on the morning of the day, and once."""
    made = life()
    outcome = says(made, "remind 2026-03-10\n\nCall the laboratory.")
    assert notices(outcome) == ["transcript"]
    written = made.run(rome("2026-03-10T12:00"))
    assert written.count("self_reminder") == 1
    sent = [m for m in made.case.messages if m.notice == "self_reminder"]
    assert [(m.recipients, m.at) for m in sent] == [((ADA,), rome("2026-03-10T09:00"))]
    assert "reminders" not in made.case.ticket.facts.to_json()


def test_the_fast_road_tells_the_manager() -> None:
    """The flag stands on the case for every letter and list, and the manager knows."""
    made = life()
    outcome = says(made, "vulnerable\n\nShe depends on a ventilator.")
    told = [made.case.party(notice.party).address for notice in outcome.notices if notice.notice == "vulnerable"]
    assert told == [MAX]
    assert made.case.ticket.facts.vulnerable["reason"] == "She depends on a ventilator."


def test_split_takes_the_words_from_the_mail_they_came_in() -> None:
    """The new case counts from when the customer wrote, not from when staff saw it."""
    made = life()
    later = made.now + timedelta(days=2)
    made.now = later
    made.customer("Another thing: the hotline never answers.")
    made.now += timedelta(days=1)
    made.customer("Any news?")
    outcome = says(made, "split\n\nthe hotline never answers")
    assert [(one.text, one.received_at) for one in outcome.splits] == [("the hotline never answers", later)]
    assert notices(outcome) == ["transcript"]


def test_merge_ends_the_newer_case_and_gives_its_mail_to_the_older() -> None:
    """No letter goes out for it; the older case has its words and details, and its team reads them."""
    older, newer = life("2026-03-02T10:00"), life("2026-03-04T10:00")
    newer.case = replace(newer.case, ticket=replace(newer.case.ticket, id=2, reference="C-2026-000002"))
    outcome = says(newer, "merge C-2026-000001", others={"C-2026-000001": older.case})
    assert notices(outcome) == ["transcript"]
    ticket = newer.case.ticket
    assert (ticket.closed_at, ticket.facts.merged_into) == (newer.now, "C-2026-000001")
    assert {d.state for d in newer.case.deadlines} <= {DeadlineState.KEPT, DeadlineState.MOOT}
    ((number, came),) = outcome.joins
    assert number == 1
    older.now = newer.now
    joined = older.happens(came)
    assert notices(joined) == ["customer_wrote"]
    assert [m.text for m in joined.changes.messages] == ["It does not switch on."]


def test_whom_a_merged_case_was_about_has_no_part_in_the_older_one() -> None:
    """Even where the older case was theirs: it leaves their hands, and somebody else is told."""
    older, newer = life("2026-03-02T10:00"), life("2026-03-04T10:00")
    says(older, "take")
    ticket = replace(newer.case.ticket, id=2, reference="C-2026-000002", facts=Facts(named=(ADA,)))
    newer.case = replace(newer.case, ticket=ticket)
    ((_, came),) = says(newer, "merge C-2026-000001", MAX, others={"C-2026-000001": older.case}).joins
    older.now = newer.now
    joined = older.happens(came)
    assert (older.case.ticket.assignee, older.case.ticket.facts.to_json()["named"]) == ("", [ADA])
    assert [older.case.party(notice.party).address for notice in joined.notices] == [MAX]


def test_merge_goes_into_the_older_case_of_the_same_customer_only() -> None:
    """The promises that count are those of the complaint that came first; other people's cases are no target."""
    older, newer = life("2026-03-02T10:00"), life("2026-03-04T10:00")
    newer.case = replace(newer.case, ticket=replace(newer.case.ticket, id=2, reference="C-2026-000002"))
    assert why(says(older, "merge C-2026-000002", others={"C-2026-000002": newer.case})) == "merge the newer one"
    first = replace(newer.case.parties[0], address="bob@example.it")
    other = replace(older.case, parties=(first, *older.case.parties[1:]))
    assert why(says(newer, "merge C-2026-000001", others={"C-2026-000001": other})) == "another customer"


def test_send_again_goes_to_the_address_put_right() -> None:
    """The letter that came back goes out once more with its words, and what it keeps can be kept."""
    made = life()
    says(made, "decide upheld\n\nWe replace it.")
    made.deliver()
    letter = [m for m in made.case.messages if m.notice == "decision"][-1]
    failed = (FailedRecipient(CUSTOMER, True, "5.1.1"),)
    mail, named = made.mail("no", "x@y", 0), letter.message_id
    made.happens(LetterBounced(mail=mail, failed=failed, message_id=named, party=1, address=CUSTOMER))
    outcome = says(made, "send again anna@right.example")
    again = next(notice for notice in outcome.notices if notice.notice == "decision")
    assert made.case.customer().address == "anna@right.example"
    assert (again.about["staff_text"], again.about["decision"], again.keeps_promise) == (
        "We replace it.",
        "upheld",
        True,
    )
    made.deliver()
    assert next(d for d in made.case.deadlines if d.promise == "resolve").state is DeadlineState.KEPT


# ------------------------------------------------------------------------------------------------- calling back


def test_letters_of_staff_wait_and_their_transcripts_do_not() -> None:
    """Whoever wrote can read at once what will go out, and until when it can be stopped."""
    made = life()
    outcome = says(made, "We look into it.", hold=HOLD)
    waits = {notice.notice: notice.not_before for notice in outcome.notices}
    assert waits == {"reply": made.now + HOLD, "transcript": None}
    transcript = next(notice for notice in outcome.notices if notice.notice == "transcript")
    assert transcript.about["held_until"] == (made.now + HOLD).isoformat()


MAILS = [
    "We look into it.",
    "ask serial",
    "decide upheld\n\nWe replace it.",
    "extend 2026-12-01\n\nThe part is late.",
    "third installer bob@installer.example\n\nWhat did you see?",
]


@pytest.mark.parametrize("text", MAILS)
def test_cancel_puts_the_case_back(text: str) -> None:
    """Every letter is stopped; step, promises, clocks and details are as they were before the mail."""
    made = life()
    before = made.case
    outcome = says(made, text, hold=HOLD)
    waiting(made, outcome)
    made.now += timedelta(minutes=1)
    stopped = says(made, "cancel")
    assert set(stopped.changes.cancelled) == made.case.recallable
    after = made.case
    assert (after.ticket.step, after.ticket.waiting_for, after.ticket.closed_at) == (
        before.ticket.step, before.ticket.waiting_for, before.ticket.closed_at,
    )  # fmt: skip
    assert sorted(after.timers, key=lambda t: t.key) == sorted(before.timers, key=lambda t: t.key)
    open_now = {d.promise: d.due_on for d in after.deadlines if d.state is DeadlineState.OPEN}
    assert open_now == {d.promise: d.due_on for d in before.deadlines if d.state is DeadlineState.OPEN}
    assert "outcome" not in after.ticket.facts.to_json()
    again = says(made, text, hold=HOLD)
    assert "refused" not in notices(again), "the same can be written anew, under a number of its own"


def test_cancel_after_something_else_stops_the_letters_only() -> None:
    """What was done meanwhile is not undone; what the letter would have kept is owed as before."""
    made = life()
    outcome = says(made, "decide upheld\n\nWe replace it.", hold=HOLD)
    waiting(made, outcome)
    made.now += timedelta(minutes=1)
    says(made, "note:\n\nThe part is on the shelf.", EVA)
    step = made.case.ticket.step
    stopped = says(made, "cancel")
    done = next(notice for notice in stopped.notices if notice.notice == "transcript").about["done"]
    assert [line["did"] for line in done] == ["stopped"]
    assert made.case.ticket.step == step
    owed = next(d for d in made.case.deadlines if d.promise == "resolve" and d.state is DeadlineState.OPEN)
    assert any(t.key.startswith(f"promise:resolve:{owed.occurrence}:warn") for t in made.case.timers)


def test_what_a_customer_writes_before_the_decision_left_is_no_answer_to_it() -> None:
    """No review begins of what nobody was told; staff hear that they can call it back, and what came is kept then."""
    made = life()
    waiting(made, says(made, "decide upheld\n\nWe replace it.", hold=HOLD))
    made.now += timedelta(minutes=1)
    serial = FoundDetail("serial", "SN60A2412345", "SN60A2412345", "text")
    answer = Answer(question="satisfied", answer="no")
    wrote = made.customer("No, it does not start.", found=(serial,), answer=answer)
    assert notices(wrote) == ["customer_wrote"]
    assert wrote.notices[0].about["crossed_until"] == (made.now + timedelta(minutes=1)).isoformat()
    assert (made.case.ticket.step, wrote.changes.cancelled) == ("decided", ())
    stopped = says(made, "cancel")
    done = next(notice for notice in stopped.notices if notice.notice == "transcript").about["done"]
    assert [line["did"] for line in done] == ["stopped and put back"]
    assert (made.case.ticket.step, made.case.ticket.details["serial"].value) == ("investigating", "SN60A2412345")
    made.now += timedelta(minutes=5)
    assert notices(made.customer("And now?")) == ["customer_wrote"]


def test_what_a_customer_writes_before_the_closing_left_takes_the_closing_back() -> None:
    """A mail is never lost to a closing that nobody was told; the letter is stopped and staff are told."""
    made = life()
    says(made, "decide upheld\n\nWe replace it.")
    made.deliver()
    made.now += timedelta(hours=1)
    waiting(made, says(made, "close", hold=HOLD))
    assert made.case.ticket.closed_at is not None
    made.now += timedelta(minutes=1)
    wrote = made.customer("It broke again.")
    assert set(wrote.changes.cancelled) == made.case.recallable
    assert (made.case.ticket.closed_at, made.case.ticket.step) == (None, "decided")
    assert notices(wrote) == ["customer_wrote"]


def test_cancel_tells_what_has_already_left() -> None:
    """A letter in a sender's hand is not called back, and nobody is told that it was."""
    made = life()
    says(made, "We look into it.", hold=HOLD)
    made.now += timedelta(minutes=1)
    assert why(says(made, "cancel")) == "already gone"


def test_nothing_waits_for_second_thoughts_when_a_promise_would_break() -> None:
    """A letter that is owed within the wait leaves at once."""
    made = life()
    due = min(d.due_at for d in made.case.deadlines if d.state is DeadlineState.OPEN)
    made.run(due - timedelta(minutes=1), deliver=False)
    outcome = says(made, "We look into it.", hold=HOLD)
    assert [notice.not_before for notice in outcome.notices if notice.notice == "reply"] == [None]


def test_spam_stops_what_waits() -> None:
    """Nobody is written to once a case is set aside, not even by a letter on hold."""
    made = life()
    waiting(made, says(made, "We look into it.", hold=HOLD))
    assert set(says(made, "spam").changes.cancelled) == made.case.recallable


# -------------------------------------------------------------------------------------------------------- rights

RIGHTS = [
    (Right.NOTE, "note:\n\nOdd.", ""),
    (Right.NOTE, "We look into it.", "no right"),
    (Right.NOTE, "decide upheld\n\nYes.", "no right"),
    (Right.REPLY, "We look into it.", ""),
    (Right.REPLY, "take\nclose", "no right"),
    (Right.DECIDE, "decide upheld\n\nYes.", ""),
    (Right.DECIDE, "extend 2026-12-01\n\nLate.", "no right"),
    (Right.EXTEND, "extend 2026-12-01\n\nLate.", ""),
]


@pytest.mark.parametrize(("right", "text", "reason"), RIGHTS)
def test_rights_are_graded(right: Right, text: str, reason: str) -> None:
    """Each grade may do what stands below it and nothing above; what is refused sends nothing."""
    made = life()
    given = load_policy("complaints", extra={"teams": {**PEOPLE["teams"], "technical": {
        **PEOPLE["teams"]["technical"], "rights": right.value}, "reviewers": {"members": []}}})  # fmt: skip
    said = read_commands(text, grammar_of(given))
    number = next(p.number for p in made.case.parties if p.address == ADA)
    wrote = StaffWrote(mail=made.mail(text, ADA, number), member=ADA, commands=said.commands, text=said.text)
    outcome = decide(made.case, wrote, given, made.now)
    assert why(outcome) == reason
    assert (notices(outcome) == ["refused"]) is bool(reason)


def test_a_manager_may_do_everything() -> None:
    """Nobody has to give managers rights; a team's grade counts on its own cases."""
    assert rights.right_of(policy(), "technical", MAX) is Right.ERASE
    assert rights.right_of(policy(), "technical", ADA) is Right.EXTEND
    assert rights.right_of(policy(), "technical", "nobody@else.example") is Right.NOTE


# ------------------------------------------------------------------------------------------------------ objections


def objects(made: Life, reading: Reading, case: Case | None = None) -> str:
    """Why a proven mail would not be obeyed now."""
    wrote = StaffWrote(mail=made.mail("", ADA, 0), member=ADA)
    wrote = replace(wrote, mail=replace(wrote.mail, reading=reading))
    on = case or made.case
    return rights.why_not_obeyed(on, wrote, policy(), calendar_of(on, policy()), made.now)


def test_a_mail_is_obeyed_once() -> None:
    """Sent again under its own Message-ID, or as a copy under another, it is refused."""
    made = life()
    first = says(made, "note:\n\nOdd.").changes.messages[0].message_id
    copied = Reading(message_id="other@x", sender=Mailbox(ADA), text="We look into it.",
                     headers={"date": ("Mon, 2 Mar 2026 11:00:00 +0100",)})  # fmt: skip
    wrote = StaffWrote(mail=replace(made.mail("x", ADA, 0), reading=copied), member=ADA, text="We look into it.")
    made.happens(wrote)
    assert objects(made, Reading(message_id=first)) == "replayed"
    assert objects(made, replace(copied, message_id="third@x")) == "replayed"
    assert objects(made, replace(copied, message_id="third@x", text="We looked into it.")) == ""


def test_late_merged_and_listed_mail_is_not_obeyed() -> None:
    """A case closed long ago, one that became part of another, a mail that came by a list."""
    made = life()
    fresh = Reading(message_id="new@x")
    closed = replace(made.case, ticket=replace(made.case.ticket, closed_at=made.now - timedelta(days=185)))
    lately = replace(made.case, ticket=replace(made.case.ticket, closed_at=made.now - timedelta(days=170)))
    merged = replace(made.case, ticket=replace(made.case.ticket, facts=Facts(merged_into="C-2026-000009")))
    found = [objects(made, fresh, case) for case in (closed, lately, merged, made.case)]
    assert found == ["expired", "", "merged", ""]
    assert objects(made, replace(fresh, kind=MailKind.LIST)) == "rewritten"


def test_what_is_not_proven_is_told_to_both_and_not_without_end() -> None:
    """The staff member and the manager learn of it, three times a day at most; the ledger has every one."""
    made = life()
    told = []
    for _ in range(5):
        outcome = made.happens(StaffNotProven(mail=made.mail("decide upheld", ADA, 0), member=ADA, why="forged"))
        told.append([made.case.party(notice.party).address for notice in outcome.notices])
    assert told == [[ADA, MAX], [ADA, MAX], [ADA, MAX], [], []]
    assert [e.event for e in made.case.history].count("staff mail refused") == 5
    assert made.case.ticket.step == "investigating"


# ------------------------------------------------------------------------------------------- the customer's side


def writes(made: Life, text: str, sender: str, **fields: Any) -> Outcome:
    """Somebody writes with the right address of the case."""
    number = next((p.number for p in made.case.parties if p.address == sender), 0)
    mail = made.mail(text, sender, number)
    return made.happens(CustomerWrote(mail=mail, who=Mailbox(sender), language="en", **fields))


def test_somebody_new_is_on_the_case_and_not_written_to() -> None:
    """Staff are asked; accepted, they are a participant; separated, what they wrote opens a case of its own."""
    made = life()
    outcome = writes(made, "I am her son.", "carlo@example.it")
    notice = next(one for one in outcome.notices if one.notice == "customer_wrote")
    assert notice.about["newcomer"] == "carlo@example.it"
    assert not [one for one in outcome.notices if made.case.party(one.party).address == "carlo@example.it"]
    before = made.case
    says(made, "accept")
    assert "unconfirmed" not in made.case.ticket.facts.to_json()
    made.case, made.keys = before, set()
    separated = says(made, "separate")
    assert separated.replays == (2,)
    assert [p.role for p in made.case.parties if p.address == "carlo@example.it"] == [Role.STRANGER]


def test_copied_people_are_written_to_as_the_policy_says() -> None:
    """They are on the case in any case; the customer's letters go to them only where the policy says so."""
    reading = Reading(message_id="a@b", sender=Mailbox(CUSTOMER), text="Broken.", reply="Broken.",
                      to=(Mailbox("care@firm.example"),), cc=(Mailbox("lawyer@law.example"), Mailbox(EVA)))  # fmt: skip
    made = Life(rome("2026-03-02T10:00"))
    mail = replace(made.mail("x", CUSTOMER, 0), reading=reading)
    wrote = CustomerWrote(mail=mail, who=Mailbox(CUSTOMER), language="en", own_recipients=("care@firm.example",))
    for write_to, readers in ((False, [CUSTOMER]), (True, [CUSTOMER, "lawyer@law.example"])):
        given = policy().model_copy(update={"write_to_participants": write_to})
        outcome = decide(made.case, wrote, given, made.now)
        case = case_after(made.case, outcome)
        assert [p.address for p in case.parties if p.role is Role.PARTICIPANT] == ["lawyer@law.example"]
        sent = [notice for notice in outcome.notices if notice.notice == "acknowledgement"]
        assert [case.party(notice.party).address for notice in sent] == readers
        assert [notice.keeps_promise for notice in sent] == [True, False][: len(readers)], (
            "only the customer's own letter keeps it"
        )


def test_a_complaint_about_a_person_never_goes_to_that_person() -> None:
    """Named in full or by address, they get no letter of the case and cannot take it."""
    given = load_policy("complaints", extra={"teams": {"technical": {
        "members": [{"name": "Ada Bianchi", "address": ADA}, {"name": "Eva Verdi", "address": EVA}],
        "manager": {"name": "Max", "address": MAX}}}})  # fmt: skip
    for words in ("Your Ada  Bianchi was rude to me.", f"I complain about {ADA.upper()}."):
        made = Life(rome("2026-03-02T10:00"))
        mail = made.mail(words, CUSTOMER, 0)
        wrote = CustomerWrote(mail=mail, who=Mailbox(CUSTOMER), language="en", kind="product")
        outcome = decide(made.case, wrote, given, made.now)
        case = case_after(made.case, outcome)
        assert [case.party(notice.party).address for notice in outcome.notices if notice.notice == "new_case"] == [EVA]
        take = StaffWrote(
            mail=made.mail("take", ADA, 0), member=ADA, commands=read_commands("take", grammar_of(given)).commands
        )
        assert why(decide(replace(case, is_new=False), take, given, made.now)) == "somebody else decides"


# --------------------------------------------------------------------------------------------------------- damping


def test_mail_beyond_the_limit_stands_on_the_case_and_moves_nothing() -> None:
    """Staff are told once; nothing is lost, and nothing answers by itself."""
    made = life()
    most = policy().limits.mails_per_case_per_day
    told = []
    for number in range(most + 5):
        made.now += timedelta(seconds=1)
        told += notices(made.customer(f"Mail {number}"))
    assert told.count("limit_reached") >= 1
    kept = [m for m in made.case.messages if m.direction == "in" and m.text.startswith("Mail")]
    assert len(kept) == most + 5
    damped = [e for e in made.case.history if e.event == "mail damped"]
    assert len(damped) == 6
    assert [e.facts["why"] for e in made.case.history if e.event == "limit reached"].count("mails on one case") == 1


def test_letters_beyond_the_limit_wait() -> None:
    """To one address outside, over all cases: an hour, then a day; staff's own letters are not counted so."""
    made = life()
    limits = policy().limits
    table = {
        (limits.letters_in_all_per_hour, 0): timedelta(hours=1),
        (0, limits.letters_in_all_per_day): timedelta(days=1),
    }
    for counts, wait in table.items():
        made.case = replace(made.case, letters_to={CUSTOMER: counts})
        outcome = says(made, "We look into it.")
        waits = {notice.notice: notice.not_before for notice in outcome.notices}
        assert waits["reply"] == made.now + wait
        assert waits["transcript"] is None
    assert [e.facts["why"] for e in made.case.history if e.event == "limit reached"] == ["letters"]


def test_a_case_is_not_opened_again_for_ever() -> None:
    """After so many times the words are kept and staff decide."""
    made = life()
    for number in range(policy().limits.reopens_per_case + 1):
        says(made, "decide upheld\n\nYes.")
        says(made, "close")
        assert made.case.ticket.closed_at, number
        made.now += timedelta(days=2)
        outcome = made.customer("But no!")
    assert made.case.ticket.closed_at
    assert "limit_reached" in notices(outcome)


def test_a_stranger_with_the_number_only_is_shown_nothing() -> None:
    """Held, as ever."""
    made = life()
    outcome = made.happens(StrangerWrote(mail=made.mail("C-2026-000001?", "eve@else.example", 0)))
    assert {made.case.party(notice.party).role for notice in outcome.notices} == {Role.STAFF}
