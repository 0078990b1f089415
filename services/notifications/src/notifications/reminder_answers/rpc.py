"""The ReminderAnswers service: each method is one use case and one transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from caseload.clients.v1 import clients_pb2
from caseload.identity.v1 import users_pb2, workspaces_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import events_pb2, reminders_pb2
from caseload.notifications.v1 import reminder_answers_pb2 as pb
from caseload.notifications.v1.reminder_answers_rpc import ReminderAnswersServicer
from caseload.scheduling.v1 import appointments_pb2
from chassis.context import RequestContext
from chassis.db.transaction import Record
from chassis.errors import NotFound
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.mail import store as mails
from notifications.merged_clients.workflow import owners
from notifications.reminder_links import rules, store
from notifications.reminder_links.workflow import find
from notifications.reminder_policies import workflow as policies
from notifications.reminders import rule_store
from notifications.reminders import store as reminders
from notifications.reminders.workflow import plan_client_again
from notifications.stubs import Stubs

_SECONDS_TO_ASK = 5.0


class ReminderAnswers(ReminderAnswersServicer[UnitOfWork]):
    """Whoever has a link may do what it is for: nobody is signed in. Other services are asked on the service's own behalf."""

    def __init__(self, stubs: Stubs, users: UsersStub) -> None:
        self._stubs = stubs
        self._users = users

    async def GetReminderLink(self, request: pb.GetReminderLinkRequest, work: UnitOfWork) -> pb.ReminderLink:
        _, link = await find(request.token, work)
        slot, workspace = await self._ask(link, work)
        return await _told(link, slot, workspace, request.locale, work)

    async def AnswerReminder(self, request: pb.AnswerReminderRequest, work: UnitOfWork) -> pb.ReminderLink:
        answer = enum_text(pb.ReminderAnswer, request.answer)
        token, found = await find(request.token, work)
        slot, workspace = await self._ask(found, work)
        asked = await self._who_is_asked(slot, work) if slot is not None and answer == "cancel" else ()
        of_same = _of_same(found, slot)
        if answer == "opt_out":
            # A booking that plans reminders at the same time is seen, and what is planned later is not mailed. Before the links, as where a move is recorded.
            await work.db.run(rule_store.lock_rules)
        await work.db.all(store.lock_all, **of_same)
        link = await work.db.maybe(store.lock, id=token.row_id, token_hash=token.hash)
        if link is None:
            # Erased a moment ago.
            raise rules.unknown_link()
        work.note(answer=answer)
        if answer == "opt_out":
            await _opt_out(link, work)
        elif not rules.is_answered(answer, **{name: link[name] for name in ("confirmed_at", "cancelled_at", "declined_at")}):
            rules.check_open(is_open=_is_open(link, slot, work))
            if answer == "confirm":
                await work.db.run(store.forget_answers, **of_same)
                await work.db.run(store.mark_confirmed, id=link["id"], now=work.now)
                work.emit(fill(events_pb2.ClientConfirmed(), link))
            else:
                await work.db.run(store.forget_confirmations, **of_same)
                await _cancel(link, asked, work)
            link = await work.db.one(store.lock, id=token.row_id, token_hash=token.hash)
        return await _told(link, slot, workspace, request.locale, work)

    async def ListOptOuts(self, request: pb.ListOptOutsRequest, work: UnitOfWork) -> pb.OptOutPage:
        window = page(request)
        found = await work.db.all(store.page, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count)
        return pb.OptOutPage(items=[fill(pb.OptOut(), row) for row in found], total=total["total"])

    async def TakeBackOptOut(self, request: pb.TakeBackOptOutRequest, work: UnitOfWork) -> pb.TakeBackOptOutResponse:
        # Raises NotFound for another workspace's client, and Forbidden for one whose record the caller may not open.
        await self._stubs.clients.GetClient(clients_pb2.GetClientRequest(client_id=request.client_id), work.context)
        channel = enum_text(reminders_pb2.Channel, request.channel) if request.HasField("channel") else None
        # A booking that plans reminders at the same time has planned them, or they are planned here.
        await work.db.run(rule_store.lock_rules)
        ended = {row["channel"] for row in await work.db.all(store.take_back, client_id=request.client_id, channel=channel)}
        if ended:
            # What was cancelled when the client opted out is to come after all.
            work.note(reminders=str(await plan_client_again(work, request.client_id, ended)))
        return pb.TakeBackOptOutResponse()

    async def _ask(self, link: Record, work: UnitOfWork) -> tuple[appointments_pb2.Slot | None, workspaces_pb2.Workspace]:
        """The appointment as it is now, if there is one and it is still the client's, and the workspace."""
        ours = _ours(work)
        workspace = await self._stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), ours)
        request = appointments_pb2.GetSlotRequest(appointment_id=str(link["appointment_id"]))
        try:
            slot = await self._stubs.appointments.GetSlot(request, ours)
        except NotFound:
            return None, workspace
        # It may have been given to somebody else at the same time, whose it is to confirm and to cancel.
        mailed, has_it = link["client_id"], UUID(slot.client_id)
        async with work.beside(work.workspace_id) as tx:
            whose = await owners(tx, [mailed, has_it])
        return slot if whose[mailed] == whose[has_it] else None, workspace

    async def _who_is_asked(self, slot: appointments_pb2.Slot, work: UnitOfWork) -> Sequence[str]:
        """The practitioner; those who administer the workspace where the practitioner works here no longer."""
        ours = _ours(work)
        try:
            request = users_pb2.GetPractitionerRequest(user_id=slot.practitioner_id)
            if (await self._users.GetPractitioner(request, ours)).is_active:
                return [slot.practitioner_id]
        except NotFound:
            pass
        return (await self._users.ListOverseers(users_pb2.ListOverseersRequest(), ours)).user_ids


def _ours(work: UnitOfWork) -> RequestContext:
    """A call of this service's own in the link's workspace."""
    return RequestContext(request_id=work.context.request_id, workspace_id=work.workspace_id).within(_SECONDS_TO_ASK)


def _of_same(link: Record, slot: appointments_pb2.Slot | None) -> dict[str, Any]:
    """Names all links of the link's appointment that its client has, those from before their record was merged into another among them."""
    clients = {link["client_id"]} if slot is None else {link["client_id"], UUID(slot.client_id)}
    return {"client_ids": list(clients), "appointment_ids": [link["appointment_id"]]}


async def _opt_out(link: Record, work: UnitOfWork) -> None:
    client_id = link["client_id"]
    await work.db.run(store.opt_out, client_id=client_id, channel=link["channel"], now=work.now)
    owner = (await owners(work.db, [client_id]))[client_id]
    cancelled = await work.db.run(reminders.cancel_of_channel, client_id=owner, channel=link["channel"], reason="opted_out")
    work.note(reminders=str(cancelled))


async def _cancel(link: Record, asked: Sequence[str], work: UnitOfWork) -> None:
    """Cancels the appointment, or has these users asked to, as the workspace wants."""
    await work.db.run(store.mark_cancelled, id=link["id"], now=work.now)
    policy = await policies.current(work.db)
    work.note(cancel_link=policy["cancel_link"])
    if policy["cancel_link"] == "cancel":
        work.emit(fill(events_pb2.ClientCancelled(), link))
        return
    work.emit(fill(events_pb2.ClientAskedToCancel(), link))
    about = {"kind": "cancellation_asked", "appointment_id": link["appointment_id"], "now": work.now}
    # Once for each time that they ask: who was declined, or has confirmed after all, may ask again.
    ids = [(uuid5(link["id"], f"{user_id} {work.now.isoformat()}"), user_id) for user_id in asked]
    await work.db.many(mails.add_mail, [{"id": mail_id, "user_id": user_id, **about} for mail_id, user_id in ids])


async def _told(
    link: Record, slot: appointments_pb2.Slot | None, workspace: workspaces_pb2.Workspace, locale: str, work: UnitOfWork
) -> pb.ReminderLink:
    zone, known = ZoneInfo(link["time_zone"]), dates.locale(locale)
    opt_outs: Sequence[Record] = await work.db.all(store.opt_outs_of, client_id=link["client_id"])
    policy = await policies.current(work.db)
    shown = {
        "appointment_id": link["appointment_id"],
        "practice": workspace.name,
        "date": dates.format_day(link["starts_at"], zone, known),
        "time": dates.format_time(link["starts_at"], zone, known),
        "is_open": _is_open(link, slot, work),
        "is_confirmed": link["confirmed_at"] is not None,
        "is_cancelled": rules.waits(cancelled_at=link["cancelled_at"], declined_at=link["declined_at"]),
        "is_declined": link["declined_at"] is not None,
        "is_opted_out": link["channel"] in {row["channel"] for row in opt_outs},
        "cancel_link": _cancel_link(link, slot, work) or policy["cancel_link"],
        "channel": link["channel"],
    }
    return fill(pb.ReminderLink(), shown)


def _cancel_link(link: Record, slot: appointments_pb2.Slot | None, work: UnitOfWork) -> str | None:
    """What became of the client's cancellation, whatever the workspace has chosen since. None where the appointment does not say."""
    if slot is None or link["cancelled_at"] in {None, work.now}:
        return None
    if slot.status == appointments_pb2.APPOINTMENT_STATUS_CANCELLED:
        return "cancel"
    return "ask" if slot.cancellation_asked else None


def _is_open(link: Record, slot: appointments_pb2.Slot | None, work: UnitOfWork) -> bool:
    if slot is None:
        return False
    status = enum_text(appointments_pb2.AppointmentStatus, slot.status)
    return rules.is_open(status, to_datetime(slot.starts_at), link["starts_at"], now=work.now)
