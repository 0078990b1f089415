"""The Workspaces service: the caller's own practice or hospital."""

from caseload.identity.v1 import workspaces_pb2 as pb
from caseload.identity.v1.workspaces_rpc import WorkspacesServicer
from chassis.call import Call
from chassis.rows import fill, masked
from identity.workspaces import rules, store


class Workspaces(WorkspacesServicer[Call]):
    async def GetWorkspace(self, request: pb.GetWorkspaceRequest, call: Call) -> pb.Workspace:
        return fill(pb.Workspace(), await call.db.one(store.get_workspace))

    async def UpdateWorkspace(self, request: pb.UpdateWorkspaceRequest, call: Call) -> pb.Workspace:
        changes = masked(request, rules.CHANGEABLE)
        rules.check_workspace(changes)

        was = await call.db.one(store.lock_workspace)
        values = {name: changes.get(name, was[name]) for name in rules.CHANGEABLE}

        return fill(pb.Workspace(), await call.db.one(store.update_workspace, **values, now=call.now))
