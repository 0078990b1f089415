"""Declines what a client has asked for by a link in a reminder: the appointment stays. To accept it is to cancel the appointment."""

import json

from caseload.scheduling.v1 import appointments_pb2 as pb
from caseload.scheduling.v1 import events_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import given
from chassis.work.unit_of_work import UnitOfWork
from scheduling.appointments import booking, rules, store
from scheduling.appointments.history_rules import told
from scheduling.appointments.mapping import seal, to_details, to_event, to_message


async def decline(request: pb.DeclineCancellationRequest, keys: WorkspaceKeys, work: UnitOfWork) -> pb.Appointment:
    """The appointment, of which nobody waits for an answer any more. Raises Stale, and Conflict where nobody does."""
    wanted = given(request)
    row = await booking.lock(work, request.appointment_id)
    rules.check_fresh(wanted["expected_version"], row["version"])
    rules.check_cancellation_asked(row["cancellation_asked_at"])
    after = {**row, "cancellation_asked_at": None, "version": row["version"] + 1, "updated_at": work.now}
    sealed = seal(to_details(row, to_message(row, keys)), keys, after, work)
    changed = await work.db.one(store.decline_cancellation, id=row["id"], sealed=sealed, updated_at=work.now)
    await work.db.run(
        store.add_change,
        appointment_id=row["id"],
        version=changed["version"],
        status_before=row["status"],
        status_after=row["status"],
        changed_by=work.user_id,
        changed_at=work.now,
        fields=json.dumps({"cancellation_asked_at": [told(row["cancellation_asked_at"]), None]}),
    )
    tell_client = wanted["tell_client"]
    declined = {"asked_at": row["cancellation_asked_at"], "declined_at": work.now, "tell_client": tell_client}
    work.emit(to_event(events_pb2.AppointmentCancellationDeclined, changed, by=work.caller.user_id, **declined))
    work.note(tell_client="as the workspace says" if tell_client is None else str(tell_client).lower())
    return to_message(changed, keys)
