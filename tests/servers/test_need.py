"""What becomes of a test whose server is not installed."""

from __future__ import annotations

import pytest

from tests.servers.need import need

PACKAGE = "no-such-package"


def test_it_is_reported_as_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """On anybody's machine, naming what to install."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"not run: no-such-program .* apt-get install no-such-package"):
        need("no-such-program", PACKAGE)


def test_it_fails_where_nothing_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under CI."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install no-such-package"):
        need("no-such-program", PACKAGE)


def test_programs_outside_the_path_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every machine has this one, and a user's PATH often has not."""
    monkeypatch.setenv("PATH", "/nonexistent")
    assert need("ldconfig", PACKAGE).endswith("ldconfig")
