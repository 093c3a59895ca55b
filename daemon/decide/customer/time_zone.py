"""Where a customer's clock is: times are shown to people as their own clocks show them."""

from __future__ import annotations

from config.policy import DetailType
from daemon.decide.draft import Draft
from parsers.details.time_zones import zone_of_country, zone_of_language, zone_of_phone
from storage.ledger_events import LedgerEvent


def learn_zone(draft: Draft) -> None:
    """Set the customer's zone from what is known, the surest first: the place that they name, the telephone number,
    the country that a form named, the language. Where none of them tells, the calendar's zone stands."""
    known = [*_values(draft, DetailType.PLACE), *map(zone_of_phone, _values(draft, DetailType.PHONE))]
    known.append(zone_of_country(draft.facts.country))
    if not draft.ticket.zone:
        known.append(zone_of_language(draft.ticket.language))
    zone = next((zone for zone in known if zone), "")
    if zone and zone != draft.ticket.zone:
        draft.change_ticket(zone=zone)
        draft.log_event(LedgerEvent.TIME_ZONE, by="reclamo", zone=zone)


def _values(draft: Draft, sort: DetailType) -> list[str]:
    """The right values of all details of this sort."""
    specs = draft.policy.details
    known = draft.ticket.details.items()
    return [one.value for name, one in known if name in specs and specs[name].sort is sort and not one.wrong]
