"""Banners of mail gateways above and below the sender's text."""

from __future__ import annotations

import pytest

from parsers.mail import read_mail
from parsers.reply.banners import is_banner, without_banner

BANNERS = [
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless "
    "you recognize the sender and know the content is safe.",
    "[EXTERNAL] This email originated from outside of the organization. Do not click links or open attachments.",
    "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Bitte vermeiden Sie es, Anhänge zu öffnen.",
    "ATTENZIONE: questo messaggio proviene da un mittente esterno. Non aprire allegati né collegamenti sospetti.",
    "ATTENTION : ce message provient de l'extérieur de l'entreprise. Ne cliquez pas sur les liens.",
    "PRECAUCIÓN: este correo procede de fuera de la organización. No abra enlaces ni adjuntos.",
    "LET OP: dit bericht komt van buiten de organisatie. Klik niet op links.",
    "UWAGA: ta wiadomość pochodzi spoza organizacji. Nie otwieraj załączników.",
    "POZOR: Tento e-mail pochází od externího odesílatele. Neotevírejte přílohy.",
    "FIGYELEM! Ez az üzenet külső feladótól érkezett. Ne nyissa meg a mellékleteket.",
    "ВНИМАНИЕ: Это письмо отправлено внешним отправителем. Не открывайте вложения и ссылки.",
    "【外部邮件】此邮件来自组织外部，请勿随意点击链接或打开附件。",
    "注意：此郵件來自外部寄件者，請勿點擊連結。",
    "[社外メール] このメールは組織外から送信されています。リンクや添付ファイルに注意してください。",
    "External email: use caution with links and attachments.",
    "This Message Is From an External Sender. This message came from outside your organization.",
    "You don't often get email from anna@example.net. Learn why this is important",
]


@pytest.mark.parametrize("banner", BANNERS)
def test_a_banner_is_cut_above_and_below(banner: str) -> None:
    """In any language, on one line or several; the sender's text is kept completely."""
    wrapped = banner.replace(". ", ".\n", 1)
    for top in (banner, wrapped, f"________________\n{banner}\n________________"):
        assert without_banner(f"{top}\n\ntake") == "take"
    assert without_banner(f"The fan is loud.\n\nAnna\n\n{banner}") == "The fan is loud.\n\nAnna"
    assert without_banner(banner) == banner, "somebody may complain of nothing but this"


def test_text_directly_below_a_banner_is_kept() -> None:
    """Some gateways insert no blank line."""
    assert without_banner(f"{BANNERS[0]}\ntake") == "take"
    assert without_banner("[EXTERNAL] take") == "take"
    assert without_banner("*** EXTERNAL ***\n\nDer Fehler ist wieder da.") == "Der Fehler ist wieder da."


PERSONS = [
    "ATTENTION: your product burns! Please call me at once.",
    "WARNING: the external battery of my inverter smokes.\n\nPlease help.",
    "URGENT: I sent you an e-mail last week and nobody answers.\n\nAnna",
    "CAUTION label is missing on the device.\n\nAnna",
    "[C-2026-000123] It still does not work.\n\nAnna",
    "The link in your email does not open and the attachment is empty.\n\nPlease send it again.",
    "ACHTUNG: Das Gerät qualmt.\n\nBitte melden Sie sich.",
    "Your company sent me a message that I cannot read.\n\nAnna",
    "The external display is broken.\n\nAnna",
    "(Rossi) here are the photos.\n\nAnna",
]


@pytest.mark.parametrize("text", PERSONS)
def test_a_persons_text_is_kept(text: str) -> None:
    """Also if it begins with a label in capitals."""
    assert without_banner(text) == text


def html_mail(page: str) -> bytes:
    """A mail with only HTML."""
    head = "From: a@example.net\nTo: c@example.org\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n"
    return f"{head}{page}".encode()


@pytest.mark.parametrize(
    "box",
    [
        '<table style="background:#FFEB9C"><tr><td><b>CAUTION:</b> This email is from outside. Do not click links.'
        "</td></tr></table>",
        '<table border="1" bgcolor="#ffff00"><tr><td>Mail from an external sender</td></tr></table><br>',
        '<div style="border:1px solid red"><p>Achtung</p><p>Externer Absender. Keine Links öffnen.</p></div>',
    ],
)
def test_a_coloured_box_at_the_top(box: str) -> None:
    """A colour or border counts like a label; Reading.text still has the whole text."""
    reading = read_mail(html_mail(f"<html><body>{box}<div>take</div></body></html>"))
    assert reading.reply == "take"
    assert "take" in reading.text != "take"


def test_a_letter_in_a_coloured_box_is_kept() -> None:
    """A person's own layout is not a banner."""
    page = (
        '<table style="background:#eee"><tr><td>The external fan of my inverter is loud.</td></tr></table><p>Anna</p>'
    )
    assert read_mail(html_mail(page)).reply.startswith("The external fan")


def test_a_long_paragraph_is_no_banner() -> None:
    """Whatever topics it mentions."""
    assert not is_banner(BANNERS[0] * 6)
