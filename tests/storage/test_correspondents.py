"""What is known of an address stays known across tickets, fact by fact."""

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
    """None, and no row for having asked or for nothing to note."""
    note(db, "anna@example.org")
    assert correspondents.get(db, "anna@example.org") is None
    assert correspondents.load(db, []) == {}


def test_facts_are_noted_one_by_one(db: Database) -> None:
    """A bounce does not forget the language, nor the other way round."""
    note(db, " Anna@Example.org", language="it")
    note(db, "anna@example.org", bounced="550 5.1.1 no such user", bounced_at=NOW)
    note(db, "ANNA@example.org", language="de", stopped=True)
    assert correspondents.get(db, "anna@EXAMPLE.org") == Correspondent(
        address="Anna@Example.org", language="de", bounced="550 5.1.1 no such user", bounced_at=NOW, stopped=True
    )


def test_letters_arrive_again(db: Database) -> None:
    """The bounce is forgotten with its instant, and a wish can be taken back."""
    note(db, "anna@example.org", bounced="full", bounced_at=NOW, stopped=True)
    note(db, "anna@example.org", bounced="", bounced_at=NOW, stopped=False)
    assert correspondents.get(db, "anna@example.org") == Correspondent(address="anna@example.org")


def test_many_are_asked_for_at_once(db: Database) -> None:
    """Each is given under the spelling it was asked for; the unknown are left out."""
    note(db, "anna@example.org", language="it")
    note(db, "bob@example.org", language="en")
    found = correspondents.load(db, ["ANNA@example.org", "anna@example.org", "nobody@example.org"])
    assert {address: known.language for address, known in found.items()} == {
        "ANNA@example.org": "it",
        "anna@example.org": "it",
    }
