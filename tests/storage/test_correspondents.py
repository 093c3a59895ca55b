"""What is known of an address, kept across tickets."""

from __future__ import annotations

from storage import correspondents
from storage.engine import Database
from storage.values import Correspondent
from tests.storage.values import NOW


def note(db: Database, address: str, **facts: object) -> None:
    """Note facts and commit."""
    with db.write() as conn:
        correspondents.save_facts(conn, address, **facts)  # type: ignore[arg-type]


def test_nothing_is_known_of_a_stranger(db: Database) -> None:
    """None, and asking or noting nothing creates no row."""
    note(db, "anna@example.org")
    assert correspondents.get(db, "anna@example.org") is None
    assert correspondents.load(db, []) == {}


def test_facts_are_noted_one_by_one(db: Database) -> None:
    """Noting a bounce keeps the language, and the other way round."""
    note(db, " Anna@Example.org", language="it")
    note(db, "anna@example.org", bounced="550 5.1.1 no such user", bounced_at=NOW)
    note(db, "ANNA@example.org", language="de", stopped=True)
    assert correspondents.get(db, "anna@EXAMPLE.org") == Correspondent(
        address="Anna@Example.org", language="de", bounced="550 5.1.1 no such user", bounced_at=NOW, stopped=True
    )


def test_letters_arrive_again(db: Database) -> None:
    """A bounce is cleared with its time, and a wish can be withdrawn."""
    note(db, "anna@example.org", bounced="full", bounced_at=NOW, stopped=True)
    note(db, "anna@example.org", bounced="", bounced_at=NOW, stopped=False)
    assert correspondents.get(db, "anna@example.org") == Correspondent(address="anna@example.org")


def test_many_are_asked_for_at_once(db: Database) -> None:
    """Results are keyed by the spelling asked for; unknown addresses are left out."""
    note(db, "anna@example.org", language="it")
    note(db, "bob@example.org", language="en")
    found = correspondents.load(db, ["ANNA@example.org", "anna@example.org", "nobody@example.org"])
    assert {address: known.language for address, known in found.items()} == {
        "ANNA@example.org": "it",
        "anna@example.org": "it",
    }
