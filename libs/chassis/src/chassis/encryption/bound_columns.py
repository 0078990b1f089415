"""Open columns as bytes: what is bound into a sealed value, so that the row opens only as it was written.

Each column that is set is its name, a byte for its type and its value, name and value after their lengths; in the order
of the names. A column that is not set is left out, so one that is added later does not concern the rows without it.
Two different rows never become the same bytes.
"""

import struct
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from asyncpg import Range
from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Integer, LargeBinary, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.types import TypeEngine

from chassis.encryption.framing import frame

Encode: TypeAlias = Callable[[Any], bytes]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_moment_of = struct.Struct(">iii").pack
_MOMENT_FRAME, _USUAL_BOUNDS = b"\x00\x00\x00\x0c", b"\x00\x00\x00\x03\x01\x00\x00"
_integer = struct.Struct(">q").pack


def encoder(table: Table, names: Iterable[str]) -> Callable[[Mapping[str, Any]], bytes]:
    """A function that encodes these columns of a row. It raises KeyError for a row that lacks one, and TypeError for another type."""
    columns = []
    for name in sorted(names):
        kind, size, encode = _encoding(table.c[name].type)
        length = b"" if size is None else size.to_bytes(4, "big")
        columns.append((name, frame(name.encode()) + kind + length, size is None, encode))

    def encoded(row: Mapping[str, Any]) -> bytes:
        parts: list[bytes] = []
        for name, head, varies, encode in columns:
            value = row[name]
            if value is None:
                continue
            value = encode(value)
            parts += (head, len(value).to_bytes(4, "big"), value) if varies else (head, value)
        return b"".join(parts)

    return encoded


def _encoding(column: TypeEngine[Any]) -> tuple[bytes, int | None, Encode]:
    """The byte for the type, the number of bytes if all values have the same, and how a value is encoded."""
    for types, kind, size, encode in _ENCODINGS:
        if isinstance(column, types):
            return kind, size, encode
    raise TypeError(f"a {column!r} has no encoding, so it cannot be bound")


def _uuid(value: Any) -> bytes:
    return value.bytes if isinstance(value, UUID) else UUID(value).bytes


def _moment(value: datetime) -> bytes:
    since = value - _EPOCH
    return _moment_of(since.days, since.seconds, since.microseconds)


def _boolean(value: Any) -> bytes:
    return b"\x01" if value else b"\x00"


def _decimal(value: Decimal) -> bytes:
    """80, 80.0 and 80.00 are one number."""
    return f"{value.normalize():f}".encode()


def _texts(value: Iterable[str]) -> bytes:
    return frame(*(text.encode() for text in value))


def _range(value: Range) -> bytes:
    if value.lower is not None and value.upper is not None and value.lower_inc and not value.upper_inc and not value.isempty:
        # As below, which every opened appointment would pay for.
        return _MOMENT_FRAME + _moment(value.lower) + _MOMENT_FRAME + _moment(value.upper) + _USUAL_BOUNDS
    ends = (b"" if end is None else _moment(end) for end in (value.lower, value.upper))
    return frame(*ends, bytes((value.lower_inc, value.upper_inc, value.isempty)))


# In the order in which a type is looked for: a Boolean is no Integer here, a BigInteger is one.
_ENCODINGS: tuple[tuple[Any, bytes, int | None, Encode], ...] = (
    (Uuid, b"u", 16, _uuid),
    (DateTime, b"m", 12, _moment),
    (Boolean, b"b", 1, _boolean),
    ((Integer, BigInteger), b"i", 8, _integer),
    (Numeric, b"d", None, _decimal),
    (Text, b"t", None, str.encode),
    (LargeBinary, b"x", None, bytes),
    (TSTZRANGE, b"r", None, _range),
    (ARRAY, b"a", None, _texts),
)
