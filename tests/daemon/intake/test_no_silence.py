"""No mail disappears: forms, groups, lists, ticket systems and programs, each through the whole intake."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.sender.unattended_addresses import is_unattended
from storage.mail_values import Ending, SetAsideReason
from storage.values import InboxState
from tests.daemon.reception import ADA, MAX, SUPPORT, RunningReclamo, mail, set_aside_lists, text_of

FORM = "Name: Jane Doe\nMessage:\nMy inverter ST-6.0K does not switch on any more. I would like a replacement."
GROUP = ("List-ID: <complaints.firm.example>", f"List-Post: <mailto:{SUPPORT}>", "Precedence: list")


@pytest.fixture(scope="module")
def reclamo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningReclamo]:
    """One installation for all tests; every mail has another sender."""
    made = RunningReclamo(tmp_path_factory.mktemp("office"))
    yield made
    made.db.close()


def jane(number: int, name: str = "Jane Doe") -> str:
    """Return a different sender for each mail."""
    return f'"{name}" <jane{number}@customer.example>'


# test id, From, other headers ({jane} is a person of the customer's domain), the customer, the header naming them
OPENS = [
    ("WordPress, Contact Form 7", "Shop <wordpress@shop.example>", ["Reply-To: {jane}"], "Reply-To"),
    ("WordPress by PHPMailer", "noreply@shop.example", ["Reply-To: {jane}", "X-Mailer: PHPMailer 6.9"], "Reply-To"),
    ("Typo3, from the site's own mailbox", "Website <info@shop.example>", ["Reply-To: {jane}"], "Reply-To"),
    ("Shopify", "Shop (Shopify) <mailer@shopify.example>", ["Reply-To: {jane}"], "Reply-To"),
    ("Jotform", "Jotform <noreply@jotform.example>", ["Reply-To: {jane}", "X-JFSender: 1"], "Reply-To"),
    ("HubSpot form", "HubSpot Forms <notifications@hub.example>", ["Reply-To: {jane}"], "Reply-To"),
    ("Salesforce, a form that says it is automatic", "no-reply@sf.example",
     ["Reply-To: {jane}", "Auto-Submitted: auto-generated"], "Reply-To"),
    ("form with a footer that forbids answers", "do_not_reply@shop.example", ["Reply-To: {jane}"], "Reply-To"),
    ("form that writes as us", f"Website <{SUPPORT}>", ["Reply-To: {jane}"], "Reply-To"),
    ("form that writes as us, by a colleague", f"Website <{SUPPORT}>", ["Reply-To: \"P\" <pia{n}@firm.example>"],
     "Reply-To"),
    ("Google Group that is our address", f"'Jane Doe' via Complaints <{SUPPORT}>",
     ["X-Original-From: {jane}", "Reply-To: {jane}", *GROUP], "X-Original-From"),
    ("Google Group, Reply-To is the group", f"'Jane Doe' via Complaints <{SUPPORT}>",
     ["X-Original-Sender: jane{n}@customer.example", f"Reply-To: {SUPPORT}", *GROUP], "X-Original-Sender"),
    ("Google Group of our domain that feeds us", "'Jane Doe' via Info <info@firm.example>",
     ["X-Original-From: {jane}", "List-ID: <info.firm.example>", "Precedence: list"], "X-Original-From"),
    ("Mailman 3 with DMARC munging", f"Jane Doe via Complaints <{SUPPORT}>",
     [f"Reply-To: {SUPPORT}, {{jane}}", "X-Mailman-Version: 3.3.8", *GROUP], "Reply-To"),
    ("Google Group without rewriting", "{jane}", [*GROUP, "X-Google-Group-Id: 12345"], ""),
    ("Sympa list that is our address", "{jane}", ["X-Loop: complaints@firm.example", "X-Sympa-To: complaints", *GROUP],
     ""),
    ("Microsoft 365 group", "{jane}", [f"Sender: {SUPPORT}", f"List-Unsubscribe: <mailto:leave+{SUPPORT}>"], ""),
    ("redirected by an Exchange rule", "{jane}", ["X-MS-Exchange-Inbox-Rules-Loop: info@firm.example",
     "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent", "Resent-From: <info@firm.example>"], ""),
    ("sent by a marketing service, one to one", "{jane}", ["List-Unsubscribe: <mailto:unsub@esp.example>"], ""),
    ("Zendesk agent who writes first", "{jane}", ["X-Mailer: Zendesk Mailer"], ""),
    ("two addresses of one person", "Jane Doe <jane@work{n}.example>", ["Reply-To: <jane{n}@customer.example>"],
     "Reply-To"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "case"), list(enumerate(OPENS, 100)), ids=[mail[0] for mail in OPENS])
def test_a_person_is_found_behind_the_mail(
    reclamo: RunningReclamo, number: int, case: tuple[str, str, list[str], str]
) -> None:
    """The person gets a case and the only letter outside; the inbox row says how they were found."""
    _, author, headers, way = case
    filled = [header.replace("{jane}", jane(number)).replace("{n}", str(number)) for header in headers]
    sender = author.replace("{jane}", jane(number)).replace("{n}", str(number))
    outcome = reclamo.take(
        mail(number, *filled, sender=sender, words=FORM), sender=f"out{number}@relay{number}.example"
    )
    person = f"pia{number}@firm.example" if "colleague" in case[0] else f"jane{number}@customer.example"
    assert outcome.row.ending == Ending.OPENED, outcome.row
    assert [letter.recipient for letter in outcome.letters if letter.notice == "acknowledgement"] == [person]
    assert [letter for letter in outcome.letters if letter.notice == "new_case"]
    assert {letter.recipient for letter in outcome.letters} <= {person, ADA}
    assert (outcome.row.summary or {})["person"] == person
    if way:
        (opened,) = reclamo.db_rows("select way from inbox where id = :id", id=outcome.row.id)
        assert opened[0] == way


NOT_TAKEN = [
    ("WordPress, the address only in the text", "WordPress <wordpress@shop.example>", [], SetAsideReason.NO_PERSON),
    ("Salesforce web-to-case, only in the text", "Support <noreply@sf.example>", [], SetAsideReason.NO_PERSON),
    (
        "a form whose Reply-To takes no answers either",
        "noreply@shop.example",
        ["Reply-To: no-reply@shop2.example"],
        SetAsideReason.NO_PERSON,
    ),
    (
        "a portal's Reply-To in its own domain",
        "notifications@hub.example",
        ["Reply-To: r+1@reply.hub.example"],
        SetAsideReason.NO_PERSON,
    ),
    ("a form vouched for as a person's", "noreply@shop.example", ["Auto-Submitted: no"], SetAsideReason.NO_PERSON),
    ("voicemail", "PBX <voicemail@pbx.example>", [], SetAsideReason.NO_PERSON),
    ("fax gateway", "fax@gateway.example", [], SetAsideReason.NO_PERSON),
    (
        "Zendesk notification",
        "Acme <support@acme.example>",
        ["Auto-Submitted: auto-generated", "X-Mailer: Zendesk"],
        SetAsideReason.NO_PERSON,
    ),
    (
        "a business desk that marks all its mail",
        "{jane}",
        ["Precedence: bulk", "Auto-Submitted: auto-generated"],
        SetAsideReason.NO_PERSON,
    ),
    ("our own address, nobody named", f"Office <{SUPPORT}>", [], SetAsideReason.OURS),
    ("our own address, Reply-To ourselves", f"Office <{SUPPORT}>", [f"Reply-To: {SUPPORT}"], SetAsideReason.OURS),
    (
        "a shared mailbox that copies itself",
        f"Complaints <{SUPPORT}>",
        ["X-MS-Exchange-Organization-AuthAs: Internal"],
        SetAsideReason.OURS,
    ),
    (
        "a Message-ID in the form of ours, without the key",
        "{jane}",
        ["Message-ID: <aqaaaaaaaeaacu5s2maml3rf5ry76.a4ucnkyo3676yogt@firm.example>"],
        SetAsideReason.OURS,
    ),
    (
        "away notice to no letter of ours",
        "{jane}",
        ["Auto-Submitted: auto-replied", "In-Reply-To: <x@else.example>"],
        SetAsideReason.ANSWER,
    ),
    (
        "autoresponder without the standard's field",
        "{jane}",
        ["X-Autoresponder: Will not send another for a day"],
        SetAsideReason.ANSWER,
    ),
    ("null sender", "{jane}", ["Return-Path: <>"], SetAsideReason.ANSWER),
    (
        "receipt of certified mail for somebody else's letter",
        "posta-certificata@pec.example",
        ["X-Ricevuta: avvenuta-consegna", "X-Riferimento-Message-ID: <a@b.example>"],
        SetAsideReason.ANSWER,
    ),
    (
        "newsletter",
        "Solar News <news@solar.example>",
        ["List-Unsubscribe: <mailto:u@solar.example>"],
        SetAsideReason.LIST,
    ),
    (
        "newsletter of today",
        "Solar <hello@solar.example>",
        ["List-Unsubscribe: <https://solar.example/u>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"],
        SetAsideReason.LIST,
    ),
    (
        "mailing list that is not ours",
        "{jane}",
        ["List-Id: <users.lists.example>", "Precedence: list"],
        SetAsideReason.LIST,
    ),
    (
        "foreign Mailman list with a rewritten From",
        "Jane Doe via Users <users@lists.example>",
        ["Reply-To: users@lists.example, {jane}", "List-Id: <users.lists.example>", "Precedence: list"],
        SetAsideReason.LIST,
    ),
    ("marked by our spam filter", "{jane}", ["X-Spam-Flag: YES", "X-Spam-Status: Yes, score=15"], SetAsideReason.SPAM),
]


@pytest.mark.parametrize(("number", "case"), list(enumerate(NOT_TAKEN, 200)), ids=[mail[0] for mail in NOT_TAKEN])
def test_what_is_not_taken_is_set_aside_and_told(
    reclamo: RunningReclamo, number: int, case: tuple[str, str, list[str], SetAsideReason]
) -> None:
    """No letter outside and no case; the mail waits with its reason and is in the next list."""
    _, author, headers, why = case
    filled = [header.replace("{jane}", jane(number)) for header in headers]
    raw = mail(number, *filled, sender=author.replace("{jane}", jane(number)))
    if any(header.startswith("Message-ID:") for header in headers):
        raw = raw.replace(f"Message-ID: <{number}@out.example>\n", "")
    outcome = reclamo.take(raw, sender=f"out{number}@relay{number}.example")
    assert (outcome.row.ending, outcome.row.why, outcome.row.state) == (Ending.SET_ASIDE, why, InboxState.QUARANTINED)
    assert outcome.outside == []
    assert {letter.recipient for letter in outcome.letters} <= {MAX}
    lists = set_aside_lists(outcome.letters) or set_aside_lists(reclamo.next_morning())
    assert any(f"Inverter {number}" in text_of(letter) for letter in lists)


def test_a_meeting_request_opens_no_case(reclamo: RunningReclamo) -> None:
    """A calendar invitation is set aside."""
    event = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@v.example\nSUMMARY:Demo\nEND:VEVENT\nEND:VCALENDAR"
    outcome = reclamo.take(mail(300, "Content-Type: text/calendar; method=REQUEST; charset=utf-8", words=event))
    assert (outcome.row.ending, outcome.row.why, outcome.outside) == (Ending.SET_ASIDE, SetAsideReason.INVITATION, [])


def test_the_reports_of_mail_providers_are_recorded(reclamo: RunningReclamo) -> None:
    """Standard DMARC and TLS reports about our domain are recorded; about another domain they are set aside."""
    for number, domain, ending in ((310, "firm.example", Ending.MACHINE), (311, "other.example", Ending.SET_ASIDE)):
        name = f"google.example!{domain}!1772400000!1772486399.zip"
        raw = mail(
            number, f"Subject: Report domain: {domain} Submitter: google.example Report-ID: <1>",
            f'Content-Type: application/zip; name="{name}"', f'Content-Disposition: attachment; filename="{name}"',
            "Content-Transfer-Encoding: base64", sender="noreply-dmarc-support@google.example",
            words="UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==",
        )  # fmt: skip
        outcome = reclamo.take(raw)
        assert (outcome.row.ending, outcome.outside) == (ending, [])


def test_a_machine_s_answer_to_a_letter_of_ours_is_proven_by_it(reclamo: RunningReclamo) -> None:
    """An out-of-office reply to the acknowledgement is put on the case by its In-Reply-To and reported to nobody."""
    opened = reclamo.take(mail(320))
    letter = next(letter for letter in opened.letters if letter.notice == "acknowledgement")
    away = mail(
        321, "Auto-Submitted: auto-replied", f"In-Reply-To: <{letter.message_id}>", sender=jane(320), words="Away."
    )
    outcome = reclamo.take(away)
    assert (outcome.row.ending, outcome.letters) == (Ending.ON_CASE, ())


def test_words_that_only_headers_call_automatic_are_shown_on_an_open_case(reclamo: RunningReclamo) -> None:
    """A business customer's ticket system marks all mail as automatic: the team sees the text, and the customer gets no
    automatic answer."""
    opened = reclamo.take(mail(330))
    letter = next(letter for letter in opened.letters if letter.notice == "acknowledgement")
    outcome = reclamo.take(
        mail(331, "Auto-Submitted: auto-generated", "Precedence: bulk", f"In-Reply-To: <{letter.message_id}>",
             sender=jane(330), words="Our technician says that fuse F2 is burnt too. Please call me tomorrow.")
    )  # fmt: skip
    assert outcome.row.ending == Ending.ON_CASE
    assert [(letter.notice, letter.recipient) for letter in outcome.letters] == [("customer_wrote", ADA)]
    assert "fuse F2 is burnt too" in text_of(outcome.letters[0])


FROM = ["{jane}", "noreply@shop.example", f"W <{SUPPORT}>", "wordpress@shop.example", "MAILER-DAEMON@mx.example",
        f"'J' via C <{SUPPORT}>", "info@firm.example", "", "Nobody"]  # fmt: skip
REPLY_TO = ["", "{jane}", "no-reply@x.example", SUPPORT, "complaints+abc@firm.example, {jane}", "broken <", ADA]
SIGNS = [
    "Auto-Submitted: auto-generated", "Auto-Submitted: auto-replied", "Auto-Submitted: no", "Precedence: bulk",
    "Precedence: list", "List-Id: <x.lists.example>", "List-ID: <complaints.firm.example>",
    "List-Unsubscribe: <mailto:u@x.example>", "X-Original-From: {jane}", "X-Original-Sender: noreply@x.example",
    "Return-Path: <>", "X-Spam-Flag: YES", "X-Ricevuta: accettazione", "X-Trasporto: posta-certificata",
    "Subject: Out of office: away", "Subject: Undelivered Mail Returned to Sender", "Subject: [C-2026-000001] x",
    "X-Failed-Recipients: jane@customer.example", "Content-Type: text/calendar; method=REQUEST",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "In-Reply-To: <1@out.example>",
]  # fmt: skip
_numbers = itertools.count(1000)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(FROM), st.sampled_from(REPLY_TO), st.lists(st.sampled_from(SIGNS), max_size=4, unique=True))
def test_whatever_the_headers_say(reclamo: RunningReclamo, author: str, reply_to: str, signs: list[str]) -> None:
    """Every row ends with a named outcome, and no letter goes to our own or an unattended address."""
    number = next(_numbers)
    headers = [f"Reply-To: {reply_to}", *signs] if reply_to else signs
    filled = [header.replace("{jane}", jane(number)) for header in headers]
    outcome = reclamo.take(
        mail(number, *filled, sender=author.replace("{jane}", jane(number)) or " "),
        sender=f"o{number}@relay{number}.example",
    )
    assert outcome.row.ending in set(Ending)
    assert outcome.row.ending is not Ending.FAILED, outcome.row.error
    assert (outcome.row.ending in (Ending.SET_ASIDE, Ending.REFUSED)) == bool(outcome.row.why)
    if outcome.row.ending == Ending.MACHINE:
        pytest.fail(f"nothing here is proven: {outcome.row.verdict}")
    for letter in outcome.letters:
        assert letter.recipient.lower() != SUPPORT
        assert not letter.recipient.startswith("complaints+")
        assert not is_unattended(letter.recipient)


def test_nothing_is_left_untold(reclamo: RunningReclamo) -> None:
    """By the next morning somebody has been told of every mail that waits for a person."""
    reclamo.next_morning()
    assert reclamo.db_rows("select count(*) from inbox where untold") == [(0,)]
    assert reclamo.db_rows("select count(*) from inbox where ending = ''") == [(0,)]
