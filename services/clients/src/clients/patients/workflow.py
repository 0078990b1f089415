"""Creates and changes patients: for whoever asks, and for an import from a db.json."""

from collections.abc import Mapping
from typing import Any

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2, patients_pb2
from chassis.care_teams.access import CareTeams
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict, Fault, Gone, Invalid, NotFound
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping as clients_mapping
from clients.clients.rules import check_fields
from clients.clients.workflow import lock_client, write_change, write_new
from clients.patient_records import mapping, store
from clients.patients import rules

# The client's field for a member of the record.
_FIELDS = {"patientID": "external_id", "gender": "gender", "medicalCondition": "medical_history"}
_MEMBERS = {field: member for member, field in _FIELDS.items()} | {"first_name": "name", "last_name": "name"}


async def create(record: Mapping[str, Any], keys: WorkspaceKeys, work: UnitOfWork) -> patients_pb2.Patient:
    """Raises Invalid for a record that is not valid, and Conflict if its id or its patientID is in use."""
    values = rules.check_record(record)
    patient_id = rules.check_id(record.get("id"))
    fields = _client_fields(values, work)
    details = _details(patients_pb2.PatientDetails(), values, fields)
    if patient_id is None:
        place = await work.db.one(store.next_number)
        patient_id = details.number = place["last_number"]
    else:
        place = await work.db.one(store.next_position, taken=rules.number_of(patient_id))
        if isinstance(patient_id, int):
            details.number = patient_id
        else:
            details.text = patient_id
        # Two keys give one id two tokens. Who registers patients of a workspace waits for all who did before.
        if len(keys.indexes) > 1 and await work.db.maybe(store.find, id_indexes=mapping.id_indexes(patient_id, keys)) is not None:
            raise Conflict("patient_id_taken")
    client = clients_pb2.Client(id=str(uuid7()), workspace_id=str(work.workspace_id), version=1, is_active=True)
    clients_mapping.set_fields(client, fields)
    client.created_at.CopyFrom(to_timestamp(work.now))
    client.updated_at.CopyFrom(client.created_at)
    await write_new(client, keys, work)
    row = {
        "client_id": client.id,
        "version": 1,
        "position": place["last_position"],
        "id_index": mapping.id_index(patient_id, keys),
        "index_version": keys.index_version,
    }
    await work.db.run(store.create, **mapping.to_columns(details, row, keys, work))
    return mapping.to_message(client.id, mapping.record_of(details, client))


async def update(
    patient_id: str, record: Mapping[str, Any], keys: WorkspaceKeys, work: UnitOfWork, care_teams: CareTeams, *, partial: bool
) -> patients_pb2.Patient:
    """Raises NotFound for an unknown patient, Forbidden for one whose record the caller may not open, Invalid for a record that is not valid, and Conflict if its patientID is in use."""
    row, details, client = await _lock(patient_id, keys, work, care_teams)
    values = rules.check_record(record, partial=partial)
    shown = mapping.record_of(details, client)
    # As it is shown it stays, whatever first and last names it was made of.
    changed = {name: value for name, value in values.items() if value != shown[name]}
    if changed:
        fields = _client_fields(changed, work)
        _details(details, changed, fields)
        row["version"] += 1
        await work.db.run(store.change, **mapping.to_columns(details, row, keys, work))
        clients_mapping.set_fields(client, fields)
        await _write_client(client, keys, work)
    return mapping.to_message(client.id, mapping.record_of(details, client))


async def remove(patient_id: str, keys: WorkspaceKeys, work: UnitOfWork, care_teams: CareTeams) -> str:
    """Deactivates the client; returns its id. Raises NotFound for an unknown patient, Forbidden for one whose record the caller may not open."""
    _, _, client = await _lock(patient_id, keys, work, care_teams)
    client.is_active = False
    await _write_client(client, keys, work)
    return client.id


async def _lock(
    patient_id: str, keys: WorkspaceKeys, work: UnitOfWork, care_teams: CareTeams
) -> tuple[dict[str, Any], patients_pb2.PatientDetails, clients_pb2.Client]:
    """The patient's own columns, their details and the active client, locked until the commit."""
    found = await work.db.maybe(store.find, id_indexes=mapping.id_indexes(patient_id, keys))
    if found is None:
        raise unknown_patient()
    try:
        client = await lock_client(found["client_id"], keys, work)
    except Gone:
        # Merged into another client, whose patient is the other one.
        raise unknown_patient() from None
    if not client.is_active:
        raise unknown_patient()
    await care_teams.check(work, [found["client_id"]])
    kept = await work.db.one(store.lock_details, client_id=found["client_id"])
    row = {name: kept[name] for name in ("client_id", "version", "position", "id_index")}
    return row, mapping.open_details(kept, keys), client


def unknown_patient() -> NotFound:
    return NotFound("not_found", "There is nothing here.")


async def _write_client(client: clients_pb2.Client, keys: WorkspaceKeys, work: UnitOfWork) -> None:
    client.version += 1
    client.updated_at.CopyFrom(to_timestamp(work.now))
    await write_change(client, keys, work)


def _client_fields(values: Mapping[str, Any], work: UnitOfWork) -> dict[str, Any]:
    """The client's fields that these members are. Raises Invalid, naming the members, for what no client may have."""
    fields = {_FIELDS[name]: value for name, value in values.items() if name in _FIELDS}
    if "name" in values:
        fields["first_name"], fields["last_name"] = rules.split_name(values["name"])
    try:
        return check_fields(fields, now=work.now)
    except Invalid as refusal:
        named = [Fault(f"/{_MEMBERS[fault.pointer.removeprefix('/')]}", fault.detail) for fault in refusal.faults]
        raise rules.invalid(list(dict.fromkeys(named))) from None


def _details(details: patients_pb2.PatientDetails, values: Mapping[str, Any], fields: Mapping[str, Any]) -> patients_pb2.PatientDetails:
    """Sets what these members, and the client's fields made of them, are beside the client."""
    if "name" in values:
        details.name = values["name"]
        details.first_name, details.last_name = fields["first_name"], fields["last_name"]
    if "age" in values:
        details.age = values["age"]
    if "lastVisit" in values:
        details.last_visit = values["lastVisit"]
    return details
