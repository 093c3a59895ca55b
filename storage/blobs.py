"""Raw mail, stored once under its SHA-256. It is reached through put() and get() only, so that the bytes can be moved
to another store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from storage.statements import insert_new
from storage.tables import blobs

ERASED = ""
"""The name of bytes that were erased: get() returns empty bytes for it."""


def put(conn: Connection, raws: Iterable[bytes]) -> list[str]:
    """Store each of `raws` that is not stored yet; returns their SHA-256 in hexadecimal, in order."""
    named = [(hashlib.sha256(raw).hexdigest(), raw) for raw in raws]
    rows = [{"sha256": name, "size": len(raw), "raw": raw} for name, raw in dict(named).items()]
    insert_new(conn, blobs, rows)
    return [name for name, _ in named]


def get(conn: Connection, names: Iterable[str]) -> dict[str, bytes]:
    """The bytes by their SHA-256; raises KeyError naming those that are gone."""
    wanted = set(names) - {ERASED}
    query = select(blobs.c.sha256, blobs.c.raw).where(blobs.c.sha256.in_(wanted))
    found = {row.sha256: row.raw for row in conn.execute(query)}
    if missing := wanted - found.keys():
        raise KeyError(f"no raw mail with SHA-256 {', '.join(sorted(missing))}")
    return found | {ERASED: b""}


def drop(conn: Connection, names: Iterable[str]) -> None:
    """Delete the bytes under these names; no row may refer to them any more."""
    conn.execute(delete(blobs).where(blobs.c.sha256.in_(list(names))))
