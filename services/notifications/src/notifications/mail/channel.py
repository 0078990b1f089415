"""How messages reach people: the protocol that a sender speaks with every channel, and mail as one of them.

The other one hands text messages over by HTTP (`notifications.sms_channels.channel`).
"""

from email.message import EmailMessage
from typing import Any, Protocol, TypeVar
from uuid import UUID

from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail.smtp import SmtpClient
from notifications.return_paths import workflow as return_paths
from notifications.return_paths.rules import KnownBy, Reason

Message = TypeVar("Message")
Message_contra = TypeVar("Message_contra", contravariant=True)


class NotToBeSent(Exception):
    """The message must not be sent (any more). `status` is the final status of its row, `reason` a code."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Channel(Protocol[Message_contra]):
    """What a sender needs of a channel. An address is known here by its keyed hash alone; by none where nothing is kept of it."""

    async def address_of(self, workspace_id: UUID, message: Message_contra) -> KnownBy:
        """By what the address that the message goes to is known."""

    async def begin(self, work: UnitOfWork, kind: str, row: Any, address: KnownBy, held_status: str | None) -> str:
        """In the transaction that marks the message as being sent: where reports about it come back to, empty where there are none.

        Raises NotToBeSent with `held_status`, unless that is None, if nothing goes to the address any more.
        """

    async def send(self, message: Message_contra, *, return_path: str) -> None:
        """Returns when the message was taken. Raises TransientFailure, PermanentFailure, or UnknownOutcome if it may have been taken."""

    async def record_bounce(self, work: UnitOfWork, kind: str, row: Any, address: KnownBy, reason: Reason) -> None:
        """Keeps that a message was not taken for its address."""


class MailChannel:
    """Hands mail to the mail server."""

    def __init__(self, runtime: Runtime, smtp: SmtpClient) -> None:
        self._runtime = runtime
        self._smtp = smtp
        self._domain: str = runtime.settings.bounce_domain

    async def address_of(self, workspace_id: UUID, message: EmailMessage) -> KnownBy:
        return return_paths.index_of(await self._runtime.keys.of(workspace_id), message["To"].addresses[0].addr_spec)

    async def begin(self, work: UnitOfWork, kind: str, row: Any, address: KnownBy, held_status: str | None) -> str:
        if held_status is not None and await return_paths.is_held(work, address):
            raise NotToBeSent(held_status, "address_held")
        return await return_paths.issue(work, kind, row["id"], address, domain=self._domain) if self._domain else ""

    async def send(self, message: EmailMessage, *, return_path: str) -> None:
        await self._smtp.send(message, return_path=return_path)

    async def record_bounce(self, work: UnitOfWork, kind: str, row: Any, address: KnownBy, reason: Reason) -> None:
        await return_paths.record_failure(work, address, reason, kind=kind, item_id=row["id"])
