"""The shapes of a dossier: a form that must be whole before a case is passed on to somebody outside."""

from __future__ import annotations

from pydantic import Field

from config.policy_shapes.base import Shape, Text, Words


class FieldSpec(Shape):
    """One field of a dossier. `detail`, else `fact`, is what of the case fills it (see
    config.policy_shapes.builtin_names.DOSSIER_FACTS); with neither, staff write it. `labels` are other words under
    which they may."""

    label: Text
    labels: Words = {}
    detail: str = ""
    fact: str = ""
    mandatory: bool = True


class DossierSpec(Shape):
    """What somebody outside (`to`) is given. Staff write the command "dossier"; the letter `gaps` shows them what is
    still missing, to be filled in and sent back; the letter `notice` carries the whole, with the customer's files."""

    title: Text
    to: str
    fields: dict[str, FieldSpec] = Field(min_length=1)
    notice: str = "dossier"
    gaps: str = "dossier_gaps"
