"""A case that goes to another policy: what it keeps, what it refuses, and that no promise told is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.checks.step_graph import closing_letters
from config.files.load_policy import known_policies, load_policy
from config.policy import Policy
from daemon.decide.events import CustomerWrote, MovedByOperator, PolicyMove, StaffWrote
from daemon.decide.outcome import Outcome
from daemon.decide.procedure.carried_promises import PROMISED, spec_under_policy
from daemon.decide.procedure.promise_terms import promise_of
from daemon.decide.refusals import Refused
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import read_commands
from parsers.reading import FoundDetail, Mailbox
from storage.facts import Facts
from storage.values import Booking, Deadline, DeadlineState, Detail, OpenQuestion
from tests.daemon.decide import histories
from tests.daemon.decide.cases import Life, rome
from tests.daemon.decide.story import expected

NAMES = tuple(known_policies(None))


@cache
def shipped(name: str) -> Policy:
    """A shipped policy with one person on each team."""
    plain = load_policy(name)
    teams = {team: {"members": [{"name": team, "address": f"{team}@{name}.example"}]} for team in plain.teams}
    return load_policy(name, extra={"teams": teams})


def begun(name: str, at: str = "2026-03-02T10:00") -> Life:
    """A case under a policy, as unclear as can be, its first letters delivered."""
    life = Life(rome(at), shipped(name))
    life.case = replace(life.case, ticket=replace(life.case.ticket, policy=name))
    mail = life.mail("It is not as it should be.", "anna@example.it", 0)
    life.happens(CustomerWrote(mail=mail, who=Mailbox("anna@example.it", "Anna"), language=life.policy.languages[0]))
    life.deliver()
    return life


def going(name: str, kind: str = "", **more: Any) -> PolicyMove:
    """The case as this policy reads it: of its fallback kind where nothing is said."""
    policy = shipped(name)
    fallback = next(one for one, spec in policy.kinds.items() if spec.fallback)
    return PolicyMove(policy=policy, kind=kind or fallback, address=f"{name}@firm.example", **more)


def moves(life: Life, name: str, **more: Any) -> Outcome:
    """An operator moves the case there; it lives on under that policy."""
    outcome = life.happens(MovedByOperator(policy_move=going(name, **more), why="it belongs there"))
    life.policy = shipped(name)
    return outcome


def told(life: Life) -> dict[str, Deadline]:
    """The dates that bind us: of each promise that is owed, the newest."""
    rising = sorted(life.case.deadlines, key=lambda row: row.occurrence)
    return {row.promise: row for row in rising if row.state is DeadlineState.OPEN}


# -------------------------------------------------------------------------------------------- nothing told is lost


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.lists(st.sampled_from(NAMES), min_size=2, max_size=4).filter(
        lambda names: all(one != two for one, two in pairwise(names))
    ),
    days=st.lists(st.integers(0, 6), min_size=3, max_size=3),
    delivered=st.booleans(),
)
def test_no_promise_told_disappears_or_becomes_later(path: list[str], days: list[int], delivered: bool) -> None:
    """From any policy to any other and on, whenever: what was owed before a move is owed after it, no later; what is
    owed has a last instant that will be noticed, and a letter that can still keep it."""
    life = begun(path[0])
    for name, pause in zip(path[1:], days, strict=False):
        life.days(pause, deliver=delivered)
        if life.case.ticket.closed_at is not None:
            return
        before, history = told(life), len(life.case.history)
        if any(things.get("start") for things in life.case.ticket.facts.things.values()):
            return  # only what would be lost stands in the way
        moves(life, name)
        after = told(life)
        for promise, row in before.items():
            if row.paused_at and row.due_at <= life.now:
                continue  # its clock had rested past that day, as the customer knew
            assert after[promise].due_at <= row.due_at, f"{promise} is later than told"
            assert after[promise].due_on <= row.due_on
        assert len(life.case.history) > history
        assert life.case.ticket.reference == "C-2026-000001"
        for row in life.case.deadlines:
            if row.state is DeadlineState.OPEN and row.paused_at is None:
                assert any(timer.key == f"promise:{row.promise}:{row.occurrence}:end" for timer in life.case.timers)
    life.days(90)
    overdue = [row for row in life.case.deadlines if row.state is DeadlineState.OPEN and row.due_at < life.now]
    assert all(row.paused_at for row in overdue), "what is over is kept or broken, and said to be"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", NAMES)
def test_each_promise_can_be_kept_wherever_its_case_goes(name: str, other: str) -> None:
    """Under every policy some letter that it has keeps the promise, and what goes out by itself is one it has."""
    if name == other:
        return
    policy = shipped(other)
    for promise, spec in shipped(name).promises.items():
        here = spec_under_policy(spec, promise, policy)
        assert set(here.kept_by) & set(policy.notices), f"nothing of {other} keeps {promise}"
        assert here.at_due is None or here.at_due.send in policy.notices
        assert here.warning in policy.notices
        assert all(effect.about in policy.notices for effect in here.at_due.does) if here.at_due else True
        assert set(spec.kept_by) <= set(here.kept_by), "a letter on its way still keeps what it was written for"


def test_staff_who_end_the_matter_keep_what_only_an_end_can_keep() -> None:
    """A decision was promised; the new policy decides nothing: its closing letter is the answer."""
    assert "decision" in closing_letters(shipped("complaints"))
    resolve = spec_under_policy(shipped("complaints").promises["resolve"], "resolve", shipped("device-support"))
    assert "closed" in resolve.kept_by
    assert "reply" not in resolve.kept_by, "any word at all is no decision"
    progress = spec_under_policy(shipped("complaints").promises["progress"], "progress", shipped("dealer-service"))
    assert {PROMISED, "reply"} <= set(progress.kept_by), "news are kept by news"
    assert not progress.repeats, "told once: from then on the new policy's own promises count"


def test_two_promises_of_one_name_become_one() -> None:
    """Both policies promise news: one row, the earlier date, kept by what keeps either."""
    life = begun("complaints")
    first = told(life)["progress"]
    life.days(1)
    outcome = moves(life, "device-support")
    second = told(life)["progress"]
    assert second.occurrence == first.occurrence
    assert second.due_at < first.due_at
    assert [e.facts["new"] for e in outcome.changes.ledger if e.event == "promise brought forward"] == ["2026-03-10"]
    kept_by = promise_of(life.policy, second).kept_by
    assert {"progress", "reply"} <= set(kept_by)
    life.days(2)
    moves(life, "complaints")
    assert told(life)["progress"].due_at == second.due_at, "back again, the earlier date still stands"


def test_a_letter_on_its_way_keeps_what_it_was_written_for() -> None:
    """The acknowledgement had not left when the case was moved; it leaves, and its promise is kept."""
    life = Life(rome("2026-03-02T10:00"), shipped("complaints"))
    opening = life.opens()
    moves(life, "field-repair")
    life.deliver(opening)
    row = next(row for row in life.case.deadlines if row.promise == "acknowledge")
    assert (row.state, row.kept_by) == (DeadlineState.KEPT, "acknowledgement")


# ------------------------------------------------------------------------------------------------- what it becomes


def test_no_second_acknowledgement_is_written() -> None:
    """The customer was answered once; now they hear who takes over, and that keeps what the letter would have kept."""
    for name in NAMES:
        if name != "complaints":
            life = begun("complaints")
            outcome = moves(life, name)
            to_customer = {n.notice for n in outcome.notices if n.party == 1}
            assert "moved" in to_customer, name
            assert not to_customer & {"acknowledgement", "confirmation", "request_registered", "ask"}, name
            life.deliver(outcome)
            assert not any(row.origin == "received" and row.due_at < life.now for row in told(life).values())


def test_kind_step_and_team_are_the_new_policy_s() -> None:
    """It stands where the new policy would have begun; whoever had it in hand has it no more, and is told."""
    life = begun("complaints")
    life.staff("take", member="service@complaints.example")
    outcome = moves(life, "device-support", kind="damage")
    ticket = life.case.ticket
    assert (ticket.policy, ticket.kind, ticket.step, ticket.team, ticket.assignee) == (
        "device-support", "damage", "incomplete", "general", "",
    )  # fmt: skip
    by_notice = {(n.notice, life.case.party(n.party).address) for n in outcome.notices}
    assert ("moved_away", "service@complaints.example") in by_notice
    assert ("new_case", "general@device-support.example") in by_notice
    moved = next(entry for entry in outcome.changes.ledger if entry.event == "moved")
    assert moved.by == "operator"
    assert moved.facts == {"came_from": "complaints", "went_to": "device-support", "why": "it belongs there"}


_PROBLEM = "The touch screen is dead since Monday."


def test_details_go_by_name_where_they_are_right_there_too() -> None:
    """What both know stays, where the new policy finds it right; what only the old one knew stays for the way back;
    what the new one finds in the mails comes in; what staff put right is not overwritten."""
    life = begun("complaints")
    details = {
        "problem": Detail(
            value="The touch screen is dead since Monday.", shown="The touch screen is dead since Monday."
        ),
        "serial": Detail(value="SN60A2412345", shown="SN60A2412345", by="ada@firm.example"),
        "imei": Detail(value="490154203237518", shown="490154203237518", by="ada@firm.example"),
    }
    life.case = replace(life.case, ticket=replace(life.case.ticket, details=details))
    found = (
        FoundDetail("imei", "356938035643809", "356938035643809", "text"),
        FoundDetail("order", "A-1000001", "A-1000001", "text"),
    )
    moves(life, "device-support", found=found)
    known = life.case.ticket.details
    assert known["problem"].value.startswith("The touch screen")
    assert known["serial"] == details["serial"]
    assert known["imei"].value == "490154203237518"
    assert known["order"].value == "A-1000001"


def test_the_customer_s_language_follows_the_policy_s_rules() -> None:
    """A policy that is not written in their language writes in its first."""
    life = begun("complaints")
    life.staff("language it", member="service@complaints.example")
    outcome = moves(life, "field-repair")
    assert (life.case.ticket.language, life.case.customer().language) == ("en", "en")
    assert "language" in [entry.event for entry in outcome.changes.ledger]


def test_what_the_case_is_counted_in_is_the_new_address_s() -> None:
    """The new promises are counted by the new policy's calendar, the old ones stay where they were."""
    life = begun("complaints")
    before = told(life)["resolve"].due_at
    moves(life, "field-repair")
    rows = told(life)
    assert rows["resolve"].due_at == before
    assert "calendar CN" in " ".join(rows["first_contact"].derivation) if "first_contact" in rows else True


# ------------------------------------------------------------------------------------------------- what stays put


def _with_thing(life: Life, name: str, **fields: Any) -> None:
    facts = {**life.case.ticket.facts.to_json(), "things": {name: {"number": "X-1", **fields}}}
    life.case = replace(life.case, ticket=replace(life.case.ticket, facts=Facts.from_json(facts)))


@pytest.mark.parametrize(
    ("thing", "fields", "stays"),
    [
        ("rma", {"state": "approved"}, True),
        ("rma", {"state": "refunded"}, False),
        ("quote", {"state": "sent"}, True),
        ("quote", {"state": "accepted"}, True),
        ("quote", {"state": "lapsed"}, False),
        ("session", {"state": "booked", "start": "2026-03-20T09:00:00+00:00"}, True),
        ("session", {"state": "booked", "start": "2026-03-01T09:00:00+00:00"}, False),
        ("session", {"state": "offered"}, False),
    ],
)
def test_what_is_open_stands_in_the_way(thing: str, fields: dict[str, Any], stays: bool) -> None:
    """An open return, quote or appointment is never lost silently: it is named, and nothing is done."""
    life = begun("device-support")
    _with_thing(life, thing, **fields)
    before = life.case
    if not stays:
        moves(life, "complaints")
        return
    with pytest.raises(Refused) as refused:
        moves(life, "complaints")
    assert (refused.value.why, refused.value.allowed.endswith("X-1")) == ("still open", True)
    assert life.case == before


@pytest.mark.parametrize("how", ["closed", "merged", "same"])
def test_a_case_that_cannot_go_is_told_why(how: str) -> None:
    """Closed, merged, or there already: said clearly, nothing done."""
    life = begun("complaints")
    ticket = life.case.ticket
    changed = {
        "closed": replace(ticket, closed_at=life.now, step="closed"),
        "merged": replace(ticket, facts=Facts.from_json({**ticket.facts.to_json(), "merged_into": "C-2026-000009"})),
        "same": ticket,
    }
    life.case = replace(life.case, ticket=changed[how])
    with pytest.raises(Refused) as refused:
        moves(life, "complaints" if how == "same" else "device-support")
    assert refused.value.why == {"same": "same policy"}.get(how, how)


def test_slots_that_others_took_are_not_offered() -> None:
    """A policy that opens with an offer of slots offers those that are free under it."""
    life = begun("complaints")
    start = rome("2026-03-04T09:00")
    taken = tuple(
        Booking(place="dealer-service/visit", start_at=start, end_at=start, seat=seat, ticket_id=9, thing="visit")
        for seat in range(2)
    )
    moves(life, "dealer-service", kind="booking", taken=taken)
    things = life.case.ticket.facts.things
    assert start.isoformat() not in things.get("visit", {}).get("offered", ())


def test_what_waited_for_the_old_policy_waits_no_more() -> None:
    """No reminder, question or wait of a step that the case has left; what was promised and noted goes on."""
    life = begun("complaints")
    life.staff("remind 2026-03-12\n\nLook again.", member="service@complaints.example")
    moves(life, "device-support")
    assert life.case.ticket.questions == ()
    keys = {timer.key.split(":")[0] for timer in life.case.timers}
    assert {"promise", "self"} <= keys
    assert "self_reminder" in life.run(rome("2026-03-12T12:00"))


def test_what_the_old_policy_remembered_stands_in_the_ledger() -> None:
    """Its own facts and questions end with it, and can be read afterwards; what holds under any policy goes along."""
    life = begun("complaints")
    facts = {**life.case.ticket.facts.to_json(), "visited": "yes", "related": ["C-2026-000009"]}
    asked = (OpenQuestion(question="satisfied", party=1, put_at=life.now),)
    life.case = replace(life.case, ticket=replace(life.case.ticket, facts=Facts.from_json(facts), questions=asked))
    outcome = moves(life, "device-support")
    ended = next(entry.facts for entry in outcome.changes.ledger if entry.event == "left behind")
    assert (ended["questions"], ended["remembered"]["visited"]) == (["satisfied"], "yes")
    kept = life.case.ticket.facts.to_json()
    assert (kept["related"], "visited" in kept) == (["C-2026-000009"], False)


def test_the_letter_of_a_move_leaves_at_once() -> None:
    """Whoever moved the case has it no more and could not call a letter back, so none waits for that."""
    life = begun("complaints")
    life.staff("take", member="service@complaints.example")
    mail = life.mail("move device-support", "service@complaints.example", 2)
    said = read_commands("move device-support\n\nA telephone.", grammar_of(life.policy))
    outcome = life.happens(
        StaffWrote(
            mail=mail,
            member="service@complaints.example",
            commands=said.commands,
            text=said.text,
            hold=timedelta(minutes=2),
            policies={name: shipped(name) for name in NAMES},
            policy_move=going("device-support"),
        )
    )
    assert {"moved", "transcript"} <= {notice.notice for notice in outcome.notices}
    assert [notice.notice for notice in outcome.notices if notice.not_before and notice.notice == "moved"] == []
    entry = next(entry for entry in outcome.changes.ledger if entry.event == "moved")
    assert (entry.by, entry.facts["why"]) == ("service@complaints.example", "A telephone.")


def test_nobody_of_the_old_team_is_written_to_any_more() -> None:
    """Whatever falls due, it is the new team's; the old one was told once that it is theirs no more."""
    life = begun("complaints")
    moves(life, "device-support")
    life.days(30)
    later = [m for m in life.case.messages if m.direction == "out" and m.at > rome("2026-03-02T12:00")]
    assert later
    assert not [m for m in later for address in m.recipients if address.endswith("@complaints.example")]


def test_silence_does_not_close_a_case_that_is_owed_more() -> None:
    """The new policy closes where the customer is silent; the old one had promised a decision all the same."""
    life = begun("complaints")
    moves(life, "device-support")
    assert "waiting_over" in life.run(rome("2026-03-10T12:00"))
    assert (life.case.ticket.closed_at, life.case.ticket.waiting_for) == (None, "staff")
    assert told(life)["resolve"].due_on.isoformat() == "2026-04-14"
    assert "not closed" in [entry.event for entry in life.case.history]


WHAT_GOES_ALONG_TO_ANOTHER_POLICY = expected("""
    Mon 2026-03-02 10:00
      letter new_case 2 to sally@firm.example [by_person]
      letter moved 1 to anna@example.it [keeps, by_person]
      letter moved_away 1 to ada@firm.example [by_person] moved_to=Connected services note_text=it
          belongs there
      fact outcome forgotten
      fact decided_at forgotten
      fact offered forgotten
      fact unhandled forgotten
      fact heard forgotten
      ticket kind help_complaint
      ticket step details_wanted
      ticket team after_sales
      ticket assignee
      ticket waiting_for customer
      ticket address services@firm.example
      ticket asked [symptom, chassis, earlier_case]
      ticket questions []
      timer promise:confirm:0:end end Wed 2026-03-04 00:00 confirm 0
      timer step:remind:0 remind Thu 2026-03-05 09:00 reminder 0
      timer step:remind:1 remind Tue 2026-03-10 09:00 reminder 1
      timer newcomer:5 dropped
      timer unhandled dropped
      moved by operator: came_from=complaints went_to=connected-services why=it belongs there
      left behind by reclamo: questions=[satisfied] remembered={outcome: upheld, decided_at:
          2026-03-02T09:00:00+00:00, offered: {satisfied: [{n: 1, at: 2026-03-02T09:00:00+00:00,
          options: [], sums: {}}]}, unhandled: [{id: m8@example, party: 5, at:
          2026-03-02T09:00:00+00:00, sender: nell@example.it, words: I am her neighbour., inbox_id: 8,
          told: false}, {id: m9@example, party: 6, at: 2026-03-02T09:00:00+00:00, sender:
          eve@else.example, words: Me too., inbox_id: 9, told: false}], heard: {5: []}}
      sorted by reclamo: kind=help_complaint why=[]
      assigned by operator: team=after_sales
      promise armed by reclamo: promise=confirm due=2026-03-03 origin=received
      step entered by reclamo: step=opened
      details asked by reclamo: details=[symptom, chassis, earlier_case]
      notice written by reclamo: notice=new_case to=staff party=7
      notice written by reclamo: notice=moved to=customer party=1
      step entered by reclamo: step=details_wanted
      notice written by reclamo: notice=moved_away to=staff party=2
    Wed 2026-03-04 00:00
      timer promise:confirm:0:end dropped
      promise broken by reclamo: promise=confirm due=2026-03-03
    Wed 2026-03-04 09:00
      timer hold:9 dropped
      held mail taken as a new case by reclamo: inbox_id=9
    Thu 2026-03-05 09:00
      letter self_reminder 1 to ada@firm.example [] note_text=Call Anna.
      fact reminders forgotten
      timer self:1 dropped
      reminded of a note by reclamo: to=ada@firm.example
      notice written by reclamo: notice=self_reminder to=staff party=2
    Thu 2026-03-05 09:00
      letter reminder 1 to anna@example.it [] times=1 last=false
      timer step:remind:0 dropped
      reminded by reclamo: notice=reminder times=1
      notice written by reclamo: notice=reminder to=customer party=1 about={times: 1}
    """)


def test_what_goes_along_to_another_policy() -> None:
    """Who is new, notes to oneself, numbers of others, letters that wait, who decided; not what was asked."""
    life = histories.complaint()
    life.staff(f"third installer {histories.INSTALLER}\n\nWhat did you see?")
    life.outsider("It was wet.", histories.INSTALLER, number="B-77")
    life.staff("remind 2026-03-05\n\nCall Anna.")
    life.staff("vulnerable\n\nShe is on dialysis.")
    life.staff("decide upheld\n\nWe replace it.")
    life.deliver()
    life.staff("reopen")
    histories.newcomer(life, "I am her neighbour.", histories.NELL)
    histories.stranger(life, "Me too.", histories.EVE)
    life.forget()
    histories.move_to_services(life)
    life.days(5)
    assert life.story("said", "facts", "ticket", "timers", "details", "ledger") == WHAT_GOES_ALONG_TO_ANOTHER_POLICY
