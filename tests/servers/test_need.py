"""A test whose server is not installed is skipped, or fails under CI."""

from __future__ import annotations

import pytest

from tests.servers.need import need

PACKAGE = "no-such-package"


def test_skipped_outside_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason names the package to install."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"not run: no-such-program .* apt-get install no-such-package"):
        need("no-such-program", PACKAGE)


def test_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same reason."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install no-such-package"):
        need("no-such-program", PACKAGE)


def test_programs_outside_the_path_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """ldconfig is in /sbin on every Debian machine, which is often not in a user's PATH."""
    monkeypatch.setenv("PATH", "/nonexistent")
    assert need("ldconfig", PACKAGE).endswith("ldconfig")
