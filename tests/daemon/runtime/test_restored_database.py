"""After a database is restored from a copy, no number is given out twice and no old letter reaches another case."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

import pytest

from config.faults import FaultsFound, TryAgain
from config.files.keys import create_keys, read_keys
from config.files.numbers_file import read_numbers
from config.settings import Settings
from daemon.clock.stepper import Stepper
from daemon.installation_build import load_installation, replace_keys
from daemon.runtime import restored_database
from storage import cases, counters, inbox, last_runs, migrate, tickets
from storage.engine import Database
from storage.values import Case, CaseChange, InboxState, Letter, RawMail
from tests.daemon.memory_transport import MemoryTransport
from tests.daemon.signed import ADA, COMPLAINT, MAX, NOW, PEOPLE, SUPPORT


class Node:
    """One node: a folder with keys, a database file, and a running daemon that can be stopped and started."""

    def __init__(self, folder: Path, database: Path, now: datetime = NOW) -> None:
        self.folder, self.database = folder, database
        if not (folder / "keys").exists():
            folder.mkdir(exist_ok=True)
            create_keys(folder / "keys")
        table = {
            "folder": folder, "company": {"name": "Firm", "country": "IT"}, "relay": {}, "keys": {},
            "addresses": [{"address": SUPPORT, "policy": "complaints"}], "staff": {"proof": "token", "hold": 0},
        }  # fmt: skip
        self.settings = Settings.model_validate(table, context={"folder": folder})
        self.now = now
        self.post = MemoryTransport()
        self.start()

    def start(self) -> None:
        """Start the node."""
        self.db = Database(f"sqlite:///{self.database}")
        migrate.upgrade(self.db)
        installation = load_installation(self.settings, extra={"teams": PEOPLE})
        try:
            keys = restored_database.continue_numbers(self.db, self.settings, installation, self.now)
        except BaseException:
            self.db.close()
            raise
        self.stepper = Stepper(self.db, replace_keys(installation, keys), self.post, self.now)
        self.stepper.settle()

    def stop(self) -> None:
        """Stop the node."""
        self.now = self.stepper.now + timedelta(minutes=10)
        self.db.close()

    def take(self, raw: bytes, *, sender: str, to: str = SUPPORT) -> None:
        """Receive a mail and process it to the end."""
        self.stepper.accept(
            RawMail(raw=raw, received_at=self.stepper.now, source="smtp", envelope_from=sender, recipients=(to,))
        )
        self.stepper.settle()
        self.stepper.now += timedelta(minutes=1)

    def complaint_of(self, name: str) -> Case:
        """Receive somebody's complaint; return their case."""
        raw = COMPLAINT.replace(b"anna@", name.encode() + b"@").replace(b"<first", b"<first-of-" + name.encode())
        self.take(raw.replace(b"Anna Rossi", name.encode()), sender=f"{name}@example.it")
        return self.case_of(name)

    def case_of(self, name: str) -> Case:
        """Return somebody's newest case."""
        found = [line for line in tickets.listing(self.db) if line.customer == f"{name}@example.it"]
        return cases.load(self.db, [found[-1].id])[found[-1].id]

    def read_by(self, name: str) -> list[str]:
        """Return the notices sent to somebody."""
        return [letter.notice for letter in self.post.letters if letter.recipient == f"{name}@example.it"]

    def last(self, notice: str, reader: str) -> Letter:
        """Return the newest letter of this notice to somebody."""
        return next(
            letter for letter in reversed(self.post.letters) if (letter.notice, letter.recipient) == (notice, reader)
        )


def answers(letter: Letter, words: str, *, sender: str) -> bytes:
    """Build a reply as a mail program does."""
    of = f"In-Reply-To: <{letter.message_id}>\r\nReferences: <{letter.message_id}>\r\n"
    return plain(sender, to_of(letter), f"Re: {letter.subject}", words, of)


def plain(sender: str, to: str, subject: str, words: str, more: str = "") -> bytes:
    """Build a mail that is no reply."""
    head = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{len(words)}.{len(subject)}@x.example>\r\n"
    )
    return f"{head}{more}\r\n{words}\r\n".encode()


def to_of(letter: Letter) -> str:
    """Return the Reply-To address of a letter."""
    return parseaddr(str(message_from_bytes(letter.raw, policy=default)["Reply-To"]))[1]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node with Zoe's case; its database copied; then Anna's case; then the copy restored."""
    node = Node(tmp_path / "desk", tmp_path / "reclamo.db")
    node.complaint_of("zoe")
    node.stop()
    shutil.copy(node.database, tmp_path / "copy.db")
    node.start()
    assert node.complaint_of("anna").ticket.reference == "C-2026-000002"
    node.stop()
    yield node
    node.db.close()


def restore(node: Node) -> None:
    """Replace the database with the copy."""
    for file in node.database.parent.glob("reclamo.db*"):
        file.unlink()
    shutil.copy(node.database.parent / "copy.db", node.database)
    node.start()


# ------------------------------------------------------------------------------------------------------- numbers


def test_a_number_is_never_given_out_twice(node: Node) -> None:
    """After the restore the next customer gets a new ticket id and a new reference."""
    restore(node)
    ticket = node.complaint_of("bob").ticket
    assert (ticket.id, ticket.reference) == (201, "C-2026-000201")
    assert node.complaint_of("eve").ticket.reference == "C-2026-000202"


def test_a_restore_makes_a_new_key_and_tells_the_operator_once(node: Node) -> None:
    """The first start after a restore makes a key and mails the operator; the next start does neither."""
    before = read_keys(node.folder / "keys")
    restore(node)
    letter = node.last("restored", MAX)
    assert "reference C-2026, ticket" in letter.raw.decode().replace("=\r\n", "")
    after = read_keys(node.folder / "keys")
    assert (after.current, after.secrets[before.current]) == (before.current + 1, before.secrets[before.current])
    assert node.stepper.installation.keys.current == after.current
    node.stop()
    node.start()
    assert [letter.notice for letter in node.post.letters].count("restored") == 1
    assert read_keys(node.folder / "keys").current == after.current
    node.stop()
    restore(node)
    assert read_keys(node.folder / "keys").current == after.current + 1


def test_an_ordinary_start_skips_nothing(node: Node) -> None:
    """A start without a restore, also after a crash, skips no number."""
    node.start()
    assert node.complaint_of("bob").ticket.reference == "C-2026-000003"
    Node(node.folder, node.database, node.now).db.close()
    assert node.complaint_of("eve").ticket.reference == "C-2026-000004"
    assert [letter for letter in node.post.letters if letter.notice == "restored"] == []
    assert last_runs.get(node.db, restored_database.RESTORED) is None


def test_an_installation_without_a_numbers_file_gets_one(node: Node) -> None:
    """The first start makes the file from the database."""
    (node.folder / "keys.numbers").unlink()
    node.start()
    known = read_numbers([node.folder / "keys.numbers"])
    assert known is not None
    assert known.used == counters.last_values(node.db) == {"ticket": 2, "reference C-2026": 2}


def test_the_number_stands_in_the_file_before_it_is_used(node: Node) -> None:
    """If the numbers file cannot be written, no number is given out and the mail waits."""
    node.start()
    file = node.folder / "keys.numbers"
    file.unlink()
    file.mkdir()
    (node.folder / "state").write_text("no folder")
    with pytest.raises(TryAgain, match="no case number can be given out"):
        node.complaint_of("bob")
    assert counters.last_values(node.db)["ticket"] == 2
    file.rmdir()
    node.stepper.now += timedelta(minutes=10)
    node.stepper.settle()
    assert node.case_of("bob").ticket.reference == "C-2026-000003"


def test_a_file_that_cannot_be_written_stops_a_start(node: Node) -> None:
    """The start fails with the same words as `check`."""
    (node.folder / "keys.numbers").unlink()
    (node.folder / "keys.numbers").mkdir()
    (node.folder / "state").write_text("no folder")
    with pytest.raises(FaultsFound, match="cannot be written"):
        node.start()


def test_verbs_that_only_read_do_not_write_the_numbers_file(node: Node) -> None:
    """Only verbs that give out numbers write the file."""
    from daemon.cli import application

    (node.folder / "keys.numbers").unlink()
    (node.folder / "reclamo.toml").write_text(
        f'database = "sqlite:///{node.database}"\n[company]\nname = "Firm"\ncountry = "IT"\n'
        f'[[addresses]]\naddress = "{SUPPORT}"\npolicy = "complaints"\n[relay]\ntransport = "maildir"\n'
    )
    for verb in ("tickets", "status", "check"):
        with pytest.raises(SystemExit) as ended:
            application()([verb, "--config", str(node.folder)])
        assert not ended.value.code
    assert not (node.folder / "keys.numbers").exists()


# ------------------------------------------------------------------------------------------------- several nodes


def test_another_node_starts_first_on_the_restored_database(node: Node, tmp_path: Path) -> None:
    """Each node's file has the numbers of all nodes; only one node makes a new key."""
    node.start()
    shutil.copytree(node.folder, tmp_path / "second")
    (tmp_path / "second" / "keys.numbers").unlink()
    second = Node(tmp_path / "second", node.database)
    node.complaint_of("carl")
    second.stepper.installation.numbering.record_all_nodes(second.db)
    known = read_numbers([tmp_path / "second" / "keys.numbers"])
    assert known is not None
    assert known.used["ticket"] == 3
    node.stepper.installation.numbering.record_used({"ticket": 450})  # given out while the second node was stopped
    for opened in (second, node):
        opened.stop()
    for file in node.database.parent.glob("reclamo.db*"):
        file.unlink()
    shutil.copy(tmp_path / "copy.db", node.database)
    second.start()
    node.start()
    assert second.complaint_of("dora").ticket.reference == "C-2026-000201"
    emil = node.complaint_of("emil").ticket
    assert (emil.id, emil.reference) == (602, "C-2026-000202")
    assert len([letter for letter in (*node.post.letters, *second.post.letters) if letter.notice == "restored"]) == 1
    keys = [read_keys(opened.folder / "keys").current for opened in (node, second)]
    assert keys == [1, 2]
    second.db.close()


def test_a_node_without_the_newest_key_says_so(node: Node, tmp_path: Path, caplog: pytest.LogCaptureFixture,
                                               capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """Such a node could not recognise replies to the other node's letters."""
    node.start()
    second = Node(tmp_path / "second", node.database)
    assert "with a key that is not here" in capsys.readouterr().out + caplog.text
    second.db.close()


# -------------------------------------------------------------------------------------------- letters of lost cases


@pytest.fixture
def twice(node: Node) -> Node:
    """A number given out twice: the numbers file was lost as well, so Bob's case has the number that Anna's had."""
    (node.folder / "keys.numbers").unlink()
    restore(node)
    assert node.complaint_of("bob").ticket.reference == "C-2026-000002"
    return node


def test_staff_who_answer_an_old_notice_reach_nobody(twice: Node) -> None:
    """Ada answers the notice about Anna's lost case: Bob, who has its number now, gets nothing, and Ada is told."""
    old = next(letter for letter in twice.post.letters if letter.recipient == ADA and "C-2026-000002" in letter.key)
    before = len(twice.read_by("bob"))
    twice.take(answers(old, "Dear Anna, your repair is free.", sender=ADA), sender=ADA, to=to_of(old))
    assert len(twice.read_by("bob")) == before
    assert "Dear Anna" not in "".join(m.text for m in twice.case_of("bob").messages)
    letter_to_ada = twice.last("list_answered", ADA)
    assert "a case that is not known here any more" in letter_to_ada.raw.decode().replace("=\r\n", "")
    assert "Dear Anna, your repair is free." in letter_to_ada.raw.decode().replace("=\r\n", "")
    aside = inbox.listing(twice.db, state=InboxState.QUARANTINED)
    assert [line.error for line in aside] == [
        "staff mail not obeyed: answers a letter of a case that this database does not know"
    ]


def test_a_customer_who_answers_an_old_letter_gets_a_case(twice: Node) -> None:
    """Anna's reply opens a case of her own; Bob's is unchanged, even if his number is in her subject."""
    old = twice.last("acknowledgement", "anna@example.it")
    bobs = twice.case_of("bob")
    twice.take(
        answers(old, "Any news of my inverter?", sender="anna@example.it"), sender="anna@example.it", to=to_of(old)
    )
    assert twice.case_of("bob") == bobs
    assert twice.case_of("anna").ticket.reference == "C-2026-000003"
    notice = twice.last("new_case", ADA).raw.decode().replace("=\r\n", "")
    assert "answers a letter of a case that is not known here any more" in notice


@pytest.mark.parametrize("by", ["envelope", "Message-ID"])
def test_a_report_about_an_old_letter_silences_nobody(twice: Node, by: str) -> None:
    """A bounce of Anna's old letter does not mark Bob's address as failing."""
    old = twice.last("acknowledgement", "anna@example.it")
    to, back = (old.sender, "x@y.example") if by == "envelope" else (SUPPORT, old.message_id)
    raw = (
        f"From: mailer-daemon@mx.example\r\nTo: {to}\r\nSubject: Undelivered Mail\r\nMessage-ID: <r@mx.example>\r\n\r\n"
        f"Your message could not be delivered.\r\n550 5.1.1 no such user\r\n\r\nMessage-ID: <{back}>\r\n"
    ).encode()
    bobs = twice.case_of("bob")
    twice.take(raw, sender="", to=to)
    assert twice.case_of("bob") == bobs


def address_without_nonce(node: Node, ticket: int, *, audience: int, party: int) -> str:
    """Return a reply address as earlier versions made it, without a nonce."""
    content = bytes((1 << 2 | audience,)) + ticket.to_bytes(5, "big") + party.to_bytes(2, "big")
    mac = hmac.new(node.stepper.installation.keys.secrets[1], b"token\0" + content, hashlib.sha256).digest()[:10]
    return f"complaints+{base64.b32encode(content + mac).decode().rstrip('=').lower()}@firm.example"


def test_letters_of_before_there_were_nonces_are_answered(node: Node) -> None:
    """A case from before nonces has none: replies to its old letters still reach it."""
    node.start()
    case = node.case_of("anna")
    with node.db.write() as conn:
        cases.save(conn, [CaseChange(ticket=replace(case.ticket, nonce=0))])
    to = address_without_nonce(node, case.ticket.id, audience=0, party=case.customer().number)
    raw = plain("anna@example.it", to, "hello", "Any news?")
    node.take(raw, sender="anna@example.it", to=to)
    assert [m.text.strip() for m in node.case_of("anna").messages if m.direction == "in"][-1] == "Any news?"
    assert len(tickets.listing(node.db)) == 2


def test_a_token_of_before_leads_to_no_case_opened_since(twice: Node) -> None:
    """A token without a nonce does not reach a case that has one."""
    to = address_without_nonce(twice, 2, audience=1, party=2)
    before = len(twice.read_by("bob"))
    raw = plain(ADA, to, "Re: C-2026-000002", "Dear Anna, it is free.")
    twice.take(raw, sender=ADA, to=to)
    assert len(twice.read_by("bob")) == before
