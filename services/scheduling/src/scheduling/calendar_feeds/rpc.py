"""The CalendarFeeds service: each method is one use case and one transaction."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2, workspaces_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1 import calendar_feeds_pb2 as pb
from caseload.scheduling.v1.calendar_feeds_rpc import CalendarFeedsServicer
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.bounded_threads import BoundedThreads
from chassis.care_teams.access import CareTeams
from chassis.db.transaction import Record
from chassis.errors import NotFound
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from scheduling.calendar_feeds import rules, store
from scheduling.calendar_feeds.ics import to_calendar
from scheduling.working_hours.rules import check_practitioner

# As many as clients names at once.
_NAMES_AT_ONCE = 500


class CalendarFeeds(CalendarFeedsServicer[UnitOfWork]):
    """Methods ask other services before their first statement, so that no transaction waits for them."""

    def __init__(self, clients: ClientsStub, users: UsersStub, workspaces: WorkspacesStub, care_teams: CareTeams) -> None:
        self._clients = clients
        self._users = users
        self._workspaces = workspaces
        self._care_teams = care_teams
        self._writing = BoundedThreads(
            "calendar-feeds", threads=1, queue=20, code="calendar_feeds_busy", message="Too many calendars are being read; try again."
        )

    async def CreateFeed(self, request: pb.CreateFeedRequest, work: UnitOfWork) -> pb.CreatedFeed:
        practitioner = await self._practitioner(work.user_id, work)
        check_practitioner(is_active=practitioner.is_active, treats=practitioner.treats)
        await work.db.run(store.lock_feeds, practitioner_id=work.user_id)
        rules.check_another(len(await work.db.all(store.of_practitioner, practitioner_id=work.user_id)))
        token = OpaqueToken.generate(work.workspace_id, uuid7())
        row = await work.db.one(
            store.add,
            id=token.row_id,
            practitioner_id=work.user_id,
            token_hash=token.hash,
            shows_initials=request.shows_initials,
            created_at=work.now,
        )
        work.note(feed_id=str(token.row_id), shows_initials=str(request.shows_initials).lower())
        return pb.CreatedFeed(feed=fill(pb.CalendarFeed(), row), token=str(token))

    async def ListFeeds(self, request: pb.ListFeedsRequest, work: UnitOfWork) -> pb.FeedList:
        practitioner_id = UUID(request.practitioner_id) if request.HasField("practitioner_id") else work.user_id
        rules.check_own_or_managed(practitioner_id, work.user_id, work.caller.scopes)
        if practitioner_id != work.user_id:
            # Raises NotFound for somebody who does not work here.
            await self._practitioner(practitioner_id, work)
        rows = await work.db.all(store.of_practitioner, practitioner_id=practitioner_id)
        return pb.FeedList(items=[fill(pb.CalendarFeed(), row) for row in rows])

    async def DeleteFeed(self, request: pb.DeleteFeedRequest, work: UnitOfWork) -> pb.DeleteFeedResponse:
        row = await work.db.one(store.remove, id=request.feed_id)
        rules.check_own_or_managed(row["practitioner_id"], work.user_id, work.caller.scopes)
        work.note(feed_id=request.feed_id)
        return pb.DeleteFeedResponse(practitioner_id=str(row["practitioner_id"]))

    async def ReadFeed(self, request: pb.ReadFeedRequest, work: UnitOfWork) -> pb.FeedContent:
        token = OpaqueToken.parse(request.token)
        if token is None:
            raise rules.feed_void()
        async with work.beside(token.workspace_id) as tx:
            feed = await tx.maybe(store.find, id=token.row_id, token_hash=token.hash)
            if feed is None:
                raise rules.feed_void()
            practitioner_id = feed["practitioner_id"]
            since, until = rules.window(work.now)
            told = {"practitioner_id": practitioner_id, "since": since, "until": until, "gone_since": work.now - rules.CANCELLED}
            rows = [*await tx.all(store.agenda, **told), *await tx.all(store.deleted, **told)]
        # The secret is genuine, so a refusal from here on is audited in its workspace.
        work.enter(token.workspace_id, practitioner_id)
        await self._check_still_treats(practitioner_id, work)

        initials = await self._initials(rows, work) if feed["shows_initials"] else {}
        calendar = await self._writing.run(lambda: to_calendar(rows, initials))
        await work.db.run(store.note_reading, id=token.row_id, now=work.now, before=work.now - rules.READ_NOTED)
        work.note(feed_id=str(token.row_id), appointments=str(len(rows)))
        return pb.FeedContent(practitioner_id=str(practitioner_id), calendar=calendar)

    async def _check_still_treats(self, practitioner_id: UUID, work: UnitOfWork) -> None:
        """Raises NotFound for the feed of somebody who no longer works or treats here, and of a workspace that is suspended."""
        try:
            practitioner, workspace = await asyncio.gather(
                self._practitioner(practitioner_id, work), self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
            )
        except NotFound:
            raise rules.feed_void() from None
        is_open = workspace.status != workspaces_pb2.WORKSPACE_STATUS_SUSPENDED
        if not (is_open and practitioner.is_active and practitioner.treats):
            raise rules.feed_void()

    async def _initials(self, rows: Sequence[Record], work: UnitOfWork) -> dict[UUID, str]:
        """By client; without restricted clients, whose record not everybody opens who may read this address."""
        named = {row["client_id"] for row in rows}
        shown = sorted(named - (await self._care_teams.of(work, named)).restricted)
        found: dict[UUID, str] = {}
        for start in range(0, len(shown), _NAMES_AT_ONCE):
            message = clients_pb2.GetSummariesRequest(client_ids=map(str, shown[start : start + _NAMES_AT_ONCE]))
            summaries: Any = await self._clients.GetSummaries(message, work.context)
            found |= {UUID(each.id): rules.initials(each.first_name, each.last_name) for each in summaries.items}
        return found

    async def _practitioner(self, practitioner_id: UUID, work: UnitOfWork) -> users_pb2.Practitioner:
        return await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(practitioner_id)), work.context)
