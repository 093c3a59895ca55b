"""The shapes of a dossier: a form that must be complete before a case is passed on to a third party."""

from __future__ import annotations

from pydantic import Field

from config.policy_shapes.base import Shape, Text, Words


class FieldSpec(Shape):
    """One field of a dossier. It is filled from `detail`, else from `fact` (see
    config.policy_shapes.builtin_names.DOSSIER_FACTS), else by staff, who may use `labels` instead of `label`."""

    label: Text
    labels: Words = {}
    detail: str = ""
    fact: str = ""
    mandatory: bool = True


class DossierSpec(Shape):
    """A dossier for the third party `to`. Staff write the command "dossier"; the letter `gaps` shows them the missing
    fields, to be filled in and sent back; the letter `notice` sends the complete dossier with the customer's files."""

    title: Text
    to: str
    fields: dict[str, FieldSpec] = Field(min_length=1)
    notice: str = "dossier"
    gaps: str = "dossier_gaps"
