"""The shapes of company records, which are imported from CSV, and of invitations, reports and boards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from config.faults import Wrong
from config.policy_shapes.base import DetailType, Names, Shape, Span, Text, Words


class ColumnSpec(Shape):
    """One column of a record. `labels` are headings it may have in the file besides its name; `detail` is the detail of
    a case that it fills, and through which customers correct it; `sort` is its type when it has no detail."""

    labels: Words = {}
    detail: str = ""
    sort: DetailType = DetailType.NAME
    required: bool = False


class GrowthSpec(Shape):
    """A value that only grows, such as a mileage: the columns with its last reading (`value`), the day of that reading
    (`at`), and the day on which it was zero (`since`)."""

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
    """A letter about a company record (`of`) that opens a case.

    It is due a period (`within`) after the latest of the record's dates in `since`, or once its figure has `grown` by
    so much, whichever comes first. It is sent `ahead` of that: at least the first period, at most the second. It is not
    sent when a column of `unless` is filled, later than `late` after its day, or while another case of the customer is
    in a step of `not_while`. Without `since` it is a campaign, sent on the operator's command. The case is of `kind`
    and begins in the step `first`, with the letter `notice`.
    """

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
    """A letter about the previous month, sent at opening on the first working day of each month to a team's manager (or
    the team) or to a third party. `tables` are attached as CSV: `cases` has a row for each case that was closed;
    `promises` a row for each promise and team with how often it was kept, kept late, broken and moot. A report without
    rows is sent and says so, unless `even_empty` is false."""

    title: Text
    to: str
    notice: str
    tables: Annotated[tuple[Literal["cases", "promises"], ...], Field(min_length=1)] = ("cases",)
    even_empty: bool = True


class BoardSpec(Shape):
    """A letter with the appointments of the next working day, sent to a team's manager (or the team) every working day,
    a period `before` closing. `things` are the appointments listed, `details` the details of each case shown, and
    `questions` those whose answers are shown, with who gave them."""

    title: Text
    to: str
    notice: str
    things: Names
    details: Names = ()
    questions: Names = ()
    before: Span
