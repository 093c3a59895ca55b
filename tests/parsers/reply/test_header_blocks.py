"""Header blocks above quoted mail, with known and with unknown labels."""

from __future__ import annotations

import pytest

from parsers.reply.header_blocks import header_block_end, header_role
from parsers.reply.reply import split_reply

BELOW = "Subject line below\n\nThank you for your message.\nPlease send us the serial number."
BLOCKS = {
    "hungarian": (
        "Feladó: Firm <c@firm.example>\nElküldve: 2026. május 4., hétfő 10:12\nCímzett: anna@x.example\nTárgy: Re: x"
    ),
    "bulgarian": ("От: Firm <c@firm.example>\nИзпратено: понеделник, 4 май 2026 г. 10:12\nДо: Anna\nОтносно: x"),
    "croatian": ("Šalje: Firm <c@firm.example>\nPoslano: ponedjeljak, 4. svibnja 2026. 10:12\nPrima: Anna\nPredmet: x"),
    "slovak": ("Od: Firm <c@firm.example>\nOdoslané: pondelok 4. mája 2026 10:12\nKomu: Anna\nPredmet: x"),
    "slovenian": ("Od: Firm <c@firm.example>\nPoslano: ponedeljek, 04. maj 2026 10:12\nZa: Anna\nZadeva: x"),
    "latvian": ("No: Firm <c@firm.example>\nNosūtīts: pirmdiena, 2026. gada 4. maijs 10:12\nKam: Anna\nTemats: x"),
    "lithuanian": ("Nuo: Firm <c@firm.example>\nIšsiųsta: 2026 m. gegužės 4 d. 10:12\nKam: Anna\nTema: x"),
    "estonian": ("Saatja: Firm <c@firm.example>\nSaadetud: esmaspäev, 4. mai 2026 10:12\nAdressaat: Anna\nTeema: x"),
    "korean": ("보낸 사람: Firm <c@firm.example>\n보낸 날짜: 2026년 5월 4일 월요일 10:12\n받는 사람: Anna\n제목: x"),
    "arabic": ("من: Firm <c@firm.example>\nتم الإرسال: 2026-05-04 10:12\nإلى: Anna\nالموضوع: x"),
    "hebrew": ("מאת: Firm <c@firm.example>\nנשלח: 4/5/2026 10:12\nאל: Anna\nנושא: x"),
    "vietnamese": ("Từ: Firm <c@firm.example>\nĐã gửi: 04/05/2026 10:12\nĐến: Anna\nChủ đề: x"),
    "serbian": ("Šalje: Firm <c@firm.example>\nPoslato: 4. maj 2026. 10:12\nZa: Anna\nTema: x"),
    "french of Windows": ("De : Firm<mailto:c@firm.example>\nEnvoyé le :lundi 4 mai 2026 09:35\nÀ : Anna\nObjet :x"),
    "spaced Chinese": (
        "发件人：Firm <c@firm.example>\n日　期：2026年05月04日 10:12:13\n收件人：<anna@x.example>\n主　题：x"
    ),
    "georgian": (
        "გამომგზავნი: Firm <c@firm.example>\nგაგზავნილია: 04/05/2026 10:12\nმიმღები: Anna <anna@x.example>\nთემა: x"
    ),
    "icelandic, date first": (
        "Dagsetning: 04.05.2026 10:12\nSendandi: Firm <c@firm.example>\nMóttakandi: anna@x.example"
    ),
    "armenian": ("Ումից: Firm <c@firm.example>\nՈւղարկվել է: 2026-05-04 10:12\nՈւմ: Anna\nԹեմա: Re: x"),
    "welsh, with the tag": (
        "Oddi wrth: Firm <c@firm.example>\nAnfonwyd: 04/05/2026 10:12\nAt: Anna\nPwnc: Case [C-2026-000123]"
    ),
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_block_of_headers_begins_a_quotation(block: str) -> None:
    """With or without a rule above; only the text above it is new."""
    for rule in ("", "________________________________\n", "-----\n"):
        said = split_reply(f"It still does not work.\n\n{rule}{block}\n\n{BELOW}")
        assert (said.reply, "serial number" in said.quoted) == ("It still does not work.", True)


FORMS = [
    "Name: Anna Bianchi\nE-mail: anna@x.example\nBought: 3 May 2026\nSerial: SN60A2412345",
    "Kunde: Anna Bianchi <anna@x.example>\nTermin: 3.5.2026 10:00\nGerät: ST-6.0K",
    "Model: ST-6.0K\nSeen: 3 May 2026 10:12\nContact: anna@x.example",
    "Name: Anna\nPhone: 123\nDelivered: 2026-05-03 10:12",
    "Two faults: the fan\nSince: Monday\nAlso: the lamp",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_filled_in_form_is_no_header_block(form: str) -> None:
    """A list that a person writes is not a header block."""
    text = f"Please find the data here.\n\n{form}\n\nAnna"
    assert split_reply(text).reply.startswith(text[:-5].rstrip())


def test_labels_are_looked_up_without_their_layout() -> None:
    """Emphasis marks, capitals and blanks are ignored."""
    assert [header_role(line) for line in ("*Von:* Anna", "VON: Anna", "日 期：x", "Hello: x")] == [
        "from",
        "from",
        "date",
        "",
    ]
    assert header_block_end(["Hello: x", "World: y"], 0) is None
