"""Statements of filtered lists: one per combination of filters, compiled at its first use."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, Date, DateTime, Integer, MetaData, Table, Text, Uuid, bindparam, select

from chassis.db import lists
from chassis.db.lists import DatedList, FilteredStatement

metadata = MetaData()
visits = Table("visits", metadata, Column("id", Uuid), Column("at", DateTime), Column("client_id", Uuid), Column("status", Text))
visit_counters = Table("visit_counters", metadata, Column("day", Date), Column("state", Text), Column("visit_count", Integer))


def visit_list(**changes) -> DatedList:
    options = {"selective": ("client_id",), "counter_columns": {"status": "state"}, **changes}
    bounds = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    return DatedList(visits, visits.c.at, counters=visit_counters, count_column="visit_count", bounds=bounds, **options)


def by_names(names):
    return select(visits.c.id).where(*(visits.c[name] == bindparam(name) for name in sorted(names)))


@pytest.fixture
def compiled(monkeypatch):
    """The expressions that were compiled."""
    expressions, compile_statement = [], lists.query

    def recording(expression):
        expressions.append(expression)
        return compile_statement(expression)

    monkeypatch.setattr(lists, "query", recording)
    return expressions


def test_a_combination_of_filters_is_compiled_at_its_first_use_and_only_then(compiled):
    visit_statement = FilteredStatement(by_names)
    assert compiled == []

    first = visit_statement(["client_id", "status"])
    assert len(compiled) == 1
    assert visit_statement(["status", "client_id"]) is first
    assert visit_statement({"client_id": 1, "status": 2}) is first
    assert len(compiled) == 1
    assert visit_statement(["status"]) is not first
    assert len(compiled) == 2


def test_a_filter_that_is_not_set_is_not_in_the_sql():
    visit_statement = FilteredStatement(by_names)

    assert visit_statement().names == ()
    assert visit_statement(["status"]).names == ("status",)
    assert "client_id" not in visit_statement(["status"]).sql


def test_no_more_combinations_are_kept_than_the_bound(compiled, monkeypatch):
    monkeypatch.setattr(FilteredStatement, "MAX_CACHED", 2)
    visit_statement = FilteredStatement(by_names)

    for names in ([], ["status"], ["client_id"], []):
        visit_statement(names)
    assert len(compiled) == 4, "the least recently used combination was dropped and compiled again"
    visit_statement(["client_id"])
    assert len(compiled) == 4


def test_a_list_compiles_nothing_before_it_is_read(compiled):
    visit_list()

    assert compiled == []


@pytest.mark.parametrize("statement", ["list_statement", "count_statement", "locate_statement"])
def test_a_name_that_is_not_a_filter_of_the_list_is_refused(statement):
    with pytest.raises(KeyError):
        getattr(visit_list(), statement)(["at"])


@pytest.mark.parametrize(
    "options", [{"selective": ("doctor_id",)}, {"counter_columns": {"status": "room"}}, {"counter_columns": {"room": "state"}}]
)
def test_a_filter_without_a_column_is_refused_when_the_list_is_declared(options):
    with pytest.raises(KeyError):
        visit_list(**options)


def test_a_list_names_the_filters_it_has():
    assert visit_list().filters == ("client_id", "status")
