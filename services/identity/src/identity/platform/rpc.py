"""The Platform service. What it does to a workspace is done in a transaction of that workspace, whose trail has a line of it too."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2, invitations_pb2, users_pb2, workspaces_pb2
from caseload.identity.v1 import platform_pb2 as pb
from caseload.identity.v1.platform_rpc import PlatformServicer
from caseload.options.v1 import options_pb2
from caseload.services import SERVICE_NAMES
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record, Transaction
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.activities import store as activities
from identity.activities.workflow import record_activity
from identity.invitations.workflow import check_user_may_be_invited, invite
from identity.login_sessions import revocation
from identity.login_sessions.rules import check_is_recent
from identity.people import record
from identity.people.notices import raise_notice
from identity.people.registration import add_user
from identity.people.rules import check_full_name, check_new_email
from identity.platform import rules, store
from identity.roles import ADMINISTRATOR_ROLE
from identity.workspaces.rules import check_workspace
from identity.workspaces.store import add_workspace

_MOST_PENDING = 200
# What is on record of a workspace that becomes so.
_WHAT = {"active": "workspace_reactivated", "suspended": "workspace_suspended", "deleted": "workspace_deleted"}


class Platform(PlatformServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._settings = runtime.settings

    async def OpenWorkspace(self, request: pb.OpenWorkspaceRequest, work: UnitOfWork) -> pb.OpenedWorkspace:
        about = {"name": request.name, "time_zone": request.time_zone, "locale": request.locale}
        check_workspace(about)
        kind = enum_text(workspaces_pb2.WorkspaceKind, request.kind)
        owner = users_pb2.User(id=str(uuid7()), email=check_new_email(request.email), full_name=check_full_name(request.full_name))

        workspace_id, owner_id = uuid7(), UUID(owner.id)
        keys = await self._runtime.keys.of(workspace_id)
        async with self._runtime.background(workspace_id) as opening:
            await opening.db.run(add_workspace, kind=kind, **about | {"name": request.name.strip()})
            await add_user(opening, self._runtime.keyring, keys, owner, role=ADMINISTRATOR_ROLE[kind])
            await opening.db.run(store.name_owner, owner_id=owner_id)
            token, _ = await invite(opening, owner_id, seconds=self._settings.invitation_seconds)
            opening.emit(events_pb2.WorkspaceOpened(workspace_id=str(workspace_id)))
        await record_activity(work, "workspace_opened", workspace_id=workspace_id, workspace_name=request.name.strip())
        return pb.OpenedWorkspace(workspace_id=str(workspace_id), user_id=owner.id, token=str(token))

    async def ResendOwnerInvitation(self, request: pb.ResendOwnerInvitationRequest, work: UnitOfWork) -> invitations_pb2.Invitation:
        user_id = UUID(request.user_id)
        # The reply has a token that lets an owner in.
        check_is_recent(work.caller.auth_time, work.caller.amr, work.now)
        found = await self._find(store.find_by_owner, work, user_id=user_id)
        async with self._runtime.background(found["workspace_id"]) as inviting:
            await check_user_may_be_invited(inviting, user_id)
            token, expires_at = await invite(inviting, user_id, seconds=self._settings.invitation_seconds)
            record_effect(inviting, "resend_owner_invitation", options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [user_id])
        await record_activity(work, "invitation_resent", workspace_id=found["workspace_id"], workspace_name=found["name"])
        return invitations_pb2.Invitation(user_id=str(user_id), token=str(token), expires_at=to_timestamp(expires_at))

    async def ListPendingOwners(self, request: pb.ListPendingOwnersRequest, work: UnitOfWork) -> pb.PendingOwnerList:
        async with work.beside(None) as tx:
            pending = await tx.all(store.pending_owners, limit=_MOST_PENDING)
        items = []
        for workspace in pending:
            keys = await self._runtime.keys.of(workspace["workspace_id"])
            async with work.beside(workspace["workspace_id"]) as tx:
                row = await tx.maybe(store.owner_and_invitation, user_id=workspace["owner_id"])
            # Somebody who got in by a sign-in link needs no invitation any more.
            if row is not None and row["last_login_at"] is None:
                user = record.to_proto(row, keys)
                facts = {"workspace_name": workspace["name"], "invited_at": row["invited_at"], "expires_at": row["expires_at"]}
                items.append(fill(pb.PendingOwner(user_id=user.id, email=user.email, full_name=user.full_name), facts))
        return pb.PendingOwnerList(items=items)

    async def ListWorkspaces(self, request: pb.ListWorkspacesRequest, work: UnitOfWork) -> pb.OperatedWorkspacePage:
        shown = page(request)
        filters = {"search": rules.escaped(request.search)} if request.search else {}
        async with work.beside(None) as tx:
            total = (await tx.one(store.count_workspaces(filters), **filters))["total"]
            rows = await tx.all(store.list_workspaces(filters), **filters, offset=shown.offset, limit=shown.limit)
        return pb.OperatedWorkspacePage(items=[await self._operated(row, work) for row in rows], total=total)

    async def SuspendWorkspace(self, request: pb.SuspendWorkspaceRequest, work: UnitOfWork) -> pb.WorkspaceState:
        return await self._change(request, "suspended", work)

    async def DeleteWorkspace(self, request: pb.DeleteWorkspaceRequest, work: UnitOfWork) -> pb.WorkspaceState:
        return await self._change(request, "deleted", work)

    async def ReactivateWorkspace(self, request: pb.ReactivateWorkspaceRequest, work: UnitOfWork) -> pb.WorkspaceState:
        return await self._change(request, "active", work)

    async def GetWorkspaceState(self, request: pb.GetWorkspaceStateRequest, work: UnitOfWork) -> pb.WorkspaceState:
        found = await self._find(store.find_workspace, work, id=request.workspace_id)
        async with work.beside(found["workspace_id"]) as tx:
            erasure = await _erasure(found, tx)
        return fill(pb.WorkspaceState(erasure=erasure), {**found, "id": found["workspace_id"]})

    async def GetMetrics(self, request: pb.GetMetricsRequest, work: UnitOfWork) -> pb.Metrics:
        return fill(pb.Metrics(), await work.db.one(store.metrics))

    async def ListActivity(self, request: pb.ListActivityRequest, work: UnitOfWork) -> pb.ActivityList:
        limit, offset = rules.check_part(request.limit, request.offset)
        total = (await work.db.one(activities.count_activities))["total"]
        rows = await work.db.all(activities.list_activities, limit=limit, offset=offset)
        return pb.ActivityList(items=[fill(pb.Activity(), row) for row in rows], total=total)

    async def _change(self, request: Any, wanted: str, work: UnitOfWork) -> pb.WorkspaceState:
        """Makes the workspace active, suspended or deleted, which is suspended and more."""
        workspace_id, reason, what = UUID(request.workspace_id), rules.check_reason(request.reason), _WHAT[wanted]
        if wanted != "active":
            rules.check_not_own(workspace_id, work.workspace_id)
        found = await self._find(store.find_workspace, work, id=workspace_id)
        if wanted == "active":
            await self._until_known(workspace_id, work)
        async with self._runtime.background(workspace_id) as changing:
            was = await changing.db.one(store.lock_workspace)
            state = rules.state(was["status"], deleted=was["deleted_at"] is not None, erased=was["erased_at"] is not None)
            rules.check_status(state, wanted)
            columns: dict[str, Any] = {"status": wanted, "deleted_at": None, "erase_after": None}
            if wanted == "deleted":
                rules.check_deletable(**await changing.db.one(store.count_administrators))
                erase_after = changing.now + timedelta(days=self._settings.deleted_workspaces_days)
                columns = {"status": "suspended", "deleted_at": changing.now, "erase_after": erase_after}
                await self._tell_owner(changing)
            changed = fill(pb.WorkspaceState(), await changing.db.one(store.set_status, **columns, now=changing.now))
            record_effect(
                changing,
                what,
                options_pb2.RESOURCE_WORKSPACE,
                options_pb2.ACTION_DELETE if wanted == "deleted" else options_pb2.ACTION_UPDATE,
                [workspace_id],
            )
            if wanted != "active":
                await revocation.revoke_access_tokens(changing.db, [workspace_id])
                # Once more when it is committed: a token may have been made meanwhile of the status before.
                changing.afterwards(lambda tx: revocation.revoke_access_tokens(tx, [workspace_id]))
        await record_activity(work, what, workspace_id=workspace_id, workspace_name=found["name"], reason=reason)
        return changed

    async def _until_known(self, workspace_id: UUID, work: UnitOfWork) -> None:
        """Waits until every process knows that the tokens of before the suspension are void.

        One that does not would go on with such a token, of an API key for example, and have it refused by the others.
        """
        async with work.beside(None) as tx:
            revoked = await tx.maybe(store.seconds_since_revoked, subject_id=workspace_id)
        if revoked is not None:
            await asyncio.sleep(rules.seconds_until_known(revoked["seconds"]))

    async def _tell_owner(self, deleting: UnitOfWork) -> None:
        owner = await deleting.db.maybe(store.first_administrator)
        if owner is not None:
            raise_notice(deleting, owner["id"], events_pb2.SECURITY_NOTICE_WORKSPACE_DELETED)

    async def _operated(self, row: Record, work: UnitOfWork) -> pb.OperatedWorkspace:
        workspace_id = row["workspace_id"]
        # An erased one has no keys, and no owner any more.
        keys = None if row["erased_at"] else await self._runtime.keys.of(workspace_id)
        async with work.beside(workspace_id) as tx:
            owner = await tx.maybe(store.first_administrator) if keys else None
            erasure = await _erasure(row, tx)
        email = None if owner is None or keys is None else record.to_proto(owner, keys).email
        return fill(
            pb.OperatedWorkspace(owner_email=email, erasure=erasure), {**row, "id": workspace_id, "user_count": row["active_users"]}
        )

    async def _find(self, statement: Any, work: UnitOfWork, **values: Any) -> Record:
        async with work.beside(None) as tx:
            found = await tx.maybe(statement, **values)
        if found is None:
            raise nothing_here()
        return found


async def _erasure(workspace: Record, tx: Transaction) -> pb.WorkspaceErasure | None:
    """How far the erasure of the workspace is; None for one that is not erased. Asks in a transaction of the workspace."""
    if workspace["erased_at"] is None:
        return None
    finished = {row["service"]: row["finished_at"] for row in await tx.all(store.erasure_progress_of)}
    unfinished = sorted(set(SERVICE_NAMES) - finished.keys())
    times = {"began_at": workspace["erased_at"], "finished_at": None if unfinished else max(finished.values())}
    return fill(pb.WorkspaceErasure(finished=sorted(finished), unfinished=unfinished), times)
