"""The verb move: move a case to another policy, as an operator."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from config.faults import nearest
from daemon.cli.base import Config, app, database_of, fail, log_warnings_only, settings_of


def register() -> None:
    """Add this verb to the command line."""
    app.command(move)


def move(
    reference: str,
    policy: str,
    *,
    reason: Annotated[str, Parameter(help="The reason, for the ledger and the team that had the case.")] = "",
    config: Config = None,
) -> None:
    """Move a case to another policy; it keeps its number, history and promises."""
    from daemon.app import now
    from daemon.cases import load
    from daemon.cases.transaction import change_cases
    from daemon.decide.events import MovedByOperator
    from daemon.decide.refusals import Refused
    from daemon.installation_build import load_installation
    from daemon.intake.policy_move import read_by_policy
    from storage import tickets
    from storage.values import Case

    log_warnings_only()
    settings = settings_of(config)
    installation, moment = load_installation(settings), now()
    if policy not in installation.policies:
        near = nearest(policy, installation.policies)
        hint = f"; did you mean {near!r}?" if near else ""
        fail(f"{policy!r} is no policy of this installation; allowed: {', '.join(installation.policies)}{hint}")
    with database_of(settings) as db:
        number = tickets.by_reference(db, [reference.upper()]).get(reference.upper())
        if number is None:
            fail(f"no case {reference!r}; `reclamo tickets --all` lists them")
        case = load.load(db, installation, [number], moment)[number]

        def move_of(case: Case) -> MovedByOperator:
            there = read_by_policy(db, installation, case, installation.policies[policy], moment)
            return MovedByOperator(policy_move=there, why=reason)

        try:
            change_cases(db, installation, [(number, move_of)], moment)
        except Refused as refusal:
            problem = ": ".join(part for part in (refusal.why, refusal.allowed) if part)
            fail(f"{case.ticket.reference} stays with {case.ticket.policy}: {problem}")
    print(f"{case.ticket.reference} moved from {case.ticket.policy} to {policy}")
