"""Signatures separated from the sender's text, and lines that only look like a signature."""

from __future__ import annotations

import pytest

from parsers.reply.signature import is_program_line, split_signature, without_html_signature, without_own_name


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from Outlook for iOS",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Sent from my Verizon Wireless BlackBerry",
        "Inviato da iPhone",
        "Inviato dal mio dispositivo Android",
        "Von meinem iPhone gesendet",
        "Gesendet von Mail für Windows 10",
        "Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>",
        "Envoyé depuis mon appareil mobile Samsung",
        "Télécharger Outlook pour iOS",
        "Enviado desde mi iPhone",
        "Obter o Outlook para iOS",
        "Verstuurd vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Trimis de pe iPhone-ul meu",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Odesláno z iPhonu",
        "Отправлено из мобильной Почты Mail.ru",
        "Надіслано з iPhone",
        "iPhone'umdan gönderildi",
        "Στάλθηκε από το iPhone μου",
        "发自我的iPhone",
        "從我的iPhone傳送",
        "iPhoneから送信",
        "获取 Outlook for iOS",
    ],
)
def test_lines_that_phones_and_programs_add(line: str) -> None:
    """A line that a phone adds below a mail is not the sender's text."""
    assert is_program_line(line)
    assert split_signature(["It is broken.", "", line]) == (["It is broken.", ""], [line])


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my desk, is much easier then my mobile phone.",
        "Get me a new phone please",
        "Sent by DHL on Monday",
        "Scarica la batteria del telefono",
        "Von meinem Handy aus kann ich nicht anrufen",
        "從昨天開始手機無法開機",
        "来自手机的问题很多，请尽快处理一下吧",
        "Your app crashes in Outlook on Android",
        "Få en ny telefon",
    ],
)
def test_lines_that_a_person_wrote(line: str) -> None:
    """A complaint about a phone is not a phone's signature."""
    assert not is_program_line(line)
    assert split_signature(["Hello,", line]) == (["Hello,", line], [])


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Broken.\n\n-- \nAnn Lee\nSome Street 1", "Broken.\n"),
        ("Broken.\n\nBest regards,\nAnn Lee\nTel: 123", "Broken.\n"),
        ("Kaputt.\n\nMit freundlichen Grüßen\n\nAnn Lee", "Kaputt.\n"),
        ("Warte auf Antwort, viele Grüße\nAnn", "Warte auf Antwort, viele Grüße"),
        ("坏了。\n\n此致\n敬礼\n李安", "坏了。\n"),
        ("Broken.\n\n-Ann Lee", "Broken.\n"),
        # kept: a person's words stand below, or nothing stands above
        ("Broken.\n\nBest regards\nAnn\n\nPS: the fan too", None),
        ("Broken.\n\nRegards\nAnn\n\nSerial: AB12", None),
        ("Broken.\n\nRegards\nAnn\n\nWhen will you come?", None),
        ("Best regards\nAnn", None),
        ("Thanks,\nAnn", None),
        ("Two faults:\n- dark\n- Loud", None),
        ("One.\n\n---\n\nTwo, which is as important as the first one was.", None),
    ],
)
def test_where_the_signature_begins(text: str, body: str | None) -> None:
    """The closing greeting and what follows are cut off, unless a statement, question or answer follows."""
    kept, _ = split_signature(text.split("\n"))
    assert "\n".join(kept) == (text if body is None else body)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("We look.\n\nAda Bianchi | Technik | Durchwahl 4711", "We look."),
        ("We look.\n\nAda Bianchi\nTechnik\nTel. 4711", "We look."),
        (
            "We look.\n\nAda Bianchi\n\nFirm S.r.l. - P.IVA 0123\nRegistro Imprese Milano - Cap. Soc. 10.000 EUR i.v.",
            "We look.",
        ),
        (
            "We look.\n\nAda Bianchi\nFirm GmbH, Sitz: Kiel, Amtsgericht Kiel, HRB 12, Geschäftsführer: Max Moro, "
            "USt-IdNr. DE123456789",
            "We look.",
        ),
        (
            "We look.\n\nAda Bianchi\n\nLe informazioni contenute in questa e-mail sono riservate. Chi la riceve "
            "per errore la distrugga.",
            "We look.",
        ),
        ("We look.\n\nAda Bianchi\n\nOur managing director has looked at it himself on Monday.", None),
        ("Ada Bianchi", "Ada Bianchi"),
        ("We look.\n\nAda Bianchi comes to you on Monday and brings the part with her.", None),
        ("We look.\n\nAda Bianchi\n\nDoes Monday suit you?", None),
        ("We look.\n\nBob Blu | Technik", None),
    ],
)
def test_signature_of_somebody_whose_name_is_known(text: str, kept: str | None) -> None:
    """A known name followed only by contacts is a signature without a delimiter; a sentence is kept."""
    assert without_own_name(text, "Ada  Bianchi") == (text if kept is None else kept)


FIRM = (
    "Anna Bianchi\nGeschäftsführerin\n\nBianchi Haustechnik GmbH\nMusterweg 1 | 12345 Musterstadt\n"
    "Tel. +49 123 456789 | Fax +49 123 456780\nwww.bianchi.example | info@bianchi.example\n\n"
    "Geschäftsführer: Anna Bianchi | Amtsgericht Musterstadt HRB 12345 | USt-IdNr. DE123456789"
)


def test_the_register_entry_of_a_firm_is_no_prose() -> None:
    """Below a closing greeting it counts like a name."""
    kept, signature = split_signature(f"Es geht nicht.\n\nMit freundlichen Grüßen\n\n{FIRM}".split("\n"))
    assert ("\n".join(kept).strip(), signature[-1].startswith("Geschäftsführer:")) == ("Es geht nicht.", True)


@pytest.mark.parametrize(
    "footer",
    [
        "Este mensaje y sus archivos adjuntos van dirigidos exclusivamente a su destinatario, pudiendo contener datos.",
        "Der Inhalt dieser E-Mail ist vertraulich und nur für den Adressaten bestimmt.",
        "AVVISO DI RISERVATEZZA: le informazioni sono riservate.",
        "AVISO LEGAL: este correo es confidencial.",
        "本邮件及其附件含有保密信息，仅限于收件人使用。",
    ],
)
def test_a_disclaimer_is_no_text(footer: str) -> None:
    """However it begins."""
    assert split_signature(["Der Fehler ist wieder da.", "", footer])[0] == ["Der Fehler ist wieder da.", ""]


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
def test_a_signature_element_is_removed(element: str) -> None:
    """Name, title, company and street are not part of the complaint."""
    html = f"<html><body><div>Es geht nicht.</div>{element.format(SIGNED)}</body></html>"
    kept, signature = without_html_signature(REPLY, html)
    assert (kept, signature.split("\n")[0]) == ("Es geht nicht.", "Anna Bianchi")


def test_text_in_a_signature_element_is_kept() -> None:
    """If nothing else would remain, or text follows it, nothing is removed."""
    html = f'<html><body><div id="Signature">{SIGNED}</div></body></html>'
    assert without_html_signature(REPLY.split("\n\n")[1], html) == (REPLY.split("\n\n")[1], "")
    assert without_html_signature(f"{REPLY}\nPS: der Lüfter", html) == (f"{REPLY}\nPS: der Lüfter", "")
    assert without_html_signature(REPLY, "") == (REPLY, "")
