"""The worklist letter: each line can be acted on by one reply to its case; the deadlines are attached as a calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.policy import Member, Policy, all_words, say
from config.policy_shapes.commands import standing_commands
from config.working_time.calendars import Calendar
from daemon.decide.outcome import NoticeDue
from daemon.decide.procedure import unhandled_mail
from daemon.decide.procedure.people import member_at, staff_language
from daemon.decide.procedure.promise_terms import terms_of
from daemon.decide.staff.rights import allows, right_of
from daemon.installation import Installation
from daemon.letters.case_summary import bare_subject
from daemon.letters.deadline_file import deadline_file
from daemon.letters.letter_input import LetterInput
from daemon.letters.reply_addresses import mailto, reply_addresses
from daemon.letters.standalone import NO_CASE, letter_of
from daemon.staff.absence import StaffPosition
from daemon.staff.worklist import OVERDUE, SOON, TODAY, Task, Unread, Worklist
from storage.absences import Absence, AbsenceReason
from storage.values import Case, Letter, Party, Role, Ticket

Row = dict[str, Any]
_OFFERED = ("take", "extend", "wait")
_OFFERED_UNREAD = ("seen", "take")


@dataclass(frozen=True, slots=True)
class Listing:
    """One worklist to be composed. `numbers` are the reader's party numbers, by ticket and address."""

    policy: Policy
    calendar: Calendar
    notice: str
    key: str
    worklist: Worklist
    numbers: Mapping[tuple[int, str], int]

    @property
    def language(self) -> str:
        """The reader's language."""
        return staff_language(self.policy, self.worklist.reader)


def list_letter(
    installation: Installation,
    listing: Listing,
    now: datetime,
    *,
    waiting: Sequence[tuple[Ticket, str]] = (),
    absent: tuple[Member, Absence] | None = None,
) -> Letter:
    """Compose a worklist. `waiting` are cases that wait for somebody outside; `absent` is whose work it is, and why."""
    work, policy = listing.worklist, listing.policy
    about: Row = {
        "day": listing.calendar.local_date(now),
        "team": say(policy.teams[work.team].title, listing.language) if work.team else "",
        "more": {name: work.more.get(name, 0) for name in (OVERDUE, TODAY, SOON, "unread")},
        "unread": [_unread(installation, listing, entry) for entry in work.unread],
        "waiting": [_waiting(listing, ticket, customer) for ticket, customer in waiting],
        "absent": _absent(listing, *absent) if absent else None,
    }
    for name in (OVERDUE, TODAY, SOON):
        about[name] = [_row(installation, listing, task) for task in work.sections.get(name, ())]
    due = [(task.owed, _title(listing, task)) for task in work.tasks]
    files = [deadline_file(due, installation.sender_identity.domain, now)] if due else []
    return letter_of(installation.templates, _input_without_case(installation, listing, about, now), listing.key, files)


def answered(
    installation: Installation, position: StaffPosition, text: str, key: str, now: datetime, *, lost: bool = False
) -> Letter:
    """Compose the answer to a member who answered a worklist, or a notice of a case that is `lost` (no longer in this
    database): nothing was done, and they are told so."""
    member = Member(name=position.member.name, address=position.member.address, languages=position.member.languages)
    listing = Listing(position.policy, position.calendar, "list_answered", key, Worklist(member), {})
    about = {"day": position.calendar.local_date(now), "unsent_text": text, "lost": lost}
    return letter_of(installation.templates, _input_without_case(installation, listing, about, now), key)


def _input_without_case(installation: Installation, listing: Listing, about: Row, now: datetime) -> LetterInput:
    """The input of a letter that belongs to no case: all that templates read is there, and empty."""
    policy, reader, language = listing.policy, listing.worklist.reader, listing.language
    address = next(
        (address.address for address in installation.addresses.values() if address.policy == policy.name), ""
    )
    ticket = Ticket(
        id=NO_CASE, reference="", policy=policy.name, kind=next(iter(policy.kinds)), step=policy.first,
        language=language, received_at=now, created_at=now, updated_at=now, step_since=now, address=address,
    )  # fmt: skip
    party = Party(number=1, role=Role.STAFF, address=reader.address, name=reader.name, language=language)
    return LetterInput(
        case=Case(ticket=ticket, parties=(party,)),
        due=NoticeDue(notice=listing.notice, party=1, occurrence=about["day"].isoformat(), about=about),
        policy=policy,
        calendar=listing.calendar,
        sender_identity=installation.sender_identity,
        language=language,
        now=now,
    )


def _title(listing: Listing, task: Task) -> str:
    return say(terms_of(listing.policy, task.owed.promise, task.owed.terms).title, listing.language)


def _row(installation: Installation, listing: Listing, task: Task) -> Row:
    at_due = terms_of(listing.policy, task.owed.promise, task.owed.terms).at_due
    offered = [name for name in _OFFERED if name != "extend" or (at_due and at_due.extend)]
    return {
        **_of_case(installation, listing, task.owed.ticket, offered),
        "customer": task.owed.customer,
        "promise": _title(listing, task),
        "due": task.owed.due_on,
        "stands_in_for": task.stands_in_for,
    }


def _unread(installation: Installation, listing: Listing, entry: Unread) -> Row:
    """A case with unhandled mail: who wrote first, since when, how it begins, how many more there are."""
    mails = unhandled_mail.of(entry.ticket)
    return {
        **_of_case(installation, listing, entry.ticket, _OFFERED_UNREAD),
        "customer": entry.customer,
        "from": mails[0].sender if mails else entry.customer,
        "since": listing.calendar.local_date(entry.ticket.unhandled_since or entry.ticket.updated_at),
        "words": mails[0].words if mails else "",
        "others": len(mails) - 1,
        "closed": entry.ticket.closed_at is not None,
        "stands_in_for": entry.stands_in_for,
    }


def _of_case(installation: Installation, listing: Listing, ticket: Ticket, offered: Sequence[str]) -> Row:
    """What every line says of its case, with the commands that a reply can give."""
    address = listing.worklist.reader.address.lower()
    number = listing.numbers.get((ticket.id, address), 0)
    reply = reply_addresses(
        installation.sender_identity, ticket, Party(number=number, role=Role.STAFF, address=address)
    ).reply
    subject = f"Re: [{ticket.reference}] {bare_subject(ticket.subject, ticket.reference)}".rstrip()
    holder = member_at(listing.policy, ticket.assignee) if ticket.assignee else None
    return {
        "reference": ticket.reference,
        "vulnerable": bool(ticket.facts.get("vulnerable")),
        "assignee": (holder.name or holder.address) if holder else "",
        "mine": ticket.assignee == address,
        "link": mailto(reply, subject),
        "commands": _commands(listing, ticket, offered, reply, subject),
    }


def _commands(listing: Listing, ticket: Ticket, offered: Sequence[str], reply: str, subject: str) -> list[Row]:
    """The commands that a reply can give: each with its word and a mailto link."""
    address = listing.worklist.reader.address
    has = right_of(listing.policy, ticket.team, address)
    useless = {"take": ticket.assignee == address.lower()}
    rows = []
    for name in offered:
        command = standing_commands()[name]
        if useless.get(name) or not allows(has, command.right):
            continue
        word = next(iter(all_words(command.words, listing.language)), name)
        line = f"{word}:{'' if command.takes == 'nothing' else ' '}\n\n"
        rows.append({"name": name, "word": word, "link": mailto(reply, subject, line)})
    return rows


def _waiting(listing: Listing, ticket: Ticket, customer: str) -> Row:
    return {
        "reference": ticket.reference,
        "customer": customer,
        "waiting_for": ticket.waiting_for,
        "since": listing.calendar.local_date(ticket.step_since),
    }


def _absent(listing: Listing, member: Member, absence: Absence) -> Row:
    return {
        "name": member.name or member.address,
        "until": listing.calendar.local_date(absence.until) if absence.until else None,
        "unreachable": absence.why is AbsenceReason.UNREACHABLE,
    }
