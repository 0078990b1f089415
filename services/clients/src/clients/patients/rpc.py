"""The Patients service: each method is one use case and one transaction."""

from uuid import UUID

from caseload.clients.v1 import patients_pb2 as pb
from caseload.clients.v1.patients_rpc import PatientsServicer
from chassis.care_teams.access import CareTeams
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Forbidden, Unavailable
from chassis.paging import BEGINNING
from chassis.protobuf.fields import given
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import store as clients
from clients.clients.mapping import to_message as to_client
from clients.clients.turns import Turns
from clients.clients.workflow import check_not_merged, same_person_as
from clients.patient_records import mapping, store
from clients.patients import queries, workflow
from clients.patients.patient_index import PatientIndexes

# Of the rest of a list that are looked at for one part of the answer.
_MOST_IN_A_PART = 20_000
_COPIED_AT_ONCE = 1_000


class Patients(PatientsServicer[UnitOfWork]):
    """Methods fetch the keys before their first statement, so that no transaction is open while they wait for them."""

    def __init__(self, keys: Keys, indexes: PatientIndexes, care_teams: CareTeams) -> None:
        self._keys = keys
        self._indexes = indexes
        self._care_teams = care_teams

    async def CreatePatient(self, request: pb.CreatePatientRequest, work: UnitOfWork) -> pb.Patient:
        _check_clinical(work)
        keys = await self._keys.of(work.workspace_id)
        return await workflow.create(given(request)["record"] or {}, keys, work)

    async def ListPatients(self, request: pb.ListPatientsRequest, work: UnitOfWork) -> pb.PatientList:
        _check_clinical(work)
        query = queries.read(request)
        keys = await self._keys.of(work.workspace_id)
        index = await self._indexes.current(work.db, keys)
        restricted = {row["client_id"] for row in await work.db.all(self._care_teams.store.restricted, now=work.now)}
        hidden = await self._care_teams.hidden(work, work.db) if restricted else frozenset()
        selected = await index.select(query, hidden)
        shown = selected[query.start : query.end]
        place = 0
        if request.HasField("after") and (after := UUID(request.after)) != BEGINNING:
            place = next((number for number, entry in enumerate(shown, 1) if entry.client_id == after), -1)
            if place < 0:
                raise Unavailable("list_changing", "The list changes while it is read; try again.", retry_after=1.0)
        rest = shown[place : place + _MOST_IN_A_PART]
        if restricted and (opened := restricted.intersection(entry.client_id for entry in rest)):
            # The audit line tells by which broken glass they are seen, if by any.
            await self._care_teams.of(work, opened)
        more = place + _MOST_IN_A_PART < len(shown)
        reply, turns = pb.PatientList(total=len(selected), more=more), Turns()
        for start in range(0, len(rest), _COPIED_AT_ONCE):
            reply.MergeFromString(b"".join(entry.alone for entry in rest[start : start + _COPIED_AT_ONCE]))
            await turns.give_way()
        return reply

    async def GetPatient(self, request: pb.GetPatientRequest, work: UnitOfWork) -> pb.Patient:
        _check_clinical(work)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.maybe(store.get, id_indexes=mapping.id_indexes(request.patient_id, keys))
        if row is None or row["client_merged_into"] is not None:
            raise workflow.unknown_patient()
        await self._care_teams.check(work, [row["client_id"]])
        if not row["client_is_active"]:
            raise workflow.unknown_patient()
        return _to_message(row, keys)

    async def ExportPatients(self, request: pb.ExportPatientsRequest, work: UnitOfWork) -> pb.ExportedPatients:
        _check_clinical(work)
        keys = await self._keys.of(work.workspace_id)
        await check_not_merged(await work.find_one(clients.get_names, request.client_id), work)
        rows = await work.db.all(store.get_by_clients, client_ids=await same_person_as(request.client_id, work))
        return pb.ExportedPatients(records=[_to_message(row, keys).record for row in rows])

    async def UpdatePatient(self, request: pb.UpdatePatientRequest, work: UnitOfWork) -> pb.Patient:
        _check_clinical(work)
        keys = await self._keys.of(work.workspace_id)
        return await workflow.update(
            request.patient_id, given(request)["record"] or {}, keys, work, self._care_teams, partial=request.partial
        )

    async def RemovePatient(self, request: pb.RemovePatientRequest, work: UnitOfWork) -> pb.RemovePatientResponse:
        _check_clinical(work)
        keys = await self._keys.of(work.workspace_id)
        return pb.RemovePatientResponse(client_id=await workflow.remove(request.patient_id, keys, work, self._care_teams))


def _check_clinical(work: UnitOfWork) -> None:
    """Raises Forbidden for a caller who may not see what is on record of a client's health: it is a part of every record, and may be searched for."""
    if work.caller.service is None and "clients:phi" not in work.caller.scopes:
        raise Forbidden("client_phi_not_permitted", "Your role does not permit this.", facts={"fields": ["medicalCondition"]})


def _to_message(row: Record, keys: WorkspaceKeys) -> pb.Patient:
    """The patient of a row that was read with the client's."""
    client = to_client(mapping.client_row(row) | {"id": row["client_id"]}, keys)
    return mapping.to_message(client.id, mapping.record_of(mapping.open_details(row, keys), client))
