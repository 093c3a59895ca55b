"""Composing a letter from a notice: recipient, reply address, language, content and thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest

from daemon.letters.compose import ComposedLetter, compose, compose_all
from daemon.letters.mime import Enclosure
from parsers.details.details import find_details
from parsers.mail import read_mail
from parsers.reading import ClueStrength, MailKind
from parsers.sender.own_identity import OwnIdentity
from parsers.sender.tokens import Audience, token_of_message_id, unseal
from storage.values import Case, Party, Role
from tests.templates.letters import TURNS, written
from tests.templates.made import DESK, NOW, REFERENCE, SUBJECTS, due, incoming, opened, writing

SUPPRESS = "DR, RN, NRN, OOF, AutoReply"


def mail(composed: ComposedLetter) -> EmailMessage:
    """Parse the letter with Python."""
    return cast(EmailMessage, message_from_bytes(composed.letter.raw, policy=default))


def write(case: Case, notice: str = "acknowledgement", party: int = 1, **about: object) -> ComposedLetter:
    """Compose one letter."""
    return compose(case, due(notice, party, **about), writing(), now=NOW)


def token_in(address: str) -> str:
    return address.partition("+")[2].partition("@")[0]


def test_letter_is_ready_for_the_outbox() -> None:
    """Key, recipient, envelope sender, language and earliest sending time come from the notice."""
    later = NOW + timedelta(hours=3)
    notice = replace(due("acknowledgement"), keeps_promise=True, not_before=later)
    letter = compose(opened("it"), notice, writing(), now=NOW).letter
    assert letter.key == f"{REFERENCE}/acknowledgement/1/1"
    assert letter.recipient == "kunde@home.example"
    local, _, domain = letter.sender.partition("@")
    token = unseal(local.removeprefix("bounces+"), DESK.keys)
    assert (token and (token.ticket, token.audience, token.party)) == (123, Audience.RETURN_PATH, 1)
    assert (domain, len(local) <= 64) == ("solaria.example", True)
    assert (letter.language, letter.keeps, letter.not_before, letter.ticket_id) == ("it", True, later, 123)
    assert letter.message_id == str(mail(compose(opened("it"), notice, writing(), now=NOW))["Message-ID"]).strip("<>")


def test_same_notice_gives_the_same_bytes() -> None:
    """Composing a notice twice gives the same mail."""
    assert write(opened("de")).letter.raw == write(opened("de")).letter.raw


def test_addresses_are_the_companys_and_the_token_the_readers() -> None:
    """From is the support address; Reply-To has a token for ticket, audience and recipient."""
    read = mail(write(opened("de")))
    assert str(read["From"]) == "Solaria Customer Care <support@solaria.example>"
    assert str(read["To"]) == "Jörg Müller <kunde@home.example>"
    token = unseal(token_in(read["Reply-To"].addresses[0].addr_spec), DESK.keys)
    assert token is not None
    assert (token.ticket, token.audience, token.party) == (123, Audience.CUSTOMER, 1)
    assert token_of_message_id(str(read["Message-ID"]), DESK.keys) == token


AUDIENCES = [("customer wrote", Audience.STAFF_REPLY, 2), ("third party question", Audience.THIRD_PARTY, 4)]


@pytest.mark.parametrize(("turn", "audience", "party"), AUDIENCES)
def test_each_reader_answers_under_a_token_of_their_own(turn: str, audience: Audience, party: int) -> None:
    """Answers of staff and third parties are told apart by the reply address."""
    read = mail(written(turn, "en")[0])
    token = unseal(token_in(read["Reply-To"].addresses[0].addr_spec), DESK.keys)
    assert token is not None
    assert (token.audience, token.party) == (audience, party)


def test_note_address_is_staffs_alone_and_says_note() -> None:
    """Only staff letters show the notes address, which has its own token."""
    text = written("customer wrote", "en")[0].message.text
    shown = [word.rstrip(":") for word in text.split() if word.startswith("support+")]
    tokens = [unseal(token_in(address), DESK.keys) for address in shown]
    notes = [token for token in tokens if token is not None and token.audience is Audience.STAFF_NOTE]
    assert [token.party for token in notes[:1]] == [2]


KINDS = [
    ("acknowledgement", 0, "auto-replied"),
    ("acknowledgement, nothing missing", 0, "auto-generated"),
    ("progress by itself", 0, "auto-generated"),
    ("delay by itself", 0, "auto-generated"),
    ("progress", 0, None),
    ("delay", 0, None),
    ("decision", 0, None),
    ("third party question", 0, None),
    ("decision", 1, "auto-generated"),
]


@pytest.mark.parametrize(("turn", "number", "kind"), KINDS)
def test_automatic_letters_say_so_and_persons_words_do_not(turn: str, number: int, kind: str | None) -> None:
    """Auto-Submitted is auto-replied or auto-generated (RFC 3834 section 5), and absent where a person wrote
    the text."""
    read = mail(written(turn, "it")[number])
    assert (read["Auto-Submitted"], read["X-Auto-Response-Suppress"]) == (kind, SUPPRESS)


@pytest.mark.parametrize("turn", TURNS)
def test_no_letter_looks_like_bulk_or_list_mail(turn: str) -> None:
    """No Precedence and no List- fields; language, ticket and notice are in headers."""
    for composed in written(turn, "de"):
        names = {name.lower() for name in mail(composed)}
        assert "precedence" not in names
        assert not any(name.startswith("list-") for name in names)
        assert mail(composed)["Content-Language"] == "de"
        assert (mail(composed)["X-Reclamo-Ticket"], mail(composed)["X-Reclamo-Notice"]) == (
            REFERENCE,
            composed.letter.notice,
        )


@pytest.mark.parametrize("turn", TURNS)
def test_our_own_reader_knows_our_letters(turn: str) -> None:
    """Read back, a letter is recognised as ours, its token gives the ticket, and its text is the one the case keeps."""
    ours = OwnIdentity(support=("support@solaria.example",), message_id_domain="solaria.example")
    for composed in written(turn, "it"):
        reading = read_mail(composed.letter.raw, ours=ours)
        assert reading.kind is MailKind.OWN
        assert (reading.unreadable, reading.oddities) == ("", ())
        assert composed.message.text.split() == reading.text.split()
        assert reading.message_id == composed.letter.message_id


def test_reply_carries_proof_of_the_case() -> None:
    """A reply is tied to the case by its address and by In-Reply-To."""
    read = mail(write(opened("it")))
    raw = (
        f"From: a@b.example\r\nTo: {read['Reply-To']}\r\nIn-Reply-To: {read['Message-ID']}\r\n"
        f"Subject: Re: {read['Subject']}\r\n\r\nciao\r\n"
    )
    ours = OwnIdentity(support=("support@solaria.example",), message_id_domain="solaria.example")
    found = [clue.strength for clue in read_mail(raw.encode(), ours=ours).case_clues]
    assert found == [ClueStrength.TOKEN, ClueStrength.OWN_MESSAGE_ID, ClueStrength.SUBJECT_TAG]


# ------------------------------------------------------------------------------------------------------- threads


def _kept(case: Case, composed: ComposedLetter) -> Case:
    return replace(case, messages=(*case.messages, composed.message))


def test_letters_to_the_customer_are_one_thread() -> None:
    """Each letter replies to the last mail, refers to all before it, and keeps the subject."""
    case = opened("en")
    first = compose(case, replace(due("acknowledgement"), in_reply_to=case.messages[0].message_id), writing(), now=NOW)
    second = write(_kept(case, first), "progress", automatic=True)
    mail_id = f"<{case.messages[0].message_id}>"
    assert str(mail(first)["In-Reply-To"]) == str(mail(first)["References"]) == mail_id
    assert str(mail(second)["In-Reply-To"]) == f"<{first.letter.message_id}>"
    assert str(mail(second)["References"]).split() == [mail_id, f"<{first.letter.message_id}>"]
    assert first.letter.subject == second.letter.subject == f"Re: [{REFERENCE}] {SUBJECTS['en']}"


def test_an_answer_comes_last_in_its_references() -> None:
    """References ends with the mail that is answered (RFC 5322 section 3.6.4)."""
    case = opened("en")
    first = write(case)
    again = incoming("en", at=NOW + timedelta(days=1))
    case = replace(_kept(case, first), messages=(again, *_kept(case, first).messages))
    letter = compose(case, replace(due("reply", staff_text="x"), in_reply_to=again.message_id), writing(), now=NOW)
    assert str(mail(letter)["References"]).split()[-1] == f"<{again.message_id}>"


def test_letters_to_staff_hang_on_a_root_of_their_own() -> None:
    """Letters to one staff member share a thread root, and no customer mail is in that thread."""
    case = opened("en")
    first, second = write(case, "new_case", 2), write(case, "customer_wrote", 2)
    roots = {str(mail(composed)["References"]).split()[0] for composed in (first, second)}
    assert len(roots) == 1
    assert case.messages[0].message_id not in first.letter.raw.decode()
    assert first.letter.subject == second.letter.subject == f"[{REFERENCE}] {SUBJECTS['en']}"


def test_long_threads_keep_the_first_and_the_latest() -> None:
    """References is bounded in length."""
    case = opened("en")
    mails = tuple(incoming("en", at=NOW + timedelta(minutes=number)) for number in range(60))
    ids = str(mail(write(replace(case, messages=mails)))["References"]).split()
    assert (len(ids), ids[0], ids[-1]) == (20, f"<{mails[0].message_id}>", f"<{mails[-1].message_id}>")


SUBJECTS_IN = [
    ("Re: AW: R: Fault", "Re: [C-2026-000123] Fault"),
    (f"RE: [{REFERENCE}] Fault", "Re: [C-2026-000123] Fault"),
    (f"Re: [{REFERENCE}] Re: [{REFERENCE}] Fault", "Re: [C-2026-000123] Fault"),
    ("回复：故障", "Re: [C-2026-000123] 故障"),
    ("", "Re: [C-2026-000123] product complaint"),
    ("Re: Re:", "Re: [C-2026-000123] product complaint"),
    ("{{ 7 * 7 }}", "Re: [C-2026-000123] {{ 7 * 7 }}"),
    ("a\r\nBcc: x@y.example", "Re: [C-2026-000123] a Bcc: x@y.example"),
]


@pytest.mark.parametrize(("theirs", "ours"), SUBJECTS_IN)
def test_subject_stays_the_same_however_often_it_was_answered(theirs: str, ours: str) -> None:
    """Reply prefixes and our tag do not accumulate; an empty subject becomes the kind's title."""
    case = opened("en")
    composed = write(replace(case, ticket=replace(case.ticket, subject=theirs)))
    assert composed.letter.subject == str(mail(composed)["Subject"]) == ours


def test_long_subject_is_cut_and_keeps_its_tag() -> None:
    """The tag is at the front, so cutting does not remove it."""
    case = opened("en")
    subject = write(replace(case, ticket=replace(case.ticket, subject="word " * 200))).letter.subject
    assert (len(subject) <= 200, subject[:20], subject[-1]) == (True, "Re: [C-2026-000123] ", "…")


# ------------------------------------------------------------------------------------------------- people and words

HOSTILE = 'Eve"\r\nBcc: all@x.example\r\n\r\n<b>*x*</b> [y](http://z.example)'


def test_hostile_names_and_subjects_harm_nothing() -> None:
    """A customer's name and subject cannot end a header, add a recipient or become markup."""
    case = opened("en")
    eve = Party(number=1, role=Role.CUSTOMER, address="eve@home.example", name=HOSTILE, language="en")
    case = replace(case, ticket=replace(case.ticket, subject=HOSTILE), parties=(eve, *case.parties[1:]))
    for notice, party in (("acknowledgement", 1), ("new_case", 2)):
        read = mail(write(case, notice, party))
        assert len(read["To"].addresses) == 1
        assert "Bcc" not in read
        page = read.get_body(("html",))
        assert page is not None
        assert "<b>" not in page.get_content()
        assert 'href="http://z' not in page.get_content()


LANGUAGES = [("it", "de", "it"), ("", "de", "de"), ("fr", "de", "de"), ("fr", "pl", "en")]


@pytest.mark.parametrize(("theirs", "of_case", "written_in"), LANGUAGES)
def test_customer_is_written_to_in_the_nearest_language(theirs: str, of_case: str, written_in: str) -> None:
    """The customer's language, else the case's, else the policy's first."""
    case = opened("de")
    customer = replace(case.parties[0], language=theirs)
    case = replace(case, parties=(customer, *case.parties[1:]), ticket=replace(case.ticket, language=of_case))
    assert write(case).letter.language == written_in


def test_staff_are_written_to_in_their_own_language() -> None:
    """The staff member's language, not the customer's."""
    case = opened("it", staff_language="de")
    assert write(case, "new_case", 2).letter.language == "de"
    unknown = replace(case.parties[1], language="")
    assert write(replace(case, parties=(case.parties[0], unknown)), "new_case", 2).letter.language == "en"


def test_customers_zone_is_the_readers() -> None:
    """A customer reads dates in their own time zone, staff in that of the calendar."""
    case = opened("en")
    case = replace(
        case, ticket=replace(case.ticket, zone="Asia/Shanghai", received_at=datetime(2026, 3, 2, 20, tzinfo=UTC))
    )
    assert "Tuesday, 3 March 2026" in write(case).message.text
    assert "Monday, 2 March 2026, 21:00 (CET)" in write(case, "new_case", 2).message.text


def test_files_go_along() -> None:
    """A file that a notice attaches is in the letter and on the case's message; a missing file is left out."""
    notice = replace(due("reply", staff_text="see the plan"), attach=((9, 2), (9, 3)))
    files = {(9, 2): Enclosure("plan.pdf", "application/pdf", b"%PDF-1.7 x")}
    composed = compose(opened("en"), notice, writing(), now=NOW, files=files)
    assert [part.get_filename() for part in mail(composed).iter_attachments()] == ["plan.pdf"]
    assert composed.message.attachments == ({"name": "plan.pdf", "type": "application/pdf", "size": 10},)


def test_message_kept_of_a_letter_says_what_it_was() -> None:
    """The case records direction, thread, party, text, and the deadline that a letter was about."""
    message = written("warning", "en")[0].message
    assert (message.direction, message.thread, message.party, message.notice) == ("out", "staff", 2, "warning")
    assert (message.about, message.automatic) == ("resolve:0", True)
    assert written("third party question", "en")[0].message.thread == "third:installer"
    assert written("reply", "en")[0].message.automatic is False


def test_letters_of_one_decision_come_in_its_order() -> None:
    """Staff letters are composed last, since they quote the others, and still keep their position."""
    case = opened("en")
    done = [{"line": "take", "did": "assigned", "value": "ada@solaria.example"}]
    notices = (due("transcript", 2, done=done), due("reply", staff_text="hello"))
    letters = compose_all(case, notices, writing(), now=NOW)
    assert [composed.letter.notice for composed in letters] == ["transcript", "reply"]
    assert "> hello" in letters[0].message.text


# --------------------------------------------------------------------------------------------- filled in and read


def _answered(language: str, filled: dict[str, str]) -> dict[str, str]:
    """Return what is read from a reply that quotes our acknowledgement with these labels filled in."""
    quoted = [f"> {line}" for line in written("acknowledgement", language)[0].message.text.split("\n")]
    labels = {writing().policy.details[name].label[language]: value for name, value in filled.items()}
    lines = [f"{line} {labels[line[2:-1]]}" if line[2:-1] in labels else line for line in quoted]
    head = f"From: kunde@home.example\r\nTo: support@solaria.example\r\nSubject: Re: [{REFERENCE}] x\r\n"
    kind = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    raw = f"{head}{kind}\r\nOn 2 March 2026 Solaria Customer Care wrote:\r\n" + "\r\n".join(lines)
    found = find_details(
        read_mail(raw.encode()), writing().policy.details, languages=("en", "it", "de"), today=NOW.date(), country="IT"
    )
    return {detail.name: detail.value for detail in found if not detail.wrong}


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_blanks_filled_in_inside_the_quote_are_read(language: str) -> None:
    """Values filled in after the labels of the quoted acknowledgement are read as details."""
    found = _answered(language, {"model": "ST-8.0K", "serial": "SN80A2499999"})
    assert (found.get("model"), found.get("serial")) == ("ST-8.0K", "SN80A2499999")


@pytest.mark.parametrize("language", ["en", "it", "de"])
def test_examples_beside_blanks_are_not_answers(language: str) -> None:
    """A reply that quotes the list and fills in nothing gives no details."""
    found = _answered(language, {})
    assert ("model" in found, "serial" in found) == (False, False)
