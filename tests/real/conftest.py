"""Fixtures: complete installations, and the real servers around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.behind_postfix import COMPLAINT, MailServers, MakeReclamo, ReclamoBehindPostfix
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
def servers(postfix: Postfix) -> Iterator[MailServers]:
    """The mail servers around an installation, shared by the tests of a module."""
    made = MailServers(postfix)
    yield made
    made.close()


@pytest.fixture
def make_reclamo(servers: MailServers, tmp_path: Path) -> Iterator[MakeReclamo]:
    """Return a function that makes an installation in which Anna's complaint has just been acknowledged."""
    opened: list[ReclamoBehindPostfix] = []

    def make(text: str = COMPLAINT, **settings: object) -> ReclamoBehindPostfix:
        reclamo = ReclamoBehindPostfix(servers, tmp_path, **settings)  # type: ignore[arg-type]
        opened.append(reclamo)
        reclamo.complain(text)
        reclamo.news()
        return reclamo

    yield make
    for reclamo in opened:
        reclamo.close()
