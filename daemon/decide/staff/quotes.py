"""Quotes: staff write lines with amounts; the case carries them with their total."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from daemon.decide.draft import Draft
from daemon.decide.procedure import lookup_tables, steps, things
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff.command_arguments import NameArgument
from parsers.details.money import find_money, find_numbers
from storage.ledger_events import LedgerEvent

_MOST_LINES = 50
_LONGEST = 200  # characters of a line's words
_SIGN = re.compile(r"^\s*[-−–]\s*(?=\S)")


def quote_price(draft: Draft, quote: NameArgument, text: str, _member: str) -> dict[str, Any]:
    """Take a quote's lines ("Parts: 120.00", one each) from the first lines of `text`; what stands below an empty
    line goes along as words. Raises Refused."""
    name = quote.name
    above, _, below = re.sub(r"\n[ \t]+\n", "\n\n", text.strip()).partition("\n\n")
    currency = draft.policy.things[name].currency
    given = [_read(draft, name, line) for line in above.splitlines() if line.strip()][:_MOST_LINES]
    said = {label for label, _ in given}
    lines = [*(line for line in _always(draft, name) if line[0] not in said), *given]
    total = sum((amount for _, amount in lines), Decimal(0))
    if total < 0:
        raise Refused(RefusalReason.NOT_AN_AMOUNT, allowed="0.00")
    standing = draft.thing(name)
    if not standing or standing["state"] != next(iter(draft.policy.things[name].states)):
        things.open_thing(draft, name)  # what was said to an earlier one is said to that one alone
    things.change_thing(draft, name, lines=[[label, str(amount)] for label, amount in lines], total=str(total))
    draft.log_event(LedgerEvent.QUOTED, thing=name, total=str(total), currency=currency)
    draft.letter_values.update(thing=name, staff_text=below.strip())
    if not steps.apply_outcome(draft, "quoted"):
        raise Refused(RefusalReason.CANNOT_BE_QUOTED_HERE)
    return {"did": "quoted", "value": f"{total} {currency}"}


def _always(draft: Draft, name: str) -> list[lookup_tables.PriceLine]:
    return lookup_tables.fixed_price_lines(draft.policy.things[name], draft.ticket.language)


def _read(draft: Draft, name: str, line: str) -> lookup_tables.PriceLine:
    """One line: of the price list, or words with an amount."""
    spec = draft.policy.things[name]
    return lookup_tables.listed_price_line(spec, line.strip(" -*•\t."), draft.ticket.language) or read_quote_line(
        line, spec.currency
    )


def read_quote_line(line: str, currency: str) -> tuple[str, Decimal]:
    """One line of a quote: its words, and its amount as anybody writes amounts. Raises Refused."""
    label, colon, tail = unicodedata.normalize("NFKC", line).rpartition(":")
    found = list(find_money(tail)) or list(find_numbers(_SIGN.sub("", tail)))
    if not colon or not label.strip() or len(found) != 1:
        raise Refused(RefusalReason.UNREADABLE_QUOTE, said=line.strip()[:_LONGEST], allowed="quote")
    figure, _, code = found[0].value.partition(" ")
    if code and code != currency:
        raise Refused(RefusalReason.UNREADABLE_QUOTE, said=line.strip()[:_LONGEST], allowed=currency)
    amount = Decimal(figure) * (-1 if _SIGN.match(tail) else 1)
    exact = amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)))
    if exact != amount:
        raise Refused(RefusalReason.UNREADABLE_QUOTE, said=line.strip()[:_LONGEST], allowed=f"{exact} {currency}")
    return label.strip(" -*•\t")[:_LONGEST], exact
