"""Those who are neither customer nor staff: third parties, strangers, machines, and letters that came back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from daemon.decide import answers, letters, promises, steps
from daemon.decide.chasing import chase_later
from daemon.decide.customer import received
from daemon.decide.draft import Draft, Refused
from daemon.decide.happenings import (
    LetterBounced,
    LetterFailed,
    LetterSent,
    MachineWrote,
    StrangerWrote,
    ThirdPartyWrote,
)
from storage.records import Message, Party, Role, Timer


def third_party_wrote(draft: Draft, wrote: ThirdPartyWrote) -> str:
    """A third party answered: staff see it, the customer does not."""
    party = draft.parties[wrote.mail.party]
    reading = wrote.mail.reading
    received(draft, wrote.mail, party.number, thread=f"third:{party.third_party}")
    draft.drop_timers(f"third:{party.third_party}:")
    draft.about.update(
        third_party=party.third_party,
        new_words=reading.reply or reading.text,
        from_party=party.number,
        files=[dict(file) for file in draft.messages[-1].attachments],
    )
    _keep_number(draft, party, wrote.number)
    if wrote.answer and steps.can_take(draft, wrote.answer.answer) and answers.heard(draft, wrote.answer):
        draft.about["answer_text"] = wrote.answer.rest
        steps.take(draft, wrote.answer.answer)
    elif not steps.take(draft, "third_party_wrote"):
        letters.write(draft, letters.THIRD_PARTY_WROTE, to="team")
    return f"{draft.ticket.reference}: {party.third_party} answered"


def _keep_number(draft: Draft, party: Party, number: str) -> None:
    """The number under which somebody outside keeps the case; many systems tell it by themselves."""
    numbers = draft.ticket.facts.get("numbers", {})
    if number and numbers.get(party.third_party) != number:
        draft.remember(numbers={**numbers, party.third_party: number})
        draft.record("number given", third_party=party.third_party, number=number)


def stranger_wrote(draft: Draft, wrote: StrangerWrote) -> str:
    """Somebody not on the case quoted its tag: held for staff, shown nothing. It may be a complaint all the same,
    so where staff say nothing it becomes a case of its own."""
    box = wrote.mail.reading.sender
    party = draft.party(Role.STRANGER, box.address, name=box.name)
    received(draft, wrote.mail, party.number, thread="customer", held=True)
    draft.record("mail held", address=box.address, inbox_id=wrote.mail.inbox_id)
    draft.about.update(new_words=wrote.mail.reading.reply, from_party=party.number)
    until = draft.calendar.due(draft.now, draft.policy.limits.hold_before_new_case)
    if wrote.mail.inbox_id is not None:
        key = f"hold:{wrote.mail.inbox_id}"
        draft.set_timer(
            key,
            "hold",
            draft.calendar.acts_on(until, draft.policy.limits.hold_before_new_case),
            about=str(wrote.mail.inbox_id),
        )
    letters.write(draft, letters.HELD, about={"until": until.on.isoformat(), "inbox_id": wrote.mail.inbox_id})
    return f"{draft.ticket.reference}: held, {box.address} is not on the case"


def machine_wrote(draft: Draft, wrote: MachineWrote) -> str:
    """An automatic mail: recorded; no notice, no clock."""
    party = draft.parties.get(wrote.mail.party)
    thread = _thread_of(party)
    received(draft, dataclasses.replace(wrote.mail), wrote.mail.party, thread=thread)
    draft.messages[-1] = dataclasses.replace(draft.messages[-1], automatic=True)
    draft.record("automatic mail", why=list(wrote.mail.reading.reasons))
    if party is not None:
        _keep_number(draft, party, wrote.number)
    return f"{draft.ticket.reference}: automatic mail, recorded"


def _thread_of(party: Party | None) -> str:
    if party is None or party.role in (Role.CUSTOMER, Role.PARTICIPANT, Role.STRANGER):
        return "customer"
    return f"third:{party.third_party}" if party.role is Role.THIRD_PARTY else "staff"


# ------------------------------------------------------------------------------------------- letters come and go


def letter_sent(draft: Draft, sent: LetterSent) -> str:
    """The relay took a letter: the promises it keeps are kept."""
    of = sent.occurrence.partition("@")[2]
    draft.record("letter sent", notice=sent.notice, party=sent.party, message_id=sent.message_id)
    kept = promises.keep(draft, sent.notice, of, sent.at, automatic=_by_itself(draft, sent))
    return f"{draft.ticket.reference}: {sent.notice} sent" + (f", kept {', '.join(kept)}" if kept else "")


def _by_itself(draft: Draft, sent: LetterSent) -> bool:
    """Whether no person had a hand in a letter. One that is not on the case any more is nobody's merit."""
    letter = next((one for one in reversed(draft.case.messages) if _is(one, sent)), None)
    return letter is None or letter.automatic


def _is(message: Message, sent: LetterSent) -> bool:
    if message.direction != "out" or (message.notice, message.party) != (sent.notice, sent.party):
        return False
    return not sent.message_id or message.message_id == sent.message_id


def letter_failed(draft: Draft, failed: LetterFailed) -> str:
    """A letter could not be delivered: what it promised is still owed, by another road; staff are told."""
    draft.record("letter failed", notice=failed.notice, party=failed.party, why=failed.reason)
    came_back(draft, failed.notice)
    promises.still_owed(draft, failed.notice)
    _undeliverable(draft, draft.parties[failed.party], failed.notice, failed.reason)
    return f"{draft.ticket.reference}: {failed.notice} undeliverable"


def letter_bounced(draft: Draft, bounced: LetterBounced) -> str:
    """A delivery report: a lasting failure marks the address and takes back what the letter kept."""
    received(draft, bounced.mail, 0, thread="customer")
    letter = _letter(draft, bounced.message_id)
    lasting = [one for one in bounced.failed if one.permanent]
    addresses = {one.address.lower() for one in lasting}
    hit = [p for p in draft.parties.values() if p.address in addresses or (letter and p.number == letter.party)]
    about = {"notice": letter.notice, "message_id": letter.message_id} if letter else {"notice": ""}
    again = any(one.event == "bounced" and _ended(one.facts) == bounced.message_id for one in draft.case.history)
    draft.record("bounced", **about, addresses=sorted(addresses), lasting=bool(lasting))
    if not lasting or not hit:
        return f"{draft.ticket.reference}: delivery report, recorded"
    why = lasting[0].diagnostic or lasting[0].status or "undeliverable"
    if letter and hit[0].role is not Role.STAFF and not again:
        came_back(draft, letter.notice)
        promises.unkeep(draft, letter.notice)
    _undeliverable(draft, hit[0], letter.notice if letter else "", why)
    return f"{draft.ticket.reference}: {hit[0].address} is undeliverable"


def _ended(facts: Mapping[str, Any]) -> str | None:
    """The letter that a report on the ledger says will never arrive."""
    return str(facts.get("message_id", "")) if facts.get("lasting") else None


def came_back(draft: Draft, notice: str) -> None:
    """Count a letter that its reader never got: it does not count as written."""
    returned = dict(draft.ticket.facts.get("returned", {}))
    draft.remember(returned={**returned, notice: returned.get(notice, 0) + 1})


def _letter(draft: Draft, message_id: str) -> Message | None:
    out = [m for m in draft.case.messages if m.direction == "out" and m.message_id == message_id]
    return out[0] if out else None


def _undeliverable(draft: Draft, party: Party, notice: str, why: str) -> None:
    if party.role in (Role.STAFF, Role.MANAGER):
        return  # true of all cases at once: counted, and the operator told, where absences are (daemon/absences)
    known = bool(party.bounced)
    draft.parties[party.number] = dataclasses.replace(party, bounced=why[:200])
    about = {"failed_address": party.address, "failed_notice": notice, "why": why[:500]}
    if known:
        return  # told once; a second report about the same address says nothing new, and reports must not fan out
    letters.write(draft, letters.UNDELIVERABLE, to="team", about=about)


def party_at(draft: Draft, name: str, address: str) -> Party:
    """The third party of this name, at this address, else at its usual one, else where it was last written to.
    Raises Refused where there is none."""
    spec = draft.policy.third_parties[name]
    known = [party.address for party in draft.parties.values() if party.third_party == name]
    to = address or spec.address or (known[-1] if known else "")
    if not to:
        raise Refused("no address", "", "third")
    language = spec.language or draft.ticket.language
    return draft.party(Role.THIRD_PARTY, to, name=spec.name, third=name, language=language)


def chase(draft: Draft, timer: Timer) -> None:
    """Somebody outside has been silent: ask again, and once more after as long, as often as the policy says."""
    spec = draft.policy.third_parties[timer.about]
    times = timer.occurrence + 1
    letters.write(draft, spec.chase, to=timer.about, about={"third_party": timer.about, "times": times})
    if not spec.chases or times < spec.chases:
        chase_later(draft, timer.about, times)
