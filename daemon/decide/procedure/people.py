"""Staff of a case: the team that owns it, the recipients of its notices, members who may or must not work on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from config.policy import Member, Policy
from config.policy_shapes.sentences import KIND_TEAM, Owner
from daemon.decide.draft import Draft
from parsers.details.people_named import names_person
from storage.ledger_events import LedgerEvent
from storage.values import Party, Role


def give_to_owner(draft: Draft, owner: Owner) -> None:
    """Give the case to the owner of a step. An assignee who is not on that team, or must not work on it, is removed."""
    team = draft.policy.kinds[draft.ticket.kind].team if owner.team == KIND_TEAM else owner.team
    barred = str(draft.facts.named_value(f"{owner.but_not}_by") or "") if owner.but_not else ""
    give_to_team(draft, team, barred)


def give_to_team(draft: Draft, team: str, barred: str = "") -> None:
    """Give the case to a team, but not to the one member who is barred from it."""
    draft.facts = replace(draft.facts, not_for=barred)
    if team != draft.ticket.team:
        draft.log_event(LedgerEvent.ASSIGNED, team=team, **({"not_for": barred} if barred else {}))
    stays = any(member.address.lower() == draft.ticket.assignee for member in members_available(draft, team))
    draft.change_ticket(team=team, assignee=draft.ticket.assignee if stays else "")


def members_available(draft: Draft, team: str) -> tuple[Member, ...]:
    """The members of a team who may work on this case."""
    away = barred_members(draft)
    return tuple(m for m in draft.policy.teams[team].members if m.address.lower() not in away)


def barred_members(draft: Draft) -> frozenset[str]:
    """Addresses of staff who must not work on this case: the one who took the decision under review, and those whom
    the complaint names."""
    return frozenset(address for address in (draft.facts.not_for, *draft.facts.named) if address)


def keep_from_named(draft: Draft, words: str, before: Iterable[str] = ()) -> None:
    """Keep the case from staff whom the complaint names, and from those whom an earlier complaint named (`before`)."""
    everybody = [member for team in draft.policy.teams.values() for member in team.everybody]
    known = draft.facts.named
    named = (
        {member.address.lower() for member in everybody if names_person(words, member.name, member.address)}
        | set(before)
        | set(known)
    )
    if named - set(known):
        draft.facts = replace(draft.facts, named=tuple(sorted(named)))
        draft.log_event(LedgerEvent.KEPT_FROM_NAMED, by="reclamo", named=sorted(named))
    if draft.ticket.assignee in named:
        draft.change_ticket(assignee="")


def member_at(policy: Policy, address: str) -> Member | None:
    """The staff member or manager with this address, on any team."""
    wanted = address.lower()
    for team in policy.teams.values():
        for member in team.everybody:
            if member.address.lower() == wanted:
                return member
        if team.address.lower() == wanted:
            return Member(name=team.address, address=team.address)
    return None


def staff_parties(draft: Draft, whom: str) -> list[Party]:
    """The parties a staff notice goes to. `whom` is team, assignee, manager, or a team's name.

    The team means the assignee where there is one, else everybody who may work on the case; where nobody is left,
    the manager; where there is no manager either, the team's own address.
    """
    team = draft.policy.teams[whom if whom in draft.policy.teams else draft.ticket.team]
    people = (
        () if whom == "manager" else members_available(draft, whom if whom in draft.policy.teams else draft.ticket.team)
    )
    if whom in ("team", "assignee") and draft.ticket.assignee:
        people = tuple(m for m in people if m.address.lower() == draft.ticket.assignee) or people
    away = barred_members(draft)
    if not people and team.manager and team.manager.address.lower() not in away:
        people = (team.manager,)
    if not people:
        people = tuple(m for m in _managers(draft) if m.address.lower() not in away)[:1]
    if not people and team.address:
        people = (Member(name="", address=team.address),)
    people = _present(draft, people, () if whom == "manager" else team.everybody)
    role = Role.MANAGER if whom == "manager" else Role.STAFF
    return [party_of_member(draft, member, role) for member in people]


def _present(draft: Draft, people: tuple[Member, ...], others: tuple[Member | None, ...]) -> tuple[Member, ...]:
    """The people who act for these now: substitutes for those away, else one of the others, else these people."""
    away, not_them = draft.case.away, barred_members(draft)
    if not any(member.address.lower() in away for member in people):
        return people
    acting = [stand_in(draft.policy, member, away, not_them) for member in people]
    present = {member.address.lower(): member for member in acting if member is not None}
    rest = (m for m in others if m and m.address.lower() not in away | not_them)
    return tuple(present.values()) or tuple(rest)[:1] or people


def stand_in(
    policy: Policy, member: Member, away: frozenset[str], barred: frozenset[str] = frozenset()
) -> Member | None:
    """The person who acts for a member: the member, else the nearest substitute who can; None where there is none."""
    asked: set[str] = set()
    acting: Member | None = member
    while acting is not None and acting.address.lower() not in asked:
        address = acting.address.lower()
        if address not in away and address not in barred:
            return acting
        asked.add(address)
        acting = member_at(policy, substitute_of(policy, address))
    return None


def substitute_of(policy: Policy, address: str) -> str:
    """The address of a person's substitute, from any team that names one; empty where none does."""
    everyone = [m for team in policy.teams.values() for m in team.everybody]
    return next((m.substitute.lower() for m in everyone if m.substitute and m.address.lower() == address), "")


def _managers(draft: Draft) -> tuple[Member, ...]:
    return tuple(team.manager for team in draft.policy.teams.values() if team.manager)


def party_of_member(draft: Draft, member: Member, role: Role) -> Party:
    """The member as a party of the case, added if new."""
    return draft.party(role, member.address, name=member.name, language=staff_language(draft.policy, member))


def staff_language(policy: Policy, member: Member) -> str:
    """The first of the member's languages that the policy is written in, else the policy's first."""
    return next((code for code in member.languages if code in policy.languages), policy.languages[0])
