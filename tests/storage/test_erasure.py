"""Erasing a case removes personal data from tables and files and keeps what proves that promises were kept."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from storage import (
    case_index,
    cases,
    correspondents,
    erasure,
    held_content,
    inbox,
    invitations,
    ledger,
    outbox,
    timers,
)
from storage.company_record_tables import records
from storage.company_record_values import Invitation, InvitationState
from storage.engine import Database
from storage.facts import Facts
from storage.tables import blobs
from storage.values import CaseChange, Detail, InboxState, LetterState, RawMail, Role
from tests.storage.values import (
    DAY,
    LEASE,
    NOW,
    customer,
    deadline,
    entry,
    finish_row,
    letter,
    mail,
    message,
    opened,
    timer,
)

WORD = "Xylophagous"  # used by this customer only
ADDRESS = f"{WORD.lower()}@example.org"


def whole(db: Database, number: int = 1, word: str = WORD, **of_ticket: object) -> CaseChange:
    """Save a closed case whose mail, letter, texts and facts all contain the customer's word."""
    raw = f"From: {word}@example.org\r\nMessage-ID: <{number}@{word}>\r\n\r\nMy name is {word}. {word * 900}\r\n"
    with db.write() as conn:
        row = inbox.accept(conn, [mail(number, raw=raw.encode(), envelope_from=f"{word}@example.org")])[0].id
    said = message(f"{number}@{word}", sender=word, subject=word, text=word * 900, inbox_id=row)
    details = {"name": Detail(value=word, shown=word)}
    values = {"closed_at": NOW, "subject": word, "details": details, "facts": Facts(named=(word,))} | of_ticket
    change = opened(
        db,
        of_ticket=values,
        parties=(customer(address=f"{word}@example.org".lower(), name=word), customer(number=2, role=Role.STAFF)),
        deadlines=(deadline(reason=f"because {word}"),),
        timers_set=(timer(),),
        messages=(said, message(f"out{number}@ours", direction="out", text=word, inbox_id=None, thread="staff")),
        letters=(letter(f"letter {number}", subject=word, recipient=f"{word}@example.org", raw=raw[:80].encode()),),
        known_by=(("name", word),),
    )
    with db.write() as conn:
        facts = {"verdict": word, "message_id": f"{number}@{word}", "summary": {"from": word}}
        finish_row(conn, row, ticket_id=change.ticket.id, **facts)
        conn.execute(outbox.outbox.update().where(outbox.outbox.c.key == f"letter {number}").values(
            ticket_id=change.ticket.id))  # fmt: skip
        ledger.append(conn, [entry(change.ticket.id, "detail found", value=word)])
        correspondents.save_facts(conn, f"{word}@example.org", language="it")
    return change


def send(db: Database) -> None:
    """Mark all waiting letters as sent."""
    with db.write() as conn:
        for letter in outbox.claim(conn, now=NOW, limit=1000, lease=LEASE):
            outbox.mark_sent(conn, letter.id, at=NOW)


def erase(db: Database, ticket_id: int) -> None:
    """Erase a case as the decision does."""
    case = cases.load(db, [ticket_id])[ticket_id]
    bare = dataclasses.replace(case.ticket, subject="", details={}, facts=Facts.from_json({}), erased_at=NOW)
    people = tuple(
        dataclasses.replace(party, address="", name="") for party in case.parties if party.role is Role.CUSTOMER
    )
    told = (entry(ticket_id, "erased", why="asked for it"),)
    with db.write() as conn:
        cases.save(conn, [CaseChange(ticket=bare, parties=people, ledger=told, erases=True)])


def test_what_is_known_of_the_customer_goes(db: Database) -> None:
    """No query returns the customer's word any more."""
    change = whole(db)
    send(db)
    erase(db, change.ticket.id)
    case = cases.load(db, [change.ticket.id])[change.ticket.id]
    [row] = inbox.listing(db)
    [sent] = outbox.listing(db)
    everything = f"{case}{row}{sent}{inbox.get(db, row.id)}{outbox.get(db, sent.id)}"
    assert WORD.lower() not in everything.lower()
    assert correspondents.get(db, ADDRESS) is None
    assert case_index.earlier_cases(db, "complaints", [("name", WORD)], before=99) == ()
    assert timers.next_at(db) is None
    with db.read() as conn:
        assert list(conn.scalars(select(blobs.c.sha256))) == []


def test_what_proves_something_stays(db: Database) -> None:
    """Reference, dates, promises and sending times stay; the ledger verifies and counts what was erased."""
    change = whole(db)
    send(db)
    erase(db, change.ticket.id)
    case = cases.load(db, [change.ticket.id])[change.ticket.id]
    assert (case.ticket.reference, case.ticket.closed_at, case.ticket.erased_at) == ("C-2026-000001", NOW, NOW)
    assert [(deadline.promise, deadline.state, deadline.due_at) for deadline in case.deadlines] == [
        ("resolve", "open", NOW + 7 * DAY)
    ]
    assert [(message.direction, message.at) for message in case.messages] == [("in", NOW), ("out", NOW)]
    assert [(entry.event, dict(entry.facts)) for entry in case.history] == [
        ("opened", {}), ("detail found", {}), ("erased", {"why": "asked for it"})]  # fmt: skip
    verdict = ledger.verify(db)
    assert (verdict.holds, verdict.erased) == (True, 2)
    assert (inbox.listing(db)[0].state, outbox.listing(db)[0].state) == (InboxState.DONE, LetterState.SENT)


def test_the_same_mail_is_still_known_as_the_same(db: Database) -> None:
    """Its fingerprint stays: sent again it makes no second row and is not processed anew."""
    change = whole(db)
    send(db)
    raw = inbox.get(db, 1).mail.raw
    erase(db, change.ticket.id)
    again = RawMail(raw=raw, received_at=NOW + DAY, source="smtp", envelope_from=f"{WORD}@example.org",
                    recipients=("support@example.com",))  # fmt: skip
    with db.write() as conn:
        assert [(accepted.id, accepted.is_new) for accepted in inbox.accept(conn, [again])] == [(1, False)]
        assert not inbox.replay(conn, 1, as_new=True)
    assert inbox.claim(db, now=NOW + DAY, limit=9, lease=LEASE) == []


def test_what_another_case_needs_stays(db: Database) -> None:
    """Bytes shared with another mail, and facts of an address of another case or a company record."""
    change, other = whole(db), opened(db, parties=(customer(address=ADDRESS),))
    send(db)
    raw = inbox.get(db, 1).mail.raw
    with db.write() as conn:
        second = inbox.accept(conn, [mail(2, raw=raw, recipients=("other@example.com",))])[0].id
        finish_row(conn, second, ticket_id=other.ticket.id, verdict="added")
    erase(db, change.ticket.id)
    assert inbox.get(db, second).mail.raw == raw
    assert correspondents.get(db, ADDRESS) is not None


def test_a_record_keeps_what_is_known_of_its_address(db: Database) -> None:
    """Company records stay, with whether their contact wants letters."""
    change = whole(db)
    send(db)
    with db.write() as conn:
        row = {"policy": "p", "of": "car", "key": "1", "address_key": ADDRESS, "content": {}, "updated_at": NOW}
        conn.execute(insert(records).values(row))
        correspondents.save_facts(conn, ADDRESS, stopped=True)
    erase(db, change.ticket.id)
    known = correspondents.get(db, ADDRESS)
    assert known is not None
    assert known.stopped


def test_an_invitation_is_not_written_again(db: Database) -> None:
    """That it was written stays; for whom and why it was declined does not."""
    change = whole(db)
    send(db)
    invitation = Invitation(policy="p", of="car", key="1", invitation="service", period="2026", ready_at=NOW)
    with db.write() as conn:
        invitations.add(conn, [invitation])
        invitations.end(conn, invitation, InvitationState.SENT, at=NOW, ticket_id=change.ticket.id, reason=WORD)
    erase(db, change.ticket.id)
    [row] = invitations.about(db, ("p", "car", "1"))
    assert (row.state, row.ticket_id, row.reason) == (InvitationState.SENT, None, "")


def test_lists_of_those_days_go_too(db: Database) -> None:
    """Worklists name customers, also under the case's earlier policy; lists from before the case stay."""
    with db.write() as conn:
        early = letter("complaints/worklist/1/ada", created_at=NOW - DAY)
        late = letter("complaints/worklist/2/ada", created_at=NOW + DAY)
        outbox.add(conn, [early, late])
        outbox.add(conn, [letter(f"{name}/worklist/2/ada", created_at=NOW + DAY) for name in ("other", "left")])
    change = whole(db)
    with db.write() as conn:
        ledger.append(conn, [entry(change.ticket.id, "moved", came_from="left")])
    send(db)
    erase(db, change.ticket.id)
    kept = {
        letter.key: bool(outbox.get(db, letter.id).raw) for letter in outbox.listing(db) if letter.ticket_id is None
    }
    assert kept == {
        "other/worklist/2/ada": True,
        "left/worklist/2/ada": False,
        "complaints/worklist/2/ada": False,
        "complaints/worklist/1/ada": True,
    }


def test_what_is_held_is_counted_and_given_out(db: Database) -> None:
    """Mails and letters with their bytes, waiting ones apart; none after erasing."""
    change = whole(db)
    ids = [change.ticket.id]
    assert held_content.of_cases(db, ids) == held_content.StoredCounts(mails=1, letters=1, waiting=1)
    send(db)
    assert held_content.of_cases(db, ids) == held_content.StoredCounts(mails=1, letters=1, waiting=0)
    assert [b"My name is" in held_mail.raw for held_mail in held_content.mails(db, ids[0])] == [True]
    assert [letter.party for letter in held_content.letters(db, ids[0])] == [f"{WORD}@example.org"]
    erase(db, ids[0])
    assert held_content.of_cases(db, ids) == held_content.StoredCounts()
    assert [*held_content.mails(db, ids[0]), *held_content.letters(db, ids[0])] == []


def test_cases_closed_long_ago_are_found(db: Database) -> None:
    """Closed before an instant and not erased, by policy, in order, in batches."""
    first, second = opened(db, of_ticket={"closed_at": NOW}), opened(db, of_ticket={"closed_at": NOW - DAY})
    opened(db)
    opened(db, of_ticket={"closed_at": NOW, "policy": "other"})
    opened(db, of_ticket={"closed_at": NOW, "erased_at": NOW})
    until = NOW + timedelta(seconds=1)
    both = [(first.ticket.id, NOW), (second.ticket.id, NOW - DAY)]
    assert erasure.closed_before(db, "complaints", until=until, after=0, limit=9) == both
    assert erasure.closed_before(db, "complaints", until=until, after=0, limit=1) == both[:1]
    assert erasure.closed_before(db, "complaints", until=until, after=first.ticket.id, limit=9) == both[1:]
    assert erasure.closed_before(db, "complaints", until=NOW, after=0, limit=9) == both[1:]
    assert erasure.oldest_closing(db, "complaints") == NOW - DAY
    assert erasure.oldest_closing(db, "none") is None


@pytest.mark.parametrize("seed", range(3))
def test_the_words_are_gone_from_the_file(db: Database, seed: int) -> None:
    """On SQLite neither the file nor its WAL contains them, and other cases' words are there. PostgreSQL removes them
    with VACUUM."""
    if not db.is_sqlite:
        change = whole(db)
        send(db)
        erase(db, change.ticket.id)
        with db.read() as conn:
            assert list(conn.scalars(select(blobs.c.sha256))) == []
        return
    chance, mine, word = random.Random(seed), [], "Quetzalcoatl"
    for number in range(1, 41):
        secret = chance.random() < 0.3
        change = whole(db, number, WORD if secret else word)
        mine += [change.ticket.id] if secret else []
    send(db)
    for ticket_id in mine:
        erase(db, ticket_id)
    held = b"".join(
        path.read_bytes() for path in sorted(_folder(db).glob("reclamo.db*")) if not path.name.endswith("-shm")
    )
    assert word.encode() in held
    assert WORD.lower().encode() not in held.lower()


def _folder(db: Database) -> Path:
    return Path(str(db.engine.url.database)).parent
