"""Hashed passwords of [submission] users, as the settings hold them: scrypt (RFC 7914).

`scrypt$log2(n)$r$p$salt$hash`, salt and hash in base64.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping

_LOG_N, _R, _P = 14, 8, 1  # 16 MiB and about 50 ms a try, as RFC 7914 §2 advises for logins
_NO_ACCOUNT = f"scrypt${_LOG_N}${_R}${_P}${b64encode(bytes(16)).decode()}${b64encode(bytes(32)).decode()}"


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """Return the line for the settings."""
    salt = secrets.token_bytes(16) if salt is None else salt
    digest = _digest(password, salt, _LOG_N, _R, _P)
    return f"scrypt${_LOG_N}${_R}${_P}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def is_password(password: str, hashed: str) -> bool:
    """Return whether `hashed` was made from this password. Raises ValueError when `hashed` is not such a line."""
    try:
        name, log_n, r, p, salt, digest = hashed.split("$")
        expected = b64decode(digest, validate=True)
        found = _digest(password, b64decode(salt, validate=True), int(log_n), int(r), int(p))
    except ValueError as error:
        raise ValueError("not a hashed password; make one with `reclamo password`") from error
    return name == "scrypt" and hmac.compare_digest(found, expected)


def is_login(users: Mapping[str, str], name: str, password: str) -> bool:
    """Return whether this is the account's password; takes as long for an account that does not exist."""
    return is_password(password, users.get(name, _NO_ACCOUNT)) and name in users


def _digest(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**log_n, r=r, p=p, maxmem=64 * 1024 * 1024)
