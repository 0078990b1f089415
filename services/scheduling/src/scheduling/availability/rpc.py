"""The Availability service: each method is one use case and one transaction."""

from typing import Any
from uuid import UUID

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.scheduling.v1 import availability_pb2 as pb
from caseload.scheduling.v1.availability_rpc import AvailabilityServicer
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import given
from chassis.work.unit_of_work import UnitOfWork
from scheduling.availability import rules, store, time_off
from scheduling.working_hours import store as working_hours
from scheduling.working_hours.mapping import AVAILABILITY, DEFAULT_SLOT_STEP, to_message
from scheduling.working_hours.rules import check_practitioner


class Availability(AvailabilityServicer[UnitOfWork]):
    """Methods ask other services and fetch the keys before their first statement, so that no transaction waits for them."""

    def __init__(self, keys: Keys, users: UsersStub) -> None:
        self._keys = keys
        self._users = users

    async def GetAvailability(self, request: pb.GetAvailabilityRequest, work: UnitOfWork) -> pb.WorkingHours:
        # Raises NotFound for somebody who does not work here.
        await self._practitioner(request.practitioner_id, work)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.maybe(working_hours.get, practitioner_id=request.practitioner_id)
        hours = to_message(row, keys, practitioner_id=request.practitioner_id, workspace_zone=request.time_zone)
        if not rules.is_own_or_managed(UUID(request.practitioner_id), work.user_id, work.caller.scopes):
            for exception in hours.exceptions:
                exception.ClearField("note")
        return hours

    async def SetAvailability(self, request: pb.SetAvailabilityRequest, work: UnitOfWork) -> pb.WorkingHours:
        wanted = given(request)
        settings = {
            "time_zone": wanted["time_zone"],
            "notice_minutes": wanted["notice_minutes"] or 0,
            "slot_step_minutes": DEFAULT_SLOT_STEP if wanted["slot_step_minutes"] is None else wanted["slot_step_minutes"],
        }
        weekly, exceptions = (list(map(given, wanted[name])) for name in ("weekly", "exceptions"))
        rules.check_hours({**settings, "weekly": weekly, "exceptions": exceptions})
        rules.check_may_set(UUID(request.practitioner_id), work.user_id, work.caller.scopes)
        practitioner = await self._practitioner(request.practitioner_id, work)
        check_practitioner(is_active=practitioner.is_active, treats=practitioner.treats)
        keys = await self._keys.of(work.workspace_id)

        row = await self._save(request, settings | {"updated_by": work.user_id, "updated_at": work.now}, keys, work)
        hours = to_message(row, keys, practitioner_id=request.practitioner_id, workspace_zone=request.workspace_time_zone)
        await time_off.take(hours, work)
        work.note(weekly=str(len(weekly)), exceptions=str(len(exceptions)))
        return hours

    async def _save(self, request: pb.SetAvailabilityRequest, columns: dict[str, Any], keys: WorkspaceKeys, work: UnitOfWork) -> Record:
        key = {"practitioner_id": UUID(request.practitioner_id)}
        expected = request.expected_version if request.HasField("expected_version") else None
        content = pb.WorkingHours(weekly=request.weekly, exceptions=request.exceptions)

        def next_row(version: int) -> dict[str, Any]:
            row = {**key, **columns, "version": version + 1, **time_off.marks(version + 1)}
            return row | {"sealed": AVAILABILITY.seal(content, keys, row, work)}

        before = await work.db.maybe(store.get_for_update, **key)
        if before is None:
            rules.check_fresh(expected, 0)
            added = await work.db.maybe(store.add, **next_row(0))
            if added is not None:
                return added
            # Somebody else was the first in the meantime.
            before = await work.db.one(store.get_for_update, **key)
        rules.check_fresh(expected, before["version"])
        return await work.db.one(store.replace, **next_row(before["version"]))

    async def _practitioner(self, practitioner_id: str, work: UnitOfWork) -> users_pb2.Practitioner:
        """The practitioner. Raises NotFound for somebody who does not work here."""
        return await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=practitioner_id), work.context)
