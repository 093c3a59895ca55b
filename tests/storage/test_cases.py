"""Cases are read as they were saved, concurrent saves do not overwrite each other, and nothing is stored twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from config.faults import TryAgain
from storage import cases, ledger, outbox
from storage.cases import Stale
from storage.engine import Database
from storage.facts import Facts
from storage.values import Case, CaseChange, DeadlineState, Detail, LetterState, OpenQuestion, Role
from tests.storage.values import (
    DAY,
    MINUTE,
    NOW,
    again,
    customer,
    deadline,
    entry,
    in_hand,
    letter,
    message,
    opened,
    ticket,
    timer,
)


def load(db: Database, ticket_id: int) -> Case:
    """Load one case."""
    return cases.load(db, [ticket_id])[ticket_id]


def test_a_case_comes_back_as_it_was_saved(db: Database) -> None:
    """Every field is unchanged in any script, and every instant is UTC to the microsecond."""
    values = {
        "subject": "Wechselrichter defekt 🔥 逆变器",
        "details": {"serial number": Detail(value="SN-1", shown="SN 1", wrong="too short", by="staff")},
        "asked": ("model", "serial number"),
        "questions": (OpenQuestion(question="which slot", party=2, put_at=NOW, options=("Mon", "Tue")),),
        "facts": Facts.from_json(
            {"outcome": "upheld", "stage": 2, "share": 0.5, "nothing": None, "list": [1, {"a": True}]}
        ),
        "closed_at": NOW + timedelta(microseconds=1),
        "zone": "Europe/Rome",
    }
    parties = (customer(), customer(number=2, role=Role.THIRD_PARTY, third_party="installer", bounced="5.1.1"))
    terms = {"title": {"it": "novità 🔥"}, "kept_by": ["reply"], "at_due": {"send": "promised", "extend": None}}
    paused = deadline("progress", state=DeadlineState.BROKEN, kept_at=NOW, automatic=True, paused_at=NOW, terms=terms)
    saved = opened(
        db,
        of_ticket=values,
        parties=parties,
        deadlines=(paused, deadline()),
        timers_set=(timer(),),
        messages=(message(attachments=({"name": "foto 📷.jpg", "size": 3},), held=True, about="resolve:0"),),
    )
    case = load(db, saved.ticket.id)
    assert case.ticket == replace(saved.ticket, version=1)
    assert (case.parties, case.deadlines, case.timers) == (parties, (paused, deadline()), (timer(),))
    assert case.messages == saved.messages
    assert [(entry.event, entry.ticket_id, entry.seq) for entry in case.history] == [("opened", saved.ticket.id, 1)]
    assert case.is_new is False


def test_many_cases_cost_as_many_statements_as_one(db: Database) -> None:
    """Loading and saving a batch takes a fixed number of statements."""
    made = [opened(db, deadlines=(deadline(),), timers_set=(timer(),)) for _ in range(12)]

    def statements(number: int) -> tuple[int, int]:
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", listener := lambda *told: asked.append(told[2]))
        read = cases.load(db, [change.ticket.id for change in made[:number]])
        loading = len(asked)
        changes = [
            CaseChange(
                ticket=case.ticket,
                parties=(customer(),),
                deadlines=(deadline(),),
                timers_set=(timer(),),
                timers_dropped=("x",),
                messages=(message(),),
                ledger=(entry(case.ticket.id),),
                letters=(letter(f"{case.ticket.id}:{case.ticket.version}"),),
            )
            for case in read.values()
        ]
        with db.write() as conn:
            cases.save(conn, changes)
        event.remove(db.engine, "before_cursor_execute", listener)
        return loading, len(asked) - loading

    assert statements(1) == statements(12)


def test_cases_that_are_not_there_are_left_out(db: Database) -> None:
    """Unknown tickets are left out; an empty request runs no query."""
    saved = opened(db)
    assert list(cases.load(db, [saved.ticket.id, 99])) == [saved.ticket.id]
    assert cases.load(db, []) == {}


def test_a_case_can_be_loaded_inside_a_transaction(db: Database) -> None:
    """It sees what the transaction has written."""
    saved = opened(db)
    with db.write() as conn:
        cases.save(conn, [CaseChange(ticket=replace(saved.ticket, version=1, step="decided"))])
        assert cases.load(conn, [saved.ticket.id])[saved.ticket.id].ticket.step == "decided"


def test_references_count_up_in_each_prefix_and_year(db: Database) -> None:
    """Ids are unique; references start at 1 for each prefix and year."""
    with db.write() as conn:
        first = cases.reserve(conn, "C", 2026, 2)
        other = cases.reserve(conn, "R", 2026, 1)
        later = cases.reserve(conn, "C", 2027, 1)
        more = cases.reserve(conn, "C", 2026, 1)
    references = [reference for _, reference in (*first, *other, *later, *more)]
    assert references == ["C-2026-000001", "C-2026-000002", "R-2026-000001", "C-2027-000001", "C-2026-000003"]
    assert [number for number, _ in (*first, *other, *later, *more)] == [1, 2, 3, 4, 5]


def test_no_reference_is_given_out_twice(db: Database) -> None:
    """Four workers reserve concurrently."""

    def reserve(_worker: int) -> list[tuple[int, str]]:
        given: list[tuple[int, str]] = []
        for _ in range(10):
            with db.write() as conn:
                given += cases.reserve(conn, "C", 2026, 3)
        return given

    with ThreadPoolExecutor(4) as pool:
        given = [number for numbers in pool.map(reserve, range(4)) for number in numbers]
    assert len(given) == len({number for number, _ in given}) == len({reference for _, reference in given}) == 120


def test_who_read_an_old_version_is_told_and_changes_nothing(db: Database) -> None:
    """Of two changes to the same version the second raises Stale with the ticket, and none of its batch is stored."""
    one, two, three = (opened(db) for _ in range(3))
    read = cases.load(db, [change.ticket.id for change in (one, two, three)])
    again(db, two.ticket.id, messages=(message("first@example.org"),))
    late = [CaseChange(ticket=case.ticket, messages=(message("late@example.org"),)) for case in read.values()]
    with pytest.raises(Stale) as stale, db.write() as conn:
        cases.save(conn, late)
    assert stale.value.ticket_ids == (two.ticket.id,)
    assert isinstance(stale.value, TryAgain)
    assert [case.ticket.version for case in cases.load(db, read).values()] == [1, 2, 1]
    assert [message.message_id for message in load(db, two.ticket.id).messages] == ["first@example.org"]
    assert load(db, one.ticket.id).messages == ()


def test_a_ticket_that_is_gone_is_stale_too(db: Database) -> None:
    """A change to a ticket that was never stored raises Stale."""
    with pytest.raises(Stale), db.write() as conn:
        cases.save(conn, [CaseChange(ticket=ticket(99, "C-2026-000099", version=3))])


def test_one_save_takes_a_ticket_once(db: Database) -> None:
    """Two changes of one ticket in a batch are refused."""
    saved = opened(db)
    read = load(db, saved.ticket.id).ticket
    with pytest.raises(ValueError, match="more than one change of ticket"), db.write() as conn:
        cases.save(conn, [CaseChange(ticket=read), CaseChange(ticket=read)])


def test_racing_saves_all_count(db: Database) -> None:
    """Four workers save the same case repeatedly; every accepted save is there."""
    saved = opened(db)

    def work(worker: int) -> int:
        done = 0
        while done < 5:
            read = load(db, saved.ticket.id).ticket
            try:
                with db.write() as conn:
                    mark = message(f"{worker}.{done}@example.org")
                    cases.save(conn, [CaseChange(ticket=read, messages=(mark,), ledger=(entry(read.id, "wrote"),))])
            except Stale:
                continue
            done += 1
        return done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20
    case = load(db, saved.ticket.id)
    assert (case.ticket.version, len({message.message_id for message in case.messages})) == (21, 20)
    assert ledger.verify(db).holds


def test_what_is_known_is_replaced_and_not_doubled(db: Database) -> None:
    """Parties by number, promises by occurrence and timers by key are replaced."""
    saved = opened(db, deadlines=(deadline(),), timers_set=(timer(), timer("warn")))
    kept = deadline(state=DeadlineState.KEPT, kept_at=NOW + DAY, kept_by="decision")
    moved = timer(at=NOW + 3 * DAY)
    again(
        db,
        saved.ticket.id,
        parties=(customer(language="de"), customer(number=2, role=Role.STAFF)),
        deadlines=(kept, deadline(occurrence=1)),
        timers_set=(moved,),
    )
    case = load(db, saved.ticket.id)
    assert [(party.number, party.language) for party in case.parties] == [(1, "de"), (2, "")]
    assert case.deadlines == (kept, deadline(occurrence=1))
    assert case.timers == (timer("warn"), moved)


def test_a_timer_dropped_and_set_again_is_set(db: Database) -> None:
    """In one change the new timer is kept."""
    saved = opened(db, timers_set=(timer(), timer("warn")))
    again(db, saved.ticket.id, timers_dropped=("due:resolve:0", "warn", "never was"), timers_set=(timer(at=NOW),))
    assert load(db, saved.ticket.id).timers == (timer(at=NOW),)


def test_a_letter_is_never_written_twice(db: Database) -> None:
    """A letter with an existing key is left as it is, whatever its state."""
    saved = opened(db)
    number = saved.ticket.id
    again(db, number, letters=(letter("ack", number), letter("ack", number, subject="in the same save")))
    [first] = in_hand(db)
    with db.write() as conn:
        outbox.mark_sent(conn, first.id, at=NOW)
    again(db, number, letters=(letter("ack", number, subject="written anew", raw=b"other"), letter("next", number)))
    listed = [(letter.key, letter.subject, letter.state) for letter in outbox.listing(db)]
    assert listed == [("next", "Your complaint", LetterState.WAITING), ("ack", "Your complaint", LetterState.SENT)]


def test_letters_are_taken_back_unless_they_may_be_gone(db: Database) -> None:
    """A waiting letter can be cancelled; one that may have been sent cannot, and that is returned."""
    saved = opened(db)
    held = {"not_before": NOW + 10 * MINUTE}
    number = saved.ticket.id
    again(db, number, letters=(letter("going", number), letter("held", number, **held)))
    in_hand(db)
    read = load(db, number).ticket
    with db.write() as conn:
        assert cases.save(conn, [CaseChange(ticket=read, cancelled=("going", "held"))]) == {"going"}
    assert {letter.key: letter.state for letter in outbox.listing(db)} == {
        "going": LetterState.WAITING,
        "held": LetterState.CANCELLED,
    }
    assert [letter.key for letter in in_hand(db, NOW + DAY)] == ["going"]


def test_a_save_that_fails_leaves_nothing(db: Database) -> None:
    """Ticket, timers, letters and ledger are stored together or not at all."""
    saved = opened(db)
    read = load(db, saved.ticket.id)
    change = CaseChange(
        ticket=replace(read.ticket, step="decided"),
        timers_set=(timer(),),
        messages=(message(),),
        letters=(letter("x", saved.ticket.id),),
        ledger=(entry(saved.ticket.id, "decided", unstorable=object()),),
    )
    with pytest.raises(TypeError, match="not a JSON value"), db.write() as conn:
        cases.save(conn, [change])
    assert load(db, saved.ticket.id) == read
    assert outbox.listing(db) == []
    assert ledger.verify(db).entries == 1
