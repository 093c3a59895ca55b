"""Answers to open questions, and mails that only say thank you."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import AnswerSpec
from parsers.answers.answers import is_only_thanks, read_answer

YES_NO = {
    "yes": AnswerSpec(
        words={
            "en": ("yes", "satisfied"),
            "it": ("sì", "si", "soddisfatto"),
            "de": ("ja", "zufrieden"),
            "zh-Hans": ("是", "满意"),
        }
    ),
    "no": AnswerSpec(
        words={
            "en": ("no", "not satisfied"),
            "it": ("no", "non soddisfatto"),
            "de": ("nein", "nicht zufrieden"),
            "zh-Hans": ("不", "不满意"),
        }
    ),
}
QUOTE = {
    "accept": AnswerSpec(words={"it": ("accetto",), "en": ("accept", "I accept")}),
    "pick": AnswerSpec(words={"it": ("fascia",), "en": ("slot",)}, takes="number"),
}


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "Yes", "yes"),
        ("en", "YES!", "yes"),
        ("en", "yes please", "yes"),
        ("en", "Hello,\n\nno\n\nAnn", "no"),
        ("en", "No. It still does not work.", "no"),
        ("en", "No, it still does not work.", "no"),
        ("en", "I am not satisfied with this", "no"),
        ("en", "I am satisfied.", "yes"),
        ("en", "1", "yes"),
        ("en", "2.", "no"),
        ("en", "option 2, thanks", "no"),
        ("en", "２", "no"),
        ("it", "Sì grazie", "yes"),
        ("it", "si", "yes"),
        ("it", "Buongiorno, no.", "no"),
        ("it", "non soddisfatto", "no"),
        ("de", "Ja, danke", "yes"),
        ("de", "Nein, ich bin nicht zufrieden", "no"),
        ("de", "Ich bin damit leider nicht zufrieden.", "no"),
        ("zh-Hans", "满意，谢谢", "yes"),
        ("zh-Hans", "不满意", "no"),
        ("zh-Hans", "是", "yes"),
        ("de", "Yes", "yes"),
        # no answers
        ("en", "no problem, thank you", ""),
        ("en", "Yes, but the fan is noisy", ""),
        ("en", "I would be satisfied if you paid", ""),
        ("en", "Are you satisfied?", ""),
        ("en", "2 weeks ago I wrote", ""),
        ("en", "3", ""),
        ("en", "", ""),
        ("en", "Yes, I am not satisfied", ""),
        ("en", "Nobody was here", ""),
        ("en", "I am not sure whether yes or no", ""),
        ("it", "si può avere un rimborso?", ""),
        ("it", "non sono affatto soddisfatto", ""),
        ("de", "Mir ist nicht klar, ob ja oder nein", ""),
        ("en", "12.5 percent", ""),
        ("en", "I was satisfied when I bought it", ""),
    ],
)
def test_yes_and_no(language: str, text: str, answer: str) -> None:
    """A clear answer is read; an unclear one is left to a person."""
    found = read_answer(text, "", YES_NO, languages=(language, "en", "it", "de", "zh-Hans"), question="satisfied")
    assert (found.answer if found else "") == answer


@pytest.mark.parametrize(
    ("text", "answer", "rest"),
    [
        ("2", "pick", "2"),
        ("2 grazie", "pick", "2"),
        ("fascia 3", "pick", "3"),
        ("accetto", "accept", ""),
        ("Accetto il preventivo, grazie", "accept", "il preventivo, grazie"),
        ("non accetto", "", ""),
        ("accetto, ma non lunedì", "", ""),
    ],
)
def test_an_answer_that_takes_a_number(text: str, answer: str, rest: str) -> None:
    """A number alone selects an option; the text around the answer is returned."""
    found = read_answer(text, "", QUOTE, languages=("it", "en"))
    assert ((found.answer, found.rest) if found else ("", "")) == (answer, rest)


def test_the_subject_of_a_ready_made_mail() -> None:
    """A mail without text answers by its subject, after prefixes and the case reference; a normal subject does not."""
    for subject in ("Yes", "Re: yes", "[C-2026-000123] Yes", "Re: [C-2026-000123] yes"):
        found = read_answer("", subject, YES_NO, languages=("en",))
        assert found is not None
        assert found.answer == "yes"
    assert read_answer("", "Re: [C-2026-000123] Are you satisfied with our decision", YES_NO, languages=("en",)) is None
    assert read_answer("I do not know yet", "Yes", YES_NO, languages=("en",)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you very much for your quick reply.\n\nBest regards\nAnn Lee",
        "Grazie mille",
        "Danke",
        "Danke, Herr Roe",
        "Vielen Dank für Ihre schnelle Hilfe!\n\nMax Müller",
        "Merci beaucoup, bonne journée",
        "Muchas gracias por su ayuda",
        "Obrigado",
        "Hartelijk dank voor uw snelle reactie",
        "Dziękuję bardzo za pomoc",
        "Mulțumesc frumos",
        "Tack så mycket",
        "Mange tak for hjælpen",
        "Tusen takk",
        "Kiitos paljon",
        "Děkuji za rychlou odpověď",
        "Спасибо большое за помощь!",
        "Дякую за допомогу",
        "Teşekkür ederim, iyi günler",
        "Ευχαριστώ πολύ",
        "谢谢",
        "好的，谢谢您的帮助！",
        "謝謝",
        "ありがとうございます。",
    ],
)
def test_bare_thanks(text: str) -> None:
    """A thank-you mail is recognised in every language, also with a name below."""
    assert is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "Thanks, when will it arrive?",
        "Thank you. The serial number is SN60A2412345",
        "Danke, aber das Gerät ist defekt",
        "Thanks for nothing",
        "Grazie, attendo il rimborso",
        "谢谢，但是还是不能用",
        "Thank you for calling, the display is dark",
        "Thanks but the technician never came",
        "Vielen Dank. Termin Montag passt nicht",
        "ありがとうございます。まだ動きません。",
        "Merci de me rembourser",
        "Gracias. Sigue sin funcionar.",
        "Kiitos, mutta laite ei toimi",
        "Ok",
        "Thanks\nDevice Dead Again Today Please",
    ],
)
def test_more_than_thanks(text: str) -> None:
    """A mail that thanks and asks for something is not only thanks."""
    assert not is_only_thanks(text)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["yes", "no", " ", ".", "but", "2", "\n", "?", "thanks", "满意", "not satisfied", "x"]),
        max_size=20,
    ),
    st.text(max_size=40),
)
def test_nothing_raises(parts: list[str], subject: str) -> None:
    """Any reply and subject are read without an error."""
    read_answer("".join(parts), subject, YES_NO, languages=("en", "it"))
    is_only_thanks("".join(parts))
