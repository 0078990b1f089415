"""The NotificationSettings service: each method is one use case and one transaction."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import notification_settings_pb2 as pb
from caseload.notifications.v1.notification_settings_rpc import NotificationSettingsServicer
from chassis.protobuf.fields import fill, masked
from chassis.work.unit_of_work import UnitOfWork
from notifications.notification_settings import rules, store, workflow

_ZONES = frozenset(available_timezones())


class NotificationSettings(NotificationSettingsServicer[UnitOfWork]):
    def __init__(self, users: UsersStub) -> None:
        self._users = users

    async def GetNotificationSettings(self, request: pb.GetNotificationSettingsRequest, work: UnitOfWork) -> pb.PersonalSettings:
        await self._check_is_a_person(work)
        return _to_message(await workflow.current(work.db, work.user_id), work)

    async def SetNotificationSettings(self, request: pb.SetNotificationSettingsRequest, work: UnitOfWork) -> pb.PersonalSettings:
        changes = masked(request, rules.DEFAULTS)
        await self._check_is_a_person(work)
        await work.db.run(store.begin, user_id=work.user_id, **rules.DEFAULTS, now=work.now)
        before = await work.db.one(store.lock, user_id=work.user_id)
        settings = {name: changes.get(name, before[name]) for name in rules.DEFAULTS}
        rules.check_settings(settings, zone_is_known=settings["time_zone"] is None or settings["time_zone"] in _ZONES)
        for name in ("digest_days", "tomorrow_digest_days"):
            settings[name] = sorted(set(settings[name]))
        # The worker finds out at once when something is due: it knows the workspace's zone, and the person's appointments.
        next_at = work.now if any(rules.wants(settings, kind) for kind in (*rules.DAILY, "appointment_soon")) else None
        done_until = work.now if rules.has_other_times(before, settings) else before["done_until"]
        row = await work.db.one(store.put, user_id=work.user_id, **settings, done_until=done_until, next_at=next_at, now=work.now)
        work.note(settings=" ".join(sorted(changes)))
        return _to_message(row, work)

    async def _check_is_a_person(self, work: UnitOfWork) -> None:
        """Raises NotFound for an API key, which has no mailbox."""
        await self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(work.user_id)), work.context)


def _to_message(settings: Mapping[str, Any], work: UnitOfWork) -> pb.PersonalSettings:
    user_id = str(work.user_id)
    return fill(pb.PersonalSettings(id=user_id, user_id=user_id, workspace_id=str(work.workspace_id)), {"created_at": None, **settings})
