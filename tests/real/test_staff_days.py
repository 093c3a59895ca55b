"""Absence, bounces, worklists and conflicts of interest of staff, and limits on mail, through a real mail server."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.daemon.programs import gmail, thunderbird
from tests.daemon.rendered import reply_address, text_of
from tests.daemon.signed import sign
from tests.real.branch import COMPLAINT, Opens


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant in March 2026, in UTC; Rome is one hour ahead."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_work_goes_to_the_substitute_during_an_absence(opens: Opens) -> None:
    """Ada's Outlook sends an automatic reply: after a day Bob gets her work, after her return she gets it again."""
    desk = opens()
    notice = desk.last("new_case", desk.ada)
    desk.reply(notice, "take:", program="Outlook", mark="t1")
    away = (
        f"From: Ada Bianchi <{desk.ada}>\r\nTo: {desk.street.support}\r\nSubject: Automatic reply: "
        f"{notice.subject}\r\nMessage-ID: <ooo1@{desk.street.staff}>\r\nIn-Reply-To: <{notice.message_id}>\r\n"
        "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nX-MS-Exchange-Inbox-Rules-Loop: x\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nI am out of the office until 13 March 2026.\r\n"
    ).encode()
    desk.take(sign(away, desk.street.staff), sender="")
    assert desk.news() == [("transcript", desk.ada)]
    desk.until(at(5, 11))
    assert desk.news() == [("standing_in", desk.bob)]
    desk.complain("The fan does not turn either.", subject="Re: [C-2026-000001] Inverter ST-6.0K is dead")
    assert desk.news() == [("customer_wrote", desk.bob)]
    desk.reply(desk.last("customer_wrote", desk.bob), "We look after it.", program="iPhone Mail", mark="b1")
    assert desk.news() == [("reply", desk.anna), ("transcript", desk.bob)]
    desk.until(at(16, 11))
    desk.news()
    desk.complain("Any news?", subject="Re: [C-2026-000001] Inverter ST-6.0K is dead")
    assert desk.news() == [("customer_wrote", desk.ada)]


def test_bounced_letters_to_staff_are_reported_once(opens: Opens) -> None:
    """Ada's server refuses three letters and Postfix returns them: her manager and her substitute get one letter."""
    desk = opens()
    desk.reply(desk.last("new_case", desk.ada), "take:", program="Gmail", mark="t1")
    desk.news()
    sink = desk.street.outside[0]
    sink.refused[desk.ada] = "550 5.1.1 no such user"
    try:
        for number in range(3):
            subject = "Re: [C-2026-000001] Inverter ST-6.0K is dead"
            desk.complain(f"News {number}: the fan does not turn either.", subject=subject)
            if ("customer_wrote", desk.ada) in desk.news():
                desk.wait()  # for the delivery report of Postfix
        assert [letter for letter in desk.post.letters if letter.notice == "unreachable"][1:] == []
        assert desk.last("unreachable", desk.max)
        to_bob = [letter.notice for letter in desk.post.letters if letter.recipient == desk.bob]
        assert to_bob.count("standing_in") == 1
    finally:
        del sink.refused[desk.ada]


def test_worklist_each_working_morning(opens: Opens) -> None:
    """Staff get their due work with a calendar file of the dates; none is sent at night, at the weekend, or when
    nothing is due."""
    desk = opens()
    desk.reply(desk.last("new_case", desk.ada), "take:", program="Apple Mail", mark="t1")
    desk.until(at(4, 23))
    assert ("worklist", desk.ada) not in desk.news()
    desk.until(at(23, 23))
    lists = [letter for letter in desk.post.letters if letter.notice == "worklist" and letter.recipient == desk.ada]
    assert lists
    for letter in lists:
        assert letter.created_at.weekday() < 5
        assert 7 <= letter.not_before.hour <= 9
    first = desk.street.arrived(lists[0])
    assert b"text/calendar" in first or b"deadlines.ics" in first
    assert "C-2026-000001" in text_of(lists[0])


def test_complaint_about_a_staff_member_goes_to_others(opens: Opens) -> None:
    """It names Ada: her colleagues get it, and she gets nothing of it."""
    desk = opens(COMPLAINT + "\nAda Bianchi of your technical team laughed at me.")
    assert ("new_case", desk.bob) in {(letter.notice, letter.recipient) for letter in desk.post.letters}
    assert "laughed" not in desk.read_by(desk.ada)


def test_review_is_decided_by_somebody_else(opens: Opens) -> None:
    """A signed mail by the person who made the decision cannot decide the review."""
    desk = opens()
    notice = desk.last("new_case", desk.ada)
    desk.reply(notice, "decide: not upheld\n\nThe seals are broken.", program="Outlook", mark="d1")
    decision = desk.last("decision", desk.anna)
    raw = thunderbird(decision, "No", sender=desk.anna, mark="no")
    desk.take(raw, sender=desk.anna, to=reply_address(decision))
    assert ("escalation", desk.rita) in desk.news()
    desk.reply(desk.last("transcript", desk.ada), "decide: not upheld\n\nAs before.", program="Gmail", mark="d2")
    assert desk.news() == [("refused", desk.ada)]
    desk.reply(desk.last("escalation", desk.rita), "decide: upheld\n\nThe seals were faulty.", mark="d3")
    assert desk.news() == [("review_decision", desk.anna), ("transcript", desk.rita)]


def test_token_from_a_new_address_and_case_number_from_a_stranger(opens: Opens) -> None:
    """A mail with the token adds its sender as a participant whom staff must confirm. A mail with only the case number
    is held. Neither sender gets a letter."""
    desk = opens()
    letter = desk.last("acknowledgement", desk.anna)
    carlo, eve = f"carlo@{desk.street.world}", f"eve@{desk.street.world}"
    desk.take(gmail(letter, "I am her son.", sender=carlo, mark="son"), sender=carlo, to=reply_address(letter))
    news = desk.news()
    assert {name for name, _ in news} == {"customer_wrote"}
    assert {reader for _, reader in news} <= {desk.ada, desk.bob}
    assert carlo in text_of(desk.last("customer_wrote", desk.ada))
    desk.complain("And now?", sender=eve, subject="Re: [C-2026-000001] Inverter ST-6.0K is dead")
    assert {name for name, _ in desk.news()} == {"held"}
    desk.reply(desk.last("new_case", desk.ada), "We look into it.", mark="r1")
    assert ("reply", desk.anna) in desk.news()
    assert desk.read_by(eve) == ""
    assert desk.read_by(carlo) == ""


def test_mail_over_the_sender_limit_is_set_aside(opens: Opens) -> None:
    """Mails from one sender beyond the policy's hourly limit are set aside without an answer."""
    desk = opens()
    bot = f"bot@{desk.street.world}"
    for number in range(33):
        raw = (
            f"From: {bot}\r\nTo: {desk.street.support}\r\nMessage-ID: <b{number}@bot.test>\r\n\r\nBroken {number}.\r\n"
        )
        desk.take(raw.encode(), sender=bot)
    assert len(desk.set_aside()) == 3
    answered = [letter for letter in desk.post.letters if letter.recipient == bot]
    assert len(answered) == 30
