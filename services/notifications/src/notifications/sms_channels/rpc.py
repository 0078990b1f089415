"""The SmsChannels service: each method is one use case and one transaction."""

import os
from collections.abc import Callable

from caseload.notifications.v1 import sms_channels_pb2 as pb
from caseload.notifications.v1.sms_channels_rpc import SmsChannelsServicer
from chassis.db.errors import nothing_here
from chassis.encryption.key_store import Keys
from chassis.work.unit_of_work import UnitOfWork
from notifications.sms_channels import record, rules, store
from notifications.webhooks import rules as signing


class SmsChannels(SmsChannelsServicer[UnitOfWork]):
    """`takes` says which URLs may be asked."""

    def __init__(self, keys: Keys, *, takes: Callable[[str], bool]) -> None:
        self._keys = keys
        self._takes = takes

    async def GetSmsChannel(self, request: pb.GetSmsChannelRequest, work: UnitOfWork) -> pb.SmsChannel:
        keys = await self._keys.of(work.workspace_id)
        return record.to_proto(await work.db.one(store.get), keys)

    async def SetSmsChannel(self, request: pb.SetSmsChannelRequest, work: UnitOfWork) -> pb.SmsChannelWithSecret:
        """Another address keeps the secret: whoever is to lose it asks for a new one."""
        rules.check_url(request.url, takes=self._takes)
        keys = await self._keys.of(work.workspace_id)
        await work.db.run(store.lock)
        before = await work.db.maybe(store.get)
        work.note(is_active=str(request.is_active).lower())
        if before is None:
            secret = _new_secret()
            sealed = record.seal(pb.SealedSmsChannel(url=request.url, secret=secret), keys, 1)
            row = await work.db.one(store.add, sealed=sealed, version=1, is_active=request.is_active, former_until=None, now=work.now)
            return pb.SmsChannelWithSecret(channel=record.to_proto(row, keys), secret=secret)
        content = record.open_sealed(before, keys)
        content.url = request.url
        version = before["version"] + 1
        row = await work.db.one(
            store.change,
            sealed=record.seal(content, keys, version),
            version=version,
            is_active=request.is_active,
            former_until=before["former_until"],
            now=work.now,
        )
        return pb.SmsChannelWithSecret(channel=record.to_proto(row, keys))

    async def DeleteSmsChannel(self, request: pb.DeleteSmsChannelRequest, work: UnitOfWork) -> pb.DeleteSmsChannelResponse:
        await work.db.run(store.lock)
        if not await work.db.run(store.remove):
            raise nothing_here()
        return pb.DeleteSmsChannelResponse()

    async def RotateSmsSecret(self, request: pb.RotateSmsSecretRequest, work: UnitOfWork) -> pb.SmsChannelWithSecret:
        keys = await self._keys.of(work.workspace_id)
        await work.db.run(store.lock)
        before = await work.db.one(store.get)
        signing.check_may_rotate(before["former_until"], now=work.now)
        former = record.open_sealed(before, keys)
        sealed = pb.SealedSmsChannel(url=former.url, secret=_new_secret(), former_secret=former.secret)
        version = before["version"] + 1
        row = await work.db.one(
            store.change,
            sealed=record.seal(sealed, keys, version),
            version=version,
            is_active=before["is_active"],
            former_until=work.now + signing.OVERLAP,
            now=work.now,
        )
        return pb.SmsChannelWithSecret(channel=record.to_proto(row, keys), secret=sealed.secret)


def _new_secret() -> str:
    return signing.secret_of(os.urandom(signing.SECRET_BYTES))
