"""A supervisor is mailed when a note was not co-signed in time; the mail says nothing of whose note it is."""

from dataclasses import replace
from datetime import UTC, datetime

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import events_pb2
from chassis.auth.tokens import ServiceSigner
from chassis.events.signatures import EventSigner
from chassis.work.envelope import Envelope


async def announce(practice, supervisor_id):
    """What clinical announces, delivered twice."""
    event = events_pb2.CosignatureOverdue(session_id=str(uuid7()), supervisor_id=supervisor_id)
    envelope = Envelope(uuid7(), practice.workspace_id, event.DESCRIPTOR.full_name, event.SerializeToString(), datetime.now(UTC))
    key = (practice.environment.folder / "service-keys" / "clinical.key").read_bytes()
    (signature,) = EventSigner(ServiceSigner("clinical", key)).sign([envelope])
    for _ in range(2):
        await practice.environment.broker.publish(replace(envelope, signature=signature))


async def test_a_supervisor_is_mailed_once_for_each_missed_deadline(practice):
    # What waits for nobody by name has nobody to be written to.
    await announce(practice, None)
    await announce(practice, str(practice.owner_id))

    async def is_sent():
        rows = await practice.look("SELECT status FROM notifications.mails WHERE workspace_id = $1", practice.workspace_id)
        return [row["status"] for row in rows] == ["sent"]

    await practice.until(is_sent)
    (mail,) = practice.mail_server.to(practice.owner_email)
    assert mail["Subject"] == "A note waits for your co-signature"
    for part in ("plain", "html"):
        assert "Hello Henrietta Castellanos," in mail.get_body((part,)).get_content()
