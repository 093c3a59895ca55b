"""Write a list of work as a letter. Each line has links that act on its case by one reply; the deadlines are enclosed
as a calendar file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.policy import Member, Policy, all_words, in_language
from config.policy_shapes.commands import staff_commands
from config.working_time.calendars import Calendar
from daemon.decide.procedure import unhandled_mail
from daemon.decide.procedure.people import member_at, staff_language
from daemon.decide.procedure.promise_terms import terms_of
from daemon.decide.staff.rights import includes_right, right_of
from daemon.installation import Installation
from daemon.letters.attachments import deadline_file
from daemon.letters.case_summary import bare_subject
from daemon.letters.mime import Enclosure
from daemon.letters.reply_addresses import mailto, reply_addresses
from daemon.letters.standalone import member_as_reader, standalone_letter
from daemon.staff.absence import StaffPosition
from daemon.staff.worklist import OVERDUE, SOON, TODAY, Task, UnreadCase, Worklist
from storage.absences import Absence, AbsenceReason
from storage.values import Letter, Party, Role, Ticket

Row = dict[str, Any]
_OFFERED = ("take", "extend", "wait")
_OFFERED_UNREAD = ("seen", "take")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list to be written. `numbers` are the reader's party numbers, by ticket id and address."""

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


def compose_worklist(
    installation: Installation,
    listing: Listing,
    now: datetime,
    *,
    waiting: Sequence[tuple[Ticket, str]] = (),
    absent: tuple[Member, Absence] | None = None,
) -> Letter:
    """Write the letter. `waiting` are cases that wait for others, with their customers' names; `absent` is the member
    whose work the list shows, with their absence."""
    work, policy = listing.worklist, listing.policy
    about: Row = {
        "day": listing.calendar.local_date(now),
        "team": in_language(policy.teams[work.team].title, listing.language) if work.team else "",
        "more": {name: work.more.get(name, 0) for name in (OVERDUE, TODAY, SOON, "unread")},
        "unread": [_unread(installation, listing, unread) for unread in work.unread],
        "waiting": [_waiting(listing, ticket, customer) for ticket, customer in waiting],
        "absent": _absent(listing, *absent) if absent else None,
    }
    for name in (OVERDUE, TODAY, SOON):
        about[name] = [_row(installation, listing, task) for task in work.sections.get(name, ())]
    due = [(task.owed, _title(listing, task)) for task in work.tasks]
    files = [deadline_file(due, installation.sender_identity.domain, now)] if due else []
    return _written(installation, listing, about, now, files)


def compose_list_answer(
    installation: Installation, position: StaffPosition, text: str, key: str, now: datetime, *, lost: bool = False
) -> Letter:
    """Write the letter to a member who answered a list instead of a case: nothing was done.

    With `lost` they answered a notice of a case that is not in the database. `text` is what they wrote.
    """
    member = Member(name=position.member.name, address=position.member.address, languages=position.member.languages)
    listing = Listing(position.policy, position.calendar, "list_answered", key, Worklist(member), {})
    about = {"day": position.calendar.local_date(now), "unsent_text": text, "lost": lost}
    return _written(installation, listing, about, now)


def _written(
    installation: Installation, listing: Listing, about: Row, now: datetime, files: Sequence[Enclosure] = ()
) -> Letter:
    return standalone_letter(
        installation.letter_materials(listing.policy, listing.calendar),
        member_as_reader(listing.policy, listing.worklist.reader),
        notice=listing.notice,
        key=listing.key,
        occurrence=about["day"].isoformat(),
        now=now,
        about=about,
        enclosures=files,
    )


def _title(listing: Listing, task: Task) -> str:
    return in_language(terms_of(listing.policy, task.owed.promise, task.owed.terms).title, listing.language)


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


def _unread(installation: Installation, listing: Listing, unread: UnreadCase) -> Row:
    """A case with mail that was not dealt with: the sender and first words of the oldest mail, since when, and how many
    others there are."""
    mails = unhandled_mail.unhandled_mails(unread.ticket)
    return {
        **_of_case(installation, listing, unread.ticket, _OFFERED_UNREAD),
        "customer": unread.customer,
        "from": mails[0].sender if mails else unread.customer,
        "since": listing.calendar.local_date(unread.ticket.unhandled_since or unread.ticket.updated_at),
        "words": mails[0].words if mails else "",
        "others": len(mails) - 1,
        "closed": unread.ticket.closed_at is not None,
        "stands_in_for": unread.stands_in_for,
    }


def _of_case(installation: Installation, listing: Listing, ticket: Ticket, offered: Sequence[str]) -> Row:
    """What every line shows of its case, with the commands that one reply can give."""
    address = listing.worklist.reader.address.lower()
    number = listing.numbers.get((ticket.id, address), 0)
    reply = reply_addresses(
        installation.sender_identity, ticket, Party(number=number, role=Role.STAFF, address=address)
    ).reply
    subject = f"Re: [{ticket.reference}] {bare_subject(ticket.subject, ticket.reference)}".rstrip()
    holder = member_at(listing.policy, ticket.assignee) if ticket.assignee else None
    return {
        "reference": ticket.reference,
        "vulnerable": bool(ticket.facts.vulnerable),
        "assignee": (holder.name or holder.address) if holder else "",
        "mine": ticket.assignee == address,
        "link": mailto(reply, subject),
        "commands": _commands(listing, ticket, offered, reply, subject),
    }


def _commands(listing: Listing, ticket: Ticket, offered: Sequence[str], reply: str, subject: str) -> list[Row]:
    """The offered commands that the reader may give: name, word, and the link that opens a mail with that word."""
    address = listing.worklist.reader.address
    has = right_of(listing.policy, ticket.team, address)
    has_no_effect = {"take": ticket.assignee == address.lower()}
    rows = []
    for name in offered:
        command = staff_commands()[name]
        if has_no_effect.get(name) or not includes_right(has, command.right):
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
