"""The command line as an operator types it: a case from first mail to close, and the output of every verb."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main

Say = Callable[..., str]
MAIL = """From: Anna Rossi <anna@example.it>
To: complaints@example.org
Subject: Inverter ST-6.0K guasto
Message-ID: <a1@example.it>
Content-Type: text/plain; charset=utf-8

Buongiorno,
il mio inverter ST-6.0K con numero di serie SN60A2412345 da ieri non si accende.
"""
PEOPLE = """
[teams.technical]
members = [{ name = "Ada", address = "ada@firm.example" }]
manager = { name = "Max", address = "max@firm.example" }
[teams.service]
members = [{ name = "Sara", address = "sara@firm.example" }]
[teams.reviewers]
members = [{ name = "Rita", address = "rita@firm.example" }]
"""


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """An installation made by `init`, with people."""
    folder = tmp_path / "office"
    run(monkeypatch, "init", str(folder))
    (folder / "policies" / "complaints" / "policy.toml").write_text(PEOPLE)
    capsys.readouterr()
    return folder


@pytest.fixture
def say(installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command on that installation; return what it prints."""

    def typed(*words: str, status: int = 0, config: bool = True) -> str:
        more = ("--config", str(installation)) if config else ()
        assert run(monkeypatch, *words, *more) == status, capsys.readouterr().err
        printed = capsys.readouterr()
        return printed.out if status == 0 else printed.out + printed.err

    return typed


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run the command line in this process; return its exit status."""
    monkeypatch.setattr(sys, "argv", ["reclamo", *words])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def rows(text: str) -> Any:
    """Parse the output of a --json command."""
    return json.loads(text)


@pytest.fixture
def mail(tmp_path: Path) -> str:
    """A complaint in a file."""
    file = tmp_path / "complaint.eml"
    file.write_text(MAIL)
    return str(file)


def test_a_case_from_first_mail_to_close(say: Say, mail: str, installation: Path) -> None:
    """Ingest at one instant and tick to others: letters are in the maildir, promises kept at their instants."""
    taken = rows(say("ingest", mail, "--received", "2026-03-02T10:00", "--json"))
    again = rows(say("ingest", mail, "--received", "2026-03-02T10:05", "--json"))
    assert (taken[0]["ticket"], again[0]["inbox"]) == ("C-2026-000001", taken[0]["inbox"])
    done = rows(say("tick", "--at", "2026-03-20T12:00", "--json"))
    assert ("2026-03-20T08:00:00+00:00", "progress") in {(row["at"], row["notice"]) for row in done}
    ticket = rows(say("ticket", "C-2026-000001", "--json"))
    promised = {(row["promise"], row["occurrence"]): row for row in ticket["deadlines"]}
    assert promised[("acknowledge", 0)]["kept_at"] == "2026-03-02T09:00:00+00:00"
    assert (promised[("progress", 0)]["due"], promised[("progress", 0)]["state"]) == ("2026-03-20", "kept")
    assert promised[("resolve", 0)]["due"] == "2026-04-14"
    wanted = {
        "reference", "policy", "kind", "step", "waiting_for", "language", "customer", "team", "assignee", "details",
        "received", "deadlines", "messages",
    }  # fmt: skip
    assert wanted <= set(ticket)
    assert {"promise", "due", "state", "kept_at", "origin"} <= set(ticket["deadlines"][0])
    assert {"direction", "message_id", "from", "to", "subject", "at", "notice"} <= set(ticket["messages"][0])
    assert len(list((installation / "letters" / "new").iterdir())) == len(
        rows(say("outbox", "--state", "sent", "--json"))
    )


def test_listings_agree(say: Say, mail: str) -> None:
    """tickets, due, outbox, quarantine, status and explain show the same as tables and as JSON."""
    say("ingest", mail, "--received", "2026-03-02T10:00")
    (ticket,) = rows(say("tickets", "--json"))
    assert (ticket["reference"], ticket["customer"]) == ("C-2026-000001", "anna@example.it")
    assert "C-2026-000001" in say("tickets")
    assert [row["promise"] for row in rows(say("due", "--until", "2026-12-31", "--json"))] == ["progress", "resolve"]
    assert "progress" in say("due", "--until", "2026-12-31")
    assert rows(say("quarantine", "--json")) == []
    assert rows(say("status", "--json"))["tickets_open"] == 1
    (mail_line,) = rows(say("explain", "<a1@example.it>", "--json"))
    assert mail_line["verdict"].startswith("opened C-2026-000001")
    assert "promise armed" in say("explain", "C-2026-000001")
    assert "anna@example.it" in say("ticket", "C-2026-000001")
    assert "the ledger holds" in say("ledger", "verify")
    number = str(rows(say("outbox", "--json"))[0]["id"])
    assert "X-Reclamo-Ticket: C-2026-000001" in say("outbox", "show", number)


def test_mail_set_aside_is_seen_counted_and_made_somebody_s_case(say: Say, tmp_path: Path) -> None:
    """A web form's mail without a reply address is in `quarantine` and counted in `status`; released as new it becomes
    a case of the customer that the operator names."""
    form = tmp_path / "form.eml"
    head = "From: WordPress <wordpress@shop.example>\nTo: complaints@example.org\nMessage-ID: <f1@shop.example>\n"
    form.write_text(f"{head}Subject: [Shop] New message\n\nFrom: Jane, jane@customer.example\nIt does not switch on.\n")
    say("ingest", str(form), "--received", "2026-03-02T10:00")
    (line,) = rows(say("quarantine", "--json"))
    assert (line["ending"], line["why"], line["desk"]) == ("set aside", "no person", "complaints")
    shown = say("quarantine")
    assert "wordpress@shop.example" in shown
    assert "[Shop] New message" in shown
    assert rows(say("status", "--json"))["not_taken"] == {"complaints": 1}
    number = str(line["id"])
    assert "one address" in say("quarantine", "release", number, "--customer", "jane@customer.example", status=1)
    assert "one address" in say("quarantine", "release", number, "--as-new", "--customer", "jane", status=1)
    say("quarantine", "release", number, "--as-new", "--customer", "jane@customer.example")
    say("tick", "--at", "2026-03-02T11:00")
    (ticket,) = rows(say("tickets", "--json"))
    assert ticket["customer"] == "jane@customer.example"
    assert rows(say("quarantine", "--json")) == []


def test_a_date_is_said_with_its_reasons(say: Say) -> None:
    """The ISO date first, then how it was counted."""
    said = say("calendar", "due", "30 working days", "--from", "2026-03-02T10:00", "--calendar", "IT", config=False)
    assert said.splitlines()[0] == "2026-04-14"
    assert "Easter Monday" in said
    printed = rows(say("calendar", "due", "2 working hours", "--from", "2026-12-24T17:00", "--json", config=False))
    assert printed["due"] == "2026-12-28"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ticket", "C-2026-000009"), "no ticket C-2026-000009"),
        (("outbox", "--state", "lost"), "allowed: waiting, sent, failed, cancelled"),
        (("outbox", "retry", "7"), "letter 7 was not given up"),
        (("quarantine", "release", "7"), "mail 7 was not set aside"),
        (("quarantine", "dismiss", "7"), "mail 7 was not set aside"),
        (("explain", "nothing@there"), "no mail"),
        (("run", "--only", "wrok"), "allowed: intake, work, clock, send"),
        (("ingest",), "nothing to take in"),
        (("tick", "--at", "yesterday"), "ISO 8601"),
    ],
)
def test_a_wrong_word_says_what_is_allowed(say: Say, words: tuple[str, ...], expected: str) -> None:
    """Exit status 1 and one line with the allowed values."""
    assert expected in say(*words, status=1)


def test_faults_of_settings_and_policy_come_all_at_once(say: Say, installation: Path) -> None:
    """Every fault with file, key, value, what is allowed and the nearest spelling; nothing else is done."""
    settings = installation / "reclamo.toml"
    settings.write_text(settings.read_text().replace('policy = "complaints"', 'policy = "complants"'))
    said = say("check", status=1)
    assert "complants" in said
    assert "did you mean 'complaints'?" in said
    settings.write_text(settings.read_text().replace("complants", "complaints"))
    policy = installation / "policies" / "complaints" / "policy.toml"
    policy.write_text(PEOPLE + '[promises.progress]\nwithin = "14 wrking days"\n[steps.sorting]\nwaits = "staff"\n')
    said = say("check", status=1)
    assert "promises.progress.within" in said
    assert "steps.sorting.waits" in said
    assert "did you mean 'waits_for'?" in said
    policy.write_text(PEOPLE + '[steps.sorting]\nowner = "tecnical"\n')
    assert "did you mean 'technical'?" in say("check", status=1)


def test_policies_are_listed_checked_and_drawn(say: Say) -> None:
    """The shipped policies have no faults, and their steps can be shown."""
    names = [row["name"] for row in rows(say("policy", "list", "--json", config=False))]
    assert "complaints" in names
    assert "complaints" in say("policy", "check", "complaints", config=False)
    assert "investigating" in say("policy", "show", "complaints", config=False)
    assert say("policy", "show", "complaints", "--mermaid", config=False).startswith("---\ntitle: ")
    assert say("policy", "show", "complaints", "--dot", config=False).startswith("digraph {\n")
    printed = say("policy", "show", "complaints", "--svg", config=False, status=1)
    assert "--mermaid" in printed
    assert "complaints --dot | dot -Tsvg" in printed


def test_mail_is_parsed_without_an_installation(say: Say, mail: str) -> None:
    """One JSON object for each mail; every verdict with its reason."""
    (line,) = say("parse", mail, "--json", config=False).splitlines()
    read = json.loads(line)
    assert (read["from"]["address"], read["language"]["code"]) == ("anna@example.it", "it")
    assert {"subject", "from", "to", "date", "text", "reply", "signature", "html_safe", "language", "sort",
            "failed_recipients", "attachments", "evidence", "details", "oddities"} <= set(read)  # fmt: skip
    assert "because" in say("parse", mail, "--explain", config=False)
