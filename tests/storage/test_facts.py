"""Case facts in JSON of any version are read and written back unchanged."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storage import cases
from storage.engine import Database
from storage.facts import Facts
from storage.values import CaseChange
from tests.storage.values import opened

_JSON = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_ROWS = st.lists(st.dictionaries(st.text(max_size=6), _JSON, min_size=1, max_size=3), min_size=1, max_size=3)
_TABLE = st.dictionaries(st.text(max_size=8), _JSON, min_size=1, max_size=3)
_WORDS = st.text(min_size=1, max_size=12)
_OTHER = {
    "answers_lost": st.just(True),
    "reassigned": st.integers(1, 99),
    "merged_into_id": st.integers(1, 10**9),
    "related": st.lists(_WORDS, min_size=1, max_size=3),
    "named": st.lists(_WORDS, min_size=1, max_size=3),
    "held_back": st.lists(_WORDS, min_size=1, max_size=3),
    "unconfirmed": st.lists(st.integers(1, 9), min_size=1, max_size=3),
    "unhandled": _ROWS,
    "waiting_mail": _ROWS,
}
_BUILT_IN = [field.name for field in fields(Facts) if field.name != "of_policy"]
_TEXTS = {field.name for field in fields(Facts) if field.default == ""}
_KNOWN = {name: _OTHER.get(name, _WORDS if name in _TEXTS else _TABLE) for name in _BUILT_IN}
STORED = st.builds(
    lambda known, own: {**own, **known},
    st.fixed_dictionaries({}, optional=_KNOWN),
    st.dictionaries(st.text(min_size=1, max_size=12).filter(lambda name: name not in _BUILT_IN), _JSON, max_size=4),
)


@given(STORED)
def test_whatever_was_stored_is_stored_again(stored: dict[str, Any]) -> None:
    """No key and no value is lost or changed, known or not."""
    assert Facts.from_json(stored).to_json() == stored


@given(STORED, st.sampled_from(sorted(_BUILT_IN)))
def test_a_change_changes_one_key(stored: dict[str, Any], name: str) -> None:
    """Everything else stays, also what a newer version wrote."""
    facts = Facts.from_json(stored)
    unset = replace(facts, **{name: getattr(Facts(), name)})
    assert unset.to_json() == {key: value for key, value in stored.items() if key != name}


def test_what_is_empty_is_not_stored() -> None:
    """Facts without values are an empty object."""
    assert Facts().to_json() == {}
    assert Facts(goes_round={}, named=(), outcome="", reassigned=0).to_json() == {}


def test_names_of_a_policy() -> None:
    """A policy's own fact and a built-in one are read and set by name alike."""
    facts = Facts.from_json({"stage": "review", "outcome": "upheld", "named": ["a@firm.example"]})
    assert (facts.named_value("stage"), facts.named_value("outcome"), facts.named_value("nothing")) == (
        "review",
        "upheld",
        None,
    )
    assert facts.with_value("stage", None).with_value("outcome", "partly").to_json() == {
        "outcome": "partly",
        "named": ["a@firm.example"],
    }
    assert facts.only(("stage",)) == Facts(of_policy={"stage": "review"})


def test_facts_on_the_database(db: Database) -> None:
    """A case is saved and read with its facts, including unknown keys."""
    stored = {"outcome": "upheld", "unconfirmed": [2, 3], "of_a_newer_version": {"a": [1, None]}}
    saved = opened(db)
    ticket = cases.load(db, [saved.ticket.id])[saved.ticket.id].ticket
    with db.write() as conn:
        cases.save(conn, [CaseChange(ticket=replace(ticket, facts=Facts.from_json(stored)))])
    read = cases.load(db, [ticket.id])[ticket.id].ticket.facts
    assert (read.outcome, read.unconfirmed) == ("upheld", (2, 3))
    assert read.to_json() == stored
