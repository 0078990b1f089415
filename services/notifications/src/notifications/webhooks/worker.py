"""The poller that sends what is due to webhooks, in this process."""

from caseload.identity.v1.users_rpc import UsersStub
from chassis.service.runtime import Runtime
from chassis.work.poller import Poller
from notifications.settings import NotificationsSettings
from notifications.webhooks.outgoing import Outgoing
from notifications.webhooks.sender import Claim, WebhookSender


class WebhookWorker:
    def __init__(self, runtime: Runtime) -> None:
        settings: NotificationsSettings = runtime.settings
        self.outgoing = Outgoing(settings)
        sender = WebhookSender(runtime, self.outgoing, UsersStub(runtime.peers["identity"]))
        self.poller: Poller[Claim] = Poller(
            "webhooks",
            sender.claim,
            sender.send,
            log_fields=sender.log_fields,
            concurrency=settings.webhooks_at_once,
            interval=settings.sending_poll_seconds,
            # When the process stops. What is not answered by then is sent again.
            grace=min(settings.webhook_seconds, 5.0),
        )
