"""Who is in a scenario, and by what words the file speaks of them: name and address once, then either."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from config.faults import Wrong, nearest
from daemon.rehearse.script import Person, PolicyAddress

_NAMED = re.compile(
    r"(?P<name>[^<>]*+)<(?P<address>[^<>@\s]+@[^<>@\s]+)>(?:\s(?P<rest>[a-zA-Z\s-]+))?"
    r"(?:, substitute (?P<substitute>[^<>@\s,]+@[^<>@\s,]+))?"
)
_ADDRESS = re.compile(r"[^<>@\s]+@[^<>@\s]+")
ALLOWED = "Anna Rossi <anna@example.it>, or a name or an address that stands above"


class Cast:
    """The people of a scenario as far as it has been read."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.rooms: list[PolicyAddress] = []
        self.people: list[Person] = []

    def add(self, text: str, team: str = "", *, third: str = "", policy: str = "") -> Person:
        """Somebody introduced as "Ada Bianchi <ada@firm.example> it", of a team "manager Max …". Raises Wrong."""
        manager = bool(team) and text.startswith("manager ")
        match = _NAMED.fullmatch(text.removeprefix("manager ").strip() if manager else text.strip())
        if match is None:
            raise Wrong("not a person", "Ada Bianchi <ada@firm.example>, with languages: it en")
        languages = tuple((match["rest"] or "").split())
        stands_in = match["substitute"] or ""
        name, address = match["name"].strip(), match["address"].lower()
        person = Person(name, address, languages, team, manager, third, stands_in, policy)
        self.people.append(person)
        return person

    def person(self, text: str) -> Person:
        """Whoever is meant. Raises Wrong that says who there is."""
        text = text.strip()
        match = _NAMED.fullmatch(text)
        if match is not None:
            return self._known(match["address"]) or self.add(text)
        if _ADDRESS.fullmatch(text):
            return self._known(text) or Person("", text.lower())
        return self._called(text)

    def persons(self, text: str) -> tuple[Person, ...]:
        """Several of them: "Ada Bianchi and Bob Blu"; "staff" is everybody on a team."""
        if text.strip() == "staff":
            return tuple(person for person in self.people if person.team)
        return tuple(self.person(part) for part in re.split(r",\s*|(?<!\s)\s++and\s+", text))

    def _known(self, address: str) -> Person | None:
        return next((person for person in self.people if person.address == address.lower()), None)

    def _called(self, name: str) -> Person:
        wanted = name.casefold()
        for person in self.people:
            if person.name.casefold() == wanted:
                return person
        first = {person.address: person for person in self.people if person.name.casefold().split(" ")[0] == wanted}
        if len(first) == 1:
            return next(iter(first.values()))
        names = list(dict.fromkeys(str(person) for person in self.people))
        near = nearest(name, names)
        problem = f"{len(first)} people have this first name" if first else "nobody of this name stands above"
        raise Wrong(problem, ", ".join(names) or ALLOWED, near)

    def room(self, text: str) -> str:
        """The address meant by a policy's name or an address. Raises Wrong."""
        for room in self.rooms:
            if text.lower() in (room.policy.lower(), room.address):
                return room.address
        if _ADDRESS.fullmatch(text):
            return text.lower()
        names = [room.policy for room in self.rooms]
        near = nearest(text, names)
        raise Wrong("no such address", f"{', '.join(names)}, or any address", near)
