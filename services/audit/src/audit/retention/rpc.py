"""The Retention service: each method is one use case and one transaction."""

from audit.retention import rules, store
from audit.retention.period import years_kept
from caseload.audit.v1 import retention_pb2 as pb
from caseload.audit.v1.retention_rpc import RetentionServicer
from chassis.work.unit_of_work import UnitOfWork


class Retention(RetentionServicer[UnitOfWork]):
    async def GetRetention(self, request: pb.GetRetentionRequest, work: UnitOfWork) -> pb.RetentionPeriod:
        return pb.RetentionPeriod(years=await years_kept(work.db))

    async def SetRetention(self, request: pb.SetRetentionRequest, work: UnitOfWork) -> pb.RetentionPeriod:
        rules.check_years(request.years)
        await work.db.run(store.put, years=request.years, now=work.now)
        work.note(years=str(request.years))
        return pb.RetentionPeriod(years=request.years)
