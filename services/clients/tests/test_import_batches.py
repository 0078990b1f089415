"""Rows made ready before their step: as the service itself writes a client, and nothing of them for a dry run."""

import os
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from chassis.encryption.records import WorkspaceKeys
from clients.clients import mapping
from clients.imports.batches import prepare
from clients.imports.reading import Row

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "external_id": "1",
    "email": "ada@example.org",
    "tags": ["x"],
    "phone": None,
    "is_active": None,
}


@pytest.fixture(scope="module")
def keys():
    return WorkspaceKeys("clients", uuid4(), active=1, keys={1: os.urandom(32)}, index=os.urandom(32))


def test_a_row_becomes_a_client_as_it_is_written(keys):
    batch = prepare([Row(1, ADA)], keys, NOW, sealed=True)
    (ready,) = batch.clients
    assert mapping.to_message({"workspace_id": keys.workspace_id, **ready.row}, keys) == ready.client
    assert (ready.client.full_name, ready.client.is_active, ready.client.version) == ("Ada Lovelace", True, 1)
    assert ready.client.created_at == ready.client.updated_at
    assert (ready.client.created_at.ToDatetime(UTC), ready.client.workspace_id) == (NOW, str(keys.workspace_id))
    assert ready.tokens == [ready.row["external_id_index"]]
    assert batch.columns["id"] == [UUID(ready.client.id)]


def test_the_trail_is_to_tell_of_it_what_the_row_says(keys):
    (ready,) = prepare([Row(1, ADA)], keys, NOW, sealed=True).clients
    assert ready.witnessed == [("clients.clients", ready.row["id"], 1, mapping.CLIENTS.digest(ready.row, keys))]


def test_a_row_with_faults_leaves_the_others_as_they_are(keys):
    wrong = {**ADA, "last_name": None, "email": "nobody"}
    batch = prepare([Row(1, ADA), Row(2, wrong), Row(3, {**ADA, "external_id": None})], keys, NOW, sealed=True)
    assert [(row, [fault.pointer for fault in faults]) for row, faults in batch.faults] == [(2, ["/last_name", "/email"])]
    assert [len(ready.tokens) for ready in batch.clients] == [1, 0]


def test_a_dry_run_seals_nothing(keys):
    batch = prepare([Row(1, ADA)], keys, NOW, sealed=False)
    assert [(ready.row, ready.witnessed, len(ready.tokens)) for ready in batch.clients] == [({}, (), 1)]
    assert batch.columns == {}
