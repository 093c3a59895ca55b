"""Find a customer's time zone, in which letters to them show times."""

from __future__ import annotations

from config.policy import DetailType
from daemon.decide.draft import Draft
from parsers.details.time_zones import zone_of_country, zone_of_language, zone_of_phone
from storage.ledger_events import LedgerEvent


def learn_zone(draft: Draft) -> None:
    """Set the customer's time zone from, in order: a place, a telephone number, the country of a form, the language.

    The language is only used while no zone is set. Where nothing is found, the ticket's zone is not changed.
    """
    zones = [*_values(draft, DetailType.PLACE), *map(zone_of_phone, _values(draft, DetailType.PHONE))]
    zones.append(zone_of_country(draft.facts.country))
    if not draft.ticket.zone:
        zones.append(zone_of_language(draft.ticket.language))
    zone = next((zone for zone in zones if zone), "")
    if zone and zone != draft.ticket.zone:
        draft.change_ticket(zone=zone)
        draft.log_event(LedgerEvent.TIME_ZONE, by="reclamo", zone=zone)


def _values(draft: Draft, detail_type: DetailType) -> list[str]:
    """The valid values of all details of this type."""
    specs = draft.policy.details
    return [
        detail.value
        for name, detail in draft.ticket.details.items()
        if name in specs and specs[name].sort is detail_type and not detail.wrong
    ]
