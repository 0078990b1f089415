"""The AlertFeed service: each method is one use case and one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import alert_feed_pb2 as pb
from caseload.notifications.v1.alert_feed_rpc import AlertFeedServicer
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_feed import rules, store
from notifications.alert_records import rules as record_rules
from notifications.alert_records import store as records
from notifications.alert_records import workflow
from notifications.alert_records.mapping import from_row
from notifications.alert_records.rules import Sight
from notifications.on_call import workflow as on_call

# Of a workspace in which no alert was ever raised.
_NONE_YET = {"generation": UUID(int=0), "last_sequence": 0}
# A stream is for those who see the same, so it does not tell of what its user has raised for others.
_NOBODY = UUID(int=0)


class AlertFeed(AlertFeedServicer[UnitOfWork]):
    """Keys are fetched, and identity is asked, before the first statement."""

    def __init__(self, keys: Keys, users: UsersStub) -> None:
        self._keys = keys
        self._users = users

    async def GetHeads(self, request: pb.GetHeadsRequest, work: UnitOfWork) -> pb.Heads:
        found = await work.db.all(store.heads, ids=list(request.workspace_ids))
        return pb.Heads(items=[pb.Head(workspace_id=str(row["workspace_id"]), sequence=row["last_sequence"]) for row in found])

    async def OpenFeed(self, request: pb.OpenFeedRequest, work: UnitOfWork) -> pb.Feed:
        keys = await self._keys.of(work.workspace_id)
        seen = _by_role(await workflow.sight(self._users, work))
        # Before what it is the number of: what is committed meanwhile is told twice by its state, and once by its number.
        head = await self._head(work)
        oldest = (await work.db.one(store.oldest))["sequence"]
        generation = request.generation if request.HasField("generation") else None
        after = request.after if request.HasField("after") else None
        if rules.goes_on(generation, after, now=str(head["generation"]), oldest=oldest, newest=head["last_sequence"]):
            assert after is not None
            return await self._changes(after, head, seen, keys, work)
        filters = workflow.filters(seen)
        active = [_item(row, keys) for row in await work.db.all(records.active(filters), **filters)]
        return _feed(head, seen, through=head["last_sequence"], reset=True, items=active)

    async def ReadFeed(self, request: pb.ReadFeedRequest, work: UnitOfWork) -> pb.Feed:
        keys = await self._keys.of(work.workspace_id)
        sights = await self._sights(request.user_ids, work)
        seen = sights.get(work.user_id) or Sight(_NOBODY, sees_all=record_rules.sees_all(work.caller.scopes))
        head = await self._head(work)
        if request.generation != str(head["generation"]) or request.after > head["last_sequence"]:
            # The database was put back under the gateway. Whoever opens the feed again is told what holds.
            return _feed(head, seen, through=head["last_sequence"], reset=True, items=(), elsewhere=request.user_ids)
        feed = await self._changes(request.after, head, seen, keys, work)
        own = feed.audience
        feed.elsewhere.extend(
            user_id for user_id in request.user_ids if UUID(user_id) not in sights or _audience(sights[UUID(user_id)]) != own
        )
        return feed

    async def _head(self, work: UnitOfWork) -> Mapping[str, Any]:
        return await work.db.maybe(store.head) or _NONE_YET

    async def _changes(self, after: int, head: Mapping[str, Any], seen: Sight, keys: WorkspaceKeys, work: UnitOfWork) -> pb.Feed:
        newest = head["last_sequence"]
        found = await work.db.all(store.changes, after=after, through=newest, limit=store.AT_ONCE)
        through = found[-1]["sequence"] if len(found) == store.AT_ONCE else newest
        return _feed(head, seen, through=through, items=[_item(row, keys) for row in found if seen.sees(row)])

    async def _sights(self, user_ids: Iterable[str], work: UnitOfWork) -> dict[UUID, Sight]:
        """What the caller and these users see at this moment, by identity's word. Whoever is no active user is left out."""
        own = on_call.on_behalf_of_service(work.context, work.workspace_id)
        staff = await on_call.staff(self._users, own, with_shifts=False, user_ids={*user_ids, str(work.user_id)})
        stands_in: dict[UUID, set[UUID]] = {}
        for each in await on_call.overrides(work.db, work.now):
            if each.department_id is not None:
                stands_in.setdefault(each.user_id, set()).add(each.department_id)
        return {
            worker.id: Sight(
                _NOBODY,
                sees_all=worker.oversees,
                departments=frozenset(({worker.department_id} if worker.department_id else set()) | stands_in.get(worker.id, set())),
            )
            for worker in staff.workers
        }


def _feed(
    head: Mapping[str, Any], seen: Sight, *, through: int, items: Iterable[pb.FeedItem], reset: bool = False, elsewhere: Iterable[str] = ()
) -> pb.Feed:
    return pb.Feed(
        generation=str(head["generation"]), through=through, reset=reset, items=items, audience=_audience(seen), elsewhere=elsewhere
    )


def _by_role(seen: Sight) -> Sight:
    return replace(seen, user_id=_NOBODY)


def _audience(seen: Sight) -> str:
    return rules.audience(seen.departments, sees_all=seen.sees_all)


def _item(row: Record, keys: WorkspaceKeys) -> pb.FeedItem:
    return pb.FeedItem(sequence=row.get("sequence", 0), change=row.get("change", ""), alert_id=str(row["id"]), alert=from_row(row, keys))
