"""The shapes of company records, which are imported from CSV, and of invitations, reports and boards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from config.faults import Wrong
from config.policy_shapes.base import DetailType, Names, Shape, Span, Text, Words


class ColumnSpec(Shape):
    """One column of a record. `labels` are headings under which it may stand, beside its name; `detail` is the detail
    of a case that it fills, and by which customers correct it; `sort` says what it is where no detail does."""

    labels: Words = {}
    detail: str = ""
    sort: DetailType = DetailType.NAME
    required: bool = False


class GrowthSpec(Shape):
    """A value that only grows and is known from readings: the columns of its `value`, of the day `at` which it was
    read, and of the day `since` which it grows from zero."""

    value: str
    at: str
    since: str = ""


class RecordSpec(Shape):
    """A table of company records. `key` is the column that identifies a row; `name`, `address` and `language` are the
    columns of its customer."""

    title: Text
    key: str
    address: str
    name: str = ""
    language: str = ""
    columns: dict[str, ColumnSpec] = Field(min_length=1)
    grows: GrowthSpec | None = None


def _two(value: object) -> object:
    if isinstance(value, list) and len(value) != 2:
        raise Wrong("is not two periods", 'the least and the most, as in ["7 days", "10 days"]')
    return value


class InvitationSpec(Shape):
    """A letter that opens a case by itself. It is about a record (`of`), counted from the latest of its dates in
    `since`, due `within` a period or once its figure has `grown` by so much, whichever comes first, and is sent
    `ahead` of that by the least and the most; not where a column of `unless` is filled, nor later than `late` after
    its day, nor while another case of the customer stands in a step of `not_while`. Without `since` it is a campaign,
    sent when the company says so. The case is of `kind` and begins in `first`, with the letter `notice`."""

    title: Text
    of: str
    kind: str
    first: str
    notice: str
    since: Names = ()
    within: Span | None = None
    grown: int = Field(default=0, ge=0)
    ahead: Annotated[tuple[Span, ...], BeforeValidator(_two)] = ()
    unless: Names = ()
    late: Span | None = None
    not_while: Names = ()


class ReportSpec(Shape):
    """A letter about the month before, sent on the first working day of each month at opening, to a team's manager (or
    the team) or to a third party. `tables` go along as CSV: `cases`, a row for each case that was closed; `promises`, a
    row for each promise and team, how often it was kept, kept late, broken, moot. Where there is nothing to tell, it
    says so, unless `even_empty` is false: then it is not sent."""

    title: Text
    to: str
    notice: str
    tables: Annotated[tuple[Literal["cases", "promises"], ...], Field(min_length=1)] = ("cases",)
    even_empty: bool = True


class BoardSpec(Shape):
    """A letter with the appointments of the next working day, sent to a team's manager (or the team) so long `before`
    closing, every working day. `things` are the appointments on it, `details` what is shown of each case; and of
    `questions` what was answered, and by whom."""

    title: Text
    to: str
    notice: str
    things: Names
    details: Names = ()
    questions: Names = ()
    before: Span
