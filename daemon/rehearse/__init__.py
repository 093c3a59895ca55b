"""Rehearsals: a written scenario is played against a policy, on a made-up clock, through the daemon's own roads.

Any company can rehearse its own policy before it promises anything. The format of a scenario is explained in
docs/scenarios.md; the words it is written in stand in sentences.py and expecting.py.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from config.faults import FaultsFound
from config.policy import say
from config.settings import Settings
from daemon.decide.procedure.promise_terms import promise_of
from daemon.installation import Installation
from daemon.installation_build import load_installation
from daemon.rehearse.checks import check, check_end
from daemon.rehearse.listening import trouble_heard
from daemon.rehearse.names import wrong_names
from daemon.rehearse.player import play
from daemon.rehearse.read import read_script
from daemon.rehearse.rehearsal import PromiseOutcome, Rehearsal
from daemon.rehearse.script import Person, PolicyAddress, Script
from daemon.rehearse.stage import Stage
from parsers.sender.tokens import Keys
from storage import migrate
from storage.engine import Database

_KEYS = Keys(current=1, secrets={1: b"a rehearsal proves nothing to anybody"})

__all__ = ["rehearse"]


def rehearse(path: Path, *, settings: Settings | None = None, db: Database | None = None) -> Rehearsal:
    """Play the scenario in this file. Raises FaultsFound where the scenario or a policy is at fault.

    With `settings`, the policies, words and people of that installation are played; the people of the scenario are
    laid over them. Without, what ships. `db` is an empty database with its tables; one in memory by default.
    """
    script = read_script(path)
    installation = installation_of(script, settings)
    faults = wrong_names(script, installation.policies)
    if faults:
        raise FaultsFound(faults)
    if db is not None:
        return _played(Stage(script, db, installation))
    db = Database("sqlite://")
    try:
        migrate.upgrade(db)
        return _played(Stage(script, db, installation))
    finally:
        db.close()


def _played(stage: Stage) -> Rehearsal:
    with trouble_heard() as trouble:
        play(stage, check)
    for words in trouble:
        stage.fail(0, "nothing goes wrong inside", words)
    check_end(stage)
    script = stage.script
    return Rehearsal(
        title=script.title,
        zone=script.zone,
        turns=tuple(stage.turns),
        promises=tuple(_promises(stage)),
        failures=tuple(stage.failures),
        letters=tuple(seen.letter for seen in stage.letters),
        checks=sum(1 for act in script.acts if act.said.startswith("Expect")),
    )


def _promises(stage: Stage) -> list[PromiseOutcome]:
    rows = []
    for case in stage.all_cases():
        policy = stage.installation.policies[case.ticket.policy]
        for row in sorted(case.deadlines, key=lambda row: (row.due_at, row.promise)):
            title = say(promise_of(policy, row).title, "en")
            rows.append(
                PromiseOutcome(
                    case.ticket.reference, row.promise, title, row.due_on, row.state, row.kept_at, row.automatic
                )
            )
    return rows


# ---------------------------------------------------------------------------------------------------- the house


def installation_of(script: Script, settings: Settings | None = None) -> Installation:
    """The office a scenario is played in. Raises FaultsFound."""
    installation = load_installation(
        _settings(script, settings), keys=_KEYS, extra=lambda policy: _people(script, policy)
    )
    # Lists come every morning and speak of every case: they are played where a scenario asks for them.
    # Nothing is random: the same scenario says the same words, to the letter.
    return replace(installation, lists=script.worklists, draw_nonce=count(1).__next__)


def _settings(script: Script, own: Settings | None) -> Settings:
    """The settings of the played house: the installation's own, at the scenario's addresses."""
    nowhere = script.file.parent / "no-such-folder"
    name, country = (own.company.name, own.company.country) if own else (script.company, script.country)
    table: dict[str, Any] = {
        "folder": own.folder if own else script.file.parent,
        "policies": own.policies if own else nowhere,
        "templates": own.templates if own else nowhere,
        "company": {"name": name, "country": country, "zone": script.zone.key},
        "addresses": [_address(room, name, script.country) for room in script.rooms],
        "relay": {"give_up_after": own.relay.give_up_after} if own else {},
        "keys": {},
        "staff": {"hold": script.hold, "proof": "confirmation" if script.confirms else "token"},
    }
    return Settings.model_validate(table, context={"folder": table["folder"]})


def _address(room: PolicyAddress, name: str, country: str) -> dict[str, Any]:
    return {
        "address": room.address, "policy": room.policy, "name": name, "calendar": room.calendar, "country": country,
    }  # fmt: skip


def _people(script: Script, policy: str) -> dict[str, Any]:
    """Who works under a policy, and with it."""
    here = [person for person in script.people if person.policy in ("", policy)]
    teams: dict[str, dict[str, Any]] = {}
    for person in here:
        if not person.team:
            continue
        team = teams.setdefault(person.team, {"members": []})
        if person.manager:
            team["manager"] = _member(person)
        else:
            team["members"].append(_member(person))
    thirds = {
        person.third: {"address": person.address, "name": person.name, "language": "".join(person.languages[:1])}
        for person in here
        if person.third
    }
    laid = (("teams", teams), ("third_parties", thirds))
    return {name: known for name, known in laid if known}


def _member(person: Person) -> dict[str, Any]:
    return {
        "name": person.name, "address": person.address, "languages": list(person.languages),
        "substitute": person.substitute,
    }  # fmt: skip
