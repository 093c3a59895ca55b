"""The column types of the tables and how each database stores them; the JSON form of values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

# SQLite assigns row ids only to a column declared INTEGER; PostgreSQL needs BIGINT for eight octets.
Id = BigInteger().with_variant(Integer(), "sqlite")
# Not JSONB: PostgreSQL's JSON keeps the text as written, and the ledger hashes that text.
Json = JSON(none_as_null=True)


def to_json(value: object) -> str:
    """Serialize a value as canonical JSON: keys sorted, no spaces, no escapes for non-ASCII characters.

    Raises TypeError for anything but JSON values, and ValueError for NaN and infinities.
    """
    return _ENCODER.encode(value)


def _mapping(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def normal_address(address: str) -> str:
    """Normalize an address for comparison: strip white space, fold case.

    RFC 5321 section 2.4 leaves the case of a local part to its host; no host in use tells two people apart
    by it.
    """
    return address.strip().casefold()


# Created once: json.dumps() would create an encoder for every value.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_mapping
)


class Utc(TypeDecorator[datetime]):
    """An instant: aware when written, UTC when read. Raises ValueError for a naive datetime.

    PostgreSQL has a type for it. On SQLite it is text like 2026-03-02 09:00:00.000000+00:00, always of the same length
    and zone, so that sorting the text sorts the instants.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text() if dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a zone: {value.isoformat()}")
        instant = value.astimezone(UTC)
        return instant.isoformat(" ", "microseconds") if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class LenientText(TypeDecorator[str]):
    """Text of any length in any script. Raises ValueError for NUL on either database, as PostgreSQL would: the parsers
    remove NUL, so one that gets here is a bug."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and "\0" in value:
            raise ValueError("NUL in text")
        return value
