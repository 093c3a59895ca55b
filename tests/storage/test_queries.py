"""Frequent queries use an index, however many tickets there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from storage import (
    absences,
    blobs,
    bookings,
    case_index,
    cases,
    company_records,
    correspondents,
    erasure,
    held_content,
    inbox,
    invitations,
    migrate,
    outbox,
    retries,
    sender_counts,
    set_aside,
    tickets,
    timers,
    unread_mail,
    worklists,
)
from storage.engine import Database
from storage.values import InboxState, LetterState
from tests.storage.values import (
    DAY,
    LEASE,
    NOW,
    again,
    deadline,
    entries_of,
    in_hand,
    letter,
    mail,
    message,
    opened,
    timer,
)


def came(db: Database) -> object:
    """Claim the cases that wait for a record which has arrived."""
    with db.write() as conn:
        return company_records.take_waiting_cases(conn, "complaints", "part:pump")


ASKING: dict[str, Callable[[Database], object]] = {
    "claim mail": lambda db: inbox.claim(db, now=NOW, limit=10, lease=LEASE),
    "claim mail tried before": lambda db: retries.claim_one(db, now=NOW, lease=LEASE, attempts=5, longest=DAY),
    "unread mail": lambda db: unread_mail.unread_mails(db, since=NOW, octets=9, most=9),
    "timers that are stuck": timers.stuck_timers,
    "timers nobody was told of": lambda db: timers.has_untold_failures(db, tries=5),
    "claim timers": lambda db: timers.claim(db, now=NOW, limit=10, lease=LEASE),
    "claim letters": in_hand,
    "next timer": timers.next_at,
    "next letter": outbox.next_at,
    "oldest letter": outbox.oldest_waiting,
    "oldest mail": inbox.oldest_new,
    "count mail": inbox.counts,
    "count letters": outbox.counts,
    "quarantine": lambda db: inbox.listing(db, state=InboxState.QUARANTINED),
    "not told yet": lambda db: set_aside.unlisted(db, "complaints", most=10),
    "newest not told": lambda db: set_aside.newest_unlisted(db, "complaints"),
    "opened by a way": lambda db: set_aside.count_opened_by_way(db, "complaints", since=NOW, most=10),
    "set aside by desk": set_aside.counts_by_desk,
    "letters given up": lambda db: outbox.listing(db, state=LetterState.FAILED),
    "explain": lambda db: inbox.find(db, "1@example.org"),
    "load": lambda db: cases.load(db, [1, 2, 3]),
    "by reference": lambda db: tickets.by_reference(db, ["C-2026-000001"]),
    "by Message-ID": lambda db: tickets.by_message_ids(db, ["1@example.org"]),
    "mails from a writer": lambda db: tickets.count_mails_from(db, "anna@example.org", since=NOW),
    "mails from a domain": lambda db: sender_counts.count_mails_from(db, "example.org", since=NOW, most=9),
    "of a customer": lambda db: tickets.open_of_customer(db, "anna@example.org"),
    "what a customer's cases remember": lambda db: tickets.facts_of_customer(
        db, "anna@example.org", references=["C-1"]
    ),
    "of a correspondent": lambda db: correspondents.get(db, "anna@example.org"),
    "due": lambda db: tickets.due_promises(db, until=NOW + 9 * DAY),
    "open tickets": tickets.listing,
    "letters to somebody": lambda db: outbox.count_to(db, "anna@example.org", since=NOW),
    "letters of a ticket": lambda db: outbox.listing(db, ticket_id=1),
    "letter by Message-ID": lambda db: outbox.by_message_id(db, "1@example.com"),
    "owed by staff": lambda db: worklists.due_deadlines(db, "complaints", until=NOW + 9 * DAY),
    "waiting for others": lambda db: worklists.waiting_cases(db, "complaints", team="", assignee="", limit=9),
    "staff of tickets": lambda db: worklists.staff_party_numbers(db, [(1, "ada@example.com")]),
    "ledger of a ticket": lambda db: entries_of(db, 1),
    "closed long ago": lambda db: erasure.closed_before(db, "complaints", until=NOW, after=0, limit=9),
    "closed first": lambda db: erasure.oldest_closing(db, "complaints"),
    "letters to people": lambda db: outbox.letter_counts(db, ["anna@example.org"], now=NOW),
    "letters to call back": lambda db: outbox.recallable(db, ["C-1/reply"]),
    "the same mail": lambda db: tickets.ticket_of_same_mail(db, "1@example.org", sender="anna@example.org", text="x"),
    "slots to come": lambda db: bookings.upcoming(db, "complaints", since=NOW),
    "earlier cases": lambda db: case_index.earlier_cases(
        db, "complaints", [("serial", "SN1"), ("serial", "SN2")], before=9
    ),
    "under a number": lambda db: case_index.by_third_party_number(
        db, [("complaints", case_index.third_party_number_key("installer"), "RMA-1")], "desk@example.org"
    ),
    "away": lambda db: absences.by_address(db, ["ada@example.com"]),
    "claim absences": lambda db: absences.claim(db, now=NOW, limit=10, lease=LEASE),
    "next absence": absences.next_at,
    "records": lambda db: company_records.load(db, [("complaints", "car", "1"), ("complaints", "car", "2")]),
    "records of somebody": lambda db: company_records.of_customer(db, "complaints", "anna@example.org"),
    "records of a sort": lambda db: company_records.listing(db, "complaints", of="car"),
    "records of a policy": lambda db: company_records.listing(db, "complaints"),
    "records from one to another": lambda db: company_records.keys_between(db, "complaints", "car", "1", "5"),
    "what has come": came,
    "claim invitations": lambda db: invitations.claim(db, now=NOW, limit=10, lease=LEASE),
    "next invitation": invitations.next_at,
    "invitations ended": lambda db: invitations.ended(db, "complaints", since=NOW, until=NOW + DAY),
    "invitations about a record": lambda db: invitations.about(db, ("complaints", "car", "1")),
    "held of tickets": lambda db: held_content.of_cases(db, [1, 2]),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A SQLite file with rows in every table."""
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('queries')}/a.db")
    migrate.upgrade(db)
    for number in range(3):
        saved = opened(
            db, deadlines=(deadline(),), timers_set=(timer(at=NOW),), messages=(message(f"{number}@example.org"),)
        )
        again(db, saved.ticket.id, letters=(letter(str(number), saved.ticket.id),))
    with db.write() as conn:
        inbox.accept(conn, [mail(number) for number in range(3)])
    yield db
    db.close()


@contextmanager
def statements(db: Database) -> Iterator[list[tuple[str, object]]]:
    """Record the statements executed inside the block."""
    asked: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan(db: Database, statement: str, parameters: object) -> list[str]:
    """Return SQLite's query plan."""
    with db.read() as conn:
        return [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ASKING)
def test_nothing_reads_a_whole_table(full: Database, name: str) -> None:
    """Every step of a plan is a search, or a scan of a partial index that holds only the rows asked for."""
    with statements(full) as asked:
        ASKING[name](full)
    asked = [(statement, parameters) for statement, parameters in asked if not statement.startswith("BEGIN")]
    steps = [step for statement, parameters in asked for step in plan(full, statement, parameters)]
    given = ("SCAN chosen", "SCAN CONSTANT ROW", "SCAN 2 CONSTANT ROWS")  # the parameters of the query, not a table
    scans = [step for step in steps if step.startswith("SCAN ") and "USING" not in step and step not in given]
    assert steps
    assert scans == []


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("claim mail", "SCAN inbox USING INDEX ix_inbox_new"),
        ("claim mail tried before", "SEARCH inbox USING INDEX ix_inbox_tried (attempts>?)"),
        ("claim timers", "SCAN timers USING INDEX ix_timers_moved"),
        ("claim timers", "SEARCH timers USING COVERING INDEX ix_timers_ready (ready_at<?)"),
        ("claim letters", "SEARCH outbox USING INDEX ix_outbox_waiting (ready_at<?)"),
        ("next timer", "SCAN timers USING COVERING INDEX ix_timers_ready"),
        ("due", "SEARCH deadlines USING INDEX ix_deadlines_open (due_at<?)"),
        ("open tickets", "SCAN tickets USING INDEX ix_tickets_open"),
        ("quarantine", "SCAN inbox USING INDEX ix_inbox_quarantined"),
        ("claim invitations", "SEARCH invitations USING INDEX ix_invitations_ready (ready_at<?)"),
        ("next invitation", "SEARCH invitations USING COVERING INDEX ix_invitations_ready (ready_at>?)"),
        ("claim absences", "SEARCH absences USING INDEX ix_absences_ready (ready_at<?)"),
        ("closed first", "SEARCH tickets USING INDEX ix_tickets_kept (policy=? AND closed_at>?)"),
    ],
)
def test_claims_go_by_the_index_made_for_them(full: Database, name: str, step: str) -> None:
    """The index gives rows in claim order; only rows of one instant are sorted."""
    with statements(full) as asked:
        ASKING[name](full)
    plans = [plan(full, statement, parameters) for statement, parameters in asked if not statement.startswith("BEGIN")]
    [steps] = [steps for steps in plans if step in steps]
    assert not [step for step in steps if step == "USE TEMP B-TREE FOR ORDER BY"]


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("earlier cases", "sqlite_autoindex_alike_1 (policy=? AND detail=? AND value=? AND ticket_id<?)"),
        ("under a number", "sqlite_autoindex_alike_1 (policy=? AND detail=? AND value=?)"),
    ],
)
def test_what_a_case_is_found_again_by_is_looked_up_whole(full: Database, name: str, index: str) -> None:
    """Not by the policy alone, which most cases share."""
    with statements(full) as asked:
        ASKING[name](full)
    steps = [step for statement, parameters in asked[1:] for step in plan(full, statement, parameters)]
    assert any(step.startswith("SEARCH alike") and step.endswith(f" INDEX {index}") for step in steps)


def test_a_tick_costs_the_same_with_many_tickets(tmp_path: Path) -> None:
    """SQLite's instruction count of a tick, with nothing due and with one timer due, is the same for 20 and 2,000
    tickets."""

    def work(number: int) -> list[int]:
        db = Database(f"sqlite:///{tmp_path}/{number}.db")
        migrate.upgrade(db)
        for start in range(0, number, 20):
            with db.write() as conn:
                fill(conn, start)
        costs = [steps(db, NOW), steps(db, NOW + DAY)]
        db.close()
        return costs

    few, many = work(20), work(2000)
    assert few[0] > 0
    assert [cost <= 1.2 * least + 50 for cost, least in zip(many, few, strict=True)] == [True, True]


def fill(conn: object, start: int) -> None:
    """Add twenty tickets, each with a timer on its own day; the first is due in a day."""
    from storage.values import CaseChange
    from tests.storage.values import customer, ticket

    changes = [
        CaseChange(
            ticket=ticket(number + 1, f"C-2026-{number:06}"),
            is_new=True,
            parties=(customer(),),
            deadlines=(deadline(due_at=NOW + (number + 1) * DAY),),
            timers_set=(timer(at=NOW + (number + 1) * DAY),),
        )
        for number in range(start, start + 20)
    ]
    cases.save(conn, changes)  # type: ignore[arg-type]


def steps(db: Database, now: object) -> int:
    """Return how many virtual machine instructions a timer claim takes, in tens."""
    counted = 0

    def tick() -> int:
        nonlocal counted
        counted += 1
        return 0

    with db.write() as conn:
        conn.connection.driver_connection.set_progress_handler(tick, 10)  # type: ignore[union-attr]
    timers.claim(db, now=now, limit=50, lease=LEASE)  # type: ignore[arg-type]
    with db.write() as conn:
        conn.connection.driver_connection.set_progress_handler(None, 0)  # type: ignore[union-attr]
    return counted


def test_a_blob_that_is_gone_is_named(full: Database) -> None:
    """Reading raw mail that is missing names its hash."""
    with full.read() as conn, pytest.raises(KeyError, match="abc"):
        blobs.get(conn, ["abc"])
