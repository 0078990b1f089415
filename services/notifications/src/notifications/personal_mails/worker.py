"""Finds out which mails of a person are due, and has them sent.

What is due is in the database alone. A worker claims people for the length of a lease and does what is due in one transaction that locks the
person's settings: it adds the mails and says until when that is done. A mail's id is made of the person, its kind and its day, or the
appointment and its start. So a mail is there once, however many workers there are, wherever one dies, and whatever clocks or settings do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.identity.v1 import workspaces_pb2
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.protobuf.timestamps import to_datetime, to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.poller import Poller
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail.store import add_mail, claim
from notifications.notification_settings import rules, store
from notifications.personal_mails.ids import of_appointment_soon, of_day

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A person whose mails this process may find out about until the lease expires."""

    workspace_id: UUID
    user_id: UUID


class PersonalWorker:
    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._runtime = runtime
        self._workspaces = WorkspacesStub(runtime.peers["identity"])
        self._appointments = AppointmentsStub(runtime.peers["scheduling"])
        self._lease = timedelta(seconds=settings.lease_seconds)
        self.poller = Poller(
            "personal",
            self._claim,
            self.do_what_is_due,
            log_fields=lambda claimed: {"user_id": str(claimed.user_id)},
            concurrency=settings.mails_at_once,
            interval=settings.sending_poll_seconds,
            grace=_SECONDS,
        )

    async def _claim(self, limit: int) -> Sequence[Claim]:
        async with self._runtime.database.transaction(None, seconds=_SECONDS) as tx:
            rows = await tx.all(claim, kind="personal", limit=limit, lease=self._lease, but=[])
        return [Claim(row["workspace_id"], row["item_id"]) for row in rows]

    async def do_what_is_due(self, claimed: Claim) -> None:
        """Adds the mails that are due. What fails is tried again when the lease is over."""
        async with self._runtime.background(claimed.workspace_id, seconds=_SECONDS) as look:
            seen = await look.db.maybe(store.get, user_id=claimed.user_id)
        if seen is None or seen["next_at"] is None:
            return
        workspace = await self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), look.context)
        zone = dates.zone(seen["time_zone"] or "", workspace.time_zone)
        is_open = workspace.status == workspaces_pb2.WORKSPACE_STATUS_ACTIVE
        starts = await self._starts(seen, look) if rules.wants(seen, "appointment_soon") else []
        async with self._runtime.background(claimed.workspace_id, seconds=_SECONDS) as work:
            row = await work.db.maybe(store.lock, user_id=claimed.user_id)
            if row is None or row["revision"] != seen["revision"] or row["done_until"] != seen["done_until"]:
                # Somebody else has done it, or other things are due: that is found out next.
                return
            until = max(look.now, row["done_until"])
            if is_open:
                await self._add_mails(work, row, zone, starts, until)
            ahead = min((at for _, at in starts if at > until + _notice(row)), default=None)
            next_at = rules.next_look_at(row, zone, until, ahead)
            await work.db.run(store.done, user_id=claimed.user_id, now=until, next_at=next_at)

    async def _starts(self, settings: Any, look: UnitOfWork) -> list[tuple[str, datetime]]:
        """The person's appointments of which nothing was told yet, by their starts."""
        since, until = settings["done_until"] + _notice(settings), look.now + _notice(settings) + rules.LOOK_AHEAD
        # What has begun is not told of.
        request = appointments_pb2.ListAgendaRequest(
            practitioner_id=str(settings["user_id"]), since=to_timestamp(max(since, look.now)), until=to_timestamp(until)
        )
        agenda = await self._appointments.ListAgenda(request, look.context)
        return [(entry.appointment_id, to_datetime(entry.starts_at)) for entry in agenda.items]

    async def _add_mails(self, work: UnitOfWork, row: Any, zone: ZoneInfo, starts: Sequence[tuple[str, datetime]], until: datetime) -> None:
        user_id = row["user_id"]
        for mail in rules.due_mails(row, zone, row["done_until"], until):
            mail_id = of_day(user_id, mail.kind, mail.day)
            await work.db.run(add_mail, id=mail_id, kind=mail.kind, user_id=user_id, appointment_id=None, now=mail.at)
        for appointment_id, starts_at in starts:
            if row["done_until"] < starts_at - _notice(row) <= until:
                mail_id = of_appointment_soon(user_id, appointment_id, starts_at)
                await work.db.run(
                    add_mail, id=mail_id, kind="appointment_soon", user_id=user_id, appointment_id=appointment_id, now=work.now
                )


def _notice(settings: Any) -> timedelta:
    return rules.notice(settings) if rules.wants(settings, "appointment_soon") else timedelta()
