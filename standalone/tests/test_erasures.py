"""What every service does with an erased workspace, by its own tables: nothing is left that nobody has thought of."""

import pytest

from chassis.service.erasure import erasable_tables
from standalone.services import SERVICES

# Kept in every service: see chassis/service/erasure.py.
OF_ALL = {"outbox", "inbox", "data_keys", "erased_workspaces"}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_table_of_workspaces_is_erased_or_kept_for_a_reason(service):
    erased = [table.name for table in erasable_tables(service)]
    of_workspaces = {table.name for table in service.metadata.sorted_tables if "workspace_id" in table.c}

    assert len(erased) == len(set(erased)) > 0
    assert set(erased) | OF_ALL | service.erasure.kept.keys() == of_workspaces
    assert not set(erased) & (OF_ALL | service.erasure.kept.keys())
    assert all(len(reason) > 5 for reason in service.erasure.kept.values())


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_eraser_may_delete_what_is_erased_and_nothing_that_is_kept(service):
    erased = {table.name for table in erasable_tables(service)}
    for table in service.metadata.sorted_tables:
        access = table.info.get("access")
        if access is None:
            # Tables without `tenant` have their grants in the migrations: test_grants holds them against a list.
            continue
        may_delete = any("DELETE" in access.grants.get(role, "") for role in ("app", "eraser"))
        assert may_delete == (table.name in erased) or table.name == "blacklist", table.name


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_row_goes_before_those_that_refer_to_it(service):
    order = [table.name for table in erasable_tables(service)]
    for table in erasable_tables(service):
        for key in table.foreign_keys:
            referred = key.column.table.name
            if referred in order and referred != table.name:
                assert order.index(table.name) < order.index(referred), f"{referred} before {table.name}"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_changes_of_counters_go_before_the_counters(service):
    order = [table.name for table in erasable_tables(service)]
    changes = [name for name in order if name.endswith("_changes") and name not in {"alert_changes", "status_changes"}]

    assert order[: len(changes)] == changes


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_its_events_are_its_own(service):
    for event in (service.erasure.unfinished, service.erasure.finished):
        assert event.DESCRIPTOR.full_name.split(".")[1] == service.name
