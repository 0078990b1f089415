"""The Consents service: each method is one use case and one transaction."""

from uuid_utils.compat import uuid7

from caseload.clients.v1 import consents_pb2 as pb
from caseload.clients.v1 import events_pb2
from caseload.clients.v1.consents_rpc import ConsentsServicer
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.enums import enum_text
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from clients.clients.store import get_names
from clients.clients.workflow import change_client, check_not_merged, lock_client, same_person_as
from clients.consent_records import mapping, store
from clients.consents import rules


class Consents(ConsentsServicer[UnitOfWork]):
    """Whatever is written locks the client's row first, so of two who write at the same time the second sees what the first has done."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def GiveConsent(self, request: pb.GiveConsentRequest, work: UnitOfWork) -> pb.Consent:
        purpose, text_version = enum_text(pb.ConsentPurpose, request.purpose), request.text_version.strip()
        given_at = to_datetime(request.given_at) if request.HasField("given_at") else work.now
        rules.check_consent(text_version, given_at, now=work.now)
        keys = await self._keys.of(work.workspace_id)
        client = await lock_client(request.client_id, keys, work)
        columns = {
            "id": uuid7(),
            "client_id": client.id,
            "purpose": purpose,
            "given_at": given_at,
            "recorded_by": work.user_id,
            "created_at": work.now,
        }
        bound = {**columns, "version": 1, "withdrawn_at": None, "withdrawn_by": None}
        sealed = mapping.CONSENTS.seal(pb.Consent(text_version=text_version), keys, bound, work)
        row = await work.db.one(store.add, **columns, sealed=sealed)
        work.emit(events_pb2.ConsentGiven(client_id=client.id, consent_id=str(row["id"]), purpose=request.purpose))
        work.note(consent_id=str(row["id"]), purpose=purpose)
        if purpose == rules.TREATMENT:
            await change_client(client, {"consent_status": True}, keys, work)
        return mapping.from_row(row, keys)

    async def ListConsents(self, request: pb.ListConsentsRequest, work: UnitOfWork) -> pb.ConsentPage:
        window = page(request)
        keys = await self._keys.of(work.workspace_id)
        await check_not_merged(await work.find_one(get_names, request.client_id), work)
        ids = await same_person_as(request.client_id, work)
        found = await work.db.all(store.page, client_ids=ids, limit=window.limit, offset=window.offset)
        total = await work.db.one(store.count, client_ids=ids)
        return pb.ConsentPage(items=[mapping.from_row(row, keys) for row in found], total=total["total"])

    async def WithdrawConsent(self, request: pb.WithdrawConsentRequest, work: UnitOfWork) -> pb.Consent:
        keys = await self._keys.of(work.workspace_id)
        client = await lock_client(request.client_id, keys, work)
        ids = await same_person_as(request.client_id, work)
        asked = await work.db.one(store.get, id=request.consent_id, client_ids=ids)
        rules.check_in_force(asked["withdrawn_at"])
        # Who takes back what they agreed to does so whichever text they agreed to last.
        for row in await work.db.all(store.in_force, client_ids=ids, purpose=asked["purpose"]):
            consent = mapping.from_row(row, keys)
            after = {**row, "version": row["version"] + 1, "withdrawn_at": work.now, "withdrawn_by": work.user_id}
            sealed = mapping.CONSENTS.seal(consent, keys, after, work)
            changed = {name: after[name] for name in ("id", "version", "withdrawn_at", "withdrawn_by")}
            await work.db.run(store.withdraw, **changed, sealed=sealed)
            work.emit(events_pb2.ConsentWithdrawn(client_id=consent.client_id, consent_id=consent.id, purpose=consent.purpose))
        work.note(consent_id=request.consent_id, purpose=asked["purpose"])
        if asked["purpose"] == rules.TREATMENT:
            await change_client(client, {"consent_status": False}, keys, work)
        return mapping.from_row(await work.db.one(store.get, id=request.consent_id, client_ids=ids), keys)
