"""Finds who is to be offered an opening. Reads alone: whoever offers it looks again under locks.

Other services are asked between the transactions, so that none of these waits for an answer.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1 import users_pb2, workspaces_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from chassis.context import RequestContext
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import NotFound
from chassis.paging import BEGINNING
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from scheduling.busy_periods.store import busy_within
from scheduling.waitlist import rules, store
from scheduling.waitlist.mapping import to_needs, to_opening, to_wish
from scheduling.waitlist.rules import Needs, Period, Placement
from scheduling.working_hours import store as working_hours
from scheduling.working_hours.mapping import to_message, to_week
from scheduling.working_hours.rules import union, without, working_time

# The first ones are few, because most often one of them is chosen; many who are no longer active are passed over in large steps.
_FIRST_ONES, _AT_ONCE = 50, 500
_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choice:
    entry_id: UUID
    place: Placement
    # By whose clocks an offer does not lapse at night.
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Nobody:
    """None of these entries, which are all that waited when they were read. Others may wait by the time that is written."""

    seen: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """What holds for everybody who waits: the time zone of the practice's days, what is free, and when the practitioner works."""

    zone: ZoneInfo
    free: Sequence[Period]
    worked: Sequence[Period] | None


class Choosing:
    def __init__(self, runtime: Runtime, *, seconds: float) -> None:
        identity = runtime.peers["identity"]
        self._runtime = runtime
        self._seconds = seconds
        self._clients = ClientsStub(runtime.peers["clients"])
        self._users = UsersStub(identity)
        self._workspaces = WorkspacesStub(identity)

    async def choose(self, workspace_id: UUID, opening: Record) -> Choice | Nobody | None:
        """Who is to be offered the opening, and when. None if it cannot be offered any more."""
        asking = self._runtime.background(workspace_id, seconds=self._seconds).context
        workspace = await self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), asking)
        if workspace.status == workspaces_pb2.WORKSPACE_STATUS_SUSPENDED or not await self._still_treats(opening, asking):
            return None
        keys = await self._runtime.keys.of(workspace_id)
        async with self._runtime.background(workspace_id, seconds=self._seconds) as look:
            found = await _circumstances(opening, keys, workspace.time_zone, look)
        since, after, number = _FIRST, BEGINNING, _FIRST_ONES
        seen: set[UUID] = set()
        while True:
            async with self._runtime.background(workspace_id, seconds=self._seconds) as look:
                candidates = await look.db.all(
                    store.candidates,
                    opening_id=opening["id"],
                    **{name: opening[name] for name in ("practitioner_id", "free_from", "free_until")},
                    since=since,
                    after=after,
                    limit=number,
                )
                fitting = await _fitting(candidates, opening, found, look)
            active = await self._active({candidate["client_id"] for candidate, _ in fitting}, asking)
            for candidate, place in fitting:
                if candidate["client_id"] in active:
                    return Choice(candidate["id"], place, found.zone)
            seen.update(candidate["id"] for candidate in candidates)
            if len(candidates) < number:
                return Nobody(frozenset(seen))
            since, after, number = candidates[-1]["created_at"], candidates[-1]["id"], _AT_ONCE

    async def _still_treats(self, opening: Record, asking: RequestContext) -> bool:
        request = users_pb2.GetPractitionerRequest(user_id=str(opening["practitioner_id"]))
        try:
            practitioner = await self._users.GetPractitioner(request, asking)
        except NotFound:
            return False
        return practitioner.is_active and practitioner.treats

    async def _active(self, client_ids: Collection[UUID], asking: RequestContext) -> set[UUID]:
        """Those of the clients who are active."""
        if not client_ids:
            return set()
        request = clients_pb2.FindActiveRequest(client_ids=map(str, client_ids))
        return set(map(UUID, (await self._clients.FindActive(request, asking)).client_ids))


async def _circumstances(opening: Record, keys: WorkspaceKeys, workspace_zone: str, work: UnitOfWork) -> _Circumstances:
    hours = await work.db.maybe(working_hours.get, practitioner_id=opening["practitioner_id"])
    message = to_message(hours, keys, practitioner_id=str(opening["practitioner_id"]), workspace_zone=workspace_zone)
    zone, worked = ZoneInfo(message.time_zone), None
    if hours is not None:
        first, last = (opening[name].astimezone(zone).date() for name in ("free_from", "free_until"))
        holidays = {row["date"] for row in await work.db.all(working_hours.holidays_between, first=first - _DAY, last=last + _DAY)}
        worked = working_time(to_week(message, holidays), opening["free_from"], opening["free_until"])
    return _Circumstances(zone, await _free(opening, work), worked)


async def _free(opening: Record, work: UnitOfWork) -> list[Period]:
    """What of the opening neither the practitioner nor, if it was there, the room is taken in by now."""
    resources = [opening["practitioner_id"], *([opening["location_id"]] if opening["is_room"] else [])]
    taken: list[Period] = []
    for resource_id in resources:
        busy = await work.db.all(
            busy_within, resource_id=resource_id, since=opening["free_from"], until=opening["free_until"], now=work.now
        )
        taken += [(period["starts_at"], period["ends_at"]) for period in busy]
    return without([(opening["free_from"], opening["free_until"])], union(taken))


async def _fitting(
    candidates: Sequence[Record], opening: Record, found: _Circumstances, work: UnitOfWork
) -> list[tuple[Record, Placement]]:
    """Those of the candidates whose wishes the opening fits, in the same order, and where it does."""
    services: dict[UUID, Needs | None] = {}
    places: list[tuple[Record, Placement]] = []
    for number, candidate in enumerate(candidates):
        if number % _FIRST_ONES == _FIRST_ONES - 1:
            # Other calls are answered first.
            await asyncio.sleep(0)
        place = await _place(candidate, opening, found, services, work)
        if place is not None:
            places.append((candidate, place))
    if not places:
        return []
    days = [rules.day_of(place.starts_at, found.zone) for _, place in places]
    client_ids = [candidate["client_id"] for candidate, _ in places]
    sinces, untils = map(list, zip(*days, strict=True))
    booked = await work.db.all(store.with_appointment, client_ids=client_ids, sinces=sinces, untils=untils)
    elsewhere = {row["client_id"] for row in booked}
    return [(candidate, place) for candidate, place in places if candidate["client_id"] not in elsewhere]


async def _place(
    candidate: Record, opening: Record, found: _Circumstances, services: dict[UUID, Needs | None], work: UnitOfWork
) -> Placement | None:
    if candidate["client_id"] == opening["given_back_by"]:
        return None
    service_id, needs = candidate["service_id"], None
    if service_id is not None:
        if service_id not in services:
            services[service_id] = await _needs(service_id, work)
        needs = services[service_id]
        if needs is None:
            return None
    wanted = to_opening(opening)
    return rules.placement(
        wanted, to_wish(candidate), rules.needs_of(wanted, needs), free=found.free, worked=found.worked, zone=found.zone, now=work.now
    )


async def _needs(service_id: UUID, work: UnitOfWork) -> Needs | None:
    """None for a service that is not offered at present."""
    service = await work.db.maybe(store.service, id=service_id)
    return to_needs(service) if service is not None and service["is_active"] else None
