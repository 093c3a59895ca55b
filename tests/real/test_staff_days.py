"""Absence, bounces, worklists and conflicts of interest of staff, and limits on mail, through a real mail server."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.daemon.programs import gmail, thunderbird
from tests.daemon.rendered import reply_address, text_of
from tests.daemon.signed import sign
from tests.real.behind_postfix import COMPLAINT, MakeReclamo


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in March 2026, in UTC; Rome is one hour ahead."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_work_goes_to_the_substitute_during_an_absence(make_reclamo: MakeReclamo) -> None:
    """Ada's Outlook sends an automatic reply: after a day Bob gets her work, after her return she gets it again."""
    reclamo = make_reclamo()
    notice = reclamo.last("new_case", reclamo.ada)
    reclamo.reply(notice, "take:", program="Outlook", mark="t1")
    away = (
        f"From: Ada Bianchi <{reclamo.ada}>\r\nTo: {reclamo.servers.support}\r\nSubject: Automatic reply: "
        f"{notice.subject}\r\nMessage-ID: <ooo1@{reclamo.servers.staff}>\r\nIn-Reply-To: <{notice.message_id}>\r\n"
        "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nX-MS-Exchange-Inbox-Rules-Loop: x\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nI am out of the office until 13 March 2026.\r\n"
    ).encode()
    reclamo.take(sign(away, reclamo.servers.staff), sender="")
    assert reclamo.news() == [("transcript", reclamo.ada)]
    reclamo.until(at(5, 11))
    assert reclamo.news() == [("standing_in", reclamo.bob)]
    reclamo.complain("The fan does not turn either.", subject="Re: [C-2026-000001] Inverter ST-6.0K is dead")
    assert reclamo.news() == [("customer_wrote", reclamo.bob)]
    reclamo.reply(reclamo.last("customer_wrote", reclamo.bob), "We look after it.", program="iPhone Mail", mark="b1")
    assert reclamo.news() == [("reply", reclamo.anna), ("transcript", reclamo.bob)]
    reclamo.until(at(16, 11))
    reclamo.news()
    reclamo.complain("Any news?", subject="Re: [C-2026-000001] Inverter ST-6.0K is dead")
    assert reclamo.news() == [("customer_wrote", reclamo.ada)]


def test_bounced_letters_to_staff_are_reported_once(make_reclamo: MakeReclamo) -> None:
    """Ada's server refuses three letters and Postfix returns them: her manager and her substitute get one letter."""
    reclamo = make_reclamo()
    reclamo.reply(reclamo.last("new_case", reclamo.ada), "take:", program="Gmail", mark="t1")
    reclamo.news()
    sink = reclamo.servers.outside[0]
    sink.refused[reclamo.ada] = "550 5.1.1 no such user"
    try:
        for number in range(3):
            subject = "Re: [C-2026-000001] Inverter ST-6.0K is dead"
            reclamo.complain(f"News {number}: the fan does not turn either.", subject=subject)
            if ("customer_wrote", reclamo.ada) in reclamo.news():
                reclamo.wait()  # for the delivery report of Postfix
        assert [letter for letter in reclamo.post.letters if letter.notice == "unreachable"][1:] == []
        assert reclamo.last("unreachable", reclamo.max)
        to_bob = [letter.notice for letter in reclamo.post.letters if letter.recipient == reclamo.bob]
        assert to_bob.count("standing_in") == 1
    finally:
        del sink.refused[reclamo.ada]


def test_worklist_each_working_morning(make_reclamo: MakeReclamo) -> None:
    """Staff get their due work with a calendar file of the dates; none is sent at night, at the weekend, or when
    nothing is due."""
    reclamo = make_reclamo()
    reclamo.reply(reclamo.last("new_case", reclamo.ada), "take:", program="Apple Mail", mark="t1")
    reclamo.until(at(4, 23))
    assert ("worklist", reclamo.ada) not in reclamo.news()
    reclamo.until(at(23, 23))
    lists = [
        letter for letter in reclamo.post.letters if letter.notice == "worklist" and letter.recipient == reclamo.ada
    ]
    assert lists
    for letter in lists:
        assert letter.created_at.weekday() < 5
        assert 7 <= letter.not_before.hour <= 9
    first = reclamo.servers.arrived(lists[0])
    assert b"text/calendar" in first or b"deadlines.ics" in first
    assert "C-2026-000001" in text_of(lists[0])


def test_complaint_about_a_staff_member_goes_to_others(make_reclamo: MakeReclamo) -> None:
    """It names Ada: her colleagues get it, and she gets nothing of it."""
    reclamo = make_reclamo(COMPLAINT + "\nAda Bianchi of your technical team laughed at me.")
    assert ("new_case", reclamo.bob) in {(letter.notice, letter.recipient) for letter in reclamo.post.letters}
    assert "laughed" not in reclamo.read_by(reclamo.ada)


def test_review_is_decided_by_somebody_else(make_reclamo: MakeReclamo) -> None:
    """A signed mail by the person who made the decision cannot decide the review."""
    reclamo = make_reclamo()
    notice = reclamo.last("new_case", reclamo.ada)
    reclamo.reply(notice, "decide: not upheld\n\nThe seals are broken.", program="Outlook", mark="d1")
    decision = reclamo.last("decision", reclamo.anna)
    raw = thunderbird(decision, "No", sender=reclamo.anna, mark="no")
    reclamo.take(raw, sender=reclamo.anna, to=reply_address(decision))
    assert ("escalation", reclamo.rita) in reclamo.news()
    reclamo.reply(
        reclamo.last("transcript", reclamo.ada), "decide: not upheld\n\nAs before.", program="Gmail", mark="d2"
    )
    assert reclamo.news() == [("refused", reclamo.ada)]
    reclamo.reply(reclamo.last("escalation", reclamo.rita), "decide: upheld\n\nThe seals were faulty.", mark="d3")
    assert reclamo.news() == [("review_decision", reclamo.anna), ("transcript", reclamo.rita)]


def test_token_from_a_new_address_and_case_number_from_a_stranger(make_reclamo: MakeReclamo) -> None:
    """A mail with the token adds its sender as a participant whom staff must confirm. A mail with only the case number
    is held. Neither sender gets a letter."""
    reclamo = make_reclamo()
    letter = reclamo.last("acknowledgement", reclamo.anna)
    carlo, eve = f"carlo@{reclamo.servers.world}", f"eve@{reclamo.servers.world}"
    reclamo.take(gmail(letter, "I am her son.", sender=carlo, mark="son"), sender=carlo, to=reply_address(letter))
    news = reclamo.news()
    assert {name for name, _ in news} == {"customer_wrote"}
    assert {reader for _, reader in news} <= {reclamo.ada, reclamo.bob}
    assert carlo in text_of(reclamo.last("customer_wrote", reclamo.ada))
    reclamo.complain("And now?", sender=eve, subject="Re: [C-2026-000001] Inverter ST-6.0K is dead")
    assert {name for name, _ in reclamo.news()} == {"held"}
    reclamo.reply(reclamo.last("new_case", reclamo.ada), "We look into it.", mark="r1")
    assert ("reply", reclamo.anna) in reclamo.news()
    assert reclamo.read_by(eve) == ""
    assert reclamo.read_by(carlo) == ""


def test_mail_over_the_sender_limit_is_set_aside(make_reclamo: MakeReclamo) -> None:
    """Mails from one sender beyond the policy's hourly limit are set aside without an answer."""
    reclamo = make_reclamo()
    bot = f"bot@{reclamo.servers.world}"
    for number in range(33):
        raw = (
            f"From: {bot}\r\nTo: {reclamo.servers.support}\r\n"
            f"Message-ID: <b{number}@bot.test>\r\n\r\nBroken {number}.\r\n"
        )
        reclamo.take(raw.encode(), sender=bot)
    assert len(reclamo.set_aside()) == 3
    answered = [letter for letter in reclamo.post.letters if letter.recipient == bot]
    assert len(answered) == 30
