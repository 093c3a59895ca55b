"""Move a case from one policy to another.

Its reference, messages, parties, ledger and promises stay, and the promises keep their dates; its kind, step and team
become the new policy's. The letters with which the new policy would open a case are not written, because the customer
has had one: the letter `moved` says instead who takes over, what is missing and what is promised by when.
"""

from __future__ import annotations

import dataclasses

from config.policy import Policy, in_language
from config.working_time.calendars import load_calendar
from daemon.decide.arguments import language_of, listed_titles, name_meant
from daemon.decide.draft import Done, Draft
from daemon.decide.events import ColleagueWrote, MovedByOperator, PolicyMove
from daemon.decide.procedure import carried_promises, details, notices, promises, steps, things
from daemon.decide.procedure.messages import file_mail
from daemon.decide.procedure.people import give_to_team, keep_from_named, members_available, staff_parties
from daemon.decide.refusals import RefusalReason, Refused
from storage.ledger_events import LedgerEvent
from storage.values import Party, Role, Timer, TimerKind

MOVE, MOVED, MOVED_AWAY = "move", "moved", "moved_away"
_FACTS_KEPT = (
    "written", "returned", "related", "country", "form", "unreadable", "answers_lost", "not_for", "named", "vulnerable",
    "reminders", "numbers", "unconfirmed", "undo", "decided_by",
)  # fmt: skip
"""The facts that are kept under the new policy; the others belong to the old one and are recorded in the ledger."""
_TIMERS_KEPT = (TimerKind.WARN, TimerKind.ACT, TimerKind.END, TimerKind.HOLD, TimerKind.SELF)


def move_by_command(draft: Draft, rest: str, text: str, _member: str) -> Done:
    """Command `move`: move the case at the request of staff. Raises Refused."""
    others = {name: policy for name, policy in draft.policies.items() if name != draft.policy.name}
    name = name_meant(rest, dict(draft.policies), language_of(draft))
    if name == draft.policy.name or draft.policy_move is None:
        raise Refused(RefusalReason.SAME_POLICY, allowed=listed_titles(others, language_of(draft)))
    move_case(draft, draft.policy_move, why=text)
    language = str(draft.letter_values.get("writer_language", ""))
    return {"did": "moved", "value": in_language(draft.policy.title, language)}


def move_by_operator(draft: Draft, event: MovedByOperator) -> str:
    """Move the case at the request of an operator; returns the verdict. Raises Refused."""
    if event.policy_move.policy.name == draft.policy.name:
        raise Refused(RefusalReason.SAME_POLICY)
    move_case(draft, event.policy_move, why=event.why)
    return f"{draft.ticket.reference}: moved to {draft.policy.name}"


def move_case(draft: Draft, policy_move: PolicyMove, *, why: str) -> None:
    """Move the case to another policy.

    Raises Refused for a closed or merged case, for one with an open thing, and where the new policy would close it.
    """
    _require_movable(draft)
    draft.hold_until = None  # the writer's team no longer has the case and could not recall the letters
    draft.left_policy, former_team = draft.policy.name, _team_parties(draft)
    draft.log_event(LedgerEvent.MOVED, came_from=draft.left_policy, went_to=policy_move.policy.name, why=why)
    carried_promises.carry_promises(draft, policy_move.policy)
    _change_policy(draft, policy_move)
    promises.arm_promises_from(draft, promises.RECEIVED, draft.now)
    _enter_first_step(draft)
    if draft.step.final:
        raise Refused(
            RefusalReason.WOULD_BE_CLOSED_THERE, allowed=in_language(policy_move.policy.title, language_of(draft))
        )
    _tell_team(draft)
    _tell_former_team(draft, former_team, why)


# ------------------------------------------------------------------------------------------- whether it can be moved


def _require_movable(draft: Draft) -> None:
    if draft.facts.merged_into:
        raise Refused(RefusalReason.MERGED)
    if draft.ticket.closed_at is not None or draft.step.final:
        raise Refused(RefusalReason.CLOSED, near="reopen", allowed="reopen")
    language = str(draft.letter_values.get("writer_language", ""))
    for name, spec in draft.policy.things.items():
        if things.is_thing_open(draft, name):
            number = draft.thing(name).get("number", "")
            raise Refused(RefusalReason.STILL_OPEN, allowed=f"{in_language(spec.title, language)} {number}".strip())


# --------------------------------------------------------------------------------------------- changes of the case


def _change_policy(draft: Draft, policy_move: PolicyMove) -> None:
    old, policy, ticket = draft.policy, policy_move.policy, draft.ticket
    language = ticket.language if ticket.language in policy.languages else policy.languages[0]
    _log_left_behind(draft, policy)
    draft.policy = policy
    draft.calendar = load_calendar(policy_move.calendar or policy.calendar, policy.calendars)
    draft.case = dataclasses.replace(draft.case, taken=policy_move.taken, earlier=())
    draft.timers = {key: timer for key, timer in draft.timers.items() if _is_timer_kept(timer, policy)}
    draft.change_ticket(
        policy=policy.name, kind=policy_move.kind, language=language, address=policy_move.address, asked=(),
        facts=ticket.facts.only(_FACTS_KEPT), questions=(),
        brand=ticket.brand if ticket.brand in policy.brands else policy_move.brand,
    )  # fmt: skip
    draft.facts = dataclasses.replace(draft.facts, calendar=policy_move.calendar)
    draft.log_event(LedgerEvent.SORTED, by="reclamo", kind=policy_move.kind, why=list(policy_move.kind_reasons))
    if language != ticket.language:
        customer = draft.customer()
        draft.parties[customer.number] = dataclasses.replace(customer, language=language)
        draft.log_event(LedgerEvent.LANGUAGE, by="reclamo", language=language)
    details.reread_details(draft, old.details, policy_move.found)
    _assign_new_team(draft, policy_move)


def _log_left_behind(draft: Draft, policy: Policy) -> None:
    """Log what ends with the old policy: open questions, reminders to third parties, and the facts that are dropped."""
    chased = [
        timer.about
        for timer in draft.timers.values()
        if timer.kind == TimerKind.CHASE and not _is_timer_kept(timer, policy)
    ]
    remembered = {name: value for name, value in draft.facts.to_json().items() if name not in _FACTS_KEPT}
    asked = [row.question for row in draft.ticket.questions]
    ended = {"questions": asked, "chased": chased, "remembered": remembered}
    if any(ended.values()):
        draft.log_event(
            LedgerEvent.LEFT_BEHIND, by="reclamo", **{name: value for name, value in ended.items() if value}
        )


def _is_timer_kept(timer: Timer, policy: Policy) -> bool:
    """Whether a timer is kept: those of promises, of held mail, of staff's own notes, and of a third party that the
    new policy has too. A kind that only a newer version of the program knows is kept."""
    if not isinstance(timer.kind, TimerKind):
        return True
    return timer.kind in _TIMERS_KEPT or (timer.kind == TimerKind.CHASE and timer.about in policy.third_parties)


def _assign_new_team(draft: Draft, policy_move: PolicyMove) -> None:
    """Assign the case to the team of its new kind, except to members whom the complaint is about."""
    barred = set(draft.facts.named)
    keep_from_named(draft, policy_move.words)
    if barred:
        draft.facts = dataclasses.replace(draft.facts, named=tuple(sorted(barred | set(draft.facts.named))))
    team = draft.policy.kinds[policy_move.kind].team
    is_same_name = team == draft.ticket.team
    give_to_team(draft, team, draft.facts.not_for)
    if is_same_name:
        draft.log_event(LedgerEvent.ASSIGNED, team=team)  # logged all the same: it is another policy's team


def _enter_first_step(draft: Draft) -> None:
    """Enter the first step of the new policy, writing the letter `moved` in place of the letters of that step."""
    draft.unsent_opening_letters = []
    steps.enter_step(draft, draft.policy.kinds[draft.ticket.kind].first or draft.policy.first)
    unwritten, draft.unsent_opening_letters = draft.unsent_opening_letters, None
    carried_promises.keep_by_another_letter(draft, unwritten, MOVED)
    notices.write_notice(draft, MOVED)
    steps.apply_outcome(draft, "sorted")


# --------------------------------------------------------------------------------------------- letters to the teams


def _tell_team(draft: Draft) -> None:
    """Tell the new team that it has the case, unless entering the first step has already written to staff."""
    if not any(draft.parties[notice.party].role is Role.STAFF for notice in draft.notices):
        notices.write_notice(
            draft, "new_case" if "new_case" in draft.policy.notices else notices.CUSTOMER_WROTE, to="team"
        )


def _team_parties(draft: Draft) -> list[Party]:
    """The members of the team who have had letters about the case or would get the next one."""
    members = {member.address.lower() for member in draft.policy.teams[draft.ticket.team].members}
    known = [party for party in draft.parties.values() if party.role is Role.STAFF and party.address in members]
    return list(dict.fromkeys((*known, *staff_parties(draft, "team"))))


def _tell_former_team(draft: Draft, team: list[Party], why: str) -> None:
    """Tell the former team that the case was moved, except the person who moved it and members of the new team too."""
    new_team = {member.address.lower() for member in members_available(draft, draft.ticket.team)}
    for party in team:
        if party.number != draft.writer and party.address not in new_team:
            notices.write_notice(draft, MOVED_AWAY, to=party.address, about=_about(draft, party, why))


def _about(draft: Draft, party: Party, why: str) -> dict[str, str]:
    writer = draft.parties.get(draft.writer)
    by = (writer.name or writer.address) if writer and writer.role is Role.STAFF else ""
    return {"moved_to": in_language(draft.policy.title, party.language), "moved_by": by, "note_text": why}


def answer_former_team(draft: Draft, wrote: ColleagueWrote) -> str:
    """Handle mail of a member of the former team: pass the words on to the team that has the case, tell the writer so,
    and do nothing else. Returns the verdict."""
    party = draft.parties[wrote.mail.party]
    reading = wrote.mail.reading
    draft.writer, draft.in_reply_to = party.number, reading.message_id
    file_mail(draft, wrote.mail, party.number, thread="staff")
    draft.log_event(LedgerEvent.COLLEAGUE_WROTE)
    files = [dict(file) for file in draft.messages[-1].attachments]
    words = {"new_words": reading.reply or reading.text, "from_party": party.number, "files": files}
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team", about=words)
    about = _about(draft, party, "")
    notices.write_notice(draft, MOVED_AWAY, to="writer", about={**about, "moved_by": "", "passed_on": True})
    return f"{draft.ticket.reference}: words of {party.address}, who had the case before"
