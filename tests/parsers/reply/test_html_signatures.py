"""Signatures in elements of their own."""

from __future__ import annotations

import pytest

from parsers.reply.html_signatures import without_signature

SIGNED = "<div>Anna Bianchi</div><div>Geschäftsführerin</div><div>Bianchi Haustechnik GmbH</div><div>Musterweg 1</div>"
REPLY = "Es geht nicht.\n\nAnna Bianchi\nGeschäftsführerin\nBianchi Haustechnik GmbH\nMusterweg 1"


@pytest.mark.parametrize(
    "element",
    [
        '<div id="Signature">{}</div>',
        '<div id="x_Signature">{}</div>',
        '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{}</div>',
        '<div class="moz-signature">{}</div>',
        '<div id="AppleMailSignature">{}</div>',
        '<div id="ms-outlook-mobile-signature">{}</div>',
    ],
)
def test_a_signature_of_a_mail_program(element: str) -> None:
    """Name, title, firm and street are no words of a complaint."""
    html = f"<html><body><div>Es geht nicht.</div>{element.format(SIGNED)}</body></html>"
    kept, signature = without_signature(REPLY, html)
    assert (kept, signature.split("\n")[0]) == ("Es geht nicht.", "Anna Bianchi")


def test_words_that_somebody_typed_into_it_stay() -> None:
    """Where nothing else is left, or words stand below it, nothing is taken away."""
    html = f'<html><body><div id="Signature">{SIGNED}</div></body></html>'
    assert without_signature(REPLY.split("\n\n")[1], html) == (REPLY.split("\n\n")[1], "")
    assert without_signature(f"{REPLY}\nPS: der Lüfter", html) == (f"{REPLY}\nPS: der Lüfter", "")
    assert without_signature(REPLY, "") == (REPLY, "")
