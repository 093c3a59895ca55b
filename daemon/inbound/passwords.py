"""Passwords of mail accounts as settings hold them (RFC 7914).

`scrypt$log2(n)$r$p$salt$hash`, salt and hash in base64.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping

_LOG_N, _R, _P = 14, 8, 1  # 16 MiB and some 50 ms a try: RFC 7914 §2's advice for logins
_NOBODY = f"scrypt${_LOG_N}${_R}${_P}${b64encode(bytes(16)).decode()}${b64encode(bytes(32)).decode()}"


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """The line to put into the settings."""
    salt = secrets.token_bytes(16) if salt is None else salt
    digest = _digest(password, salt, _LOG_N, _R, _P)
    return f"scrypt${_LOG_N}${_R}${_P}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def is_password(password: str, hashed: str) -> bool:
    """Whether `hashed` was made from this password; raises ValueError when `hashed` is not such a line."""
    try:
        name, log_n, r, p, salt, digest = hashed.split("$")
        wanted = b64decode(digest, validate=True)
        found = _digest(password, b64decode(salt, validate=True), int(log_n), int(r), int(p))
    except ValueError as error:
        raise ValueError("not a hashed password; make one with `reclamo password`") from error
    return name == "scrypt" and hmac.compare_digest(found, wanted)


def is_login(users: Mapping[str, str], name: str, password: str) -> bool:
    """Whether the account exists and this is its password; takes as long for accounts that do not exist."""
    return is_password(password, users.get(name, _NOBODY)) and name in users


def _digest(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**log_n, r=r, p=p, maxmem=64 * 1024 * 1024)
