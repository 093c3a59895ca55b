"""The outbox: letters wait for their time, are sent by one sender, and record what became of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage import outbox
from storage.engine import Database
from storage.values import Letter, LetterState
from tests.storage.values import DAY, LEASE, MINUTE, NOW, in_hand, letter, opened


def add(db: Database, *letters: Letter) -> frozenset[str]:
    """Write letters and commit."""
    with db.write() as conn:
        return outbox.add(conn, letters)


def test_a_letter_comes_back_as_it_was_written(db: Database) -> None:
    """Bytes and envelope are unchanged."""
    case = opened(db)
    written = letter(
        "ack", case.ticket.id, subject="Ihr Anliegen 🙏", raw=bytes(range(256)), keeps=True, occurrence="0@x"
    )
    add(db, written)
    [claimed] = in_hand(db)
    assert claimed == Letter(**{name: getattr(written, name) for name in _fields()} | {"id": claimed.id, "attempts": 1})
    assert outbox.get(db, claimed.id) == claimed


def _fields() -> list[str]:
    return list(Letter.__dataclass_fields__)


def test_keys_tell_which_letters_were_new(db: Database) -> None:
    """Adding a letter with a known key does nothing and returns that it was known."""
    assert add(db, letter("a"), letter("b"), letter("a", subject="twin")) == {"a", "b"}
    assert add(db, letter("b"), letter("c")) == {"c"}
    assert add(db) == frozenset()
    assert sorted(letter.key for letter in outbox.listing(db)) == ["a", "b", "c"]


def test_letters_go_in_the_order_they_may_go(db: Database) -> None:
    """The longest waiting first; a held letter is sent from its time on, not before."""
    add(db, letter("held", not_before=NOW + MINUTE), letter("second"), letter("first", not_before=NOW - MINUTE))
    assert [letter.key for letter in in_hand(db)] == ["first", "second"]
    assert in_hand(db) == []
    assert [letter.key for letter in in_hand(db, NOW + MINUTE)] == ["held"]


def test_a_letter_comes_back_when_its_sender_dies(db: Database) -> None:
    """After the lease another sender gets it, with one more attempt counted."""
    add(db, letter("a"))
    in_hand(db)
    assert in_hand(db, NOW + LEASE - MINUTE) == []
    assert [letter.attempts for letter in in_hand(db, NOW + LEASE)] == [2]


def test_sent_is_for_ever(db: Database) -> None:
    """A sent letter is never sent again, and marking it twice reports it once."""
    add(db, letter("a"))
    [going] = in_hand(db)
    with db.write() as conn:
        assert outbox.mark_sent(conn, going.id, at=NOW)
        assert not outbox.mark_sent(conn, going.id, at=NOW + MINUTE)
    assert in_hand(db, NOW + DAY) == []
    told = outbox.get(db, going.id)
    assert (told.state, told.sent_at, told.attempts) == (LetterState.SENT, NOW, 1)


def test_a_letter_put_off_and_given_up(db: Database) -> None:
    """It waits until its next time with the error, and ends as failed."""
    add(db, letter("a"))
    [first] = in_hand(db)
    with db.write() as conn:
        assert outbox.put_off(conn, first.id, error="451 later", not_before=NOW + 7 * MINUTE, attempt=first.attempts)
    assert in_hand(db, NOW + 6 * MINUTE) == []
    [second] = in_hand(db, NOW + 7 * MINUTE)
    assert (second.attempts, second.error) == (2, "451 later")
    with db.write() as conn:
        assert outbox.mark_failed(conn, second.id, error="550 no such user", attempt=second.attempts)
    [told] = outbox.listing(db, state=LetterState.FAILED)
    assert (told.error, in_hand(db, NOW + DAY)) == ("550 no such user", [])


def test_letters_held_back_wait_and_one_in_hand_does_not(db: Database) -> None:
    """While sending is paused no letter is claimed, but the result of a claimed one is stored."""
    add(db, letter("in hand"), letter("waiting"), letter("later", not_before=NOW + DAY))
    [going] = in_hand(db, limit=1)
    with db.write() as conn:
        outbox.postpone_all(conn, until=NOW + MINUTE)
        outbox.put_off(conn, going.id, error="450", not_before=NOW, attempt=going.attempts)
    assert [letter.key for letter in in_hand(db)] == ["in hand"]
    assert [letter.key for letter in in_hand(db, NOW + MINUTE)] == ["waiting"]


def test_a_late_failure_does_not_undo_a_newer_claim(db: Database) -> None:
    """After the lease another sender has the letter; the first one's failure is ignored."""
    add(db, letter("a"))
    [old] = in_hand(db)
    [new] = in_hand(db, NOW + LEASE)
    with db.write() as conn:
        assert not outbox.put_off(conn, old.id, error="late", not_before=NOW, attempt=old.attempts)
        assert not outbox.mark_failed(conn, old.id, error="late", attempt=old.attempts)
        assert outbox.mark_sent(conn, new.id, at=NOW)
        assert not outbox.mark_failed(conn, new.id, error="late", attempt=new.attempts)


def test_a_late_success_counts(db: Database) -> None:
    """The relay accepted the letter, so it is sent, even after its lease."""
    add(db, letter("a"))
    [old] = in_hand(db)
    [new] = in_hand(db, NOW + LEASE)
    with db.write() as conn:
        outbox.mark_failed(conn, new.id, error="time-out", attempt=new.attempts)
        assert outbox.mark_sent(conn, old.id, at=NOW)
    assert outbox.get(db, old.id).state is LetterState.SENT


def test_letters_are_taken_back(db: Database) -> None:
    """Only letters that no sender may have delivered."""
    add(db, letter("waiting", not_before=NOW + DAY), letter("claimed"), letter("put off"), letter("sent"))
    claimed = {letter.key: letter for letter in in_hand(db)}
    with db.write() as conn:
        outbox.mark_sent(conn, claimed["sent"].id, at=NOW)
        outbox.put_off(conn, claimed["put off"].id, error="451", not_before=NOW + DAY, attempt=1)
        assert outbox.cancel(conn, ["waiting", "claimed", "put off", "sent", "never was"]) == {"waiting", "put off"}
    assert [letter.key for letter in in_hand(db, NOW + 2 * DAY)] == ["claimed"]


def test_a_letter_given_up_can_be_tried_again(db: Database) -> None:
    """The operator retries it with attempts at zero."""
    add(db, letter("a"))
    [going] = in_hand(db)
    with db.write() as conn:
        assert not outbox.retry(conn, going.id, now=NOW)
        outbox.mark_failed(conn, going.id, error="554", attempt=going.attempts)
        assert outbox.retry(conn, going.id, now=NOW + MINUTE)
    assert [letter.attempts for letter in in_hand(db, NOW + MINUTE)] == [1]


def test_a_bounce_finds_its_letter(db: Database) -> None:
    """By the Message-ID that it was sent with."""
    add(db, letter("a"), letter("b"))
    found = outbox.by_message_id(db, "b@example.com")
    assert found is not None
    assert (found.key, found.raw) == ("b", letter("b").raw)
    assert outbox.by_message_id(db, "c@example.com") is None


def test_listing_by_state_and_ticket(db: Database) -> None:
    """Newest first, without the bytes."""
    case = opened(db)
    add(db, letter("a", case.ticket.id), letter("b"), letter("c", case.ticket.id))
    assert [letter.key for letter in outbox.listing(db)] == ["c", "b", "a"]
    assert [letter.key for letter in outbox.listing(db, ticket_id=case.ticket.id)] == ["c", "a"]
    assert [letter.key for letter in outbox.listing(db, state=LetterState.WAITING, limit=1)] == ["c"]
    assert {letter.raw for letter in outbox.listing(db)} == {b""}


def test_how_many_letters_somebody_gets(db: Database) -> None:
    """Sent and waiting letters since an instant, the address compared without case; not those taken back."""
    add(
        db,
        letter("old", created_at=NOW - DAY),
        letter("new", recipient="Anna@Example.org"),
        letter("back"),
        letter("other", recipient="bob@example.org"),
    )
    with db.write() as conn:
        outbox.cancel(conn, ["back"])
    assert outbox.count_to(db, "anna@example.org", since=NOW) == 1
    assert outbox.count_to(db, "ANNA@example.org", since=NOW - DAY) == 2


def test_how_long_letters_have_waited(db: Database) -> None:
    """Since when the oldest could have been sent, and when the next may be."""
    assert (outbox.oldest_waiting(db), outbox.next_at(db)) == (None, None)
    add(db, letter("a"), letter("b", not_before=NOW + DAY))
    [going] = in_hand(db)
    with db.write() as conn:
        outbox.put_off(conn, going.id, error="451", not_before=NOW + MINUTE, attempt=1)
    assert (outbox.oldest_waiting(db), outbox.next_at(db)) == (NOW, NOW + MINUTE)
    assert outbox.counts(db) == {LetterState.WAITING: 2, LetterState.FAILED: 0}


def test_an_unknown_letter_is_a_key_error(db: Database) -> None:
    """KeyError for a number that does not exist."""
    with pytest.raises(KeyError, match="no letter 77"):
        outbox.get(db, 77)


def test_no_two_senders_get_the_same_letter(db: Database) -> None:
    """Four senders empty the outbox concurrently."""
    add(db, *(letter(str(number)) for number in range(100)))

    def work(_worker: int) -> list[int]:
        gone: list[int] = []
        while claimed := in_hand(db, limit=6):
            with db.write() as conn:
                gone += [waiting.id for waiting in claimed if outbox.mark_sent(conn, waiting.id, at=NOW)]
        return gone

    with ThreadPoolExecutor(4) as pool:
        gone = [number for numbers in pool.map(work, range(4)) for number in numbers]
    assert len(gone) == len(set(gone)) == 100


def test_the_case_that_somebody_was_written_to_about_last(db: Database) -> None:
    """Of letters about cases sent since an instant, whatever the case of the address."""
    first, second = opened(db).ticket.id, opened(db).ticket.id
    add(
        db,
        letter("old", first, created_at=NOW - 9 * DAY, recipient="bob@example.org"),
        letter("one", first),
        letter("two", second),
        letter("waits", first, not_before=NOW + DAY),
        letter("of none"),
    )
    for claimed in in_hand(db):
        with db.write() as conn:
            outbox.mark_sent(conn, claimed.id, at=NOW)
    asked = ["Anna@Example.org", "bob@example.org", "eve@example.org"]
    assert outbox.latest_ticket_of(db, asked, since=NOW - DAY) == {"Anna@Example.org": second}
