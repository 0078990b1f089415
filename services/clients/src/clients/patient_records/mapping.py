"""Maps what is kept of a patient between messages and rows."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from caseload.clients.v1 import clients_pb2, patients_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable, Witness
from clients.patient_records.store import CLIENT
from clients.tables import patients

PATIENTS = SealedTable(patients)
PatientId: TypeAlias = int | str


def open_details(row: Mapping[str, Any], keys: WorkspaceKeys) -> patients_pb2.PatientDetails:
    return PATIENTS.open(row, keys, into=patients_pb2.PatientDetails())


def to_columns(details: patients_pb2.PatientDetails, row: Mapping[str, Any], keys: WorkspaceKeys, witness: Witness) -> dict[str, Any]:
    """The row with its details sealed."""
    return {**row, "sealed": PATIENTS.seal(details, keys, row, witness)}


def id_index(patient_id: PatientId, keys: WorkspaceKeys) -> bytes:
    """A path names a number and its digits alike, so no two patients have them."""
    return keys.exact("patient_id", str(patient_id))


def id_indexes(patient_id: PatientId, keys: WorkspaceKeys) -> list[bytes]:
    """The indexes that the patient with this id may have."""
    return keys.every_exact("patient_id", str(patient_id))


def id_of(details: patients_pb2.PatientDetails) -> PatientId:
    return details.text if details.HasField("text") else details.number


def client_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The client's columns of a row that was read with the patient's."""
    client = {name.removeprefix(CLIENT): value for name, value in row.items() if name.startswith(CLIENT)}
    return client | {"workspace_id": row["workspace_id"]}


def record_of(details: patients_pb2.PatientDetails, client: clients_pb2.Client) -> dict[str, int | str | None]:
    """The record as its front end reads it. What was changed of the client elsewhere shows here."""
    is_as_written = (details.first_name, details.last_name) == (client.first_name, client.last_name)
    return {
        "id": id_of(details),
        "patientID": client.external_id if client.HasField("external_id") else None,
        "name": details.name if is_as_written else client.full_name,
        "age": details.age,
        "gender": client.gender if client.HasField("gender") else None,
        "medicalCondition": client.medical_history if client.HasField("medical_history") else None,
        "lastVisit": details.last_visit,
    }


def to_message(client_id: str, record: Mapping[str, Any]) -> patients_pb2.Patient:
    return patients_pb2.Patient(id=client_id, record=json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())
