"""Move a case to another policy: it keeps its reference, messages, people, ledger and promises, and gets the new
policy's kind, step and team.

Promises stay due on the dates that the customer was told. The new policy's opening letter is not written, because the
customer has had one: they are told instead who takes over, what is missing, and what is due by when.
"""

from __future__ import annotations

import dataclasses

from config.policy import Policy, in_language
from config.working_time.calendars import load_calendar
from daemon.decide.arguments import language_of, listed_titles
from daemon.decide.draft import Done, Draft
from daemon.decide.events import ColleagueWrote, MovedByOperator, PolicyMove
from daemon.decide.procedure import carried_promises, details, notices, promises, steps, things
from daemon.decide.procedure.messages import file_mail
from daemon.decide.procedure.people import give_to_team, keep_from_named, members_available, staff_parties
from daemon.decide.refusals import RefusalReason, Refused
from daemon.decide.staff.command_arguments import NameArgument
from storage.ledger_events import LedgerEvent
from storage.values import Party, Role, Timer, TimerKind

MOVE, MOVED, MOVED_AWAY = "move", "moved", "moved_away"
_GOES_ALONG = (
    "written", "returned", "related", "country", "form", "unreadable", "answers_lost", "not_for", "named", "vulnerable",
    "reminders", "numbers", "unconfirmed", "undo", "decided_by",
)  # fmt: skip
"""The facts of a case that do not belong to a policy; the others are logged and dropped."""
_TIMERS_KEPT = (TimerKind.WARN, TimerKind.ACT, TimerKind.END, TimerKind.HOLD, TimerKind.SELF)


def move_by_command(draft: Draft, target: NameArgument, text: str, _member: str) -> Done:
    """Command `move`: move the case to the policy that staff name. Raises Refused."""
    others = {name: policy for name, policy in draft.policies.items() if name != draft.policy.name}
    if target.name == draft.policy.name or draft.policy_move is None:
        raise Refused(RefusalReason.SAME_POLICY, allowed=listed_titles(others, language_of(draft)))
    move_case(draft, draft.policy_move, why=text)
    language = str(draft.letter_values.get("writer_language", ""))
    return {"did": "moved", "value": in_language(draft.policy.title, language)}


def move_by_operator(draft: Draft, event: MovedByOperator) -> str:
    """Move the case for an operator. Raises Refused."""
    if event.policy_move.policy.name == draft.policy.name:
        raise Refused(RefusalReason.SAME_POLICY)
    move_case(draft, event.policy_move, why=event.why)
    return f"{draft.ticket.reference}: moved to {draft.policy.name}"


def move_case(draft: Draft, policy_move: PolicyMove, *, why: str) -> None:
    """Continue the case under another policy. Raises Refused if something of it would be lost."""
    _require_movable(draft)
    draft.hold_until = None  # the writer no longer has the case and could not recall the letters
    draft.left_policy, team = draft.policy.name, _members_informed(draft)
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
    _tell_former_team(draft, team, why)


# --------------------------------------------------------------------------------------------- whether it may be moved


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


# --------------------------------------------------------------------------------------------- the change


def _change_policy(draft: Draft, policy_move: PolicyMove) -> None:
    old, policy, ticket = draft.policy, policy_move.policy, draft.ticket
    language = ticket.language if ticket.language in policy.languages else policy.languages[0]
    _record_what_ends(draft, policy)
    draft.policy = policy
    draft.calendar = load_calendar(policy_move.calendar or policy.calendar, policy.calendars)
    draft.case = dataclasses.replace(draft.case, taken=policy_move.taken, earlier=())
    draft.timers = {key: timer for key, timer in draft.timers.items() if _stays(timer, policy)}
    draft.change_ticket(
        policy=policy.name, kind=policy_move.kind, language=language, address=policy_move.address, asked=(),
        facts=ticket.facts.only(_GOES_ALONG), questions=(),
        brand=ticket.brand if ticket.brand in policy.brands else policy_move.brand,
    )  # fmt: skip
    draft.facts = dataclasses.replace(draft.facts, calendar=policy_move.calendar)
    draft.log_event(LedgerEvent.SORTED, by="reclamo", kind=policy_move.kind, why=list(policy_move.kind_reasons))
    if language != ticket.language:
        customer = draft.customer()
        draft.parties[customer.number] = dataclasses.replace(customer, language=language)
        draft.log_event(LedgerEvent.LANGUAGE, by="reclamo", language=language)
    details.reread_details(draft, old.details, policy_move.found)
    _give_to_new_team(draft, policy_move)


def _record_what_ends(draft: Draft, policy: Policy) -> None:
    """Log what ends with the old policy: open questions, reminders to third parties, and facts that only it knows."""
    chased = [
        timer.about for timer in draft.timers.values() if timer.kind == TimerKind.CHASE and not _stays(timer, policy)
    ]
    remembered = {name: value for name, value in draft.facts.to_json().items() if name not in _GOES_ALONG}
    asked = [question.question for question in draft.ticket.questions]
    ended = {"questions": asked, "chased": chased, "remembered": remembered}
    if any(ended.values()):
        draft.log_event(
            LedgerEvent.LEFT_BEHIND, by="reclamo", **{name: value for name, value in ended.items() if value}
        )


def _stays(timer: Timer, policy: Policy) -> bool:
    """Whether a timer means the same under the new policy: timers of promises, held mail, reminders to oneself, and
    third parties that both policies have. A kind that only a newer version of the program knows is kept."""
    if not isinstance(timer.kind, TimerKind):
        return True
    return timer.kind in _TIMERS_KEPT or (timer.kind == TimerKind.CHASE and timer.about in policy.third_parties)


def _give_to_new_team(draft: Draft, policy_move: PolicyMove) -> None:
    """Give the case to the kind's team, except members whom the complaint is about."""
    barred = set(draft.facts.named)
    keep_from_named(draft, policy_move.words)
    if barred:
        draft.facts = dataclasses.replace(draft.facts, named=tuple(sorted(barred | set(draft.facts.named))))
    team = draft.policy.kinds[policy_move.kind].team
    same = team == draft.ticket.team
    give_to_team(draft, team, draft.facts.not_for)
    if same:
        draft.log_event(LedgerEvent.ASSIGNED, team=team)  # the same name, another policy's team


def _enter_first_step(draft: Draft) -> None:
    """Enter the new policy's first step as a new case does, but without the opening letter."""
    draft.unsent_opening_letters = []
    steps.enter_step(draft, draft.policy.kinds[draft.ticket.kind].first or draft.policy.first)
    unsaid, draft.unsent_opening_letters = draft.unsent_opening_letters, None
    carried_promises.keep_by_another_letter(draft, unsaid, MOVED)
    notices.write_notice(draft, MOVED)
    steps.apply_outcome(draft, "sorted")


# ------------------------------------------------------------------------------------------ letters to both teams


def _tell_team(draft: Draft) -> None:
    """Tell the new team of the case if entering the first step has not."""
    if not any(draft.parties[notice.party].role is Role.STAFF for notice in draft.notices):
        notices.write_notice(
            draft, "new_case" if "new_case" in draft.policy.notices else notices.CUSTOMER_WROTE, to="team"
        )


def _members_informed(draft: Draft) -> list[Party]:
    """The team's members who have had letters about the case or would get the next one."""
    members = {member.address.lower() for member in draft.policy.teams[draft.ticket.team].members}
    known = [party for party in draft.parties.values() if party.role is Role.STAFF and party.address in members]
    return list(dict.fromkeys((*known, *staff_parties(draft, "team"))))


def _tell_former_team(draft: Draft, team: list[Party], why: str) -> None:
    """Tell the old team that the case has left it, except the writer and members of both teams."""
    stay = {member.address.lower() for member in members_available(draft, draft.ticket.team)}
    for party in team:
        if party.number != draft.writer and party.address not in stay:
            notices.write_notice(draft, MOVED_AWAY, to=party.address, about=_move_values(draft, party, why))


def _move_values(draft: Draft, party: Party, why: str) -> dict[str, str]:
    known = draft.parties.get(draft.writer)
    by = (known.name or known.address) if known and known.role is Role.STAFF else ""
    return {"moved_to": in_language(draft.policy.title, party.language), "moved_by": by, "note_text": why}


def answer_former_team(draft: Draft, wrote: ColleagueWrote) -> str:
    """Pass the words of a member of a former team on to the present team, and tell the member so; do nothing else."""
    party = draft.parties[wrote.mail.party]
    reading = wrote.mail.reading
    draft.writer, draft.in_reply_to = party.number, reading.message_id
    file_mail(draft, wrote.mail, party.number, thread="staff")
    draft.log_event(LedgerEvent.COLLEAGUE_WROTE)
    files = [dict(file) for file in draft.messages[-1].attachments]
    said = {"new_words": reading.reply or reading.text, "from_party": party.number, "files": files}
    notices.write_notice(draft, notices.CUSTOMER_WROTE, to="team", about=said)
    about = _move_values(draft, party, "")
    notices.write_notice(draft, MOVED_AWAY, to="writer", about={**about, "moved_by": "", "passed_on": True})
    return f"{draft.ticket.reference}: words of {party.address}, who had the case before"
