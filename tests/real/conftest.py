"""Fixtures: complete installations, and the real servers around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.branch import COMPLAINT, Branch, Opens, Street
from tests.real.installation import Installation
from tests.servers.dovecot import dovecot
from tests.servers.postfix import Postfix, postfix
from tests.servers.postgres import postgres_server, postgres_url

__all__ = ["dovecot", "postfix", "postgres_server", "postgres_url"]


@pytest.fixture
def install(tmp_path: Path) -> Callable[..., Installation]:
    """Return a function that makes an installation from the text of its settings."""

    def make(settings: str, **options: str) -> Installation:
        return Installation(tmp_path / "reclamo", settings, **options)

    return make


@pytest.fixture(scope="module")
def street(postfix: Postfix) -> Iterator[Street]:
    """The mail servers around an installation, shared by the tests of a module."""
    made = Street(postfix)
    yield made
    made.close()


@pytest.fixture
def opens(street: Street, tmp_path: Path) -> Iterator[Opens]:
    """Return a function that makes an installation in which Anna's complaint has just been acknowledged."""
    opened: list[Branch] = []

    def make(text: str = COMPLAINT, **settings: object) -> Branch:
        branch = Branch(street, tmp_path, **settings)  # type: ignore[arg-type]
        opened.append(branch)
        branch.complain(text)
        branch.news()
        return branch

    yield make
    for branch in opened:
        branch.close()
