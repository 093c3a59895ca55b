"""The tables of a month as CSV: a row for each case closed in it, and one for each promise and team with how many
deadlines fell due in it and were kept, late or broken."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from config.policy import Policy, PromiseSpec, in_language
from config.working_time.calendars import add_months
from storage.monthly_figures import DeadlineCount
from storage.values import Case, DeadlineState, Role

# Text that a spreadsheet would read as a formula, but not telephone numbers and negative numbers.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,\s()-]*$)")
_COUNTS = (
    "due", "kept", "late", "broken", "moot", "open",
    "kept_by_person", "kept_by_itself", "late_by_person", "late_by_itself", "new_date",
)  # fmt: skip
_FIRST = ("reference", "received", "closed", "kind", "step", "language", "customer", "address", "outcome", "declined")


def month_of(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the instants (UTC) at which a month, written 2026-05, begins and ends. Raises ValueError."""
    first = date.fromisoformat(f"{text}-01")
    begins, ends = (datetime.combine(day, time(0), zone).astimezone(UTC) for day in (first, add_months(first, 1)))
    return begins, ends


def as_csv(cases: Iterable[Case], policy: Policy, language: str, zone: tzinfo) -> str:
    """Return headings and a row for each case, as CSV with CRLF line ends (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    things = [title for spec in policy.things.values() for title in _thing_headings(in_language(spec.title, language))]
    writer.writerow([*_FIRST, *(in_language(spec.label, language) for spec in policy.details.values()), *things])
    for case in cases:
        writer.writerow([_cell(value) for value in _row(case, policy, language, zone)])
    return out.getvalue()


def _thing_headings(title: str) -> tuple[str, str, str]:
    return title, f"{title}: state", f"{title}: total"


def _row(case: Case, policy: Policy, language: str, zone: tzinfo) -> Iterator[str]:
    ticket = case.ticket
    customer = next((party for party in case.parties if party.role is Role.CUSTOMER), None)
    kind, step = policy.kinds.get(ticket.kind), policy.steps.get(ticket.step)
    yield from (ticket.reference, _day(ticket.received_at, zone), _day(ticket.closed_at, zone))
    yield from (
        in_language(kind.title, language) if kind else ticket.kind,
        in_language(step.title, language) if step else ticket.step,
    )
    yield from (ticket.language, customer.name if customer else "", customer.address if customer else "")
    yield from (ticket.facts.outcome, ticket.facts.declined)
    for name in policy.details:
        detail = ticket.details.get(name)
        yield "" if detail is None or detail.wrong else detail.shown
    carried = ticket.facts.things
    for name, spec in policy.things.items():
        thing = carried.get(name, {})
        state = in_language(spec.states.get(str(thing.get("state", "")), {}), language)
        total = f"{thing['total']} {spec.currency}" if "total" in thing else ""
        yield from (str(thing.get("number", "")), state, total)


def _day(instant: datetime | None, zone: tzinfo) -> str:
    return instant.astimezone(zone).date().isoformat() if instant else ""


def _cell(value: str) -> str:
    plain = " ".join(value.split())
    return f"'{plain}" if _FORMULA.match(plain) else plain


def promise_rows(counts: Iterable[DeadlineCount], policy: Policy, language: str) -> list[dict[str, Any]]:
    """A row for each promise and team, in the policy's order: `promise` and `team` (titles), and the counts of _COUNTS.

    Of those kept and kept late, `…_by_person` counts the ones that a person's letter kept and `…_by_itself` the ones
    that an automatic letter kept. `new_date` counts those extended to another date, neither kept nor broken.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    order = list(policy.promises)
    for figure in sorted(
        counts, key=lambda figure: order.index(figure.promise) if figure.promise in order else len(order)
    ):
        spec, team = policy.promises.get(figure.promise), policy.teams.get(figure.team)
        titles = {
            "promise": in_language(spec.title, language) if spec else figure.promise,
            "team": in_language(team.title, language) if team else figure.team,
        }
        row = rows.setdefault((figure.promise, figure.team), {**titles, **dict.fromkeys(_COUNTS, 0)})
        for name in _counts_as(figure, spec):
            row[name] += figure.count
        if figure.state is not DeadlineState.MOOT:
            row["due"] += figure.count
    return list(rows.values())


def _counts_as(figure: DeadlineCount, spec: PromiseSpec | None) -> tuple[str, ...]:
    """Return the columns in which deadlines are counted. A deadline that was only extended does not count as kept,
    because the promise is still owed."""
    kept = figure.late or figure.state is DeadlineState.KEPT
    if kept and spec and spec.again and figure.kept_by in spec.again.kept_by and figure.kept_by not in spec.kept_by:
        return ("broken" if figure.late else "new_date",)
    if not kept:
        return (figure.state.value,)
    how = "late" if figure.late else "kept"
    return how, f"{how}_by_{'itself' if figure.automatic else 'person'}"


def promises_csv(rows: Iterable[dict[str, Any]]) -> str:
    """Return the rows as CSV under headings."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["promise", "team", *_COUNTS])
    for row in rows:
        writer.writerow([_cell(str(row[column])) for column in ("promise", "team", *_COUNTS)])
    return out.getvalue()
