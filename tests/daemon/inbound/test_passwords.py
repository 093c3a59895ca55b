"""Password hashes of mail submission accounts."""

from __future__ import annotations

import pytest

from daemon.inbound.passwords import hash_password, is_login, is_password


def test_a_password_and_its_line() -> None:
    """Only the right password matches the hash, in any script; hashing twice gives different lines."""
    line = hash_password("пароль")
    assert [is_password("пароль", line), is_password("Пароль", line), is_password("", line)] == [True, False, False]
    assert line != hash_password("пароль")


def test_who_may_log_in() -> None:
    """An unknown account matches no password."""
    users = {"mara": hash_password("secret")}
    assert [is_login(users, *given) for given in (("mara", "secret"), ("mara", "x"), ("nobody", ""))] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("line", ["", "secret", "md5$1$2$3$4$5", "scrypt$14$8$1$!!$!!"])
def test_a_line_that_is_none(line: str) -> None:
    """A malformed hash is reported as a fault of the settings."""
    with pytest.raises(ValueError, match="not a hashed password"):
        is_password("secret", line)
