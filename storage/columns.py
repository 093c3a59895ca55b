"""The column types the tables are made of, and the one way in which values become JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

# SQLite gives out row ids only to a column declared INTEGER; PostgreSQL needs the eight octets said.
Id = BigInteger().with_variant(Integer(), "sqlite")
# Not JSONB: PostgreSQL's JSON keeps the very text we wrote, and the ledger's hashes stand on that text.
Json = JSON(none_as_null=True)


def to_json(value: object) -> str:
    """The one JSON text of a value: keys sorted, no spaces, characters as they are.

    Raises TypeError for anything but JSON values, and ValueError for numbers that JSON has not.
    """
    return _ENCODER.encode(value)


def _mapping(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def same_address(address: str) -> str:
    """The form in which addresses are compared: no space around, one case.

    RFC 5321 section 2.4 leaves the case of a local part to its host; no host in use tells two people apart
    by it.
    """
    return address.strip().casefold()


# Made once: json.dumps() would make one for every value.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_mapping
)


class Utc(TypeDecorator[datetime]):
    """An instant. Aware going in and UTC coming out; a naive one is refused with ValueError.

    PostgreSQL has a type for it. SQLite has none: there it is text like 2026-03-02 09:00:00.000000+00:00, always of
    the same length and zone, so that the order of the texts is the order of the instants.
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
    """Text of any length in any script. NUL is refused with ValueError on every database, as PostgreSQL
    would: the parsers take it out, so one that comes this far is a bug to be seen and not a mail to be
    lost."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and "\0" in value:
            raise ValueError("NUL in text")
        return value
