"""Patients from the db.json of a json-server: each record whole and in a transaction of its own, and compared with the file afterwards."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict, Fault, Invalid
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping as clients_mapping
from clients.patient_records import mapping, store
from clients.patients import rules, workflow

_RESOURCE = "patients"
# Refusals for which another record is to blame, in words for whoever reads the report.
_IN_USE = {"patient_id_taken": "/id is in use", "external_id_taken": "/patientID is in use"}


@dataclass(slots=True)
class Report:
    """What became of the records, by their places in the file from 1 on. `skipped` were there already; `differing` are not stored as the file has them."""

    imported: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    differing: list[int] = field(default_factory=list)
    # How many of the workspace's patients are records of the file.
    stored: int = 0

    @property
    def is_complete(self) -> bool:
        return not self.failed and not self.differing


class UnreadableFile(ValueError):
    """Says what is wrong with the file, and quotes none of it."""


def read(text: str) -> list[Any]:
    """The records of the file. Raises UnreadableFile for one that has none."""
    try:
        content = json.loads(text, parse_float=_number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise UnreadableFile("this is no JSON") from None
    records = content.get(_RESOURCE) if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise UnreadableFile(f"this has no array of the name {_RESOURCE}")
    return records


async def import_records(runtime: Runtime, workspace_id: UUID, records: Sequence[Any]) -> Report:
    """Imports those that are not there yet, and then compares all that are with the file. Whoever runs it again imports none twice."""
    report, clients = Report(), dict[int, UUID]()
    for place, record in enumerate(records, 1):
        try:
            _check_readable(record)
            # Those of today, each time: while a large file goes in, the workspace may get others.
            keys = await runtime.keys.of(workspace_id)
            async with runtime.background(workspace_id) as work:
                found = await _find(record, keys, work)
                if found is None:
                    found = UUID((await workflow.create(record, keys, work)).id)
                    record_effect(work, "import_patients", options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_CREATE, [found])
                    report.imported.append(place)
                else:
                    report.skipped.append(place)
                clients[place] = found
        except Invalid as refusal:
            report.failed[place] = "; ".join(f"{fault.pointer} {fault.detail}".strip() for fault in refusal.faults)
        except Conflict as refusal:
            report.failed[place] = _IN_USE.get(refusal.code, refusal.message)
    for place, client_id in clients.items():
        keys = await runtime.keys.of(workspace_id)
        async with runtime.background(workspace_id) as work:
            shown = await _shown(client_id, keys, work)
        if shown is None or not _is_same(records[place - 1], shown):
            report.differing.append(place)
    report.stored = len(set(clients.values()))
    return report


async def _find(record: Mapping[str, Any], keys: WorkspaceKeys, work: UnitOfWork) -> UUID | None:
    """The client that this record is: by its id, or without one by its patientID. Raises Conflict where another record has it."""
    patient_id = rules.check_id(record.get("id"))
    if patient_id is not None:
        row = await work.db.maybe(store.get, id_indexes=mapping.id_indexes(patient_id, keys))
        if row is not None and _record_of(row, keys)["patientID"] != record.get("patientID"):
            raise Conflict("patient_id_taken")
    else:
        tokens = clients_mapping.external_id_tokens(rules.check_record(record)["patientID"], keys)
        row = await work.db.maybe(store.get_by_external_id, external_ids=tokens)
        if row is not None and not _is_same(record, _record_of(row, keys)):
            raise Conflict("external_id_taken")
    return None if row is None else row["client_id"]


async def _shown(client_id: UUID, keys: WorkspaceKeys, work: UnitOfWork) -> Mapping[str, Any] | None:
    row = await work.db.maybe(store.get_by_client, client_id=client_id)
    return None if row is None else _record_of(row, keys)


def _record_of(row: Any, keys: WorkspaceKeys) -> Mapping[str, Any]:
    client = clients_mapping.to_message(mapping.client_row(row) | {"id": row["client_id"]}, keys)
    return mapping.record_of(mapping.open_details(row, keys), client)


def _is_same(record: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Whether every member is as the file has it, a number a number and a text a text. A record without an id has been given one."""
    wanted = {name: value for name, value in record.items() if name != "id" or rules.check_id(value) is not None}
    return all(name in shown and shown[name] == value and type(shown[name]) is type(value) for name, value in wanted.items())


def _check_readable(record: Any) -> None:
    if not isinstance(record, dict):
        raise rules.invalid([Fault("", "is no object")])
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise rules.invalid([Fault("", "holds half a character")]) from None


def _number(text: str) -> int | float:
    """34.0 is 34, as it is to JavaScript."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _no_number(_word: str) -> None:
    raise ValueError("it holds a number that JSON does not know")
