"""Co-signatures follow who supervises whom, and a deadline that has passed is put on record once."""

from collections.abc import Sequence

from caseload.clinical.v1 import events_pb2
from caseload.identity.v1 import events_pb2 as identity_events_pb2
from caseload.options.v1 import options_pb2
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.audit import record_effect
from clinical.supervision import store


def reactions() -> Sequence[Reaction]:
    @on(identity_events_pb2.SupervisionChanged, queue="clinical.follow-supervision")
    async def follow_supervision(event: identity_events_pb2.SupervisionChanged, delivery: Delivery) -> None:
        """What waits for the one waits for the other; without another, for whoever oversees the workspace. An event about an older version of the user changes nothing."""
        told = await delivery.db.one(
            store.tell,
            user_id=event.user_id,
            supervisor_user_id=event.supervisor_id if event.HasField("supervisor_id") else None,
            version=event.version,
        )
        passed_on = await delivery.db.all(store.pass_on, user_id=event.user_id, supervisor_user_id=told["supervisor_user_id"])
        ids = [row["id"] for row in passed_on]
        record_effect(delivery, "pass_on_cosignature", options_pb2.RESOURCE_SESSION, options_pb2.ACTION_UPDATE, ids)

    @on(events_pb2.CosignDeadlinePassed, queue="clinical.announce-overdue-cosignature")
    async def announce_overdue(event: events_pb2.CosignDeadlinePassed, delivery: Delivery) -> None:
        row = await delivery.db.maybe(store.announce, id=event.session_id, now=delivery.now)
        if row is None:
            return
        supervisor = row["supervisor_user_id"]
        own = {row["author_user_id"], row["signed_by_user_id"], *row["signer_user_ids"]} - {None}
        restricted = await delivery.db.maybe(store.care_team, id=event.session_id)
        delivery.emit(
            events_pb2.CosignatureOverdue(
                session_id=event.session_id,
                supervisor_id=str(supervisor) if supervisor else None,
                due_at=to_timestamp(row["due_at"]),
                own_user_ids=sorted(map(str, own)),
                supervisee_id=str(row["supervisee_user_id"]),
                care_team_user_ids=sorted(map(str, restricted["user_ids"])) if restricted else [],
            )
        )
        record_effect(delivery, "miss_cosign_deadline", options_pb2.RESOURCE_SESSION, options_pb2.ACTION_UPDATE, [row["id"]])

    return [follow_supervision, announce_overdue]
