"""The history held against what is found: what was lost, what was doubled, what is not on record."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from drill.people import door

# The independent question: it knows nothing of the constraint that is to keep the answer at none.
OVERLAPS = """
    SELECT count(*) FROM scheduling.appointments AS a
    JOIN scheduling.appointments AS b USING (workspace_id, practitioner_id)
    WHERE a.id < b.id AND a.status IN ('scheduled', 'completed') AND b.status IN ('scheduled', 'completed')
      AND a.deleted_at IS NULL AND b.deleted_at IS NULL AND NOT a.overbooked AND NOT b.overbooked
      AND a.scheduled_start < b.scheduled_end AND b.scheduled_start < a.scheduled_end
"""
TABLES = ("clients.clients", "clinical.sessions", "scheduling.appointments")
READERS = 8


@dataclass(slots=True)
class Verdict:
    """Figures, and sentences for whatever should not be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    off_record: list[str] = field(default_factory=list)
    on_record: int = 0
    reminders_sent: int = 0
    reminders_unknown: int = 0
    trail_intact: bool = False
    sealed_events: int = 0


async def inventory(ground):
    """The ids that are there before anybody begins to work."""
    return {table: {row["id"] for row in await ground.rows(f"SELECT id::text FROM {table}")} for table in TABLES}


async def judge(ground, history, shown, before):
    """Reads everything again and counts everything once more. Whoever worked has stopped, and all has settled."""
    verdict = Verdict()
    await _clients(ground, history, shown, verdict)
    # A save that was repeated, instead of answered again, would have left a conflict copy: a note that nobody was told of.
    await _notes(ground, history, shown, verdict)
    await _bookings(ground, history, verdict)
    acknowledged = dict(zip(TABLES, (history.clients, history.notes, history.bookings), strict=True))
    for table, found in (await inventory(ground)).items():
        verdict.doubled += [f"{table} {one} that nobody was told of" for one in found - before[table] - set(acknowledged[table])]
    await _reminders(ground, history, verdict)
    await _trail(ground, history, shown, verdict)
    return verdict


async def _clients(ground, history, shown, verdict):
    found = await _read_all(ground, shown, "/clients", history.clients)
    for client_id, kept in history.clients.items():
        client = found[client_id]
        if client is None:
            verdict.lost.append(f"client {client_id}")
        elif (client["last_name"], client["version"], client["notes"]) != (kept.last_name, kept.version, kept.notes):
            verdict.lost.append(f"client {client_id}: acknowledged as version {kept.version}, found as {client['version']}")


async def _notes(ground, history, shown, verdict):
    found = await _read_all(ground, shown, "/sessions", history.notes)
    for note_id, kept in history.notes.items():
        note = found[note_id]
        if note is None:
            verdict.lost.append(f"note {note_id}")
        elif (note["client_id"], note["version"], note["subjective"]) != (kept.client_id, kept.version, kept.subjective):
            verdict.lost.append(f"note {note_id}: acknowledged as version {kept.version}, found as {note['version']}")


async def _bookings(ground, history, verdict):
    rows = await ground.rows("SELECT id, client_id, scheduled_start, scheduled_end FROM scheduling.appointments WHERE deleted_at IS NULL")
    found = {str(row["id"]): (str(row["client_id"]), row["scheduled_start"], row["scheduled_end"]) for row in rows}
    for booking_id, booking in history.bookings.items():
        if found.get(booking_id) != (booking.client_id, booking.start, booking.end):
            verdict.lost.append(f"booking {booking_id}")
    if overlaps := await ground.value(OVERLAPS):
        verdict.doubled.append(f"{overlaps} bookings of the same time")


async def _reminders(ground, history, verdict):
    """One row per booking; a mail for each that counts as sent, none twice. A sender killed in mid-conversation leaves an `unknown`."""
    rows = await ground.rows(
        "SELECT id, appointment_id, status FROM notifications.reminders WHERE appointment_id = ANY($1::uuid[])", list(history.bookings)
    )
    planned = Counter(str(row["appointment_id"]) for row in rows)
    for booking_id in history.bookings:
        if planned[booking_id] != 1:
            (verdict.doubled if planned[booking_id] else verdict.lost).append(f"{planned[booking_id]} reminders of booking {booking_id}")
    taken = Counter({message_id.strip("<>").partition("@")[0]: count for message_id, count in ground.postbox.taken.items()})
    verdict.doubled += [f"mail {message_id} was sent {count} times" for message_id, count in taken.items() if count > 1]
    for row in rows:
        mails = taken[f"reminder.{row['id']}"]
        if row["status"] == "sent" and not mails:
            verdict.lost.append(f"reminder {row['id']} counts as sent, and nobody got it")
        elif row["status"] not in {"sent", "unknown"}:
            verdict.lost.append(f"reminder {row['id']} is {row['status']}")
    statuses = Counter(row["status"] for row in rows)
    verdict.reminders_sent, verdict.reminders_unknown = statuses["sent"], statuses["unknown"]


async def _trail(ground, history, shown, verdict):
    """Every acknowledged operation has its line: a write exactly one, a read at least one, for a reply that was lost was still one."""
    rows = await ground.rows(
        "SELECT metadata->>'request_id' AS request_id, resource_type, action, resource_id::text FROM audit.audit_events"
        " WHERE outcome = 'success' AND metadata->>'request_id' = ANY($1::text[])",
        [deed.request_id for deed in history.deeds],
    )
    lines = Counter(tuple(row) for row in rows)
    for deed in history.deeds:
        count = lines[deed.request_id, deed.resource, deed.action, deed.resource_id]
        if count:
            verdict.on_record += 1
        else:
            verdict.off_record.append(f"{deed.kind} {deed.resource_id}")
        if deed.writes and count > 1:
            verdict.doubled.append(f"{deed.kind} {deed.resource_id} is on record {count} times")
    async with door(ground.gateway_url) as api:
        told = (await api.get("/audit/verify", headers=await shown.headers())).json()
    verdict.trail_intact = told.get("intact", False) and told["first_break"] is None
    verdict.sealed_events = told.get("events", 0)


async def _read_all(ground, shown, path, ids):
    """What the API says of each id; None for what it does not know."""
    found = {}
    waiting = list(ids)

    async def read():
        async with door(ground.gateway_url) as api:
            while waiting:
                one = waiting.pop()
                reply = await api.get(f"{path}/{one}", headers=await shown.headers())
                assert reply.status_code in {200, 404}, reply.text
                found[one] = reply.json() if reply.status_code == 200 else None

    await asyncio.gather(*(read() for _ in range(READERS)))
    return found
