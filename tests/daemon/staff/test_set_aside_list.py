"""The list of mail set aside: when it is sent, to whom, what it shows, and that it is never sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon.staff import set_aside_list
from storage import inbox, recurring, set_aside
from storage.mail_values import Ending
from storage.values import RawMail
from tests.daemon.reception import (
    ADA,
    MAX,
    NOW,
    SUPPORT,
    TEAMS,
    RunningReclamo,
    html_of,
    mail,
    set_aside_lists,
    text_of,
)

MakeReclamo = Callable[..., RunningReclamo]
MACHINE = "Shop <noreply@shop.example>"


@pytest.fixture
def make_reclamo(tmp_path: Path) -> Iterator[MakeReclamo]:
    """Return a function that makes a running installation; it is closed when the test ends."""
    made: list[RunningReclamo] = []

    def make(**more: Any) -> RunningReclamo:
        made.append(RunningReclamo(tmp_path, **more))
        return made[-1]

    yield make
    for node in made:
        node.db.close()


def without_manager(**service: Any) -> dict[str, Any]:
    """Return the teams without managers."""
    bare = {name: {key: value for key, value in team.items() if key != "manager"} for name, team in TEAMS.items()}
    return {**bare, "service": {**bare["service"], **service}}


def test_a_thousand_mails_make_two_letters(make_reclamo: MakeReclamo) -> None:
    """The first mail of a day is reported at once, the others with their count in one list the next working morning;
    then none."""
    reclamo = make_reclamo()
    first = reclamo.take(mail(0, sender=MACHINE))
    assert [letter.recipient for letter in set_aside_lists(first.letters)] == [MAX]
    for number in range(1, 1000):
        octets = mail(number, sender=MACHINE).replace("\n", "\r\n").encode()
        reclamo.stepper.accept(
            RawMail(raw=octets, received_at=reclamo.stepper.now, source="smtp", recipients=(SUPPORT,))
        )
    assert reclamo.advance(NOW + timedelta(hours=12)) == []
    (letter,) = reclamo.advance(NOW + timedelta(days=1))
    assert (letter.recipient, letter.created_at) == (MAX, datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
    assert letter.subject == "Mail not taken for a complaint: 999"
    assert text_of(letter).count("noreply@shop.example") == set_aside_list.MOST
    assert "And 969 more" in text_of(letter)
    assert reclamo.advance(NOW + timedelta(days=4)) == []


def test_a_weekend_waits_for_monday(make_reclamo: MakeReclamo) -> None:
    """Mail of days off is in the list of the next working morning."""
    reclamo = make_reclamo()
    reclamo.take(mail(1, sender=MACHINE))
    reclamo.advance(datetime(2026, 3, 3, 7, 0, tzinfo=UTC))
    reclamo.advance(datetime(2026, 3, 6, 16, 0, tzinfo=UTC))
    assert set_aside_lists(reclamo.take(mail(2, sender=MACHINE)).letters)  # Friday, after three quiet days
    reclamo.advance(datetime(2026, 3, 7, 10, 0, tzinfo=UTC))
    assert set_aside_lists(reclamo.take(mail(3, sender=MACHINE)).letters) == []
    assert [letter.created_at.day for letter in reclamo.advance(datetime(2026, 3, 12, tzinfo=UTC))] == [9]


def test_the_list_says_what_is_needed_and_nothing_that_can_be_clicked(make_reclamo: MakeReclamo) -> None:
    """Sender, subject, first words, reason, number and commands; strangers' text is shortened, escaped and without
    links."""
    reclamo = make_reclamo()
    words = (
        "**Click** http://evil.example/x or <b>www.evil.example</b>\n# Now\n[here](http://evil.example) " + 900 * "x"
    )
    outcome = reclamo.take(mail(1, "Subject: <script>alert(1)</script> evil.example", sender=MACHINE, words=words))
    (letter,) = set_aside_lists(outcome.letters)
    text, html = text_of(letter), html_of(letter)
    for part in (MACHINE.split("<")[1].rstrip(">"), "a program wrote it", f"quarantine release {'NUMBER'} --as-new"):
        assert part in text
    assert str(outcome.row.id) in text
    assert "http://" not in text.replace("http[:]//", "")
    assert "evil.example" not in text + html
    assert "<script" not in html
    assert "<b>www" not in html
    assert "<a " not in html
    assert max(len(line) for line in text.splitlines() if "evil" in line) < 500


def test_a_statutory_date_is_told_at_once_and_not_by_the_hundred(make_reclamo: MakeReclamo) -> None:
    """Mail from an ombudsman's portal is reported at once although one list was sent that day; many make one more
    letter an hour."""
    reclamo = make_reclamo()
    reclamo.take(mail(1, sender=MACHINE))
    reclamo.stepper.now += timedelta(hours=2)
    words = "A consumer brought a complaint to us. You must respond in our portal within 20 working days."
    portal = "Consumer Ombudsman <donotreply@ombudsman.example>"
    outcome = reclamo.take(mail(2, sender=portal, words=words))
    assert ["urgent" in text_of(letter) for letter in set_aside_lists(outcome.letters)] == [True]
    assert outcome.outside == []
    more = [reclamo.take(mail(number, sender=portal, words=words)) for number in range(3, 12)]
    assert [letter for outcome in more for letter in outcome.letters] == []
    (letter,) = reclamo.advance(reclamo.stepper.now + timedelta(hours=1))
    assert letter.subject.endswith(": 9")


def test_who_reads_it(make_reclamo: MakeReclamo) -> None:
    """The manager; without one the operator; else the team's address; else a member of the team."""
    assert set_aside_lists(make_reclamo().take(mail(1, sender=MACHINE)).letters)[0].recipient == MAX
    bare = make_reclamo(teams=without_manager(), operator="ops@firm.example")
    assert set_aside_lists(bare.take(mail(1, sender=MACHINE)).letters)[0].recipient == "ops@firm.example"
    team = make_reclamo(teams=without_manager(address="service@firm.example"))
    assert set_aside_lists(team.take(mail(1, sender=MACHINE)).letters)[0].recipient == "service@firm.example"
    nobody = make_reclamo(teams=without_manager())
    assert set_aside_lists(nobody.take(mail(1, sender=MACHINE)).letters)[0].recipient == "sara@firm.example"


def test_where_nobody_is_named_it_waits_to_be_told(make_reclamo: MakeReclamo) -> None:
    """In an installation without people the mail waits in quarantine, is counted, and is in the first list
    sent later."""
    reclamo = make_reclamo(teams={"technical": {}, "service": {}, "reviewers": {}})
    outcome = reclamo.take(mail(1, sender=MACHINE))
    assert (outcome.row.ending, outcome.letters) == (Ending.SET_ASIDE, ())
    assert set_aside.counts_by_desk(reclamo.db) == {"complaints": 1}
    assert set_aside.unlisted(reclamo.db, "complaints", most=5)[1] == 1


def test_our_own_list_that_comes_back_is_known_by_its_key(make_reclamo: MakeReclamo) -> None:
    """A staff mailbox redirects our list to the support address: it is recognised as ours even with another Message-ID,
    and answered by no letter, so that no loop starts."""
    reclamo = make_reclamo()
    (letter,) = set_aside_lists(reclamo.take(mail(1, sender=MACHINE)).letters)
    back = reclamo.take(letter.raw, sender=MAX)
    assert (back.row.ending, back.letters) == (Ending.MACHINE, ())
    renamed = letter.raw.replace(b"Message-ID: <" + letter.message_id.encode(), b"Message-ID: <new@relay.example", 1)
    again = reclamo.take(b"Resent-From: max@firm.example\r\n" + renamed, sender=MAX)
    assert again.letters == ()
    assert reclamo.advance(reclamo.stepper.now + timedelta(days=9)) == []


def test_a_mailbox_that_forwards_our_list_in_its_own_name_is_answered_a_few_times(make_reclamo: MakeReclamo) -> None:
    """A program forwards each letter as a new mail that refers to it: at most three answers a day."""
    reclamo = make_reclamo()
    (letter,) = set_aside_lists(reclamo.take(mail(1, sender=MACHINE)).letters)
    answers = []
    for number in range(2, 9):
        fwd = mail(number, f"References: <{letter.message_id}>", "Subject: Fwd: list", sender=f"Max Moro <{MAX}>")
        outcome = reclamo.take(fwd, sender=MAX)
        answers += [letter for letter in outcome.letters if letter.notice == "list_answered"]
        letter = outcome.letters[0] if outcome.letters else letter
    assert len(answers) == 3
    assert len(set_aside_lists(reclamo.advance(reclamo.stepper.now + timedelta(days=9)))) == 1


def test_an_away_notice_to_the_list_is_proven(make_reclamo: MakeReclamo) -> None:
    """The manager's out-of-office reply to our list is recorded and reported to nobody."""
    reclamo = make_reclamo()
    (letter,) = set_aside_lists(reclamo.take(mail(1, sender=MACHINE)).letters)
    away = mail(2, "Auto-Submitted: auto-replied", f"In-Reply-To: <{letter.message_id}>", sender=f"Max <{MAX}>")
    outcome = reclamo.take(away, sender="")
    assert (outcome.row.ending, outcome.letters) == (Ending.MACHINE, ())


def test_a_restart_and_a_second_node_write_no_list_twice(make_reclamo: MakeReclamo) -> None:
    """The due list is claimed in the transaction that writes it, so a second node finds nothing to do."""
    reclamo = make_reclamo()
    reclamo.take(mail(1, sender=MACHINE))
    reclamo.take(mail(2, sender=MACHINE))
    (at,) = set_aside_list.next_at(reclamo.db, reclamo.stepper.installation)
    assert set_aside_list.send_due_lists(reclamo.db, reclamo.stepper.installation, at - timedelta(seconds=1)) == 0
    assert set_aside_list.send_due_lists(reclamo.db, reclamo.stepper.installation, at) == 1
    with reclamo.db.write() as conn:  # as a second node with an older view does
        recurring.set_next(conn, "complaints", set_aside_list.ROW_NAME, at)
    assert set_aside_list.send_due_lists(reclamo.db, reclamo.stepper.installation, at) == 1
    assert len(set_aside_lists(reclamo.advance(at))) == 1


def test_a_list_that_cannot_be_written_holds_nothing_up(make_reclamo: MakeReclamo, tmp_path: Path) -> None:
    """If the operator's own template is broken, the mail is still set aside and the list is retried."""
    own = tmp_path / "templates" / "complaints" / "en"
    own.mkdir(parents=True)
    (own / "not_taken.md.j2").write_text('---\nsubject: "x"\n---\n{{ about.nothing.at_all }}\n')
    reclamo = make_reclamo()
    outcome = reclamo.take(mail(1, sender=MACHINE))
    assert (outcome.row.ending, set_aside_lists(outcome.letters)) == (Ending.SET_ASIDE, [])
    assert set_aside_list.next_at(reclamo.db, reclamo.stepper.installation) == [
        reclamo.stepper.now + timedelta(hours=1)
    ]


def test_mail_that_fails_is_told_once_a_day_and_stands_in_the_list(make_reclamo: MakeReclamo) -> None:
    """The operator is told of the first failure at once; the manager's list of the next morning has all."""
    reclamo = make_reclamo(operator="ops@firm.example")
    rows = []
    for number in (1, 2, 3):
        octets = b"X-Poison: yes\r\n" + mail(number).replace("\n", "\r\n").encode()
        rows.append(reclamo.stepper.accept(RawMail(raw=octets, received_at=NOW, source="smtp", recipients=(SUPPORT,))))
    good = inbox.finish_all
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "finish_all", _refuses_these(rows, good))
        for _ in range(8):
            reclamo.stepper.now += timedelta(minutes=20)
            reclamo.stepper.settle()
    letters = reclamo.post.letters
    assert [letter.recipient for letter in letters if letter.notice == "quarantined"] == ["ops@firm.example"]
    assert {reclamo.row(row).ending for row in rows} == {Ending.FAILED}
    (letter,) = set_aside_lists(reclamo.advance(NOW + timedelta(days=1)))
    assert letter.subject.endswith(": 3")
    assert "it could not be worked off" in text_of(letter)


def _refuses_these(rows: list[int], good: Callable[..., None]) -> Callable[..., None]:
    def finish_all(conn: Any, done: Any) -> None:
        if {row.id for row in done} & set(rows):
            raise ZeroDivisionError("a bug that nobody knows of")
        good(conn, done)

    return finish_all


def test_what_was_set_aside_becomes_a_case_of_whom_a_person_names(make_reclamo: MakeReclamo) -> None:
    """Released as new, a program's mail opens a case without a customer to write to, or of the customer who is named,
    who gets the acknowledgement."""
    reclamo = make_reclamo()
    numbers = [reclamo.take(mail(number, sender="WordPress <wordpress@shop.example>")).row.id for number in (1, 2)]
    with reclamo.db.write() as conn:
        assert inbox.replay(conn, numbers[0], as_new=True)
        assert inbox.replay(conn, numbers[1], as_new=True, customer="jane@customer.example")
    before = len(reclamo.post.letters)
    reclamo.stepper.settle()
    written = reclamo.post.letters[before:]
    assert [reclamo.row(number).ending for number in numbers] == [Ending.OPENED] * 2
    assert [letter.recipient for letter in written if letter.notice == "acknowledgement"] == ["jane@customer.example"]
    assert sum((letter.notice, letter.recipient) == ("new_case", ADA) for letter in written) == 2
    assert set_aside.counts_by_desk(reclamo.db) == {}
