"""The OnCall service: each method is one use case and one transaction."""

from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import departments_pb2
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import on_call_pb2 as pb
from caseload.notifications.v1.on_call_rpc import OnCallServicer
from chassis.paging import page
from chassis.protobuf.fields import fill, given
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from notifications.on_call import rules, store, workflow


class OnCall(OnCallServicer[UnitOfWork]):
    """Asks identity before the first statement."""

    def __init__(self, users: UsersStub, departments: DepartmentsStub) -> None:
        self._users = users
        self._departments = departments

    async def ListOnCall(self, request: pb.ListOnCallRequest, work: UnitOfWork) -> pb.OnCallList:
        at = to_datetime(request.at) if request.HasField("at") else work.now
        wanted = UUID(request.department_id) if request.HasField("department_id") else None
        if wanted is not None:
            await self._check_department(request.department_id, work)
        own = workflow.on_behalf_of_service(work.context, work.workspace_id)
        async with work.beside(work.workspace_id) as tx:
            overrides = await workflow.overrides(tx, at)
        staff = await workflow.staff(self._users, own, user_ids={each.user_id for each in overrides})
        found = rules.on_call(staff.workers, overrides, staff.zone, at)
        if wanted is not None:
            found = {wanted: found.get(wanted, set())}
        groups = sorted(found.items(), key=lambda group: str(group[0] or ""))
        return pb.OnCallList(
            items=[
                pb.OnCallGroup(
                    department_id=None if department is None else str(department), user_ids=sorted(map(str, user_ids)), at=to_timestamp(at)
                )
                for department, user_ids in groups
            ]
        )

    async def CreateOverride(self, request: pb.CreateOverrideRequest, work: UnitOfWork) -> pb.OnCallOverride:
        values = given(request)
        users = {name: None if values[name] is None else UUID(values[name]) for name in ("user_id", "replaces_user_id")}
        starts_at, ends_at = to_datetime(request.starts_at), to_datetime(request.ends_at)
        rules.check_override(starts_at, ends_at, user_id=UUID(request.user_id), replaces_user_id=users["replaces_user_id"])
        own = workflow.on_behalf_of_service(work.context, work.workspace_id)
        staff = await workflow.staff(self._users, own, with_shifts=False, user_ids={each for each in users.values() if each})
        rules.check_staff(users, {worker.id for worker in staff.workers})
        if values["department_id"] is not None:
            await self._check_department(values["department_id"], work)
        named = None if values["department_id"] is None else UUID(values["department_id"])
        values["department_id"] = rules.department_of_override(named, users["replaces_user_id"], staff.workers)
        row = {**values, "starts_at": starts_at, "ends_at": ends_at, "id": uuid7(), "created_by": work.user_id, "created_at": work.now}
        return fill(pb.OnCallOverride(), await work.db.one(store.add, **row))

    async def ListOverrides(self, request: pb.ListOverridesRequest, work: UnitOfWork) -> pb.OverridePage:
        bounds = page(request)
        found = await work.db.all(store.page, limit=bounds.limit, offset=bounds.offset)
        counted = await work.db.one(store.count)
        return pb.OverridePage(items=[fill(pb.OnCallOverride(), row) for row in found], total=counted["total"])

    async def DeleteOverride(self, request: pb.DeleteOverrideRequest, work: UnitOfWork) -> pb.DeleteOverrideResponse:
        await work.db.one(store.remove, id=request.override_id)
        return pb.DeleteOverrideResponse()

    async def _check_department(self, department_id: str, work: UnitOfWork) -> None:
        """Raises NotFound unless the workspace has the department."""
        await self._departments.GetDepartment(departments_pb2.GetDepartmentRequest(department_id=department_id), work.context)
