"""Histories that several tests tell, each from the side of its own subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from config.files.load_policy import load_policy
from config.policy import Policy
from daemon.decide.events import (
    CustomerWrote,
    InvitationDue,
    LetterBounced,
    MachineWrote,
    MovedByOperator,
    PolicyMove,
    StaffWrote,
    StrangerWrote,
)
from daemon.decide.outcome import Outcome, letter_key
from daemon.decide.staff.command_grammar import grammar_of
from parsers.answers.commands import read_commands
from parsers.reading import FailedRecipient, FoundDetail, Mailbox
from parsers.sender.tokens import mail_nonce
from tests.daemon.decide.cases import ADA, CUSTOMER, EVA, FULL, MAX, rome
from tests.daemon.decide.story import Recorded

MONDAY = rome("2026-03-02T10:00")
INSTALLER = "bob@installer.example"
CHEN, LI, SUN, GAO = (f"{name}@firm.example" for name in ("chen", "li", "sun", "gao"))
SALLY, DESK = "sally@firm.example", "desk@vehicles.example"

_REPAIR_PEOPLE: dict[str, Any] = {
    "teams": {
        "dispatchers": {
            "members": [{"name": "Chen", "address": CHEN}],
            "manager": {"name": "Gao", "address": GAO, "languages": ["zh-Hans"]},
        },
        "engineers": {"members": [{"name": "Li", "address": LI}, {"name": "Sun", "address": SUN}]},
    }
}
_SERVICES_PEOPLE: dict[str, Any] = {
    "teams": {"after_sales": {"members": [{"name": "Sally", "address": SALLY}]}},
    "third_parties": {"vehicle_desk": {"address": DESK, "chases": 2}},
}


_WORK = {"found_fault": "a worn belt", "work_done": "belt replaced", "parts_used": "a belt", "fee_taken": "none"}


def found(**details: str) -> tuple[FoundDetail, ...]:
    """Details as they are read from a mail."""
    return tuple(FoundDetail(name, value, value, "text") for name, value in details.items())


@cache
def repairs() -> Policy:
    """The repair policy with people on its teams."""
    return load_policy("field-repair", extra=_REPAIR_PEOPLE)


@cache
def services() -> Policy:
    """The connected services with people on their teams, and a desk that is chased twice."""
    return load_policy("connected-services", extra=_SERVICES_PEOPLE)


def complaint(*, complete: bool = True) -> Recorded:
    """A complaint that has just been opened and acknowledged."""
    life = Recorded(MONDAY)
    life.opens(found=FULL if complete else FULL[1:])
    life.deliver()
    return life


def later(life: Recorded, **time: float) -> None:
    """Let time pass in which nothing comes due."""
    life.now += timedelta(**time)


def worked_complaint() -> Recorded:
    """Details missing, reminded, given; worked on, a third party asked and chased; decided against, reviewed, closed,
    and opened again."""
    life = complaint(complete=False)
    life.days(9)
    life.customer("It is an ST-6.0K.", found=FULL[:1])
    later(life, hours=2)
    life.staff("take", ADA)
    life.staff(f"third installer {INSTALLER}\n\nWhat did you see?", ADA)
    life.deliver()
    life.days(9)
    life.outsider("It was wet.", INSTALLER, number="B-77")
    life.deliver()
    life.staff("ask serial\n\nWhere is the number?", ADA)
    life.deliver()
    life.customer("Here it is.", found=found(serial="SN60A2412345"))
    later(life, days=1)
    life.staff("decide not upheld\n\nIt was wet.", ADA)
    life.deliver()
    later(life, hours=5)
    life.answered("no", text="No, it was not.")
    life.deliver()
    life.staff("decide upheld\n\nYou are right.", EVA)
    life.deliver()
    life.days(20)
    life.customer("One more thing.")
    life.deliver()
    return life


def repair(**details: str) -> Recorded:
    """A request for a repair with all that it needs; in warranty unless it was bought earlier."""
    life = Recorded(rome("2026-05-11T04:00"), repairs())  # a Monday, 10:00 in Shanghai
    life.case = replace(life.case, ticket=replace(life.case.ticket, kind="repair_request", step="registered"))
    known = {
        "full_name": "Wang Anna", "street_address": "1 Long Road, Shanghai", "mobile": "+8613800138000",
        "appliance": "XQG100", "bought_on": "2025-02-01", "fault_seen": "It does not spin any more.", **details,
    }  # fmt: skip
    life.customer("It does not spin any more.", kind="repair_request", found=found(**known))
    life.deliver()
    return life


def visited_repair() -> Recorded:
    """An engineer is found after one was silent, the visit is agreed, moved, made and confirmed; the case is closed."""
    life = repair()
    life.told_by(CHEN, "send_engineer")
    life.deliver()
    later_due(life, "turn")
    life.told_by(SUN, "take_it")
    life.deliver()
    choose(life, 0)
    life.deliver()
    later(life, hours=1)
    life.answered("another_time")
    life.deliver()
    choose(life, 1)
    life.deliver()
    later_due(life, "appointment")
    life.told_by(SUN, "leaving_now")
    life.deliver()
    life.told_by(SUN, "finished_work", found=found(**_WORK))
    life.deliver()
    life.answered("repaired")
    life.deliver()
    return life


def choose(life: Recorded, number: int) -> None:
    """The customer takes one of the times that are offered."""
    options = next(asked.options for asked in life.case.ticket.questions if asked.options)
    life.answered("chosen", options[number])


def later_due(life: Recorded, kind: str) -> None:
    """Let time pass until the first timer of this kind has come due."""
    life.run(min(timer.at for timer in life.case.timers if timer.kind == kind))


def priced_repair() -> Recorded:
    """Out of warranty: a quote, agreed after a reminder; no engineer; a part is missing; another visit."""
    life = repair(bought_on="2019-02-01")
    life.told_by(CHEN, "send_engineer")
    life.staff("quote\nLabour: 120.00\nDrain pump: 260.00", CHEN)
    life.deliver()
    life.days(2)
    life.answered("agree_to_pay")
    life.deliver()
    life.told_by(LI, "cannot_take", "too far away")
    life.told_by(SUN, "cannot_take", "on leave")
    life.deliver()
    life.staff(f"assign {LI}", CHEN)
    life.deliver()
    choose(life, 0)
    life.deliver()
    later_due(life, "appointment")
    life.told_by(LI, "on_site")
    life.told_by(LI, "needs_part", "a pump")
    life.deliver()
    life.days(4)
    life.told_by(CHEN, "part_in")
    life.deliver()
    choose(life, 0)
    later_due(life, "starts")
    later_due(life, "ends")
    life.told_by(LI, "not_a_fault", "the tap was shut")
    life.deliver()
    life.days(9)
    return life


def dossier() -> Recorded:
    """A complaint about the help received: its dossier is filled, sent to the desk, chased, and answered."""
    life = Recorded(MONDAY, services())
    known = found(symptom="Nobody has helped me for weeks.", chassis="VF7CCHMZ6GT123456")
    life.customer("Nobody has helped me for weeks.", kind="help_complaint", found=known, brand="citroen")
    life.deliver()
    life.staff("dossier", SALLY)
    rest = {"earlier": "none", "tried": "a new activation", "analysis": "out of reach", "files": "none"}
    letter = next(m.message_id for m in reversed(life.case.messages) if m.notice == "dossier_gaps")
    mail = life.mail("", SALLY, life.party_of(SALLY), in_reply_to=(f"<{letter}>",))
    filled = tuple(FoundDetail(name, value, value, "form") for name, value in rest.items())
    life.happens(StaffWrote(mail=mail, member=SALLY, dossier_fields=filled))
    life.deliver()
    life.days(8)
    life.outsider("We know it as VC-123456.", DESK, number="VC-123456")
    life.deliver()
    life.staff("close\n\nThey have repaired it.", SALLY)
    life.deliver()
    return life


BERT, NELL, EVE = "bert@example.it", "nell@example.it", "eve@else.example"


def crowded_complaint() -> Recorded:
    """Somebody is copied in, somebody new writes and is accepted, another is not and becomes a case; a stranger's mail
    is held and taken, another's becomes a case by itself; machines write."""
    life = Recorded(MONDAY)
    mail = life.mail("It does not switch on.", CUSTOMER, 0)
    copied = replace(mail.reading, cc=(Mailbox(BERT, "Bert"), Mailbox(CUSTOMER), Mailbox(ADA)))
    first = CustomerWrote(
        mail=replace(mail, reading=copied), who=Mailbox(CUSTOMER, "Anna"), language="en", kind="product", found=FULL
    )
    life.happens(first)
    life.deliver()
    newcomer(life, "I am her neighbour.", NELL, found(serial="SN60A2412345"))
    life.staff("accept", ADA)
    newcomer(life, "Wrong letter?", "wim@example.it")
    life.staff("separate", ADA)
    stranger(life, "About C-2026-000001", EVE)
    life.staff("accept", ADA)
    stranger(life, "Me too: C-2026-000001", "ed@else.example")
    life.happens(MachineWrote(mail=life.mail("I am away.", CUSTOMER, 1), number="X-1"))
    life.happens(MachineWrote(mail=life.mail("Ticket opened.", "desk@else.example", 0), shown=True))
    life.days(20)
    newcomer(life, "Is there any news?", "una@example.it")
    life.staff("ask\n\nWhen did it begin?", ADA)
    life.days(20)
    return life


def newcomer(life: Recorded, text: str, address: str, given: tuple[FoundDetail, ...] = (), **fields: Any) -> None:
    """Somebody new writes with a right address of the case."""
    mail = life.mail(text, address, life.party_of(address))
    life.happens(CustomerWrote(mail=mail, who=Mailbox(CUSTOMER), language="en", found=given, **fields))


def stranger(life: Recorded, text: str, address: str) -> None:
    """Somebody not on the case quotes its tag."""
    life.happens(StrangerWrote(mail=life.mail(text, address, 0)))


def staff_with_hold(life: Recorded, text: str, member: str = ADA, **fields: Any) -> Outcome:
    """A staff member writes where letters to those outside wait ten minutes; what waits can be called back."""
    said = read_commands(text, grammar_of(life.policy), internal=False)
    mail = life.mail(text, member, life.party_of(member))
    outcome = life.happens(
        StaffWrote(
            mail=mail, member=member, commands=said.commands, unknown=said.unknown, text=said.text,
            hold=timedelta(minutes=10), **fields,
        )
    )  # fmt: skip
    waiting = {letter_key(life.case.ticket.reference, letter) for letter in outcome.notices if letter.not_before}
    gone = set(outcome.changes.cancelled)
    life.case = replace(life.case, recallable=frozenset((life.case.recallable | waiting) - gone))
    return outcome


# ------------------------------------------------------------------------------------------------ single occurrences


def bounce(life: Recorded, notice: str, *, permanent: bool = True, named: bool = True, **fields: Any) -> None:
    """A delivery report about the last letter of a notice comes back; `failed` is whose mailbox it says fails."""
    letter = next(m for m in reversed(life.case.messages) if m.notice == notice)
    status, why = ("5.1.1", "550 no such user") if permanent else ("4.4.1", "")
    failed = (FailedRecipient(fields.pop("failed", letter.recipients[0]), permanent, status, why),)
    report = LetterBounced(
        mail=life.mail("Undelivered", "mailer-daemon@relay.example", 0), failed=failed, party=letter.party,
        message_id=letter.message_id if named else "", address=letter.recipients[0],
    )  # fmt: skip
    life.happens(replace(report, **fields))


def copied(life: Recorded, addresses: Iterable[str]) -> None:
    """The customer writes with these in copy."""
    mail = life.mail("See there.", CUSTOMER, 1)
    mail = replace(mail, reading=replace(mail.reading, cc=tuple(Mailbox(address) for address in addresses)))
    life.happens(CustomerWrote(mail=mail, who=Mailbox(CUSTOMER), language="en"))


def move_to_services(life: Recorded) -> None:
    """An operator moves the case to the connected services; it goes on under that policy."""
    move = PolicyMove(policy=services(), kind="help_complaint", address="services@firm.example")
    life.happens(MovedByOperator(policy_move=move, why="it belongs there"))
    life.policy = services()


def by_token(life: Recorded, text: str, member: str = ADA) -> StaffWrote:
    """A staff mail for whose writer nothing but a token speaks."""
    said = read_commands(text, grammar_of(life.policy), internal=False)
    mail = life.mail(text, member, life.party_of(member))
    wrote = StaffWrote(
        mail=mail, member=member, commands=said.commands, unknown=said.unknown, text=said.text, by_token=True
    )
    life.happens(wrote)
    return wrote


def confirm(life: Recorded, wrote: StaffWrote) -> None:
    """Its writer answers the letter that asks whether it is theirs."""
    assert wrote.mail.inbox_id is not None
    nonce = mail_nonce(life.case.ticket.nonce, wrote.mail.inbox_id)
    said = read_commands("confirm", grammar_of(life.policy), internal=False)
    mail = life.mail("confirm", wrote.member, life.party_of(wrote.member))
    life.happens(StaffWrote(mail=mail, member=wrote.member, commands=said.commands, confirms=nonce, releases=wrote))


def unknown_line(life: Recorded, text: str, member: str = ADA) -> StaffWrote:
    """A staff mail with a line that might be a command and is none."""
    said = read_commands(text, grammar_of(life.policy), internal=False)
    mail = life.mail(text, member, life.party_of(member))
    wrote = StaffWrote(mail=mail, member=member, commands=said.commands, unknown=said.unknown, text=said.text)
    life.happens(wrote)
    return wrote


def send(life: Recorded, wrote: StaffWrote, *, member: str = ADA, text: str = "send", answering: str = "") -> None:
    """Somebody says that the words are meant: by one word, in answer to the letter that asked."""
    said = read_commands(text, grammar_of(life.policy), internal=False)
    headers = {"in_reply_to": (f"<{answering}>",)} if answering else {}
    mail = life.mail(text, member, life.party_of(member), **headers)
    life.happens(StaffWrote(mail=mail, member=member, commands=said.commands, text=said.text, releases=wrote))


@cache
def named_people() -> Policy:
    """The complaints policy with people of two names."""
    members = [{"name": "Ada Bianchi", "address": ADA}, {"name": "Bea", "address": "bea@firm.example"}]
    team = {"members": members, "manager": {"name": "Max", "address": MAX}}
    return load_policy("complaints", extra={"teams": {"technical": team}})


@cache
def graded_people() -> Policy:
    """The complaints policy with people who may do more and less."""
    members = [
        {"name": "Ada", "address": ADA},
        {"name": "Nora", "address": "nora@firm.example", "rights": "note"},
        {"name": "Rita", "address": "rita@firm.example", "rights": "reply"},
    ]
    team = {
        "members": members, "manager": {"name": "Max", "address": MAX}, "address": "desk@firm.example",
        "rights": "decide",
    }  # fmt: skip
    other = {"members": [{"name": "Lone", "address": "lone@firm.example", "rights": "reply"}]}
    return load_policy("complaints", extra={"teams": {"technical": team, "service": other}})


TINA, AMY = "tina@firm.example", "amy@example.com"


def device() -> Recorded:
    """A payment gone wrong with a device, details missing: the customer may ask that the case waits."""
    life = Recorded(MONDAY, _devices())
    life.customer("I paid twice.", kind="payment", found=found(problem="I paid twice for one phone."))
    life.deliver()
    return life


@cache
def _devices() -> Policy:
    teams = {team: {"members": [{"name": "Tina", "address": TINA}]} for team in load_policy("device-support").teams}
    return load_policy("device-support", extra={"teams": teams})


@cache
def dealer() -> Policy:
    """The dealer's policy with people on its teams."""
    teams = {team: {"members": [{"name": "Tina", "address": TINA}]} for team in load_policy("dealer-service").teams}
    return load_policy("dealer-service", extra={"teams": teams})


def invited(invitation: str = "regular_service") -> Recorded:
    """A case that the dealer opened by an invitation."""
    life = Recorded(MONDAY, dealer())
    life.case = replace(life.case, ticket=replace(life.case.ticket, policy="dealer-service"))
    due = InvitationDue(
        invitation=invitation, key="LSVAA49J832000001", period="2025-09-10", who=Mailbox(AMY, "Amy"),
        language="zh-Hant", subject="Aurora 5", found=found(model="Aurora 5"), address="service@dealer.example",
    )  # fmt: skip
    life.happens(due)
    life.deliver()
    return life


def awaiting_part() -> Recorded:
    """A case that waits for a part together with others."""
    life = invited()
    life.answered("gladly")
    choose(life, 0)
    life.told_by(TINA, "no_stock")
    life.deliver()
    return life
