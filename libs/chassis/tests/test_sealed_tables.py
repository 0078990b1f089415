"""Tables with sealed values: what is bound is declared, encoded without ambiguity, and not changed without sealing again."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import Range
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, Table, Text, Uuid, bindparam, delete, insert, update
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE
from sqlalchemy.dialects.postgresql import insert as upsert

from caseload.clinical.v1 import sessions_pb2
from chassis.db.statement import command
from chassis.db.tables import Sealed, moment, tenant
from chassis.encryption.bound_columns import encoder
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable

KEYS = WorkspaceKeys("parcels", UUID(int=7), active=1, keys={1: b"s" * 32}, index=b"i" * 32)
ROW = {"id": UUID(int=9), "version": 3, "owner_id": UUID(int=1), "status": "open", "seen": 4}


def notes(**but: Any) -> Table:
    declared = {"bound": ("owner_id", "status"), "unbound": {"seen": "a counter"}, "parts": {"sealed_name": ("status",)}} | but
    return tenant(
        "notes",
        MetaData(schema="parcels"),
        Column("id", Uuid, primary_key=True),
        Column("version", BigInteger, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("sealed_name", LargeBinary, nullable=False),
        Column("owner_id", Uuid),
        Column("status", Text),
        Column("seen", Integer),
        sealed=Sealed(**declared),
    )


TABLE_OF_ONE = tenant(
    "words",
    MetaData(schema="parcels"),
    Column("id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sealed=Sealed(bound=()),
)


TABLE_WITH_A_REASON = tenant(
    "remarks",
    MetaData(schema="parcels"),
    Column("id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reason", LargeBinary),
    sealed=Sealed(bound=(), columns=("sealed", "reason")),
)


class Told:
    def __init__(self) -> None:
        self.digests: list[tuple[Any, ...]] = []

    def witness(self, *record: Any) -> None:
        self.digests.append(record)


# --- what is declared


@pytest.mark.parametrize(
    ("declared", "column"),
    [({"unbound": {}}, "seen"), ({"bound": ("owner_id", "status", "seen")}, ""), ({"bound": ("owner_id", "status", "gone")}, "gone")],
)
def test_every_column_is_declared_exactly_once(declared, column):
    with pytest.raises(TypeError, match=f"not declared once as bound or unbound: .*{column}"):
        notes(**declared)


def test_a_column_that_has_no_single_encoding_cannot_be_bound():
    with pytest.raises(TypeError, match="cannot be bound"):
        encoder(Table("t", MetaData(), Column("shifts", JSONB)), ["shifts"])


# --- what opens


def test_a_row_opens_with_its_bound_columns_and_with_no_others():
    table, told = SealedTable(notes()), Told()
    messages = {"sealed": sessions_pb2.Session(subjective="Worse."), "sealed_name": sessions_pb2.Session(subjective="Ada")}
    row = ROW | table.seal_row(messages, KEYS, ROW, told)
    assert table.open(row | {"seen": 5}, KEYS, into=sessions_pb2.Session()).subjective == "Worse."
    for change in ({"owner_id": UUID(int=2)}, {"owner_id": None}, {"status": "signed"}, {"version": 2}, {"id": UUID(int=8)}):
        with pytest.raises(SealBroken):
            table.open(row | change, KEYS, into=sessions_pb2.Session())
    (digest,) = told.digests
    assert digest == ("parcels.notes", ROW["id"], 3, table.digest(row, KEYS))


def test_what_was_sealed_is_as_bytes_too_and_is_sealed_again_without_a_word():
    table, told = SealedTable(notes()), Told()
    note, name = sessions_pb2.Session(subjective="Worse."), sessions_pb2.Session(subjective="Ada")
    row = ROW | table.seal_row({"sealed": note, "sealed_name": name}, KEYS, ROW, told)
    newer = WorkspaceKeys("parcels", UUID(int=7), active=2, keys={1: b"s" * 32, 2: b"t" * 32}, index=b"i" * 32)
    digest = table.digest(row, KEYS)

    assert table.open_bytes(row, KEYS) == note.SerializeToString()
    for column, message in (("sealed", note), ("sealed_name", name)):
        row[column] = newer.seal_bytes(table.open_bytes(row, KEYS, column=column), **table.place_of(row, column))
        assert row[column][1:5] == b"\0\0\0\x02"
        assert table.open_bytes(row, newer, column=column) == message.SerializeToString()
    assert table.digest(row, newer) == digest
    assert len(told.digests) == 1


def test_a_table_with_one_sealed_value_seals_one():
    table, told = SealedTable(TABLE_OF_ONE), Told()
    row = {"id": UUID(int=9), "version": 3}
    note = sessions_pb2.Session(subjective="Worse.")
    row["sealed"] = table.seal(note, KEYS, row, told)
    expected = KEYS.record_digest(note.SerializeToString(), table="words", row=UUID(int=9), revision=3, bound=b"")
    assert [digest for *_, digest in told.digests] == [expected]
    assert table.open(row, KEYS, into=sessions_pb2.Session()).subjective == "Worse."
    assert told.digests == [("parcels.words", UUID(int=9), 3, table.digest(row, KEYS))]


def test_a_digest_is_of_every_sealed_value_of_the_row():
    table, told = SealedTable(notes()), Told()
    note = sessions_pb2.Session(subjective="Worse.")
    for name in ("Ada", "Eve"):
        table.seal_row({"sealed": note, "sealed_name": sessions_pb2.Session(subjective=name)}, KEYS, ROW, told)
    (*_, first), (*_, second) = told.digests
    assert first != second
    with pytest.raises(KeyError):
        table.seal(note, KEYS, ROW, told)


def test_a_deletion_has_a_digest_of_its_own_for_every_row_and_revision():
    table, told = SealedTable(notes()), Told()
    rows = [ROW, ROW | {"version": 4}, ROW | {"id": UUID(int=10)}]
    for row in rows:
        table.gone(row, KEYS, told)
    assert [(record_id, revision) for _, record_id, revision, _ in told.digests] == [(row["id"], row["version"] + 1) for row in rows]
    digests = [digest for *_, digest in told.digests]
    assert digests == [table.deletion_digest(row["id"], row["version"] + 1, KEYS) for row in rows]
    other = WorkspaceKeys("parcels", UUID(int=7), active=1, keys={1: b"s" * 32}, index=b"j" * 32)
    assert len({*digests, table.deletion_digest(ROW["id"], 4, other)}) == 4


def test_a_part_is_bound_to_its_own_columns_alone():
    table = SealedTable(notes())
    messages = {"sealed": sessions_pb2.Session(), "sealed_name": sessions_pb2.Session(subjective="Ada")}
    row = ROW | table.seal_row(messages, KEYS, ROW, Told())
    del row["owner_id"]
    assert table.open(row, KEYS, into=sessions_pb2.Session(), column="sealed_name").subjective == "Ada"
    with pytest.raises(SealBroken):
        table.open(row | {"status": "signed"}, KEYS, into=sessions_pb2.Session(), column="sealed_name")


def test_a_row_that_lacks_a_bound_column_is_not_sealed():
    row = {name: value for name, value in ROW.items() if name != "owner_id"}
    with pytest.raises(KeyError):
        SealedTable(notes()).seal(sessions_pb2.Session(), KEYS, row, Told())


# --- how it is encoded

EVERYTHING = Table(
    "everything",
    MetaData(),
    Column("a_text", Text),
    Column("b_text", Text),
    Column("uuid", Uuid),
    Column("flag", Boolean),
    Column("number", BigInteger),
    Column("raw", LargeBinary),
    moment("moment", nullable=True),
    Column("during", TSTZRANGE),
)
encode = encoder(EVERYTHING, [column.name for column in EVERYTHING.columns])
moments = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis asks for naive bounds
rows = st.fixed_dictionaries(
    {
        "a_text": st.none() | st.text(max_size=4),
        "b_text": st.none() | st.text(max_size=4),
        "uuid": st.none() | st.uuids(),
        "flag": st.none() | st.booleans(),
        "number": st.none() | st.integers(-(2**63), 2**63 - 1),
        "raw": st.none() | st.binary(max_size=4),
        "moment": st.none() | moments,
        "during": st.none()
        | st.tuples(st.none() | moments, st.none() | moments).map(lambda ends: Range(*sorted(ends) if None not in ends else ends)),
    }
)


@given(first=rows, second=rows)
def test_two_rows_have_the_same_bytes_only_if_they_are_the_same(first, second):
    assert (encode(first) == encode(second)) == (first == second)


@given(row=rows)
def test_texts_ids_and_time_zones_are_ways_to_write_the_same(row):
    same = dict(row)
    if row["uuid"] is not None:
        same["uuid"] = str(row["uuid"])
    if row["moment"] is not None:
        same["moment"] = row["moment"].astimezone(timezone(timedelta(hours=1)))
    assert encode(same) == encode(row)


def test_nothing_and_something_empty_are_different_and_an_unset_column_is_left_out():
    unset = dict.fromkeys(column.name for column in EVERYTHING.columns)
    assert encode(unset) == b""
    assert len({encode(unset | {name: empty}) for name, empty in (("a_text", ""), ("b_text", ""), ("raw", b""), ("flag", False))}) == 4
    assert encode(unset | {"flag": False}) == b"\0\0\0\x04flagb\0\0\0\x01\0"


# --- what compiles


def changing(*names: str) -> Any:
    return update(TABLE).values({name: bindparam(f"new_{name}") for name in names})


TABLE = notes()


@pytest.mark.parametrize(
    "statement",
    [
        changing("status"),
        changing("status", "version"),
        changing("version"),
        changing("sealed"),
        changing("sealed", "version"),
        changing("status", "sealed", "version"),
        upsert(TABLE).values(id=bindparam("id")).on_conflict_do_update(index_elements=["id"], set_={"status": bindparam("new_status")}),
        insert(TABLE).values(id=bindparam("id")).add_cte(changing("status").returning(TABLE.c.id).cte("changed")),
    ],
    ids=str,
)
def test_a_statement_that_changes_a_bound_column_and_does_not_seal_again_does_not_compile(statement):
    with pytest.raises(TypeError, match="bound into a sealed value"):
        command(statement)


@pytest.mark.parametrize(
    "statement",
    [
        changing("seen"),
        changing("status", "sealed", "sealed_name", "version"),
        insert(TABLE).values(id=bindparam("id"), status=bindparam("status")),
        delete(TABLE).where(TABLE.c.id == uuid4()),
    ],
    ids=str,
)
def test_other_statements_compile(statement):
    assert TABLE.name in command(statement).sql


def test_a_value_that_need_not_be_set_is_told_where_it_is():
    table, told = SealedTable(TABLE_WITH_A_REASON), Told()
    row = {"id": UUID(int=9), "version": 3}
    note, reason = sessions_pb2.Session(subjective="Worse."), sessions_pb2.Session(plan="A slip.")
    without = row | {"reason": None} | table.seal_row({"sealed": note}, KEYS, row, told)
    with_one = row | table.seal_row({"sealed": note, "reason": reason}, KEYS, row, told)
    assert [digest for *_, digest in told.digests] == [table.digest(without, KEYS), table.digest(with_one, KEYS)]
    assert table.digest(without, KEYS) != table.digest(with_one, KEYS)
    assert table.open(with_one, KEYS, into=sessions_pb2.Session(), column="reason").plan == "A slip."
