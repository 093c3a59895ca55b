"""The file of token keys: the current one, which makes new tokens, and older ones, whose tokens are still accepted.

current = 2
[keys]
1 = "4f1c…"     # 32 octets in hexadecimal
2 = "9ab0…"
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from config.faults import Fault, FaultsFound
from config.files.toml_layers import read_source

LENGTH = 32  # octets: the block of SHA-256's output, beyond which a longer key adds nothing
VERSIONS = range(64)  # a token has six bits for its key's version


class TokenKeys(NamedTuple):
    """`secrets` by version; new tokens are made with `current`."""

    current: int
    secrets: Mapping[int, bytes]


def create_keys(path: Path) -> None:
    """Create the file with one new key, readable by its owner only. Raises FileExistsError if it exists."""
    _write(path, TokenKeys(1, {1: secrets.token_bytes(LENGTH)}), os.O_CREAT | os.O_EXCL)


def add_key(path: Path) -> int:
    """Add a new current key to the file, keeping the older ones; returns its version. Raises FaultsFound."""
    keys = read_keys(path)
    version = next((number for number in VERSIONS if number > keys.current), None)
    if version is None:
        raise FaultsFound([Fault(str(path), "current", "no version is left", str(keys.current), "0 to 63")])
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    _write(new, TokenKeys(version, {**keys.secrets, version: secrets.token_bytes(LENGTH)}), os.O_CREAT | os.O_EXCL)
    new.replace(path)
    return version


def read_keys(path: Path) -> TokenKeys:
    """Read the keys. Raises FaultsFound, which never contains a key."""
    table = read_source(path).table
    faults = [*_faults(str(path), table)]
    if path.stat().st_mode & stat.S_IROTH:
        faults.append(Fault(str(path), "file", "everybody on this machine can read the keys", allowed="mode 600"))
    if faults:
        raise FaultsFound(faults)
    found = {int(version): bytes.fromhex(secret) for version, secret in table["keys"].items()}
    return TokenKeys(table["current"], found)


def _faults(file: str, table: dict[str, Any]) -> list[Fault]:
    keys = table.get("keys")
    if not isinstance(keys, dict) or not keys:
        return [Fault(file, "keys", "is missing", allowed="a table of keys by version")]
    faults = []
    for version, secret in keys.items():
        if not version.isdigit() or int(version) not in VERSIONS:
            faults.append(Fault(file, f"keys.{version}", "not a version", version, "0 to 63"))
        if not _is_key(secret):
            faults.append(Fault(file, f"keys.{version}", "not a key", "(not shown)", "64 hexadecimal digits"))
    if str(table.get("current")) not in keys:
        faults.append(Fault(file, "current", "no such key", str(table.get("current", "")), ", ".join(keys)))
    return faults


def _is_key(secret: object) -> bool:
    try:
        return isinstance(secret, str) and len(bytes.fromhex(secret)) == LENGTH
    except ValueError:
        return False


def _write(path: Path, keys: TokenKeys, flags: int) -> None:
    lines = [f"current = {keys.current}", "[keys]", *(f'{n} = "{key.hex()}"' for n, key in keys.secrets.items())]
    file = os.open(path, os.O_WRONLY | flags, 0o600)
    with os.fdopen(file, "w", encoding="ascii") as writer:
        writer.write("\n".join(lines) + "\n")
        writer.flush()
        os.fsync(writer.fileno())
