"""The Plans service: each method is one use case and one transaction."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import plans_pb2 as pb
from caseload.clinical.v1.plans_rpc import PlansServicer
from chassis.care_teams.access import CareTeams
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import page, part
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given, masked
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from clinical.plans import mapping, rules, store
from clinical.timeline import store as timeline
from clinical.treated_clients.workflow import lock_open


class Plans(PlansServicer[UnitOfWork]):
    """Keys are fetched and other services called before the first statement, so that no transaction is open meanwhile."""

    def __init__(self, keys: Keys, clients: ClientsStub, care_teams: CareTeams) -> None:
        self._keys = keys
        self._clients = clients
        self._care_teams = care_teams

    async def CreatePlan(self, request: pb.CreatePlanRequest, work: UnitOfWork) -> pb.Plan:
        content = rules.normalized(given(request)) | {"status": rules.ACTIVE}
        rules.check_plan(content)
        keys, client = await asyncio.gather(
            self._keys.of(work.workspace_id),
            self._clients.CheckClient(clients_pb2.CheckClientRequest(client_id=request.client_id), work.context),
        )
        rules.check_client(is_active=client.is_active)
        await lock_open(work, request.client_id)
        made = mapping.new_row(str(uuid7()), request.client_id, work)
        sealed = mapping.seal(content, keys, made, work)
        row = await work.db.one(store.create, id=made["id"], client_id=request.client_id, sealed=sealed, now=work.now)
        await work.db.run(store.change_counter, status=rules.ACTIVE, live=1)
        await self._tell(content, row, "plan_created", keys, work)
        return mapping.from_row(row, keys)

    async def GetPlan(self, request: pb.GetPlanRequest, work: UnitOfWork) -> pb.Plan:
        keys = await self._keys.of(work.workspace_id)
        return mapping.from_row(await work.db.one(store.get, id=request.plan_id), keys)

    async def ListPlans(self, request: pb.ListPlansRequest, work: UnitOfWork) -> pb.PlanPage:
        window = page(request)
        filters: dict[str, Any] = {}
        if request.HasField("client_id"):
            filters["client_id"] = request.client_id
        if request.HasField("status"):
            filters["status"] = enum_text(pb.PlanStatus, request.status)
        keys = await self._keys.of(work.workspace_id)
        hidden = 0 if "client_id" in filters else await self._count_hidden(work, filters)
        found = await work.db.all(store.page(filters), limit=window.limit, offset=window.offset, **filters)
        total = await work.db.one(store.count(filters), **filters)
        return pb.PlanPage(items=[mapping.from_row(row, keys) for row in found], total=int(total["total"]) - hidden)

    async def _count_hidden(self, work: UnitOfWork, filters: Mapping[str, Any]) -> int:
        """How many plans the workspace's counters count that the caller may not see."""
        async with self._care_teams.beyond(work) as tx:
            hidden = await self._care_teams.hidden(work, tx)
            return int((await tx.one(store.count_hidden(filters), client_ids=list(hidden), **filters))["total"]) if hidden else 0

    async def UpdatePlan(self, request: pb.UpdatePlanRequest, work: UnitOfWork) -> pb.Plan:
        changes = rules.normalized(masked(request, rules.EDITABLE))
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.plan_id)
        plan = mapping.from_row(row, keys)
        before = mapping.values(plan)
        after = {**before, **changes}
        if after == before:
            # A repetition of a change that succeeded, not a second one.
            return plan
        rules.check_fresh(request.expected_version if request.HasField("expected_version") else None, row["version"])
        rules.check_plan(after)
        rules.check_change(before, after)
        changed = mapping.changed_row(row, work, status=after["status"])
        sealed = mapping.seal(after, keys, changed, work)
        saved = await work.db.one(store.save, id=plan.id, status=after["status"], sealed=sealed, now=work.now)
        if after["status"] != before["status"]:
            await work.db.many(store.change_counter, [{"status": before["status"], "live": -1}, {"status": after["status"], "live": 1}])
        await self._tell(after, saved, rules.event_of(before["status"], after["status"]), keys, work)
        return mapping.from_row(saved, keys)

    async def DeletePlan(self, request: pb.DeletePlanRequest, work: UnitOfWork) -> pb.DeletePlanResponse:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.plan_id)
        content = mapping.values(mapping.from_row(row, keys))
        deleted = mapping.changed_row(row, work, deleted_at=work.now, deleted_by_user_id=work.user_id)
        sealed = mapping.seal(content, keys, deleted, work)
        await work.db.run(store.mark_deleted, id=row["id"], by=work.user_id, sealed=sealed, now=work.now)
        await work.db.run(store.hide_events, id=row["id"])
        await work.db.run(store.change_counter, status=row["status"], live=-1)
        return pb.DeletePlanResponse()

    async def ListPlanVersions(self, request: pb.ListPlanVersionsRequest, work: UnitOfWork) -> pb.PlanVersionList:
        window = part(request)
        keys = await self._keys.of(work.workspace_id)
        await work.db.one(store.get, id=request.plan_id)
        found = await work.db.all(store.versions, plan_id=request.plan_id, limit=window.limit, after=window.after)
        return pb.PlanVersionList(versions=[mapping.version_from_row(row, keys) for row in found], more=len(found) == window.limit)

    async def ListPlanEvents(self, request: pb.ListPlanEventsRequest, work: UnitOfWork) -> pb.PlanEventList:
        limit = rules.timeline_limit(request.limit)
        if request.HasField("before"):
            # Without an id, events at exactly that time are left out: no id is less than this one.
            before_id = UUID(request.before_id) if request.HasField("before_id") else UUID(int=0)
            found = await work.db.all(
                store.events_before, client_id=request.client_id, before=to_datetime(request.before), before_id=before_id, limit=limit
            )
        else:
            found = await work.db.all(store.newest_events, client_id=request.client_id, limit=limit)
        total = await work.db.one(timeline.count_events, client_id=request.client_id, source="plans")
        return pb.PlanEventList(items=[fill(pb.PlanEvent(), row) for row in found], total=total["total"])

    async def _tell(self, content: Mapping[str, Any], row: Mapping[str, Any], event: str, keys: WorkspaceKeys, work: UnitOfWork) -> None:
        """Keeps what the plan says from now on as a version, and that it changed as a timeline event."""
        await work.db.run(store.add_version, **mapping.to_version_columns(content, row, keys, work))
        told = {"plan_id": row["id"], "client_id": row["client_id"], "milestone_id": None, "kind": event, "at": work.now}
        await work.db.run(store.record_event, id=uuid7(), **told)
