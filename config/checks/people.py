"""Check that teams have members, managers and known substitutes: a matter of an installation, not of a policy."""

from __future__ import annotations

from config.checks.finding import Finding, Findings
from config.checks.step_graph import effects_in
from config.policy import Policy
from config.policy_shapes.sentences import KIND_TEAM, Verb


def check_people(policy: Policy) -> Findings:
    """Teams in use without members, missing managers, substitutes who are on no team."""
    addresses = {member.address.lower() for team in policy.teams.values() for member in team.members}
    to_managers = any(effect.to == "manager" for _, effect in effects_in(policy) if effect.verb is Verb.SEND)
    to_managers |= any(notice.to == "manager" for notice in policy.notices.values())
    yield from _outside(policy)
    for name in policy.teams:
        team = policy.teams[name]
        if not team.members and name in _used(policy):
            problem = "nobody works on this team: cases would wait for nobody"
            yield Finding(("teams", name, "members"), problem, allowed='[{ name = "…", address = "…" }]')
        if to_managers and team.manager is None and name in _used(policy):
            problem = "no manager to tell when nobody acts; the team is told instead"
            yield Finding(("teams", name, "manager"), problem, allowed='{ name = "…", address = "…" }')
        for number, member in enumerate(team.members):
            if member.substitute and member.substitute.lower() not in addresses:
                key = ("teams", name, "members", number, "substitute")
                yield Finding(key, "the substitute is on no team", member.substitute, ", ".join(sorted(addresses)))


def _outside(policy: Policy) -> Findings:
    """Third parties to whom the policy sends letters and who have no address."""
    sent = [effect for _, effect in effects_in(policy) if effect.verb is Verb.SEND]
    written = {effect.to or policy.notices[effect.about].to for effect in sent}
    for name, third in policy.third_parties.items():
        if name in written and not third.address:
            problem = "the policy writes to them, and nobody knows where: staff must pass everything on"
            yield Finding(("third_parties", name, "address"), problem, allowed='"name@example.org"')


def _used(policy: Policy) -> set[str]:
    """The teams that cases can be given to."""
    owners = {step.owner.team for step in policy.steps.values() if step.owner}
    given = {effect.about for _, effect in effects_in(policy) if effect.verb is Verb.GIVE}
    return {kind.team for kind in policy.kinds.values()} | (owners - {KIND_TEAM}) | given
