"""What a consent to reminders, or its withdrawal, changes. Events about consents may come in any order and more than once."""

from caseload.options.v1 import options_pb2
from chassis.db.statement import Statement
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.reminders import consent_store, rule_store, store
from notifications.reminders.workflow import plan_client_again


async def record_consent(work: UnitOfWork, client_id: str, consent_id: str) -> None:
    """Records a consent. If the client had withdrawn all others, plans those of their reminders again that are due in the future."""
    took_none = await _record(work, consent_store.record_consent, client_id, consent_id)
    if not took_none or await _takes_none(work, client_id):
        return
    _tell(work, "resume_reminders", client_id, await plan_client_again(work, client_id))


async def record_withdrawal(work: UnitOfWork, client_id: str, consent_id: str) -> None:
    """Records that a consent is withdrawn. If no other is in force, cancels the reminders that the client was to get."""
    await _record(work, consent_store.record_withdrawal, client_id, consent_id)
    if await _takes_none(work, client_id):
        _tell(work, "stop_reminders", client_id, await work.db.run(store.cancel_of_client, client_id=client_id, reason="consent_withdrawn"))


async def _record(work: UnitOfWork, change: Statement, client_id: str, consent_id: str) -> bool:
    """Writes the change; whether the client took no reminders before it."""
    # A booking that plans reminders at the same time sees the change, or the change sees its reminders.
    await work.db.run(rule_store.lock_rules)
    took_none = await _takes_none(work, client_id)
    await work.db.run(change, client_id=client_id, consent_id=consent_id)
    return took_none


async def _takes_none(work: UnitOfWork, client_id: str) -> bool:
    return bool(await work.db.all(consent_store.who_take_none, client_ids=[client_id]))


def _tell(work: UnitOfWork, event_type: str, client_id: str, reminders: int) -> None:
    record_effect(work, event_type, options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_UPDATE, [client_id], reminders=reminders)
