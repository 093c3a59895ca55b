"""Rehearsals: play a written scenario against a policy, on a simulated clock, through the daemon's own code.

A company can rehearse its own policy before it promises anything. The format of a scenario is explained in
docs/scenarios.md; its sentences are defined in sentences.py and expectation_sentences.py.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from config.faults import FaultsFound
from config.policy import in_language
from config.settings import Settings
from daemon.decide.procedure.promise_terms import promise_of
from daemon.installation import Installation
from daemon.installation_build import load_installation
from daemon.rehearse.check_expectations import check_expectation, check_final_state
from daemon.rehearse.check_names import unknown_names
from daemon.rehearse.logged_errors import captured_errors
from daemon.rehearse.perform import perform_acts
from daemon.rehearse.read import read_scenario
from daemon.rehearse.rehearsal import PromiseOutcome, Rehearsal
from daemon.rehearse.scenario import Person, PolicyAddress, Scenario
from daemon.rehearse.scenario_run import ScenarioRun
from parsers.sender.tokens import TokenKeys
from storage import migrate
from storage.engine import Database

_KEYS = TokenKeys(current=1, secrets={1: b"a rehearsal proves nothing to anybody"})

__all__ = ["rehearse"]


def rehearse(path: Path, *, settings: Settings | None = None, db: Database | None = None) -> Rehearsal:
    """Play the scenario in this file. Raises FaultsFound if the scenario or a policy has faults.

    With `settings`, the policies, words and people of that installation are played, with the people of the scenario
    added; without, the shipped ones. `db` is an empty database with its tables; by default one in memory.
    """
    scenario = read_scenario(path)
    installation = installation_of(scenario, settings)
    faults = unknown_names(scenario, installation.policies)
    if faults:
        raise FaultsFound(faults)
    if db is not None:
        return _play(ScenarioRun(scenario, db, installation))
    db = Database("sqlite://")
    try:
        migrate.upgrade(db)
        return _play(ScenarioRun(scenario, db, installation))
    finally:
        db.close()


def _play(run: ScenarioRun) -> Rehearsal:
    with captured_errors() as errors:
        perform_acts(run, check_expectation)
    for error in errors:
        run.add_failure(0, "nothing goes wrong inside", error)
    check_final_state(run)
    scenario = run.scenario
    return Rehearsal(
        title=scenario.title,
        zone=scenario.zone,
        entries=tuple(run.entries),
        promises=tuple(_promises(run)),
        failures=tuple(run.failures),
        letters=tuple(received.letter for received in run.letters),
        checks=sum(1 for act in scenario.acts if act.source_line.startswith("Expect")),
    )


def _promises(run: ScenarioRun) -> list[PromiseOutcome]:
    rows = []
    for case in run.all_cases():
        policy = run.installation.policies[case.ticket.policy]
        for row in sorted(case.deadlines, key=lambda row: (row.due_at, row.promise)):
            title = in_language(promise_of(policy, row).title, "en")
            rows.append(
                PromiseOutcome(
                    case.ticket.reference, row.promise, title, row.due_on, row.state, row.kept_at, row.automatic
                )
            )
    return rows


# ---------------------------------------------------------------------------------------------------- the installation


def installation_of(scenario: Scenario, settings: Settings | None = None) -> Installation:
    """Load the installation a scenario is played in. Raises FaultsFound."""
    installation = load_installation(
        _settings(scenario, settings), keys=_KEYS, extra=lambda policy: _people(scenario, policy)
    )
    # Worklists are written every morning and mention every case, so only scenarios that ask for them get them.
    # Nonces are counted, not random, so that the same scenario always gives the same letters.
    return replace(installation, writes_worklists=scenario.worklists, draw_nonce=count(1).__next__)


def _settings(scenario: Scenario, own: Settings | None) -> Settings:
    """Make the settings of the simulated installation: `own` ones if given, with the scenario's addresses."""
    no_folder = scenario.file.parent / "no-such-folder"
    name, country = (own.company.name, own.company.country) if own else (scenario.company, scenario.country)
    table: dict[str, Any] = {
        "folder": own.folder if own else scenario.file.parent,
        "policies": own.policies if own else no_folder,
        "templates": own.templates if own else no_folder,
        "company": {"name": name, "country": country, "zone": scenario.zone.key},
        "addresses": [_address(room, name, scenario.country) for room in scenario.addresses],
        "relay": {"give_up_after": own.relay.give_up_after} if own else {},
        "keys": {},
        "staff": {"hold": scenario.hold, "proof": "confirmation" if scenario.confirms else "token"},
    }
    return Settings.model_validate(table, context={"folder": table["folder"]})


def _address(room: PolicyAddress, name: str, country: str) -> dict[str, Any]:
    return {
        "address": room.address, "policy": room.policy, "name": name, "calendar": room.calendar, "country": country,
    }  # fmt: skip


def _people(scenario: Scenario, policy: str) -> dict[str, Any]:
    """Return the teams and third parties that the scenario adds to a policy, as tables of the policy."""
    people = [person for person in scenario.people if person.policy in ("", policy)]
    teams: dict[str, dict[str, Any]] = {}
    for person in people:
        if not person.team:
            continue
        team = teams.setdefault(person.team, {"members": []})
        if person.manager:
            team["manager"] = _member(person)
        else:
            team["members"].append(_member(person))
    third_parties = {
        person.third: {"address": person.address, "name": person.name, "language": "".join(person.languages[:1])}
        for person in people
        if person.third
    }
    tables = (("teams", teams), ("third_parties", third_parties))
    return {name: known for name, known in tables if known}


def _member(person: Person) -> dict[str, Any]:
    return {
        "name": person.name, "address": person.address, "languages": list(person.languages),
        "substitute": person.substitute,
    }  # fmt: skip
