"""The Blacklist service: the addresses that may be neither invited nor signed in with.

An entry is sealed in the workspace of the administrator who added it. Whoever runs the installation sees and removes all of them.
"""

from functools import partial
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import blacklist_pb2 as pb
from caseload.identity.v1.blacklist_rpc import BlacklistServicer
from caseload.options.v1 import options_pb2
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record, Transaction
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.paging import page
from chassis.protobuf.fields import fill
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.activities.workflow import record_activity
from identity.blacklist import rules, store
from identity.login_sessions import revocation
from identity.people import record
from identity.people import store as people
from identity.people.blacklist import find_blacklisted
from identity.people.rules import check_email
from identity.tables import blacklist

ENTRIES = SealedTable(blacklist)


class Blacklist(BlacklistServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._keyring = runtime.keyring
        self._keys = runtime.keys

    async def AddToBlacklist(self, request: pb.AddToBlacklistRequest, work: UnitOfWork) -> pb.AddToBlacklistResponse:
        rules.check_address(request.email)
        entry = pb.BlacklistEntry(id=str(uuid7()), email=check_email(request.email), reason=rules.check_reason(request.reason))
        email_index = record.email_index(self._keyring, entry.email)
        keys = await self._keys.of(work.workspace_id)
        own = await work.db.maybe(people.email_index_of, user_id=work.user_id)
        rules.check_not_own(email_index, own and own["email_index"])

        await work.db.run(store.lock_address, email_index=email_index)
        listed = await work.db.maybe(find_blacklisted, email_index=email_index)
        if listed is not None:
            return pb.AddToBlacklistResponse(id=str(listed["entry_id"]))
        row = {"id": UUID(entry.id), "version": 1, "added_by": work.user_id, "added_at": work.now}
        await work.db.run(store.add_entry, **row, sealed=ENTRIES.seal(entry, keys, row, work))
        await work.db.run(store.add_address, email_index=email_index, entry_id=row["id"], now=work.now)
        await record_activity(work, "address_blacklisted")
        for user in await work.db.all(store.users_with_address, email_index=email_index):
            await revocation.revoke_access_tokens(work.db, [user["user_id"]])
            # Once more when it is committed: a session may have begun meanwhile.
            work.afterwards(partial(self._end_sessions, user))
        return pb.AddToBlacklistResponse(id=entry.id)

    async def ListBlacklist(self, request: pb.ListBlacklistRequest, work: UnitOfWork) -> pb.BlacklistPage:
        shown = page(request)
        async with work.beside(None) as tx:
            total = (await tx.one(store.count_addresses))["total"]
            listed = await tx.all(store.list_addresses, offset=shown.offset, limit=shown.limit)
        by_workspace: dict[UUID, list[UUID]] = {}
        for address in listed:
            by_workspace.setdefault(address["workspace_id"], []).append(address["entry_id"])
        entries: dict[UUID, pb.BlacklistEntry] = {}
        for workspace_id, ids in by_workspace.items():
            keys = await self._keys.of(workspace_id)
            async with work.beside(workspace_id) as tx:
                entries |= {row["id"]: _to_proto(row, keys) for row in await tx.all(store.find_entries, ids=ids)}
        # One that was removed meanwhile is left out.
        items = [entries[address["entry_id"]] for address in listed if address["entry_id"] in entries]
        return pb.BlacklistPage(items=items, total=total)

    async def RemoveFromBlacklist(self, request: pb.RemoveFromBlacklistRequest, work: UnitOfWork) -> pb.RemoveFromBlacklistResponse:
        email_index = record.email_index(self._keyring, request.email)
        async with work.beside(None) as tx:
            listed = await tx.maybe(find_blacklisted, email_index=email_index)
        if listed is None:
            raise nothing_here()
        keys = await self._keys.of(listed["workspace_id"])
        async with self._runtime.background(listed["workspace_id"]) as removing:
            row = await removing.db.one(store.delete_entry, entry_id=listed["entry_id"])
            ENTRIES.gone(row, keys, removing)
            record_effect(removing, "address_unblacklisted", options_pb2.RESOURCE_USER, options_pb2.ACTION_DELETE, [row["id"]])
        await record_activity(work, "address_unblacklisted")
        return pb.RemoveFromBlacklistResponse(id=str(row["id"]))

    async def _end_sessions(self, user: Record, _tx: Transaction) -> None:
        user_id = user["user_id"]
        async with self._runtime.background(user["workspace_id"]) as ending:
            await revocation.end_login_sessions(ending.db, user_id, reason="blacklisted", now=ending.now)
            await revocation.revoke_access_tokens(ending.db, [user_id])
            record_effect(ending, "address_blacklisted", options_pb2.RESOURCE_USER, options_pb2.ACTION_LOGOUT, [user_id])


def _to_proto(row: Record, keys: WorkspaceKeys) -> pb.BlacklistEntry:
    return ENTRIES.open(row, keys, into=fill(pb.BlacklistEntry(), row))
