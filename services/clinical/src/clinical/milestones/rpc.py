"""The Milestones service: each method is one use case and one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import milestones_pb2 as pb
from caseload.clinical.v1.milestones_rpc import MilestonesServicer
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import given, masked
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from clinical.milestones import mapping, rules, store
from clinical.plans import rules as plan_rules
from clinical.plans import store as plans


class Milestones(MilestonesServicer[UnitOfWork]):
    """Every change locks the plan's row first, so that milestones have one order, whoever else changes them at the same time."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def CreateMilestone(self, request: pb.CreateMilestoneRequest, work: UnitOfWork) -> pb.Milestone:
        texts = given(request)
        content = rules.normalized({name: texts[name] for name in rules.TEXTS})
        content["status"] = enum_text(pb.MilestoneStatus, request.status) if request.HasField("status") else "pending"
        content["achieved_at"] = None
        said = {"achieved_at": to_datetime(request.achieved_at)} if request.HasField("achieved_at") else {}
        content = rules.changed(content, said, now=work.now)
        rules.check_milestone(content, now=work.now)
        keys = await self._keys.of(work.workspace_id)
        plan = await self._lock(request.plan_id, work)
        present = (await work.db.one(store.count, plan_id=request.plan_id))["total"]
        rules.check_room(present)
        new = {
            "id": uuid7(),
            "plan_id": UUID(request.plan_id),
            "version": 1,
            "position": present,
            "status": content["status"],
            "achieved_at": content["achieved_at"],
            "created_at": work.now,
            "updated_at": work.now,
        }
        columns = mapping.to_columns(mapping.seal(content, keys, new, work))
        row = await work.db.one(store.create, plan_id=request.plan_id, now=work.now, **columns)
        await self._tell(plan, row, work)
        work.note(milestone_id=str(row["id"]))
        return mapping.from_row(row, keys)

    async def ListMilestones(self, request: pb.ListMilestonesRequest, work: UnitOfWork) -> pb.MilestonePage:
        window = page(request)
        keys = await self._keys.of(work.workspace_id)
        await work.db.one(plans.get, id=request.plan_id)
        found = await work.db.all(store.page, plan_id=request.plan_id, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count, plan_id=request.plan_id)
        return pb.MilestonePage(items=[mapping.from_row(row, keys) for row in found], total=total["total"])

    async def UpdateMilestone(self, request: pb.UpdateMilestoneRequest, work: UnitOfWork) -> pb.Milestone:
        changes = rules.normalized(masked(request, rules.EDITABLE))
        keys = await self._keys.of(work.workspace_id)
        plan = await self._lock(request.plan_id, work)
        row = await work.db.one(store.get, id=request.milestone_id, plan_id=request.plan_id)
        before = mapping.values(row, keys)
        after = rules.changed(before, changes, now=work.now)
        rules.check_milestone(after, now=work.now)
        if after == before:
            return mapping.from_row(row, keys)
        changed = mapping.changed_row(row, work, status=after["status"], achieved_at=after["achieved_at"])
        saved = mapping.seal(after, keys, changed, work)
        await work.db.run(store.save, now=work.now, **mapping.to_columns(saved))
        await self._tell(plan, saved, work)
        work.note(milestone_id=request.milestone_id)
        return mapping.from_row(saved, keys)

    async def OrderMilestones(self, request: pb.OrderMilestonesRequest, work: UnitOfWork) -> pb.MilestoneOrder:
        wanted = [UUID(milestone_id) for milestone_id in request.milestone_ids]
        keys = await self._keys.of(work.workspace_id)
        await self._lock(request.plan_id, work)
        present = {row["id"]: row for row in await work.db.all(store.of_plan, plan_id=request.plan_id)}
        rules.check_order(wanted, list(present))
        placed = await self._place([present[milestone_id] for milestone_id in wanted], keys, work)
        return pb.MilestoneOrder(items=[mapping.from_row(row, keys) for row in placed], total=len(placed))

    async def DeleteMilestone(self, request: pb.DeleteMilestoneRequest, work: UnitOfWork) -> pb.DeleteMilestoneResponse:
        keys = await self._keys.of(work.workspace_id)
        await self._lock(request.plan_id, work)
        removed = await work.db.one(store.remove, id=request.milestone_id, plan_id=request.plan_id)
        mapping.MILESTONES.gone(removed, keys, work)
        await self._place(await work.db.all(store.of_plan, plan_id=request.plan_id), keys, work)
        work.note(milestone_id=request.milestone_id)
        return pb.DeleteMilestoneResponse()

    async def _lock(self, plan_id: str, work: UnitOfWork) -> Record:
        """The plan, locked until the commit. Raises Conflict if it has ended: its milestones stay as they were then."""
        plan = await work.db.one(plans.lock, id=plan_id)
        plan_rules.check_active(plan["status"])
        return plan

    async def _place(self, rows: Sequence[Record], keys: WorkspaceKeys, work: UnitOfWork) -> list[Mapping[str, Any]]:
        """Gives the milestones positions from 0 in this order, and returns them. Those that have theirs already are not written."""
        placed: list[Mapping[str, Any]] = []
        moved = []
        for position, row in enumerate(rows):
            if row["position"] == position:
                placed.append(row)
                continue
            changed = mapping.changed_row(row, work, position=position)
            placed.append(mapping.seal(mapping.values(row, keys), keys, changed, work))
            moved.append(mapping.to_columns(placed[-1]) | {"now": work.now})
        if moved:
            await work.db.many(store.save, moved)
        return placed

    async def _tell(self, plan: Mapping[str, Any], row: Mapping[str, Any], work: UnitOfWork) -> None:
        """Shows in the timeline that the milestone is achieved, and when; or no longer, if it is not."""
        if row["status"] != rules.ACHIEVED:
            await work.db.run(plans.hide_event_of_milestone, milestone_id=row["id"])
            return
        told = {"plan_id": plan["id"], "client_id": plan["client_id"], "milestone_id": row["id"], "at": row["achieved_at"]}
        await work.db.run(plans.record_event, id=rules.event_id(row["id"]), kind="milestone_achieved", **told)
