"""Header fields of a letter."""

from __future__ import annotations

from datetime import UTC, datetime

from daemon.letters.headers import AUTO_REPLIED, LETTER_HEADER, LetterHead, header_fields

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_the_least_that_every_letter_has() -> None:
    """A letter about no case still has sender, recipient, date, language and Auto-Submitted."""
    head = LetterHead(
        sender="support@firm.example", sender_name="Firm", recipient="ada@firm.example", subject="Hello", at=AT,
        language="en",
    )  # fmt: skip
    assert b"".join(header_fields(head)).decode().split("\r\n") == [
        "From: Firm <support@firm.example>",
        "To: ada@firm.example",
        "Subject: Hello",
        "Date: Mon, 02 Mar 2026 09:30:00 +0000",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "Content-Language: en",
        "",
    ]


def test_all_fields_in_their_order() -> None:
    """Every value has its own field; identifiers are put in angle brackets."""
    head = LetterHead(
        sender="support@firm.example", sender_name="Firm", recipient="ada@firm.example", recipient_name="Ada",
        subject="Hello", at=AT, language="en", reply_to="support+t@firm.example", message_id="<m1@firm.example>",
        in_reply_to="m0@firm.example", references=["r@firm.example", "m0@firm.example"], auto_submitted=AUTO_REPLIED,
        reference="C-2026-000001", notice="ask", letter_id="m1@firm.example",
    )  # fmt: skip
    lines = b"".join(header_fields(head)).decode().replace("\r\n ", " ").split("\r\n")
    assert lines == [
        "From: Firm <support@firm.example>",
        "To: Ada <ada@firm.example>",
        "Reply-To: Firm <support+t@firm.example>",
        "Subject: Hello",
        "Date: Mon, 02 Mar 2026 09:30:00 +0000",
        "Message-ID: <m1@firm.example>",
        "In-Reply-To: <m0@firm.example>",
        "References: <r@firm.example> <m0@firm.example>",
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "Content-Language: en",
        "X-Reclamo-Ticket: C-2026-000001",
        "X-Reclamo-Notice: ask",
        f"{LETTER_HEADER}: m1@firm.example",
        "",
    ]


def test_words_of_a_person_are_not_marked_as_a_program_s() -> None:
    """Without a value Auto-Submitted is left out (RFC 3834 section 5)."""
    head = LetterHead(
        sender="support@firm.example", sender_name="Firm", recipient="ada@firm.example", subject="Hello", at=AT,
        language="en", auto_submitted="",
    )  # fmt: skip
    assert not any(line.startswith(b"Auto-Submitted") for line in header_fields(head))
