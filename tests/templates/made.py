"""A constructed complaint case at different moments of its life, for tests of letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from config.files.load_policy import load_policy
from config.policy import Member, Policy, TeamSpec
from config.working_time.calendars import load_calendar
from daemon.decide.outcome import NoticeDue
from daemon.letters.compose import LetterMaterials
from daemon.letters.reply_addresses import FromAddress, SenderIdentity
from parsers.sender.tokens import TokenKeys
from storage.facts import Facts
from storage.values import (
    Case,
    Deadline,
    DeadlineState,
    Detail,
    LedgerEntry,
    Message,
    OpenQuestion,
    Party,
    Role,
    Ticket,
    Timer,
)
from templates.render import Templates

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REFERENCE = "C-2026-000123"
DESK = SenderIdentity(
    company="Solaria GmbH",
    from_addresses={"complaints": (FromAddress("support@solaria.example", "Solaria Customer Care"),)},
    domain="solaria.example",
    keys=TokenKeys(1, {1: b"a key for tests only, 32 octets.."}),
    bounces="bounces@solaria.example",
)
WROTE = {
    "en": """Hello,

our inverter ST-6.0K shows error 12 every morning and stops feeding.
Please replace it.

Best""",
    "it": """Buongiorno,

il nostro inverter ST-6.0K segnala ogni mattina l'errore 12 e si ferma.
Vorrei la sostituzione.""",
    "de": """Guten Tag,

unser Wechselrichter ST-6.0K meldet jeden Morgen Fehler 12 und schaltet ab.
Bitte tauschen.""",
}
SUBJECTS = {
    "en": "Inverter stops every morning",
    "it": "L'inverter si ferma ogni mattina",
    "de": "Wechselrichter schaltet jeden Morgen ab",
}
NAMES = {"en": "Mary O'Neill", "it": "Maria Rossi", "de": "Jörg Müller"}


@cache
def policy() -> Policy:
    """Return the shipped complaints policy with two people on its teams."""
    shipped = load_policy("complaints")
    teams = {name: _staffed(team) for name, team in shipped.teams.items()}
    return shipped.model_copy(update={"teams": teams})


def _staffed(team: TeamSpec) -> TeamSpec:
    member = Member(name="Ada Verdi", address="ada@solaria.example", languages=("it", "en", "de"))
    manager = Member(name="Boris Bianchi", address="boss@solaria.example", languages=("it", "en", "de"))
    return team.model_copy(update={"members": (member,), "manager": manager})


@cache
def writing() -> LetterMaterials:
    """Return what the composer needs to write letters."""
    known = policy()
    return LetterMaterials(
        policy=known,
        calendar=load_calendar(known.calendar, known.calendars),
        templates=Templates(),
        sender_identity=DESK,
    )


def parties(language: str, staff_language: str = "") -> tuple[Party, ...]:
    """Return the customer (1), a staff member (2), the manager (3), an installer (4) and a stranger (5)."""
    staff = staff_language or language
    return (
        Party(number=1, role=Role.CUSTOMER, address="kunde@home.example", name=NAMES[language], language=language),
        Party(number=2, role=Role.STAFF, address="ada@solaria.example", name="Ada Verdi", language=staff),
        Party(number=3, role=Role.MANAGER, address="boss@solaria.example", name="Boris Bianchi", language=staff),
        Party(
            number=4, role=Role.THIRD_PARTY, address="anna@installer.example", name="Anna Kraft",
            language=language, third_party="installer",
        ),
        Party(number=5, role=Role.STRANGER, address="other@away.example", name="Someone Else"),
    )  # fmt: skip


def promise(name: str, due: date, *, occurrence: int = 0, origin: str = "received", **more: Any) -> Deadline:
    """Return an open promise, due at the end of a day in Rome."""
    end = datetime(due.year, due.month, due.day, 21, 59, 59, tzinfo=UTC)
    return Deadline(
        promise=name, occurrence=occurrence, armed_at=NOW, counted_from=NOW, due_at=end, due_on=due,
        origin=origin, **more,
    )  # fmt: skip


def incoming(language: str, *, at: datetime = NOW, party: int = 1, thread: str = "customer", text: str = "") -> Message:
    """Return a message that was received."""
    address = next(writer.address for writer in parties(language) if writer.number == party)
    return Message(
        direction="in",
        message_id=f"mail-{party}-{int(at.timestamp())}@home.example",
        sender=address,
        recipients=("support@solaria.example",),
        subject=SUBJECTS[language],
        at=at,
        thread=thread,
        text=text or WROTE[language],
        party=party,
        attachments=(
            {"name": "display.jpg", "type": "image/jpeg", "size": 1_240_000, "part": 2, "inline": False, "danger": ""},
            {
                "name": "invoice.pdf",
                "type": "application/pdf",
                "size": 83_400,
                "part": 3,
                "inline": False,
                "danger": "",
            },
        ),
        held=party == 5,
    )


def event(name: str, at: datetime = NOW, by: str = "reclamo", **facts: Any) -> LedgerEntry:
    """Return a ledger entry."""
    return LedgerEntry(ticket_id=123, at=at, event=name, by=by, facts=facts)


def opened(language: str, *, staff_language: str = "", complete: bool = False) -> Case:
    """Return a product complaint received on Monday 2 March 2026 at 10:00 in Rome."""
    details = {
        "model": Detail(value="ST-6.0K", shown="ST-6.0K"),
        "problem": Detail(value="x", shown=WROTE[language].split("\n\n")[1].replace("\n", " ")),
    }
    if complete:
        details["serial"] = Detail(value="SN60A2412345", shown="SN60A2412345")
        details["solution"] = Detail(value="x", shown=WROTE[language].split("\n")[3])
    else:
        del details["model"]
    ticket = Ticket(
        id=123, reference=REFERENCE, policy="complaints", kind="product", step="investigating", language=language,
        received_at=NOW, created_at=NOW, updated_at=NOW, step_since=NOW, subject=SUBJECTS[language], team="technical",
        address="support@solaria.example", details=details, asked=() if complete else ("model", "serial", "solution"),
    )  # fmt: skip
    asked = [] if complete else [event("details asked", details=["model", "serial", "solution"])]
    return Case(
        ticket=ticket,
        parties=parties(language, staff_language),
        deadlines=(promise("acknowledge", date(2026, 3, 11)), promise("resolve", date(2026, 4, 14))),
        messages=(incoming(language),),
        history=(event("opened", by="customer", kind="product"), event("mail received", by="customer"), *asked),
    )


def later(case: Case, days: int, **changes: Any) -> Case:
    """Return the case some days later, acknowledged, with changes to its ticket."""
    at = NOW + timedelta(days=days)
    acknowledged = replace(
        case.deadlines[0], state=DeadlineState.KEPT, kept_at=NOW + timedelta(seconds=3), kept_by="acknowledgement"
    )
    progress = promise("progress", date(2026, 3, 20), origin="acknowledge")
    return replace(
        case,
        ticket=replace(case.ticket, updated_at=at, **changes),
        deadlines=(acknowledged, progress, *case.deadlines[1:]),
    )


def due(notice: str, party: int = 1, occurrence: str = "1", **about: Any) -> NoticeDue:
    """Return a notice that is due."""
    return NoticeDue(notice=notice, party=party, occurrence=occurrence, about=about)


def decided(language: str, outcome: str = "not_upheld") -> Case:
    """Return the case decided on 27 March; without an answer it closes on 14 April."""
    case = later(opened(language, complete=True), 25, step="decided", facts=Facts(outcome=outcome))
    ticket = replace(case.ticket, questions=(OpenQuestion(question="satisfied", party=1, put_at=NOW),))
    closes = datetime(2026, 4, 13, 22, 0, 0, tzinfo=UTC)
    timer = Timer(key="step:after:10 working days", kind="after", at=closes, about="10 working days")
    moot = replace(case.deadlines[1], state=DeadlineState.MOOT)
    return replace(case, ticket=ticket, timers=(timer,), deadlines=(case.deadlines[0], moot, case.deadlines[2]))
