"""Whole installations, and the real servers around them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real.installation import Installation
from tests.servers.dovecot import dovecot
from tests.servers.postfix import postfix
from tests.servers.postgres import postgres_server, postgres_url

__all__ = ["dovecot", "postfix", "postgres_server", "postgres_url"]


@pytest.fixture
def install(tmp_path: Path) -> Callable[..., Installation]:
    """Make an installation from the lines of its settings."""

    def make(settings: str, **options: str) -> Installation:
        return Installation(tmp_path / "reclamo", settings, **options)

    return make
