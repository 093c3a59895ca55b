"""Every sentence that a policy may be written in does something."""

from __future__ import annotations

from config.policy_shapes.sentences import Verb
from daemon.decide.procedure.steps import _MEANINGS


def test_no_verb_is_without_a_meaning() -> None:
    """A verb that can be read and means nothing would be a silent gap."""
    assert set(Verb) == set(_MEANINGS)
