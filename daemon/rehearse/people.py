"""The people and policy addresses of a scenario, and how its sentences refer to them.

They are introduced once, and then referred to by name, first name or address.
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from config.faults import Wrong, nearest
from daemon.rehearse.scenario import Person, PolicyAddress

_INTRODUCTION = re.compile(
    r"(?P<name>[^<>]*+)<(?P<address>[^<>@\s]+@[^<>@\s]+)>(?:\s(?P<rest>[a-zA-Z\s-]+))?"
    r"(?:, substitute (?P<substitute>[^<>@\s,]+@[^<>@\s,]+))?"
)
_ADDRESS = re.compile(r"[^<>@\s]+@[^<>@\s]+")
ALLOWED = "Anna Rossi <anna@example.it>, or a name or an address that stands above"


class ScenarioPeople:
    """The people and policy addresses of a scenario, as far as it has been read."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.addresses: list[PolicyAddress] = []
        self.known: list[Person] = []

    def add(self, text: str, team: str = "", *, third: str = "", policy: str = "") -> Person:
        """Add a person introduced as "Ada Bianchi <ada@firm.example> it"; with a `team`, perhaps as "manager Max …".

        Raises Wrong.
        """
        manager = bool(team) and text.startswith("manager ")
        match = _INTRODUCTION.fullmatch(text.removeprefix("manager ").strip() if manager else text.strip())
        if match is None:
            raise Wrong("not a person", "Ada Bianchi <ada@firm.example>, with languages: it en")
        languages = tuple((match["rest"] or "").split())
        substitute = match["substitute"] or ""
        name, address = match["name"].strip(), match["address"].lower()
        person = Person(name, address, languages, team, manager, third, substitute, policy)
        self.known.append(person)
        return person

    def person_named(self, text: str) -> Person:
        """Return the person meant by a name, a first name, an address or an introduction.

        Raises Wrong with the known names.
        """
        text = text.strip()
        match = _INTRODUCTION.fullmatch(text)
        if match is not None:
            return self._with_address(match["address"]) or self.add(text)
        if _ADDRESS.fullmatch(text):
            return self._with_address(text) or Person("", text.lower())
        return self._with_name(text)

    def people_named(self, text: str) -> tuple[Person, ...]:
        """Return several people: "Ada Bianchi and Bob Blu"; "staff" is everybody on a team. Raises ValueError."""
        if text.strip() == "staff":
            return tuple(person for person in self.known if person.team)
        return tuple(self.person_named(part) for part in re.split(r",\s*|(?<!\s)\s++and\s+", text))

    def _with_address(self, address: str) -> Person | None:
        return next((person for person in self.known if person.address == address.lower()), None)

    def _with_name(self, name: str) -> Person:
        wanted = name.casefold()
        for person in self.known:
            if person.name.casefold() == wanted:
                return person
        by_first_name = {
            person.address: person for person in self.known if person.name.casefold().split(" ")[0] == wanted
        }
        if len(by_first_name) == 1:
            return next(iter(by_first_name.values()))
        names = list(dict.fromkeys(str(person) for person in self.known))
        near = nearest(name, names)
        problem = (
            f"{len(by_first_name)} people have this first name" if by_first_name else "nobody of this name stands above"
        )
        raise Wrong(problem, ", ".join(names) or ALLOWED, near)

    def address_named(self, text: str) -> str:
        """Return the address meant by the name of a policy, or an address. Raises Wrong."""
        for policy_address in self.addresses:
            if text.lower() in (policy_address.policy.lower(), policy_address.address):
                return policy_address.address
        if _ADDRESS.fullmatch(text):
            return text.lower()
        names = [policy_address.policy for policy_address in self.addresses]
        near = nearest(text, names)
        raise Wrong("no such address", f"{', '.join(names)}, or any address", near)
