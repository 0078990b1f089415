"""The Workspaces service: the caller's own practice or hospital."""

from caseload.identity.v1 import workspaces_pb2 as pb
from caseload.identity.v1.workspaces_rpc import WorkspacesServicer
from chassis.protobuf.fields import fill, masked
from chassis.work.unit_of_work import UnitOfWork
from identity.workspaces import rules, store


class Workspaces(WorkspacesServicer[UnitOfWork]):
    async def GetWorkspace(self, request: pb.GetWorkspaceRequest, work: UnitOfWork) -> pb.Workspace:
        return fill(pb.Workspace(), await work.db.one(store.get_workspace))

    async def UpdateWorkspace(self, request: pb.UpdateWorkspaceRequest, work: UnitOfWork) -> pb.Workspace:
        changes = masked(request, rules.CHANGEABLE)
        rules.check_workspace(changes)

        was = await work.db.one(store.lock_workspace)
        values = {name: changes.get(name, was[name]) for name in rules.CHANGEABLE}
        rules.check_may_change(was, values, work.caller.role)
        work.note(**rules.told_of_change(was, values))
        return fill(pb.Workspace(), await work.db.one(store.update_workspace, **values, now=work.now))
