"""Faults of values: their parts reach the report as raised, never parsed back out of text."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from config.faults import Fault, FaultsFound, Wrong
from config.files.toml_layers import Source
from config.files.validation_errors import validate
from config.policy_shapes.base import Span


class _Table(BaseModel):
    within: Span


def test_a_wrong_value_reads_as_a_sentence() -> None:
    """Problem, what is allowed, nearest spelling; unknown parts are left out."""
    assert str(Wrong("no such team", "technical, sales", "sales")) == (
        "no such team; allowed: technical, sales; did you mean 'sales'?"
    )
    assert str(Wrong("no such team", near="sales")) == "no such team; did you mean 'sales'?"
    assert str(Wrong("must be a whole number")) == "must be a whole number"


def test_a_fault_carries_what_a_reader_raised() -> None:
    """File and key come from the table, the rest from the reader."""
    with pytest.raises(FaultsFound) as found:
        validate(_Table, [Source("policy.toml", {"within": "soon"})], {})
    fault = found.value.faults[0]
    assert (fault.file, fault.key, fault.problem, fault.value) == ("policy.toml", "within", "not a period", '"soon"')
    assert fault.allowed.startswith('a number and a unit, as in "7 working days"')


def test_no_part_is_taken_out_of_another_ones_text() -> None:
    """A problem that quotes text like that of the next part stays whole."""
    quoted = "no such step 'a; allowed: b; did you mean 'c'?'"

    class Named(BaseModel):
        step: str

        def model_post_init(self, _context: object) -> None:
            raise Wrong(quoted, "d")

    with pytest.raises(FaultsFound) as found:
        validate(Named, [Source("policy.toml", {"step": "x"})], {})
    assert [(fault.problem, fault.allowed, fault.nearest) for fault in found.value.faults] == [(quoted, "d", "")]


def test_an_error_of_another_kind_is_a_problem_alone() -> None:
    """A message of the standard library is shown as it is."""
    assert Wrong.from_error(ValueError("month must be in 1..12")).problem == "month must be in 1..12"
    wrong = Wrong("a", "b", "c")
    assert Wrong.from_error(wrong) is wrong


def test_a_fault_reads_as_a_line() -> None:
    """File and key, problem, value, and how to mend it."""
    fault = Fault("policy.toml", "steps.a.owner", "no such team", "salse", "technical, sales", "sales")
    assert str(fault) == (
        "policy.toml: steps.a.owner: no such team; found salse; allowed: technical, sales; did you mean 'sales'?"
    )
