"""Raw mail, kept once under its SHA-256. Everybody asks by put() and get(), so that the bytes can live
elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from storage.statements import insert_new
from storage.tables import blobs

ERASED = ""
"""The name that stands for bytes that were erased: get() gives none for it."""


def put(conn: Connection, raws: Iterable[bytes]) -> list[str]:
    """Keep each of `raws`; returns their SHA-256 in hexadecimal, in order. What is kept already costs a
    look."""
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
    """Delete what is kept under these names; nobody may need it any more."""
    conn.execute(delete(blobs).where(blobs.c.sha256.in_(list(names))))
