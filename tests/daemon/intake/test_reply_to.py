"""Reply-To is followed as the standard says, but never takes over a known customer's mail or turns us into a
reflector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.mime.addresses import addresses_in
from storage import cases, tickets
from storage.mail_values import Ending, SetAsideReason
from storage.values import Case
from tests.daemon.reception import ADA, SUPPORT, RunningReclamo, html_of, mail, text_of

JANE = "Jane Doe <jane@customer.example>"
EVIL = "evil@attacker.example"


@pytest.fixture
def reclamo(tmp_path: Path) -> Iterator[RunningReclamo]:
    """A running installation."""
    made = RunningReclamo(tmp_path)
    yield made
    made.db.close()


def case_of(reclamo: RunningReclamo, number: int) -> Case:
    """Return the case of a mail."""
    ticket = reclamo.row(number).ticket_id
    assert ticket is not None
    return cases.load(reclamo.db, [ticket])[ticket]


def test_a_new_customer_is_answered_where_they_ask_to_be(reclamo: RunningReclamo) -> None:
    """Case and letters use Reply-To with the name of From; the ledger says so."""
    outcome = reclamo.take(mail(1, "Reply-To: jane@home.example", sender="Jane Doe <jane@work.example>"))
    assert outcome.outside == ["jane@home.example"]
    case = case_of(reclamo, outcome.row.id)
    assert (case.customer().address, case.customer().name) == ("jane@home.example", "Jane Doe")
    opened = next(entry for entry in case.history if entry.event == "opened")
    assert opened.facts["how"] == "Reply-To of a mail from jane@work.example"


def test_a_stranger_s_reply_to_does_not_lead_a_known_customer_s_mail_away(reclamo: RunningReclamo) -> None:
    """From is a known customer: the mail and its case stay theirs."""
    first = reclamo.take(mail(1, sender=JANE))
    letter = next(letter for letter in first.letters if letter.notice == "acknowledgement")
    again = reclamo.take(
        mail(2, f"Reply-To: {EVIL}", sender=JANE, words="The second inverter is dead as well, ST-6.0K.")
    )
    assert again.row.ending == Ending.OPENED
    assert again.outside == ["jane@customer.example"]
    answer = reclamo.take(
        mail(3, f"Reply-To: {EVIL}", f"In-Reply-To: <{letter.message_id}>", sender=JANE, words="Hurry.")
    )
    assert answer.row.ending == Ending.ON_CASE
    assert EVIL not in {party.address for party in case_of(reclamo, answer.row.id).parties}
    assert EVIL not in [letter.recipient for letter in reclamo.post.letters]


def test_staff_are_answered_where_they_write_from(reclamo: RunningReclamo) -> None:
    """A staff member's own complaint with a foreign Reply-To; and Reply-To makes nobody staff."""
    outcome = reclamo.take(mail(1, f"Reply-To: {EVIL}", sender=f"Ada Bianchi <{ADA}>"), sender=ADA)
    assert EVIL not in [letter.recipient for letter in outcome.letters]
    other = reclamo.take(mail(2, f"Reply-To: {ADA}", sender="Bob <bob@b.example>"))
    assert [letter.recipient for letter in other.letters if letter.notice == "acknowledgement"] == ["bob@b.example"]


def test_reply_to_is_not_followed_to_ourselves_or_to_a_machine(reclamo: RunningReclamo) -> None:
    """Then From is answered."""
    for number, elsewhere in enumerate((SUPPORT, "no-reply@bank.example", "", "nonsense", "jane@customer.example"), 1):
        outcome = reclamo.take(mail(number, f"Reply-To: {elsewhere}", sender=JANE, words=f"Number {number} is broken."))
        assert outcome.outside == ["jane@customer.example"]


def test_nothing_of_a_stranger_s_words_is_sent_to_whom_they_name(reclamo: RunningReclamo) -> None:
    """A form mail that names a victim: none of its text, links, names or subject is sent there; once the victim
    answers, they are a customer like others."""
    words = "Visit http://evil.example now! My inverter ST-6.0K is broken. I would like http://evil.example/pay"
    head = [
        'Reply-To: "Your account is locked, visit evil.example" <victim@v.example>',
        "Subject: You won evil.example",
    ]
    outcome = reclamo.take(mail(1, *head, sender=f"Form <{EVIL}>", words=words), sender=EVIL)
    (letter,) = [letter for letter in outcome.letters if letter.recipient == "victim@v.example"]
    whole = text_of(letter) + html_of(letter) + letter.raw.decode()
    assert "evil" not in whole
    assert "won" not in letter.subject
    assert "locked" not in whole
    assert "ST-6.0K" in text_of(letter)
    team = next(letter for letter in outcome.letters if letter.recipient == ADA)
    assert "evil" in text_of(team)  # staff see the whole mail
    reply_to = next(address for address in addresses_in(letter.raw.decode()) if address.startswith("complaints+"))
    answer = reclamo.take(
        mail(2, sender="victim@v.example", to=reply_to, words="Yes: the display is dark."), to=reply_to
    )
    assert answer.row.ending == Ending.ON_CASE
    assert case_of(reclamo, outcome.row.id).ticket.facts.named_by == "Reply-To"


def test_no_more_than_so_many_cases_an_hour_for_whom_headers_name(reclamo: RunningReclamo) -> None:
    """However From and envelope change, excess is set aside; mail by From is taken."""
    policy = reclamo.stepper.installation.policies["complaints"]
    most = policy.limits.model_copy(update={"mails_per_domain_per_hour": 5})
    reclamo.stepper.installation.policies["complaints"] = policy.model_copy(update={"limits": most})  # type: ignore[index]
    ends = []
    for number in range(8):
        form = f"noreply@made-up{number}.example"
        outcome = reclamo.take(
            mail(number, f"Reply-To: victim{number}@v.example", sender=form), sender=f"a@b{number}.example"
        )
        ends.append((outcome.row.ending, outcome.row.why))
    assert ends == [(Ending.OPENED, "")] * 5 + [(Ending.SET_ASIDE, SetAsideReason.FLOOD)] * 3
    assert reclamo.take(mail(99, sender=JANE)).row.ending == Ending.OPENED
    assert len(tickets.listing(reclamo.db)) == 6


def test_spam_is_held_unless_its_sender_has_an_open_case(reclamo: RunningReclamo) -> None:
    """A spam filter may be wrong about a customer."""
    reclamo.take(mail(1, sender=JANE))
    marked = reclamo.take(mail(2, "X-Spam-Flag: YES", sender=JANE, words="Another thing: the cable is broken."))
    assert marked.row.ending == Ending.OPENED
    stranger = reclamo.take(mail(3, "X-Spam-Flag: YES", sender="seo@spam.example"))
    assert (stranger.row.ending, stranger.row.why) == (Ending.SET_ASIDE, SetAsideReason.SPAM)
    assert reclamo.take(mail(4, "X-Spam-Flag: NO", sender="ham@ham.example")).row.ending == Ending.OPENED


def test_which_marks_are_believed_is_a_setting(tmp_path: Path) -> None:
    """The header fields of the spam filter can be configured or switched off; forged mail is known by our server's own
    verdict."""
    other = RunningReclamo(
        tmp_path, spam={"marks": ["X-Rspamd-Action: reject"]}, staff={"authserv_id": "mx.firm.example"}
    )
    assert other.take(mail(1, "X-Rspamd-Action: reject")).row.why == SetAsideReason.SPAM
    assert other.take(mail(2, "X-Spam-Flag: YES")).row.ending == Ending.OPENED
    results = "Authentication-Results: {}; dmarc=fail (p=REJECT) header.from=customer.example"
    assert other.take(mail(3, results.format("mx.firm.example"))).row.why == SetAsideReason.SPAM
    assert other.take(mail(4, results.format("mx.attacker.example"))).row.ending == Ending.OPENED
    other.db.close()


def test_refusals_in_a_colleague_s_name_are_bounded_over_all_cases(reclamo: RunningReclamo) -> None:
    """Of fifty spoofed staff mails on fifty cases some are reported at once and the others in the next list."""
    for number in range(50):
        reclamo.take(mail(number, sender=f"c{number}@c{number}.example"))
    before = len(reclamo.post.letters)
    for number in range(1, 51):
        reclamo.take(
            mail(100 + number, f"Subject: [C-2026-{number:06d}] decide", sender=f"Ada <{ADA}>"), sender="a@b.example"
        )
    refusals = [letter for letter in reclamo.post.letters[before:] if letter.notice == "refused"]
    assert 0 < len(refusals) <= 20
    (letter,) = [letter for letter in reclamo.next_morning() if letter.notice == "not_taken"]
    assert "written in the name of staff, without proof" in text_of(letter)


def test_reply_to_makes_nobody_a_party_of_a_case_by_its_number(reclamo: RunningReclamo) -> None:
    """Case numbers can be guessed and nothing authenticates Reply-To: the mail is held for staff."""
    first = reclamo.take(mail(1, sender=JANE))
    case = case_of(reclamo, first.row.id)
    head = ("Reply-To: jane@customer.example", f"Subject: Re: [{case.ticket.reference}] Yes")
    outcome = reclamo.take(mail(2, *head, sender="noreply@attacker.example", words="I do not want it any more."))
    assert [(letter.notice, letter.recipient) for letter in outcome.letters] == [("held", ADA)]


def test_a_program_s_mail_with_a_case_s_number_is_shown_to_the_team(reclamo: RunningReclamo) -> None:
    """From an unattended address with text: nobody is answered, and staff see it."""
    first = reclamo.take(mail(1, sender=JANE))
    tag = case_of(reclamo, first.row.id).ticket.reference
    outcome = reclamo.take(
        mail(2, f"Subject: [{tag}] parcel", sender="noreply@parcel.example", words="It was delivered.")
    )
    assert outcome.row.ending == Ending.ON_CASE
    assert [(letter.notice, letter.recipient) for letter in outcome.letters] == [("customer_wrote", ADA)]
    assert "It was delivered." in text_of(outcome.letters[0])
    assert "noreply@parcel.example" in text_of(outcome.letters[0])
