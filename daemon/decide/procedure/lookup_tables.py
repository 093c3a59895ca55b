"""Look up values in a policy's tables: a period or a day by a detail of the case, a line of the price list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from config.policy import Policy
from config.policy_shapes.base import in_language
from config.policy_shapes.periods import Period
from config.policy_shapes.tables import OTHERS, PriceSpec
from config.policy_shapes.things import ThingSpec
from storage.values import Detail

PriceLine = tuple[str, Decimal]


def cell_value(policy: Policy, details: Mapping[str, Detail], column: str) -> Period | date | None:
    """The value in a column ("TABLE.COLUMN") of the row that the case's detail selects; None where no row has one."""
    name, _, wanted = column.partition(".")
    table = policy.tables[name]
    detail = details.get(table.by)
    value = "" if detail is None or detail.wrong else detail.value.casefold()
    fitting = [row for row in table.rows if row != OTHERS and value.startswith(row.casefold())]
    rows = [*sorted(fitting, key=len, reverse=True), OTHERS]
    return next((table.rows[row][wanted] for row in rows if wanted in table.rows.get(row, {})), None)


def columns_by_table(policy: Policy) -> dict[str, list[str]]:
    """The columns of each table."""
    return {
        name: list(dict.fromkeys(column for row in table.rows.values() for column in row))
        for name, table in policy.tables.items()
    }


def fixed_price_lines(thing: ThingSpec, language: str) -> list[PriceLine]:
    """The lines that every quote begins with, in a language."""
    return [_line(price, language) for price in thing.prices.values() if price.always]


def listed_price_line(thing: ThingSpec, words: str, language: str) -> PriceLine | None:
    """The line of the price list that staff name, by its name or its title in any language."""
    wanted = " ".join(words.replace("_", " ").split()).casefold()
    for name, price in thing.prices.items():
        if wanted in (name.replace("_", " "), *(title.casefold() for title in price.title.values())):
            return _line(price, language)
    return None


def _line(price: PriceSpec, language: str) -> PriceLine:
    return in_language(price.title, language), price.amount
