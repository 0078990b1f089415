"""The timeline events of notes: one for the session itself, and one for each signature and each amendment."""

from datetime import datetime

from chassis.db.transaction import Record
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import mapping, rules, store


async def record(work: UnitOfWork, row: Record, kind: str, at: datetime, *, number: int | None = None) -> None:
    """Records an event of the note, or moves it; `number` is the signed version's that the event is about.

    A conflict copy that was never signed has no events: it is no part of the client's history.
    """
    if row["conflict_of"] is not None and not mapping.number_signed(row):
        return
    await work.db.run(
        store.record_event,
        id=rules.timeline_event_id(row["id"], kind, number),
        session_id=row["id"],
        client_id=row["client_id"],
        appointment_id=row["appointment_id"],
        kind=kind,
        at=at,
    )
