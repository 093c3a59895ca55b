"""The inbox stores every mail once, gives it to one worker at a time, and never loses one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from config.faults import TryAgain
from storage import inbox, retries
from storage.engine import Database
from storage.inbox import Accepted, AlreadyTaken
from storage.mail_values import Ending, Finished
from storage.values import InboxRow, InboxState, RawMail
from tests.storage.values import DAY, LEASE, MINUTE, NOW, finish_row, mail, opened

BARE = b"Subject: hello\r\n\r\nno Message-ID and no Date\r\n"


def accept(db: Database, *mails: RawMail) -> list[Accepted]:
    """Take mails in and commit."""
    with db.write() as conn:
        return inbox.accept(conn, mails)


def claim(db: Database, now: datetime = NOW, limit: int = 10) -> list[InboxRow]:
    """Claim new mail first, then previously tried mail one by one, as a worker does."""
    rows = inbox.claim(db, now=now, limit=limit, lease=LEASE)
    while len(rows) < limit:
        tried = retries.claim_one(db, now=now, lease=LEASE, attempts=5, longest=30 * MINUTE)
        if tried is None:
            break
        rows.append(tried.row)
    return rows


def finish(db: Database, rows: Sequence[InboxRow], verdict: str = "new case") -> None:
    """Finish the claimed rows."""
    with db.write() as conn:
        inbox.finish_all(conn, [Finished(id=row.id, verdict=verdict, ending=Ending.ANSWERED) for row in rows])


def test_a_mail_comes_back_as_it_was_taken_in(db: Database) -> None:
    """Bytes and envelope are unchanged, with emoji and any script."""
    taken = mail(
        raw=bytes(range(256)) + "😀 grüße 你好".encode(),
        envelope_from="jörg@exämple.org",
        recipients=("b@example.com", "a@example.com"),
        source="imap",
        source_key="box/Eingänge 📥/7/12",
        submitted_by="mario@example.com",
        received_at=datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC),
    )
    [accepted] = accept(db, taken)
    row = inbox.get(db, accepted.id)
    assert (row.mail, row.state, row.attempts) == (taken, InboxState.NEW, 0)


def test_the_same_mail_is_one_row(db: Database) -> None:
    """A mail that is sent again, later or in the same batch, makes no second row."""
    first, twice = accept(db, mail(1), mail(1))
    [later] = accept(db, mail(1, received_at=NOW + 3 * DAY, recipients=("support@example.com",) * 2))
    assert (first.is_new, twice, later) == (True, Accepted(first.id, False), Accepted(first.id, False))
    assert len(inbox.listing(db)) == 1


def test_answers_come_in_the_order_of_the_mails(db: Database) -> None:
    """In a mixed batch each mail gets its own row's answer."""
    [old] = accept(db, mail(2))
    answers = accept(db, mail(1), mail(2), mail(3), mail(1))
    assert [answer.is_new for answer in answers] == [True, False, True, False]
    assert answers[1].id == old.id
    assert answers[0].id == answers[3].id != answers[2].id


def test_another_envelope_is_another_mail(db: Database) -> None:
    """The same bytes to another of our addresses may be a note or a command."""
    answers = accept(db, mail(1), mail(1, recipients=("note@example.com",)), mail(1, envelope_from=""))
    assert [answer.is_new for answer in answers] == [True, True, True]


def test_new_uids_make_no_new_mails(db: Database) -> None:
    """A server that renumbers UIDs, or a mail moved away and back, makes no duplicates."""
    [first] = accept(db, mail(1, source="imap", source_key="box/INBOX/1/1"))
    assert accept(db, mail(1, source="imap", source_key="box/INBOX/2/77")) == [Accepted(first.id, False)]


@pytest.mark.parametrize(
    ("later", "fresh"),
    [
        pytest.param(timedelta(0), False, id="at once"),
        pytest.param(timedelta(hours=16), False, id="after midnight"),
        pytest.param(timedelta(days=21), True, id="weeks later"),
    ],
)
def test_a_mail_without_a_name_of_its_own_counts_as_the_same_for_a_day(
    db: Database, later: timedelta, fresh: bool
) -> None:
    """Without Message-ID and Date, equal bytes on another day are a new mail."""
    accept(db, mail(raw=BARE))
    assert [answer.is_new for answer in accept(db, mail(raw=BARE, received_at=NOW + later))] == [fresh]


def test_a_mail_without_a_name_of_its_own_has_its_place_in_a_folder(db: Database) -> None:
    """Two such mails in one folder are two mails, and the same when fetched again."""
    first = mail(raw=BARE, source="imap", source_key="box/INBOX/1/1")
    second = replace(first, source_key="box/INBOX/1/2")
    assert [answer.is_new for answer in accept(db, first, second, first)] == [True, True, False]


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b"Message-ID: <a@b>\n\nx", True),
        (b"message-id:\t<a@b>\r\n\r\nx", True),
        (b"Subject: x\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n\r\nx", True),
        (b"Message-ID:\r\nSubject: x\r\n\r\nx", False),
        (b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", False),
        (b"", False),
    ],
)
def test_what_counts_as_a_name_of_its_own(db: Database, raw: bytes, named: bool) -> None:
    """Only a non-empty Message-ID or Date in the header."""
    accept(db, mail(raw=raw))
    [much_later] = accept(db, mail(raw=raw, received_at=NOW + 30 * DAY))
    assert much_later.is_new is not named


def test_the_bytes_of_a_mail_are_kept_once(db: Database) -> None:
    """One mail to two of our addresses makes two rows and one blob."""
    rows = accept(db, mail(1), mail(1, recipients=("note@example.com",)))
    assert len({inbox.get(db, row.id).sha256 for row in rows}) == 1


def test_claims_come_oldest_first_and_each_once(db: Database) -> None:
    """In order of acceptance, whatever the source's clock."""
    ids = [row.id for row in accept(db, mail(1, received_at=NOW + 400 * DAY), mail(2), mail(3))]
    assert [row.id for row in claim(db, limit=2)] == ids[:2]
    assert [row.id for row in claim(db)] == ids[2:]
    assert claim(db) == []


def test_a_crash_is_counted_and_the_mail_comes_back(db: Database) -> None:
    """After the lease the next worker gets the rows, with one more attempt."""
    accept(db, mail(1))
    assert [row.attempts for row in claim(db)] == [1]
    assert claim(db, NOW + LEASE - timedelta(microseconds=1)) == []
    assert [row.attempts for row in claim(db, NOW + LEASE)] == [2]


def test_a_row_finished_is_done_for_ever(db: Database) -> None:
    """The verdict is on the row, which is never claimed again."""
    case = opened(db)
    [row] = accept(db, mail(1)) and claim(db)
    with db.write() as conn:
        summary = {"language": "it", "reasons": ["ciao 😀"]}
        finish_row(
            conn, row.id, verdict="new case", ticket_id=case.ticket.id, message_id="1@example.org", summary=summary
        )
    [line] = inbox.listing(db, state=InboxState.DONE)
    assert (line.verdict, line.ticket_id, line.summary) == ("new case", case.ticket.id, summary)
    assert claim(db, NOW + DAY) == []


def test_only_one_of_two_results_stands(db: Database) -> None:
    """After its lease ran out a slow worker is told and stores nothing."""
    slow = accept(db, mail(1), mail(2)) and claim(db)
    quick = claim(db, NOW + LEASE)
    finish(db, quick[:1], "quick")
    with pytest.raises(AlreadyTaken) as refused:
        finish(db, slow, "slow")
    assert refused.value.ids == (slow[0].id,)
    assert isinstance(refused.value, TryAgain)
    assert [line.verdict for line in inbox.listing(db)] == ["", "quick"]


def test_a_mail_put_off_waits_its_time(db: Database) -> None:
    """It is claimed from its time on, with error and attempts."""
    [row] = accept(db, mail(1)) and claim(db)
    with db.write() as conn:
        assert inbox.put_off(conn, row.id, error="relay away", not_before=NOW + 20 * MINUTE, attempt=row.attempts)
    assert claim(db, NOW + 19 * MINUTE) == []
    assert [(row.attempts, row.error) for row in claim(db, NOW + 20 * MINUTE)] == [(2, "relay away")]


def test_a_late_failure_does_not_undo_a_newer_claim(db: Database) -> None:
    """A worker whose claim is over can neither defer the row nor set it aside."""
    [old] = accept(db, mail(1)) and claim(db)
    [new] = claim(db, NOW + LEASE)
    with db.write() as conn:
        assert not inbox.put_off(conn, old.id, error="late", not_before=NOW, attempt=old.attempts)
        assert not inbox.set_aside(conn, old.id, error="late", attempt=old.attempts)
        assert inbox.set_aside(conn, new.id, error="in time", attempt=new.attempts)
    assert [line.error for line in inbox.listing(db)] == ["in time"]


def test_quarantine_and_replay(db: Database) -> None:
    """A mail set aside waits until somebody releases it, with attempts at zero."""
    [row] = accept(db, mail(1)) and claim(db)
    with db.write() as conn:
        assert not inbox.replay(conn, row.id)
        assert inbox.set_aside(conn, row.id, error="RecursionError: too deep")
    assert claim(db, NOW + DAY) == []
    [line] = inbox.listing(db, state=InboxState.QUARANTINED)
    assert (line.id, line.error) == (row.id, "RecursionError: too deep")
    with db.write() as conn:
        assert inbox.replay(conn, row.id)
    assert [row.attempts for row in claim(db)] == [1]


def test_what_a_person_has_seen_to_leaves_the_quarantine(db: Database) -> None:
    """A dismissed mail is done and its bytes kept; only a mail set aside can be dismissed."""
    [row] = accept(db, mail(1)) and claim(db)
    with db.write() as conn:
        assert not inbox.dismiss(conn, row.id)
        inbox.set_aside(conn, row.id, error="bad")
        assert inbox.dismiss(conn, row.id)
    assert inbox.counts(db) == {InboxState.NEW: 0, InboxState.QUARANTINED: 0}
    assert (inbox.get(db, row.id).state, inbox.get(db, row.id).mail) == (InboxState.DONE, row.mail)


def test_a_mail_can_be_taken_in_anew_as_a_case_of_its_own(db: Database) -> None:
    """Staff can release a mail held on a case as a new case."""
    rows = accept(db, mail(1)) and claim(db)
    finish(db, rows)
    with db.write() as conn:
        assert not inbox.replay(conn, rows[0].id)
        assert inbox.replay(conn, rows[0].id, as_new=True)
    assert [(row.as_new, row.attempts) for row in claim(db)] == [(True, 1)]


def test_counts_and_the_oldest(db: Database) -> None:
    """Counts by state, and since when the oldest waits."""
    assert inbox.oldest_new(db) is None
    accept(db, mail(1), mail(2, received_at=NOW + MINUTE), mail(3))
    rows = claim(db, limit=2)
    with db.write() as conn:
        inbox.set_aside(conn, rows[0].id, error="bad")
    assert inbox.counts(db) == {InboxState.NEW: 2, InboxState.QUARANTINED: 1}
    assert inbox.oldest_new(db) == NOW + MINUTE


def test_a_mail_is_found_by_what_people_have_of_it(db: Database) -> None:
    """By Message-ID with or without brackets, hash or row number."""
    rows = accept(db, mail(1), mail(2)) and claim(db)
    with db.write() as conn:
        finish_row(conn, rows[0].id, verdict="answered", ending=Ending.ANSWERED, message_id="1@example.org")
    names = ["<1@example.org>", " 1@example.org ", rows[0].sha256, rows[0].sha256.upper(), str(rows[0].id)]
    assert [[line.id for line in inbox.find(db, name)] for name in names] == [[rows[0].id]] * 5
    assert inbox.find(db, "nobody@example.org") == []


def test_no_row_is_finished_in_silence(db: Database) -> None:
    """A row without a case or an ending is not finished and stays new."""
    [row] = accept(db, mail(1)) and claim(db)
    with pytest.raises(ValueError, match="in silence"), db.write() as conn:
        finish_row(conn, row.id, verdict="a newsletter")
    assert inbox.counts(db)[InboxState.NEW] == 1


def test_what_became_of_a_mail_is_on_its_row(db: Database) -> None:
    """The ending of done, failed and set-aside mail; none once it is released."""
    case = opened(db)
    rows = accept(db, mail(1), mail(2)) and claim(db)
    with db.write() as conn:
        finish_row(conn, rows[0].id, verdict="added", ticket_id=case.ticket.id)
        inbox.set_aside(conn, rows[1].id, error="too deep")
    assert [line.ending for line in inbox.listing(db)] == [Ending.FAILED, Ending.ON_CASE]
    with db.write() as conn:
        inbox.replay(conn, rows[1].id, as_new=True, customer="jane@example.net")
    assert [line.ending for line in inbox.listing(db)] == ["", Ending.ON_CASE]
    assert [(row.as_new, row.customer) for row in claim(db)] == [(True, "jane@example.net")]


def test_an_unknown_row_is_a_key_error(db: Database) -> None:
    """KeyError, unlike a database that is down."""
    with pytest.raises(KeyError, match="no inbox row 77"):
        inbox.get(db, 77)


def test_nothing_is_taken_in_when_the_transaction_fails(db: Database) -> None:
    """No part of the batch is stored; the listener answers 451."""

    def pulled_out(conn: Connection) -> None:
        inbox.accept(conn, [mail(1), mail(2)])
        raise RuntimeError("pulled out")

    with pytest.raises(RuntimeError, match="pulled out"), db.write() as conn:
        pulled_out(conn)
    assert inbox.listing(db) == []


def test_no_two_workers_get_the_same_mail(db: Database) -> None:
    """Four workers empty the inbox concurrently."""
    accept(db, *(mail(number) for number in range(120)))

    def work(_worker: int) -> list[int]:
        claimed: list[int] = []
        while rows := claim(db, limit=7):
            claimed += [row.id for row in rows]
            finish(db, rows)
        return claimed

    with ThreadPoolExecutor(4) as pool:
        claimed = [row_id for ids in pool.map(work, range(4)) for row_id in ids]
    assert len(claimed) == 120
    assert len(set(claimed)) == 120


def test_the_same_mail_on_many_connections_at_once_is_one_row(db: Database) -> None:
    """Several connections deliver the same batch concurrently."""
    batch = [mail(number) for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: accept(db, *batch), range(4)))
    assert sum(answer.is_new for batch_answers in answers for answer in batch_answers) == 20
    assert len({tuple(answer.id for answer in batch_answers) for batch_answers in answers}) == 1
