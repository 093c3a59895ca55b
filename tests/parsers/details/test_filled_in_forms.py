"""Filled-in forms, however the mail program moved them."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.details.filled_in_forms import FieldLabel, read_filled_fields
from tests.work import lines_run

LABELS = (
    FieldLabel("model", ("Modello", "Modello dell'inverter", "Inverter model", "型号", "機種"), examples=("ST-6.0K",)),
    FieldLabel("serial", ("Numero di serie", "Serial number", "S/N", "Seriale", "序列号")),
    FieldLabel("ticket", ("Numero del precedente ticket di assistenza",)),
    FieldLabel("problem", ("Descrizione del problema", "Problem", "What happened?"), until_blank_line=True),
)


def values(text: str) -> dict[str, str]:
    return {field.name: field.value for field in read_filled_fields(text, LABELS)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Modello: X200", {"model": "X200"}),
        ("modello:X200", {"model": "X200"}),
        ("型号：X200", {"model": "X200"}),
        ("機種：X200\n序列号: 12", {"model": "X200", "serial": "12"}),
        ("- Modello: X200\n• Numero di serie: 12", {"model": "X200", "serial": "12"}),
        ("1. Modello? X200\n2) Serial number - 12", {"model": "X200", "serial": "12"}),
        ("**Modello:** X200\n*Serial number*: 12", {"model": "X200", "serial": "12"}),
        ("Modello  X200\nS/N\t12", {"model": "X200", "serial": "12"}),
        ("| Modello | X200 |\n| S/N | 12 |", {"model": "X200", "serial": "12"}),
        ("Modello: X200, S/N: 12; Problem: dead", {"model": "X200", "serial": "12", "problem": "dead"}),
        ("Model:x Modello:X200 S/N:12", {"model": "X200", "serial": "12"}),
        ("> Modello: X200", {"model": "X200"}),
        ("> Modello:\nX200", {"model": "X200"}),
        ("> Modello:\n\n\nX200", {"model": "X200"}),
        ("> > Modello: X200", {"model": "X200"}),
        ("> Numero del precedente ticket di\n> assistenza: 123456", {"ticket": "123456"}),
        ("> - *Modello dell'inverter* (per esempio ST-6.0K): X200", {"model": "X200"}),
        ("İNVERTER MODEL: X200", {"model": "X200"}),
        ("What happened?\nIt died\nlast night", {"problem": "It died last night"}),
        ("Problem: it died\nlast night\n\nRegards", {"problem": "it died last night"}),
        ("> Descrizione del problema:\n\nnon si accende\npiù\n> Saluti", {"problem": "non si accende più"}),
    ],
)
def test_filled_in(text: str, expected: dict[str, str]) -> None:
    """A value is found after its label, in the same line or below it."""
    assert values(text) == expected
    assert values(text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Modello:\nNumero di serie:\nDescrizione del problema:",
        "> Modello:\n> Numero di serie:\n> Descrizione del problema:\n> Grazie, il team",
        "Modello: ST-6.0K",
        "Modello: ____\nNumero di serie: ...",
        "Modello dell'inverter (per esempio ST-6.0K):",
        "my inverter has a problem and the serial is lost",
        "Modellini: X200",
    ],
)
def test_not_filled_in(text: str) -> None:
    """An empty label, our own example, our own closing words and running text are no answers."""
    assert values(text) == {}


def test_not_knowing_is_no_value() -> None:
    """An answer "I do not know" is recorded as unknown, without a value."""
    (found,) = read_filled_fields("Seriale: non lo so", LABELS)
    assert found.unknown
    assert found.value == ""


def test_the_span_proves_the_value() -> None:
    """The span of a value covers exactly the value."""
    text = "Buongiorno\n> Modello:\nX200\n> Numero di serie: 12\n"
    assert [text[field.start : field.end] for field in read_filled_fields(text, LABELS)] == ["X200", "12"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Modello", ":", " ", "\n", "> ", "|", "(", "S/N", "x", "Problem", "?", "\t"]), max_size=60
    )
)
def test_nothing_raises(parts: list[str]) -> None:
    """Any mixture of labels and marks is read, and every span lies in the text."""
    text = "".join(parts)
    for field in read_filled_fields(text, LABELS):
        assert 0 <= field.start <= field.end <= len(text)


@pytest.mark.parametrize("text", ["Modello ", "> ", "Modello\n", "(", "\n>", " "])
def test_twice_the_hostile_text_is_twice_the_work(text: str) -> None:
    """The work grows linearly with the length of the text, whatever it repeats."""

    def read(signs: int) -> None:
        read_filled_fields(text * (signs // len(text)), LABELS)

    read(60)  # what is made once, the patterns of the labels, belongs to no text
    single, double = (lines_run(partial(read, signs)) for signs in (6_000, 12_000))
    assert double <= max(2.6 * single, 20_000)
