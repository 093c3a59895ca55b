"""Quotes: read the priced lines that staff write, and store them with their total in the case."""

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
_LONGEST = 200  # characters of a line's label
_SIGN = re.compile(r"^\s*[-−–]\s*(?=\S)")


def quote_price(draft: Draft, quote: NameArgument, text: str, _member: str) -> dict[str, Any]:
    """Command `quote`: store a quote and send it. Raises Refused.

    The lines of `text` up to the first empty one are the quote's ("Parts: 120.00"); the rest is the letter's text.
    """
    name = quote.name
    above, _, below = re.sub(r"\n[ \t]+\n", "\n\n", text.strip()).partition("\n\n")
    currency = draft.policy.things[name].currency
    given = [_read_line(draft, name, line) for line in above.splitlines() if line.strip()][:_MOST_LINES]
    given_labels = {label for label, _ in given}
    lines = [*(line for line in _fixed_lines(draft, name) if line[0] not in given_labels), *given]
    total = sum((amount for _, amount in lines), Decimal(0))
    if total < 0:
        raise Refused(RefusalReason.NOT_AN_AMOUNT, allowed="0.00")
    earlier = draft.thing(name)
    if not earlier or earlier["state"] != next(iter(draft.policy.things[name].states)):
        things.open_thing(draft, name)  # an answer to the earlier quote does not count for this one
    things.change_thing(draft, name, lines=[[label, str(amount)] for label, amount in lines], total=str(total))
    draft.log_event(LedgerEvent.QUOTED, thing=name, total=str(total), currency=currency)
    draft.letter_values.update(thing=name, staff_text=below.strip())
    if not steps.apply_outcome(draft, "quoted"):
        raise Refused(RefusalReason.CANNOT_BE_QUOTED_HERE)
    return {"did": "quoted", "value": f"{total} {currency}"}


def _fixed_lines(draft: Draft, name: str) -> list[lookup_tables.PriceLine]:
    return lookup_tables.fixed_price_lines(draft.policy.things[name], draft.ticket.language)


def _read_line(draft: Draft, name: str, line: str) -> lookup_tables.PriceLine:
    """One line: an entry of the price list, or a label with an amount."""
    spec = draft.policy.things[name]
    return lookup_tables.listed_price_line(spec, line.strip(" -*•\t."), draft.ticket.language) or read_quote_line(
        line, spec.currency
    )


def read_quote_line(line: str, currency: str) -> tuple[str, Decimal]:
    """Parse one line of a quote into its label and amount. Raises Refused for anything else, another currency, or more
    decimals than the currency has."""
    label, colon, tail = unicodedata.normalize("NFKC", line).rpartition(":")
    amounts = list(find_money(tail)) or list(find_numbers(_SIGN.sub("", tail)))
    if not colon or not label.strip() or len(amounts) != 1:
        raise Refused(RefusalReason.UNREADABLE_QUOTE, said=line.strip()[:_LONGEST], allowed="quote")
    figure, _, code = amounts[0].value.partition(" ")
    if code and code != currency:
        raise Refused(RefusalReason.UNREADABLE_QUOTE, said=line.strip()[:_LONGEST], allowed=currency)
    amount = Decimal(figure) * (-1 if _SIGN.match(tail) else 1)
    exact = amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)))
    if exact != amount:
        raise Refused(RefusalReason.UNREADABLE_QUOTE, said=line.strip()[:_LONGEST], allowed=f"{exact} {currency}")
    return label.strip(" -*•\t")[:_LONGEST], exact
