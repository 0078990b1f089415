"""The ClientDuplicates service."""

from caseload.clients.v1 import duplicates_pb2 as pb
from caseload.clients.v1.duplicates_rpc import ClientDuplicatesServicer
from chassis.care_teams.access import CareTeams
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import page
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping
from clients.clients import store as clients
from clients.duplicates import rules, store


class ClientDuplicates(ClientDuplicatesServicer[UnitOfWork]):
    """The database finds the pairs by equal hashes, without the keys; only the names that are answered are opened."""

    def __init__(self, keys: Keys, care_teams: CareTeams) -> None:
        self._keys = keys
        self._care_teams = care_teams

    async def FindDuplicates(self, request: pb.FindDuplicatesRequest, work: UnitOfWork) -> pb.DuplicatePage:
        window = page(request)
        keys = await self._keys.of(work.workspace_id)
        # What two records share is told of those alone that the caller may open.
        hidden = await self._care_teams.hidden(work, work.db)
        version = await _compared(keys, work)
        suspected = [row for row in await work.db.all(store.suspected, index_version=version) if not hidden & {row["first"], row["second"]}]
        pairs = [(row["first"], row["second"], rules.likeness(dict(zip(row["kinds"], row["sharing"], strict=True)))) for row in suspected]
        groups = rules.grouped(pairs)
        shown = groups[window.offset : window.offset + window.limit]
        ids = [client_id for members, _ in shown for client_id in members]
        names = {row["id"]: mapping.to_summary(row, keys) for row in await work.db.all(clients.get_names, ids=ids)} if ids else {}
        items = [
            pb.DuplicateGroup(clients=[names[client_id] for client_id in members], score=found.score, reasons=found.reasons)
            for members, found in shown
            # One of them may have been erased a moment ago.
            if names.keys() >= set(members)
        ]
        return pb.DuplicatePage(items=items, total=len(groups))


async def _compared(keys: WorkspaceKeys, work: UnitOfWork) -> int:
    """The version of the key whose hashes all clients have: while it is changed, the former one until all have those of the new one."""
    if len(keys.indexes) > 1 and await work.db.maybe(clients.waits_for_index, index_version=keys.index_version) is not None:
        return min(keys.indexes)
    return keys.index_version
