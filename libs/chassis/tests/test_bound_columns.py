"""What open columns are encoded as, to the byte: rows that were written open only with the same bytes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Range
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.types import TypeEngine

from chassis.db.tables import moment
from chassis.encryption.bound_columns import encoder

NAME = "00000001" + b"c".hex()
NOON = datetime(2026, 11, 21, 12, 0, 1, 2, tzinfo=UTC)
# Days since 1970-01-01, seconds of the day and microseconds.
NOON_BYTES = "0000512a" + "0000a8c1" + "00000002"


def encoded(kind: TypeEngine[Any] | type[TypeEngine[Any]], value: object) -> str:
    return encoder(Table("t", MetaData(), Column("c", kind)), ["c"])({"c": value}).hex()


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Uuid, UUID(int=258), "75" + "00000010" + "00" * 14 + "0102"),
        (Uuid, str(UUID(int=258)), "75" + "00000010" + "00" * 14 + "0102"),
        (moment("c").type, NOON, "6d" + "0000000c" + NOON_BYTES),
        (moment("c").type, NOON.astimezone(timezone(timedelta(hours=5))), "6d" + "0000000c" + NOON_BYTES),
        (moment("c").type, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "6d" + "0000000c" + "ffffffff" + "0001517f" + "00000000"),
        (Boolean, True, "62" + "00000001" + "01"),
        (Boolean, False, "62" + "00000001" + "00"),
        (Integer, -2, "69" + "00000008" + "fffffffffffffffe"),
        (BigInteger, 258, "69" + "00000008" + "0000000000000102"),
        (Text, "ä", "74" + "00000002" + "c3a4"),
        (Text, "", "74" + "00000000"),
        (LargeBinary, b"\x00\xff", "78" + "00000002" + "00ff"),
        (TSTZRANGE, Range(NOON, NOON), "72" + "00000027" + ("0000000c" + NOON_BYTES) * 2 + "00000003" + "010000"),
        (TSTZRANGE, Range(NOON, NOON, upper_inc=True), "72" + "00000027" + ("0000000c" + NOON_BYTES) * 2 + "00000003" + "010100"),
        (TSTZRANGE, Range(NOON, None), "72" + "0000001b" + "0000000c" + NOON_BYTES + "00000000" + "00000003" + "010000"),
        (TSTZRANGE, Range(None, NOON, upper_inc=True), "72" + "0000001b" + "00000000" + "0000000c" + NOON_BYTES + "00000003" + "000100"),
        (TSTZRANGE, Range(empty=True), "72" + "0000000f" + "00000000" * 2 + "00000003" + "000001"),
        (ARRAY(Text), ["a", "", "bc"], "61" + "0000000f" + "0000000161" + "00000000" + "000000026263"),
    ],
)
def test_each_type_has_one_encoding(kind, value, expected):
    assert encoded(kind, value) == NAME + expected


def test_columns_come_in_the_order_of_their_names_and_those_that_are_not_set_are_left_out():
    table = Table("t", MetaData(), Column("b", Boolean), Column("a", Text), Column("c", Integer))
    row = {"b": True, "a": "x", "c": None}
    a, b = "00000001" + "61" + "74" + "00000001" + "78", "00000001" + "62" + "62" + "00000001" + "01"
    assert encoder(table, ["b", "c", "a"])(row).hex() == a + b
    assert encoder(table, ["b"])(row | {"b": None}) == b""
    with pytest.raises(KeyError):
        encoder(table, ["a", "b"])({"a": "x"})
