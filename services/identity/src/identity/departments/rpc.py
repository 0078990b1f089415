"""The Departments service: each method is one use case and one transaction."""

from uuid_utils.compat import uuid7

from caseload.identity.v1 import departments_pb2 as pb
from caseload.identity.v1.departments_rpc import DepartmentsServicer
from chassis.errors import NotFound
from chassis.paging import page
from chassis.protobuf.fields import fill, given, masked
from chassis.work.unit_of_work import UnitOfWork
from identity.departments import rules, store


class Departments(DepartmentsServicer[UnitOfWork]):
    async def CreateDepartment(self, request: pb.CreateDepartmentRequest, work: UnitOfWork) -> pb.Department:
        values = given(request)
        department = rules.check_department({**values, "is_active": True if values["is_active"] is None else values["is_active"]})
        return fill(pb.Department(), await work.db.one(store.add_department, id=uuid7(), now=work.now, **department))

    async def ListDepartments(self, request: pb.ListDepartmentsRequest, work: UnitOfWork) -> pb.DepartmentPage:
        shown = page(request)
        filters = {"is_active": request.is_active} if request.HasField("is_active") else {}
        total = (await work.db.one(store.count_departments(filters), **filters))["total"]
        rows = await work.db.all(store.list_departments(filters), **filters, skip=shown.offset, limit=shown.limit)
        return pb.DepartmentPage(items=[fill(pb.Department(), row) for row in rows], total=total)

    async def GetDepartment(self, request: pb.GetDepartmentRequest, work: UnitOfWork) -> pb.Department:
        row = await work.db.maybe(store.get_department, department_id=request.department_id)
        if row is None:
            raise NotFound("department_not_found", "There is no such department here.")
        return fill(pb.Department(), row)

    async def UpdateDepartment(self, request: pb.UpdateDepartmentRequest, work: UnitOfWork) -> pb.Department:
        changes = masked(request, rules.CHANGEABLE)
        was = await work.db.one(store.lock_department, department_id=request.department_id)
        department = rules.check_department({name: changes.get(name, was[name]) for name in rules.CHANGEABLE})
        changed = await work.db.one(store.update_department, department_id=request.department_id, now=work.now, **department)
        return fill(pb.Department(), changed)

    async def DeleteDepartment(self, request: pb.DeleteDepartmentRequest, work: UnitOfWork) -> pb.DeleteDepartmentResponse:
        await work.db.one(store.lock_department, department_id=request.department_id)
        rules.check_deletion((await work.db.one(store.count_users, department_id=request.department_id))["users"])
        await work.db.run(store.delete_department, department_id=request.department_id)
        return pb.DeleteDepartmentResponse()
