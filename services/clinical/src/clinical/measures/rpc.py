"""The Measures service: each method is one use case and one transaction."""

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import measures_pb2 as pb
from caseload.clinical.v1.measures_rpc import MeasuresServicer
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from clinical.measures import mapping, rules, store
from clinical.plans import store as plans


class Measures(MeasuresServicer[UnitOfWork]):
    """What is measured after a plan's end belongs to it as well, so its status does not matter here."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def RecordMeasure(self, request: pb.RecordMeasureRequest, work: UnitOfWork) -> pb.Measure:
        name, value = request.name.strip(), request.value
        given = to_datetime(request.measured_at) if request.HasField("measured_at") else None
        rules.check_measure(name, value, given or work.now, now=work.now)
        keys = await self._keys.of(work.workspace_id)
        plan = await work.db.one(plans.lock, id=request.plan_id)
        session_date = None
        if request.HasField("session_id"):
            session = await work.db.one(store.session, id=request.session_id)
            rules.check_same_client(plan["client_id"], session["client_id"])
            session_date = session["session_date"]
        columns = {
            "id": uuid7(),
            "plan_id": request.plan_id,
            "session_id": request.session_id if request.HasField("session_id") else None,
            "measured_at": rules.measured_at(given, session_date, now=work.now),
            "created_at": work.now,
        }
        sealed = mapping.MEASURES.seal(pb.Measure(name=name, value=value), keys, {**columns, "version": 1}, work)
        row = await work.db.one(store.add, **columns, sealed=sealed)
        work.note(measure_id=str(row["id"]))
        return mapping.from_row(row, keys)

    async def ListMeasures(self, request: pb.ListMeasuresRequest, work: UnitOfWork) -> pb.MeasurePage:
        window = page(request)
        keys = await self._keys.of(work.workspace_id)
        await work.db.one(plans.get, id=request.plan_id)
        found = await work.db.all(store.page, plan_id=request.plan_id, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count, plan_id=request.plan_id)
        return pb.MeasurePage(items=[mapping.from_row(row, keys) for row in found], total=total["total"])

    async def DeleteMeasure(self, request: pb.DeleteMeasureRequest, work: UnitOfWork) -> pb.DeleteMeasureResponse:
        keys = await self._keys.of(work.workspace_id)
        await work.db.one(plans.lock, id=request.plan_id)
        mapping.MEASURES.gone(await work.db.one(store.remove, id=request.measure_id, plan_id=request.plan_id), keys, work)
        work.note(measure_id=request.measure_id)
        return pb.DeleteMeasureResponse()
