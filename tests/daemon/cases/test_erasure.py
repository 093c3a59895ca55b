"""Cases erased as a whole: with those that are part of them, when their time is over, and looked at afterwards."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.policy_shapes.periods import read_period
from config.policy_shapes.staff import RetentionSpec
from daemon.cases import erasure, export
from daemon.cases.ticket_document import ticket_json, ticket_text
from daemon.clock import retention, worklists
from daemon.clock.report_tables import as_csv
from daemon.clock.scheduled_letters import send_due
from daemon.clock.stepper import Stepper
from daemon.decide.refusals import Refused
from daemon.installation import Installation
from daemon.rehearse import installation_of, rehearse
from daemon.rehearse.read import parse_scenario
from storage import cases, inbox, ledger, migrate, monthly_figures, outbox, tickets
from storage.engine import Database
from storage.tables import metadata
from storage.values import Case, InboxState, RawMail
from tests.daemon.memory_transport import MemoryTransport
from tests.servers.postgres import empty_postgres_url, postgres_server, postgres_url

__all__ = ["empty_postgres_url", "postgres_server", "postgres_url"]

ROME = ZoneInfo("Europe/Rome")
WORD = "Ottavio"
STORY = """Scenario: two cases of one customer, made one, decided and closed
Policy: complaints
Zone: Europe/Rome
Worklists: yes
Team technical:
  Ada Bianchi <ada@firm.example> en
  manager Max Moro <max@firm.example> en
Team service:
  Sara Conti <sara@firm.example> en
Team reviewers:
  Rita Neri <rita@firm.example> en

At Mon 2 Mar 2026 10:00
Mail from Ottavio Rossi <ottavio@example.it> to complaints
  Subject: Inverter of Ottavio
  Attach: ottavio.jpg
  | My inverter ST-6.0K, serial number SN60A2412345, is dead. I would like a new one. Ottavio
Let pass letters
Mail from Ottavio to complaints
  Subject: Inverter again
  | Still dead, says Ottavio. The error code is E 021.
At Wed 4 Mar 2026 9:30
In case C-2026-000002
Reply from Ada to new_case
  | merge C-2026-000001
In case C-2026-000001
Reply from Ada to customer_wrote
  | extend 2026-04-20
  |
  | Ottavio was away.
Reply from Ada to customer_wrote
  | third installer dino@installer.example
  |
  | What did Ottavio tell you?
Reply from Ada to customer_wrote
  | decide upheld
  |
  | Dear Ottavio, you get a new one.
In case C-2026-000002
Reply from Ada to new_case
  | note:
  |
  | Ottavio called.
In case C-2026-000001
At Fri 6 Mar 2026 11:00
Reply from Ada to customer_wrote
  | close
Expect case closed
At Mon 9 Mar 2026 10:00
Mail from Carla Verdi <carla@example.it> to complaints
  Subject: Inverter ST-5.0K
  | My inverter ST-5.0K, serial number SN50A2412345, hums. Please repair it.
Let pass letters
Expect 1 mail in quarantine
"""


House = tuple[Database, Installation]


def played(db: Database, folder: Path) -> House:
    """The story played on a database with all tables; the office that works on it."""
    file = folder / "story.scenario"
    file.write_text(STORY, encoding="utf-8")
    done = rehearse(file, db=db)
    assert done.passed, done.failures
    return db, installation_of(parse_scenario(STORY, file))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Installation]:
    """A SQLite file with the story, to be copied."""
    folder = tmp_path_factory.mktemp("story")
    db = Database(f"sqlite:///{folder}/reclamo.db")
    migrate.upgrade(db)
    _, installation = played(db, folder)
    db.close()
    return folder / "reclamo.db", installation


@pytest.fixture
def house(story: tuple[Path, Installation], tmp_path: Path) -> Iterator[House]:
    """The story on a SQLite file, and its office."""
    shutil.copy(story[0], tmp_path)
    db = Database(f"sqlite:///{tmp_path}/reclamo.db")
    yield db, story[1]
    db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The same on both databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("house")
        return
    db = Database(str(request.getfixturevalue("postgres_url")))
    yield played(db, tmp_path)
    db.close()


def rome(text: str) -> datetime:
    """An instant given in Rome's time."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


NOW = rome("2026-03-10T10:00")


def case(db: Database, number: int) -> Case:
    """A case by the number in its reference."""
    ticket_id = tickets.by_reference(db, [f"C-2026-{number:06d}"]).popitem()[1]
    return cases.load(db, [ticket_id])[ticket_id]


def erase(
    db: Database, installation: Installation, number: int, why: str = "asked for it", now: datetime = NOW
) -> None:
    """An operator erases a case."""
    erasure.erase_case(db, installation, case(db, number).ticket.id, by="operator", why=why, now=now)


def keeping(installation: Installation, period: str) -> Installation:
    """The same office, its policy keeping cases so long."""
    spec = RetentionSpec(erase_after=read_period(period))
    return replace(
        installation,
        policies={"complaints": installation.policies["complaints"].model_copy(update={"retention": spec})},
    )


def test_a_case_goes_with_those_that_became_part_of_it(either: House) -> None:
    """One part alone is not erased; with the whole all of them are, and the ledger tells who and why, and holds."""
    db, installation = either
    with pytest.raises(Refused, match="part of another"):
        erase(db, installation, 2)
    erase(db, installation, 1)
    for number in (1, 2):
        gone = case(db, number)
        assert gone.ticket.erased_at == NOW
        assert [(entry.by, entry.facts["why"]) for entry in gone.history if entry.event == "erased"] == [
            ("operator", "asked for it")
        ]
        assert WORD.lower() not in str(replace(gone, ticket=replace(gone.ticket, assignee=""))).lower()
    verdict = ledger.verify(db)
    assert verdict.holds
    assert verdict.erased > 0
    kept = case(db, 3)
    assert (kept.ticket.erased_at, kept.customer().address) == (None, "carla@example.it")
    with pytest.raises(Refused, match="erased"):
        erase(db, installation, 1)


@pytest.mark.parametrize("why", ["Ottavio asked", "ottavio@example.it asked", "SN60A2412345", "  "])
def test_the_reason_names_nobody(house: House, why: str) -> None:
    """It stays for ever, so it must be there and must not say what is forgotten."""
    db, installation = house
    with pytest.raises(Refused):
        erase(db, installation, 1, why)
    assert case(db, 1).ticket.erased_at is None


def test_an_open_case_is_not_erased(house: House) -> None:
    """Promises are still owed on it."""
    db, installation = house
    with pytest.raises(Refused, match="not closed yet"):
        erase(db, installation, 3)


def test_every_view_works_afterwards(house: House) -> None:
    """The ticket as text and JSON, listings, the report, the lists of the morning: all there, without the customer."""
    db, installation = house
    promised = [(deadline.promise, deadline.state, deadline.kept_at) for deadline in case(db, 1).deadlines]
    erase(db, installation, 1)
    policy, gone = installation.policies["complaints"], case(db, 1)
    shown = [ticket_text(ticket_json(gone, policy), ROME), json.dumps(ticket_json(gone, policy))]
    month = list(
        monthly_figures.closed_cases(db, "complaints", since=rome("2026-03-01T00:00"), until=rome("2026-04-01T00:00"))
    )
    shown += [as_csv(month, policy, "en", ROME)]
    shown += [str(tickets.listing(db, open_only=False)), str(inbox.listing(db)), str(outbox.listing(db, limit=999))]
    shown += [str(inbox.find(db, "1")), str(tickets.open_of_customer(db, "ottavio@example.it"))]
    assert "C-2026-000001" in shown[2]
    assert "erased 2026-03-10 10:00" in shown[0]
    assert WORD.lower() not in "".join(shown).lower()
    assert [(deadline.promise, deadline.state, deadline.kept_at) for deadline in gone.deadlines] == promised
    send_due(db, worklists.schedule(db, installation), rome("2026-04-08T09:00"))


def test_nothing_of_the_whole_story_is_left(either: House) -> None:
    """Mails, letters, transcripts, morning lists, staff mail in quarantine: the customer's name stands in no row of any
    table, and in no byte of SQLite's files."""
    db, installation = either
    assert WORD.lower() in rows(db)
    erase(db, installation, 1)
    assert WORD.lower() not in rows(db)
    assert "carla" in rows(db)
    if db.is_sqlite:
        folder = Path(str(db.engine.url.database)).parent
        files = [path for path in folder.glob("reclamo.db*") if not path.name.endswith("-shm")]
        assert WORD.lower().encode() not in b"".join(path.read_bytes() for path in files).lower()


def rows(db: Database) -> str:
    """Every row of every table, in lower case, with what letters and mails say."""
    with db.read() as conn:
        found = [str(row) for table in metadata.sorted_tables for row in conn.execute(table.select())]
    letters = [outbox.get(db, letter.id).raw for letter in outbox.listing(db, limit=999)]
    mails = [inbox.get(db, line.id).mail.raw for line in inbox.listing(db)]
    plain = [message_from_bytes(raw, policy=default).get_body(("plain",)) for raw in (*letters, *mails) if raw]
    said = [part.get_content() for part in plain if part is not None]
    return "".join((*found, *said)).lower()


def test_somebody_who_reads_meanwhile_does_not_hinder_it(house: House) -> None:
    """The file's log cannot be emptied while another reads from it; the case is erased all the same, and the words are
    gone from the files with the next."""
    db, installation = house
    quick = Database(str(db.engine.url), wait=0.3)
    with db.read() as conn:
        conn.execute(metadata.tables["tickets"].select()).all()
        erase(quick, installation, 1)
    quick.close()
    assert case(db, 1).ticket.erased_at == NOW


def mail(db: Database, number: int) -> RawMail:
    """A mail as it was taken in."""
    return inbox.get(db, number).mail


def test_a_mail_of_it_is_still_known(house: House) -> None:
    """Taken in once more it is the same mail: nothing is opened."""
    db, installation = house
    first = mail(db, 1)
    erase(db, installation, 1)
    stepper = Stepper(db, installation, MemoryTransport(), NOW)
    assert stepper.accept(first) == 1
    stepper.settle()
    assert len(tickets.listing(db, open_only=False)) == 3


def answer(db: Database, notice: str, sender: str, *headers: str, recipient: str = "") -> RawMail:
    """A mail in answer to a letter of that notice, built before the letter is erased."""
    letter = next(one for one in outbox.listing(db, limit=999) if one.notice == notice and recipient in one.recipient)
    raw = outbox.get(db, letter.id).raw.decode()
    to = next(line for line in raw.replace("\r\n ", " ").split("\r\n") if line.startswith("Reply-To:"))
    lines = [f"From: {sender}", f"To: {to[9:].strip()}", "Message-ID: <new@example.it>", *headers, "", "Again."]
    return RawMail(raw="\r\n".join(lines).encode(), received_at=NOW, source="smtp", recipients=(), envelope_from=sender)


def test_a_machine_s_answer_to_it_is_noted_and_can_be_erased_as_well(house: House) -> None:
    """It opens nothing, stands nowhere on the case, and a second erasing takes it, too."""
    db, installation = house
    late = answer(db, "closed", "ottavio@example.it", "Auto-Submitted: auto-replied", recipient="ottavio")
    erase(db, installation, 1)
    stepper = Stepper(db, installation, MemoryTransport(), NOW)
    number = stepper.accept(late)
    stepper.settle()
    assert inbox.listing(db)[0].verdict == "C-2026-000001 was erased"
    assert [message.text for message in case(db, 1).messages if message.text] == []
    erase(db, installation, 1, now=NOW + timedelta(hours=1))
    assert mail(db, number).raw == b""


def test_a_customer_s_answer_to_it_opens_a_new_case(either: House) -> None:
    """Nobody knows any more who they were."""
    db, installation = either
    late = answer(db, "closed", "ottavio@example.it", recipient="ottavio")
    erase(db, installation, 1)
    stepper = Stepper(db, installation, MemoryTransport(), NOW)
    stepper.accept(late)
    stepper.settle()
    assert case(db, 4).customer().address == "ottavio@example.it"
    assert [message.text for message in case(db, 1).messages if message.text] == []


def test_what_somebody_asked_for_help_answers_to_it_waits_for_a_person(house: House) -> None:
    """They are no customer, so it opens nothing; it is not lost, and not put on the case."""
    db, installation = house
    late = answer(db, "third_party_question", "dino@installer.example")
    erase(db, installation, 1)
    stepper = Stepper(db, installation, MemoryTransport(), NOW)
    number = stepper.accept(late)
    stepper.settle()
    [waits] = inbox.listing(db, state=InboxState.QUARANTINED)
    assert (waits.id, waits.error) == (number, "C-2026-000001 was erased")
    assert len(tickets.listing(db, open_only=False)) == 3


# ------------------------------------------------------------------------------------------ when their time is over


def test_cases_are_erased_when_their_time_is_over(either: House) -> None:
    """Months after the closing, with those that are part of them, once; open ones never. The ledger says why."""
    db, installation = either
    installation = keeping(installation, "6 months")
    assert retention.erase_due_cases(db, installation, rome("2026-09-07T22:00")) == 0
    assert case(db, 1).ticket.erased_at is None
    at = rome("2026-09-08T23:00")
    assert retention.erase_due_cases(db, installation, at) == 1
    assert [case(db, number).ticket.erased_at for number in (1, 2, 3)] == [at, at, None]
    told = [entry for entry in case(db, 1).history if entry.event == "erased"]
    assert [(entry.by, entry.facts["why"]) for entry in told] == [("reclamo", "kept for 6 months")]
    assert retention.erase_due_cases(db, installation, at + timedelta(days=2)) == 0


def test_a_policy_that_says_nothing_keeps_its_cases(house: House) -> None:
    """Years later they are all there, and nothing waits for it."""
    db, installation = house
    assert retention.erase_due_cases(db, installation, rome("2036-01-01T10:00")) == 0
    assert retention.next_at(db, installation) == []


def test_the_sweep_does_it(house: House) -> None:
    """Walked through time, the case is erased within a day after the last on which it is kept."""
    db, installation = house
    stepper = Stepper(db, keeping(installation, "180 days"), MemoryTransport(), NOW)
    assert stepper.next_at() is not None
    stepper.advance(rome("2026-09-02T23:30"))
    assert case(db, 1).ticket.erased_at is None
    stepper.advance(rome("2026-09-04T00:00"))
    assert case(db, 1).ticket.erased_at is not None


def test_a_letter_that_waits_is_waited_for(house: House) -> None:
    """While the relay is away nothing is lost; the case is erased at a later look."""
    db, installation = house
    installation = keeping(installation, "6 months")
    with db.write() as conn:
        number = next(
            letter.id for letter in outbox.listing(db, limit=999) if letter.ticket_id == case(db, 1).ticket.id
        )
        conn.exec_driver_sql(f"UPDATE outbox SET state = 'waiting' WHERE id = {number}")
    at = rome("2026-10-01T10:00")
    assert retention.erase_due_cases(db, installation, at) == 0
    with db.write() as conn:
        outbox.mark_sent(conn, number, at=at)
    assert retention.erase_due_cases(db, installation, at + timedelta(hours=1)) == 0
    assert retention.erase_due_cases(db, installation, at + timedelta(days=1)) == 1


# --------------------------------------------------------------------------------------------------------- export


def test_a_case_is_given_out_whole(house: House, tmp_path: Path) -> None:
    """All that is known, the mails and letters as they were; what staff wrote and got lies apart."""
    db, installation = house
    out = tmp_path / "case"
    count = export.write_files(export.export_case(db, installation, case(db, 1)), out)
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert len(names) == count
    whole = json.loads((out / "C-2026-000001/case.json").read_text())
    assert (whole["customer"]["address"], whole["details"]["found"]["serial"]["value"]) == (
        "ottavio@example.it", "SN60A2412345")  # fmt: skip
    outside = [name for name in names if "/inside/" not in name and name.endswith(".eml")]
    assert (out / outside[-1]).read_bytes() == mail(db, 1).raw
    assert [name for name in outside if b"To: Ada" in (out / name).read_bytes()] == []
    assert any("/inside/letters/" in name for name in names)
    assert any("/inside/mails/" in name for name in names)
    with pytest.raises(FileExistsError):
        export.write_files([], out)


def test_a_person_is_given_all_their_cases(house: House, tmp_path: Path) -> None:
    """Closed ones, too, and what is noted of the address; nobody else's."""
    db, installation = house
    out = tmp_path / "person.zip"
    with db.write() as conn:
        loose = RawMail(raw=b"Subject: lost", received_at=NOW, source="smtp", envelope_from="Ottavio@example.it")
        inbox.accept(conn, [loose])
    export.write_files(export.export_person(db, installation, "Ottavio@Example.it"), out)
    with zipfile.ZipFile(BytesIO(out.read_bytes())) as archive:
        names = archive.namelist()
        person = json.loads(archive.read("person.json"))
    assert {name.split("/")[0] for name in names} == {"person.json", "mails", "C-2026-000001", "C-2026-000002"}
    assert person["noted"]["language"] == "en"
    assert out.stat().st_mode & 0o077 == 0


def test_of_an_erased_case_little_is_given_out(house: House) -> None:
    """Its dates and promises, and no mail."""
    db, installation = house
    erase(db, installation, 1)
    files = dict(export.export_case(db, installation, case(db, 1)))
    assert list(files) == ["C-2026-000001/case.json"]
    assert [line.state for line in inbox.listing(db, state=InboxState.QUARANTINED)] == []
