"""The CareTeams service: each method is one use case and one transaction."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import care_teams_pb2 as pb
from caseload.clients.v1 import events_pb2
from caseload.clients.v1.care_teams_rpc import CareTeamsServicer
from caseload.options.v1 import options_pb2
from chassis.care_teams.access import CareTeams as Access
from chassis.db.transaction import Transaction
from chassis.encryption.key_store import Keys
from chassis.errors import Conflict
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clients.care_teams import mapping, rules, store
from clients.care_teams.elsewhere import Elsewhere
from clients.care_teams.members import Members
from clients.clients import store as clients
from clients.clients.workflow import check_history_is_there, check_not_merged

E = TypeVar("E")
_SETS = "clients:restrict"


class CareTeams(CareTeamsServicer[UnitOfWork]):
    """Other services are asked and told before the first statement, so that no transaction waits for them."""

    def __init__(
        self,
        keys: Keys,
        access: Access,
        members: Members,
        elsewhere: Elsewhere,
        background: Callable[[UUID], AbstractAsyncContextManager[UnitOfWork]],
    ) -> None:
        self._keys = keys
        self._access = access
        self._members = members
        self._elsewhere = elsewhere
        self._background = background

    async def GetCareTeam(self, request: pb.GetCareTeamRequest, work: UnitOfWork) -> pb.CareTeam:
        row = await work.find_one(store.current, request.client_id)
        await check_not_merged(row, work)
        if _SETS not in work.caller.scopes:
            await self._access.check(work, [row["id"]])
        return mapping.to_message(request.client_id, mapping.to_team(row))

    async def SetCareTeam(self, request: pb.SetCareTeamRequest, work: UnitOfWork) -> pb.CareTeam:
        """A record is closed everywhere before it is said to be closed, and opened when that is committed."""
        wanted = rules.check_team(restricted=request.restricted, user_ids=request.user_ids)
        row = await work.find_one(store.current, request.client_id)
        await check_not_merged(row, work)
        await self._members.check(list(request.user_ids), work)
        before, version = mapping.to_team(row), rules.next_version(row["version"] or 0, now=work.now)
        if rules.closes(before, wanted):
            work.afterwards(partial(self._tell_anew, row["id"], version, work), unless_committed=True)
            await self._elsewhere.close(mapping.to_event(request.client_id, rules.strictest(before, wanted), version), work)
        changed = mapping.to_event(request.client_id, wanted, version + 1)
        columns = {"restricted": wanted.restricted, "user_ids": sorted(wanted.members)}
        # Locked as a merge locks it: of the two, the later one sees the other.
        locked = await work.db.one(clients.get_for_update, id=request.client_id)
        await (check_history_is_there(locked, work) if wanted.restricted else check_not_merged(locked, work))
        if (
            await work.db.maybe(store.set_team, client_id=row["id"], version=changed.version, expected=row["version"] or 0, **columns)
            is None
        ):
            raise Conflict("care_team_changed", "Somebody else has just set this care team; read it again.")
        work.emit(changed)
        work.note(restricted=str(wanted.restricted).lower())
        work.afterwards(partial(_once_committed, self._elsewhere.tell_care_team, changed, work))
        return mapping.to_message(request.client_id, wanted)

    async def BreakGlass(self, request: pb.BreakGlassRequest, work: UnitOfWork) -> pb.BrokenGlass:
        reason = rules.check_reason(request.reason)
        keys = await self._keys.of(work.workspace_id)
        row = await work.find_one(store.current, request.client_id)
        await check_not_merged(row, work)
        rules.check_glass_needed(work.user_id, row["user_ids"] if row["restricted"] else None)
        await check_not_merged(await work.db.one(store.hold, client_id=row["id"]), work)
        until = work.now + rules.GLASS_BROKEN_FOR
        broken: dict[str, Any] = {
            "id": uuid7(),
            "client_id": row["id"],
            "user_id": work.user_id,
            "version": 1,
            "granted_at": work.now,
            "expires_at": until,
            "review": "pending",
            "reviewed_by": None,
            "reviewed_at": None,
            "announced_at": None,
        }
        broken["sealed"] = mapping.GLASS.seal(pb.BrokenGlass(reason=reason), keys, broken, work)
        await work.db.run(self._access.store.break_glass, **broken)
        event = events_pb2.GlassBroken(
            break_glass_id=str(broken["id"]), client_id=request.client_id, user_id=str(work.user_id), expires_at=to_timestamp(until)
        )
        work.emit(event)
        work.note(break_glass_id=str(broken["id"]))
        work.afterwards(partial(_once_committed, self._elsewhere.tell_broken_glass, event, work))
        return mapping.to_broken_glass(broken, keys)

    async def ListBrokenGlass(self, request: pb.ListBrokenGlassRequest, work: UnitOfWork) -> pb.BrokenGlassPage:
        window = page(request)
        filters = {"review": enum_text(pb.Review, request.review)} if request.HasField("review") else {}
        keys = await self._keys.of(work.workspace_id)
        rows = await work.db.all(store.page(filters), limit=window.limit, offset=window.offset, **filters)
        total = await work.db.one(store.count(filters), **filters)
        return pb.BrokenGlassPage(items=[mapping.to_broken_glass(row, keys) for row in rows], total=total["total"])

    async def ReviewBrokenGlass(self, request: pb.ReviewBrokenGlassRequest, work: UnitOfWork) -> pb.BrokenGlass:
        verdict, comment = rules.check_verdict(enum_text(pb.Review, request.review)), rules.check_comment(request.comment)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.break_glass_id)
        rules.check_may_review(work.user_id, broken_by=row["user_id"], review=row["review"])
        broken = mapping.to_broken_glass(row, keys)
        reviewed = {**row, "version": row["version"] + 1, "review": verdict, "reviewed_by": work.user_id, "reviewed_at": work.now}
        secret = pb.BrokenGlass(reason=broken.reason, review_comment=comment)
        reviewed["sealed"] = mapping.GLASS.seal(secret, keys, reviewed, work)
        changed = {name: reviewed[name] for name in ("id", "version", "sealed", "review", "reviewed_by", "reviewed_at")}
        await work.db.run(store.review, **changed)
        work.note(review=verdict)
        return mapping.to_broken_glass(reviewed, keys)

    async def _tell_anew(self, client_id: UUID, told: int, work: UnitOfWork, _tx: Transaction) -> None:
        """The care team as it is kept, for services that were told to close the record, by a call that came to nothing."""
        async with self._background(work.workspace_id) as again:
            row = await again.db.maybe(store.current, ids=[client_id])
            if row is None:
                return
            team, expected = mapping.to_team(row), row["version"] or 0
            kept = mapping.to_event(str(client_id), team, rules.next_version(max(told, expected), now=again.now))
            columns = {"restricted": team.restricted, "user_ids": sorted(team.members)}
            if await again.db.maybe(store.set_team, client_id=client_id, version=kept.version, expected=expected, **columns) is None:
                return
            again.emit(kept)
            record_effect(again, "tell_care_team_anew", options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_UPDATE, [client_id])


async def _once_committed(tell: Callable[[E, UnitOfWork], Awaitable[None]], what: E, work: UnitOfWork, _tx: Transaction) -> None:
    """Tells others at once what the events tell them anyway."""
    if work.is_committed:
        await tell(what, work)
