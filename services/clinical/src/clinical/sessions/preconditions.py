"""What is found out before the transaction of a signature begins, so that none is open while another service is asked."""

from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import given
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import rules, store


async def is_signed(work: UnitOfWork, session_id: str) -> bool:
    """Whether the note is signed now: where it is, identity has to be asked. In a transaction of its own, so that none is open then."""
    async with work.beside(work.workspace_id) as tx:
        row = await tx.maybe(store.status_of, id=session_id)
    return row is not None and row["status"] != "draft"


async def needs_reason(work: UnitOfWork, workspaces: WorkspacesStub, reason: str) -> bool:
    """Whether the workspace wants a reason for an amendment, and this says none."""
    if reason.strip():
        return False
    workspace = await workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
    values = given(workspace)
    return rules.is_reason_needed(enum_text(workspaces_pb2.WorkspaceKind, workspace.kind), values["settings"] or {})
