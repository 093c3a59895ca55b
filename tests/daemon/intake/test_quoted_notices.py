"""Staff replies reach the customer without any part of the notice they answer, whatever mail program wrote them.

In doubt the writer is asked, and one word releases the reply.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.decide.events import StaffWrote
from daemon.decide.staff.outgoing_words import words_going_out
from daemon.intake.case_match import match_by_key
from daemon.intake.incoming_mail import IncomingMail, read_row
from daemon.intake.interpret import event_on_case
from parsers.mail import read_mail
from parsers.sender.authentication import Proof
from parsers.sender.tokens import Audience, Token, seal, tokens_in
from storage.values import InboxRow, Letter, RawMail
from tests.daemon.rendered import as_plain, html_of, note_address, reply_address, text_of
from tests.daemon.signed import ADA, ANNA, KEYS, NOW, ReclamoWithCase

WORDS = "We send you a new inverter on Thursday."
INSIDE = "nobody has taken it yet"

INSIDES = (INSIDE, "Written by Reclamo", "ask a third party", "The customer has an acknowledgement")

Quote = Callable[[str], str]


def wrapped(text: str, width: int = 72) -> str:
    """Wrap text at a width, as old programs do."""
    return "\n".join("\n".join(textwrap.wrap(line, width)) or "" for line in text.split("\n"))


QUOTES: dict[str, Quote] = {
    "nothing changed": lambda text: text,
    "broken lines": wrapped,
    "bars": lambda text: "\n".join(f"| {line}" for line in wrapped(text).split("\n")),
    "initials": lambda text: "\n".join(f"AB> {line}" for line in text.split("\n")),
    "tabs": lambda text: "\n".join(f"\t{line}" for line in text.split("\n")),
    "one paragraph": lambda text: " ".join(text.split()),
    "other signs": lambda text: text.replace("'", "\u2019").replace("-", "\u2013").replace(" ", "\u00a0").upper(),
    "blank lines between": lambda text: text.replace("\n", "\n\n"),
}
HEADS = {
    "nothing": "",
    "a rule": "________________________________",
    "Hungarian": "Feladó: Firm <complaints@firm.example>\nElküldve: 2026. március 3., kedd 9:00\n"
    "Címzett: Ada Bianchi <ada@firm.example>\nTárgy: [C-2026-000001] Inverter ST-6.0K is dead",
    "Hebrew": "מאת: Firm <complaints@firm.example>\nנשלח: 3/3/2026 9:00\nאל: Ada Bianchi <ada@firm.example>\n"
    "נושא: [C-2026-000001] Inverter ST-6.0K is dead",
    "a Czech sentence": "Dne 3. 3. 2026 v 9:00 Firm\n<complaints@firm.example> napsal(a):",
    "forwarded": "-------- Préposlaná zpráva --------\nOd: Firm <complaints@firm.example>\nDatum: 3. 3. 2026 9:00\n"
    "Predmet: [C-2026-000001] Inverter ST-6.0K is dead\nKomu: ada@firm.example",
}  # fmt: skip


def opened(folder: Path) -> ReclamoWithCase:
    """Return an installation with Anna's case and a notice to Ada, in which senders are always accepted."""
    made = ReclamoWithCase(folder)
    made.stepper.installation = replace(made.stepper.installation, prove_sender=lambda _row, _reading: Proof(True, ""))
    made.news()
    return made


@pytest.fixture
def reclamo(tmp_path: Path) -> ReclamoWithCase:
    """The same, as a fixture."""
    return opened(tmp_path)


def mail(letter: Letter, text: str, *, html: str = "", subject: str = "", headers: bool = True) -> EmailMessage:
    """Build Ada's answer to a letter."""
    made = EmailMessage()
    made["From"], made["To"] = f"Ada Bianchi <{ADA}>", reply_address(letter)
    made["Subject"] = subject or f"Re: {letter.subject}"
    made["Message-ID"] = f"<{abs(hash((text, html, letter.message_id, subject)))}@firm.example>"
    if headers:
        made["In-Reply-To"] = f"<{letter.message_id}>"
    made.set_content(text)
    if html:
        made.set_content(html, subtype="html")
    return made


def says(reclamo: ReclamoWithCase, text: str, letter: Letter | None = None, **options: Any) -> list[str]:
    """Ada answers; return the letters sent, with the recipient if outside the company."""
    made = mail(letter or reclamo.notice, text, **options)
    reclamo.take(made.as_bytes(), sender=ADA, to=made["To"])
    return [f"{notice} to Anna" if reader == ANNA else notice for notice, reader in reclamo.news()]


def nothing_leaked(reclamo: ReclamoWithCase) -> None:
    """Assert that no staff token and no line that only notices have was sent to Anna."""
    for letter in (sent for sent in reclamo.post.letters if sent.recipient == ANNA):
        for text in (text_of(letter), html_of(letter), letter.raw.decode()):
            assert {token.audience for token in tokens_in(text, KEYS)} <= {Audience.CUSTOMER}
            for inside in INSIDES:
                assert inside.lower() not in text.replace("\u00a0", " ").lower()


# ------------------------------------------------------------------------------------------- the notice below the words


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize("head", HEADS)
def test_the_notice_below_is_cut(reclamo: ReclamoWithCase, quote: str, head: str) -> None:
    """Whatever introduces the quotation, in any language, only the writer's words are sent."""
    quoted = QUOTES[quote](text_of(reclamo.notice))
    assert says(reclamo, f"{WORDS}\n\n{HEADS[head]}\n\n{quoted}") == ["reply to Anna", "transcript"]
    shown = text_of(reclamo.last("reply", ANNA))
    assert WORDS in shown
    assert "complaints@" not in shown.partition(WORDS)[2].partition("\n-- ")[0]
    nothing_leaked(reclamo)


@pytest.mark.parametrize(
    "command", ["take", "decide: partly upheld\n\nHalf of it is ours.", "remind: 2026-05-20\n\nCall."]
)
@pytest.mark.parametrize("head", HEADS)
def test_commands_above_such_a_notice_are_obeyed(reclamo: ReclamoWithCase, command: str, head: str) -> None:
    """Although the quoted notice lists the same command lines."""
    done = says(reclamo, f"{command}\n\n{HEADS[head]}\n\n{text_of(reclamo.notice)}")
    assert "transcript" in done
    assert "refused" not in done
    assert "reply to Anna" not in done
    nothing_leaked(reclamo)


def test_html_with_a_bare_rule(reclamo: ReclamoWithCase) -> None:
    """The notice quoted as HTML below a rule."""
    assert says(reclamo, WORDS, html=f"<p>{WORDS}</p><hr>{html_of(reclamo.notice)}") == ["reply to Anna", "transcript"]
    assert WORDS in text_of(reclamo.last("reply", ANNA))
    nothing_leaked(reclamo)


def test_the_page_as_plain_text(reclamo: ReclamoWithCase) -> None:
    """The notice quoted as text with link targets after the link texts."""
    plain = as_plain(reclamo.notice, lambda words, href: f"{words} <{href}>")
    assert says(reclamo, f"{WORDS}\n\n\n{plain}") == ["reply to Anna", "transcript"]
    nothing_leaked(reclamo)


def test_forwarded(reclamo: ReclamoWithCase) -> None:
    """A forwarded notice with words above it counts as an answer with a quotation."""
    text = f"{WORDS}\n\n{HEADS['forwarded']}\n\n{text_of(reclamo.notice)}"
    assert says(reclamo, text, subject=f"Fwd: {reclamo.notice.subject}") == ["reply to Anna", "transcript"]
    nothing_leaked(reclamo)


@pytest.mark.parametrize("above", ["", "________________________________", "* * *", "\u2014"])
def test_nothing_left_is_no_letter(reclamo: ReclamoWithCase, above: str) -> None:
    """The notice alone, or below a rule, sends nothing."""
    assert says(reclamo, f"{above}\n\n{text_of(reclamo.notice)}") == ["refused"]
    assert "neither a command nor any text" in text_of(reclamo.last("refused", ADA))


def test_a_long_conversation(reclamo: ReclamoWithCase) -> None:
    """Her earlier answer between two notices counts as quotation."""
    first = f"{WORDS}\n\n{HEADS['Hungarian']}\n\n{text_of(reclamo.notice)}"
    says(reclamo, first)
    second = reclamo.last("transcript", ADA)
    text = f"It comes on Friday.\n\n{HEADS['Hungarian']}\n\n{text_of(second)}\n\nFeladó: Ada Bianchi <{ADA}>\n"
    text += f"Elküldve: 2026. március 3., kedd 9:30\nCímzett: Firm <complaints@firm.example>\n\n{first}"
    assert says(reclamo, text, second) == ["reply to Anna", "transcript"]
    shown = text_of(reclamo.last("reply", ANNA))
    assert "It comes on Friday." in shown
    assert WORDS not in shown
    nothing_leaked(reclamo)


# ------------------------------------------------------------------------------------------------------- words in doubt


def in_the_middle(reclamo: ReclamoWithCase) -> str:
    """Send Ada's reply with a line of the notice between her words."""
    return f"{WORDS}\n\nTeam: Technical team, {INSIDE}\n\nThe technician calls you before."


def test_a_line_between_the_words_is_asked_about(reclamo: ReclamoWithCase) -> None:
    """Nothing is sent or done; she is shown her words and that line."""
    before = reclamo.case()
    assert says(reclamo, f"take\n{in_the_middle(reclamo)}") == ["refused"]
    asked = text_of(reclamo.last("refused", ADA))
    assert f"- Team: Technical team, {INSIDE}" in asked
    assert f"> {WORDS}" in asked
    assert reclamo.case().ticket.assignee == before.ticket.assignee
    nothing_leaked(reclamo)


def test_one_word_lets_them_go_once(reclamo: ReclamoWithCase) -> None:
    """The words are sent as they are, with the commands above them; a second confirmation does nothing."""
    says(reclamo, f"take\n{in_the_middle(reclamo)}")
    asked = reclamo.last("refused", ADA)
    assert says(reclamo, "send", asked) == ["reply to Anna", "transcript"]
    assert INSIDE in text_of(reclamo.last("reply", ANNA))
    assert reclamo.case().ticket.assignee == ADA
    assert says(reclamo, "Send.", asked, subject="Re: again") == ["refused"]
    assert "No words of yours wait to be sent" in text_of(reclamo.last("refused", ADA))


def test_the_word_below_a_quoted_letter_or_without_headers(reclamo: ReclamoWithCase) -> None:
    """The confirmation may quote the question; without thread headers it confirms the only reply that waits."""
    says(reclamo, in_the_middle(reclamo))
    asked = reclamo.last("refused", ADA)
    assert (
        says(reclamo, f"send\n\n{HEADS['Hungarian']}\n\n{text_of(asked)}", asked, headers=False)[0] == "reply to Anna"
    )


def test_of_two_that_wait_the_one_that_is_answered_goes(reclamo: ReclamoWithCase) -> None:
    """Without thread headers, neither."""
    says(reclamo, in_the_middle(reclamo))
    first = reclamo.last("refused", ADA)
    says(reclamo, in_the_middle(reclamo).replace("Thursday", "Friday"))
    assert says(reclamo, "send", first, headers=False) == ["refused"]
    assert says(reclamo, "send", first, subject="Re: the first")[0] == "reply to Anna"
    assert "Thursday" in text_of(reclamo.last("reply", ANNA))


def test_the_word_is_for_its_writer(reclamo: ReclamoWithCase) -> None:
    """Nobody else can confirm Ada's reply."""
    says(reclamo, in_the_middle(reclamo))
    made = mail(reclamo.last("refused", ADA), "send")
    made.replace_header("From", "max@firm.example")
    reclamo.take(made.as_bytes(), sender="max@firm.example", to=made["To"])
    assert ANNA not in [reader for _, reader in reclamo.news()]
    assert reclamo.set_aside()


def test_the_mark_before_the_words(reclamo: ReclamoWithCase) -> None:
    """Text after the mark is sent whatever it looks like."""
    assert says(reclamo, f"reply:\n{in_the_middle(reclamo)}") == ["reply to Anna", "transcript"]
    assert says(reclamo, "Reply: note that she may call at any time") == ["reply to Anna", "transcript"]
    assert "note that she may call" in text_of(reclamo.last("reply", ANNA))


def test_words_given_back_are_the_writers_own(reclamo: ReclamoWithCase) -> None:
    """She copies her refused words out of the letter that refused them."""
    says(reclamo, f"/nonsense\n{WORDS} Please keep the old one until then.")
    asked = reclamo.last("refused", ADA)
    assert says(reclamo, f"{WORDS} Please keep the old one until then.", asked)[0] == "reply to Anna"


def test_a_word_too_late(reclamo: ReclamoWithCase) -> None:
    """After a week she is shown her words again instead."""
    says(reclamo, in_the_middle(reclamo))
    asked = reclamo.last("refused", ADA)
    reclamo.stepper.advance(reclamo.stepper.now + timedelta(days=8))
    reclamo.news()
    assert says(reclamo, "send", asked) == ["refused"]
    assert f"> {WORDS}" in text_of(reclamo.last("refused", ADA))


def test_what_has_happened_meanwhile_is_told(reclamo: ReclamoWithCase) -> None:
    """Anna has written and the case was closed: the words are sent, and Ada is told."""
    says(reclamo, in_the_middle(reclamo))
    asked = reclamo.last("refused", ADA)
    letter = reclamo.last("acknowledgement", ANNA)
    more = mail(letter, "Have you any news for me?")
    more.replace_header("From", ANNA)
    reclamo.take(more.as_bytes(), sender=ANNA, to=more["To"])
    reclamo.news()
    assert says(reclamo, "send", asked) == ["reply to Anna", "transcript"]
    assert "the customer has written again" in text_of(reclamo.last("transcript", ADA))


# ----------------------------------------------------------------------------------------------------- tokens and files


def test_a_token_never_goes(reclamo: ReclamoWithCase) -> None:
    """Not with the mark, not after confirmation, not when broken over lines."""
    note = note_address(reclamo.notice)
    for text in (f"Write to {note}.", f"reply: Write to {note}.", f"Write to\n{note[:30]}\n{note[30:]} please"):
        assert says(reclamo, text) == ["refused"]
        assert "never goes out" in text_of(reclamo.last("refused", ADA))
        assert "refused" in says(reclamo, "send", reclamo.last("refused", ADA), subject=f"Re: {text[:8]}")
    nothing_leaked(reclamo)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_notice_attached_stays(reclamo: ReclamoWithCase, as_file: bool) -> None:
    """An attached notice, as a message or a file, is not sent; the photograph beside it is."""
    made = mail(reclamo.notice, WORDS)
    if as_file:
        made.add_attachment(reclamo.notice.raw, "application", "octet-stream", filename="notice.eml")
    else:
        inner = EmailMessage()
        inner["From"], inner["Message-ID"] = "complaints@firm.example", f"<{reclamo.notice.message_id}>"
        inner["Subject"] = "Case"
        inner.set_content(text_of(reclamo.notice), cte="base64")
        made.add_attachment(inner)
    made.add_attachment(b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image", "png", filename="photo.png")
    reclamo.take(made.as_bytes(), sender=ADA, to=made["To"])
    assert ("reply", ANNA) in reclamo.news()
    letter = reclamo.last("reply", ANNA)
    files = [attachment.name for attachment in read_mail(letter.raw).attachments]
    assert files == ["photo.png"]
    assert "letters of ours to staff" in text_of(reclamo.last("transcript", ADA))
    nothing_leaked(reclamo)


def test_a_letter_with_a_token_of_staff_does_not_leave(reclamo: ReclamoWithCase) -> None:
    """Such a letter is held, the customer's address is not marked as failing, and staff are told."""
    token = seal(Token(reclamo.case().ticket.id, Audience.STAFF_NOTE, 2), KEYS)
    customer = mail(reclamo.last("acknowledgement", ANNA), "More words.")
    customer.replace_header("From", ANNA)
    customer.replace_header("Message-ID", f"<{token}.{'a' * 16}@firm.example>")  # our letters refer to it
    reclamo.take(customer.as_bytes(), sender=ANNA, to=customer["To"])
    reclamo.news()
    assert says(reclamo, WORDS) == ["transcript", "undeliverable"]
    assert "was not sent" in text_of(reclamo.last("undeliverable", ADA))
    assert not reclamo.case().customer().bounced
    nothing_leaked(reclamo)


# -------------------------------------------------------------------------------------------------- letters that may go

_LETTERS = [
    "Dear Anna, you wrote: My inverter ST-6.0K, serial number SN60A2412345, does not switch on any more.",
    "We have looked at your case C-2026-000001 and will decide by Tuesday, 14 April 2026.",
    "Your inverter ST-6.0K (serial number SN60A2412345) will be replaced on Friday, 20 March 2026.",
    "Please tell us what you can answer to these questions.",
    "Ada Bianchi of our technical team will call you.",
    "I would like a new one, you wrote. It will be with you next week.",
]


@pytest.mark.parametrize("text", _LETTERS)
def test_what_the_customer_knows_may_be_said(reclamo: ReclamoWithCase, text: str) -> None:
    """Their own words, dates, product, and common words."""
    assert says(reclamo, text) == ["reply to Anna", "transcript"]
    assert text.rpartition(",")[2].strip() in text_of(reclamo.last("reply", ANNA))


# ------------------------------------------------------------------------------------------------------------ any quote

_OWN = st.sampled_from([WORDS, "", "take", "Thank you.\n\nKind regards\nAda", "Tomorrow.\n- at nine\n- or at ten"])
_MARK = st.sampled_from(["", "> ", "| ", "AB> ", "\t", "    ", ">> ", "* ", "\u2502 "])
_CHANGE = st.sampled_from(
    [str.upper, str.lower, lambda t: t.replace(" ", "\u00a0"), lambda t: t.replace("-", "\u2014"), str]
)


@st.composite
def answers(draw: st.DrawFn) -> Callable[[str], str]:
    """Draw a way to answer a notice: what is quoted and how, with which introduction, and the words around it."""
    own, below, mark, change = draw(_OWN), draw(_OWN), draw(_MARK), draw(_CHANGE)
    width, head, joined = (
        draw(st.integers(40, 100) | st.just(9999)),
        draw(st.sampled_from([*HEADS])),
        draw(st.booleans()),
    )
    first, last = draw(st.integers(0, 12)), draw(st.integers(0, 12))

    def answer(notice: str) -> str:
        lines = change(wrapped(notice, width)).split("\n")
        quoted = (" " if joined else "\n").join(f"{mark}{line}" for line in lines[first : len(lines) - last])
        return f"{own}\n\n{HEADS[head]}\n\n{quoted}\n\n{below}"

    return answer


def test_no_way_of_quoting_lets_anything_out(reclamo: ReclamoWithCase) -> None:
    """The notice is removed or asked about: what would be sent has no token and no line found only in the notice."""
    case, installation, notice = reclamo.case(), reclamo.stepper.installation, text_of(reclamo.notice)

    @given(answers())
    @settings(max_examples=150, deadline=None)
    def holds(answer: Callable[[str], str]) -> None:
        made = mail(reclamo.notice, answer(notice))
        raw = RawMail(raw=made.as_bytes(), received_at=NOW, source="smtp", recipients=(made["To"],))
        row = InboxRow(id=99, mail=raw, sha256="", attempts=1)
        reading = read_row(row, installation)
        incoming = IncomingMail(row, reading, match_by_key(reading, KEYS), NOW.date())
        said = event_on_case(incoming, case, installation.policies["complaints"], installation)
        assert isinstance(said, StaffWrote)
        out = "\n".join(words_going_out(said)).replace("\u00a0", " ").lower()
        if not said.findings and not said.unknown:
            assert tokens_in(out, KEYS) == ()
            assert not [inside for inside in INSIDES if inside.lower() in out]

    holds()
