"""Compares the history of a drill with the database, the API, the audit trail and the mail server."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from drill.users import api_client

# Does not rely on the constraint that prevents overlaps.
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
class Findings:
    """What was lost, duplicated or not audited, one line each; and counters."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    not_audited: list[str] = field(default_factory=list)
    audited: int = 0
    reminders_sent: int = 0
    reminders_unknown: int = 0
    trail_intact: bool = False
    events_in_chain: int = 0


async def row_ids(environment):
    """The ids of all rows of the tables."""
    return {table: {row["id"] for row in await environment.rows(f"SELECT id::text FROM {table}")} for table in TABLES}


async def verify(environment, history, token, before):
    """Verifies the work of users who have stopped, after everything is processed. `before` is `row_ids` from before their work."""
    findings = Findings()
    await _clients(environment, history, token, findings)
    # If a repeated save had been executed twice, a conflict draft would exist that was never acknowledged.
    await _notes(environment, history, token, findings)
    await _bookings(environment, history, findings)
    acknowledged = dict(zip(TABLES, (history.clients, history.notes, history.bookings), strict=True))
    for table, found in (await row_ids(environment)).items():
        findings.duplicated += [f"{table} {one} was never acknowledged" for one in found - before[table] - set(acknowledged[table])]
    await _reminders(environment, history, findings)
    await _trail(environment, history, token, findings)
    return findings


async def _clients(environment, history, token, findings):
    found = await _read_all(environment, token, "/clients", history.clients)
    for client_id, expected in history.clients.items():
        client = found[client_id]
        if client is None:
            findings.lost.append(f"client {client_id}")
        elif (client["last_name"], client["version"], client["notes"]) != (expected.last_name, expected.version, expected.notes):
            findings.lost.append(f"client {client_id}: acknowledged as version {expected.version}, found as {client['version']}")


async def _notes(environment, history, token, findings):
    found = await _read_all(environment, token, "/sessions", history.notes)
    for note_id, expected in history.notes.items():
        note = found[note_id]
        if note is None:
            findings.lost.append(f"note {note_id}")
        elif (note["client_id"], note["version"], note["subjective"]) != (expected.client_id, expected.version, expected.subjective):
            findings.lost.append(f"note {note_id}: acknowledged as version {expected.version}, found as {note['version']}")


async def _bookings(environment, history, findings):
    rows = await environment.rows(
        "SELECT id, client_id, scheduled_start, scheduled_end FROM scheduling.appointments WHERE deleted_at IS NULL"
    )
    found = {str(row["id"]): (str(row["client_id"]), row["scheduled_start"], row["scheduled_end"]) for row in rows}
    for booking_id, booking in history.bookings.items():
        if found.get(booking_id) != (booking.client_id, booking.start, booking.end):
            findings.lost.append(f"booking {booking_id}")
    if overlaps := await environment.value(OVERLAPS):
        findings.duplicated.append(f"{overlaps} overlapping bookings")


async def _reminders(environment, history, findings):
    """One reminder per booking, one mail per sent reminder, none twice. A sender that was killed while sending leaves `unknown`."""
    rows = await environment.rows(
        "SELECT id, appointment_id, status FROM notifications.reminders WHERE appointment_id = ANY($1::uuid[])", list(history.bookings)
    )
    planned = Counter(str(row["appointment_id"]) for row in rows)
    for booking_id in history.bookings:
        if planned[booking_id] != 1:
            (findings.duplicated if planned[booking_id] else findings.lost).append(
                f"{planned[booking_id]} reminders of booking {booking_id}"
            )
    accepted = Counter({message_id.strip("<>").partition("@")[0]: count for message_id, count in environment.mail_server.accepted.items()})
    findings.duplicated += [f"mail {message_id} was sent {count} times" for message_id, count in accepted.items() if count > 1]
    for row in rows:
        mails = accepted[f"reminder.{row['id']}"]
        if row["status"] == "sent" and not mails:
            findings.lost.append(f"reminder {row['id']} is marked as sent, and no mail was accepted")
        elif row["status"] not in {"sent", "unknown"}:
            findings.lost.append(f"reminder {row['id']} is {row['status']}")
    statuses = Counter(row["status"] for row in rows)
    findings.reminders_sent, findings.reminders_unknown = statuses["sent"], statuses["unknown"]


async def _trail(environment, history, token, findings):
    """Every acknowledged write has exactly one audit event, besides those of its replays; every read at least one: a lost reply was a read as well."""
    rows = await environment.rows(
        "SELECT metadata->>'request_id' AS request_id, resource_type, action, resource_id::text FROM audit.audit_events"
        " WHERE outcome = 'success' AND metadata->>'request_id' = ANY($1::text[]) AND metadata->'facts'->>'replay' IS NULL",
        [operation.request_id for operation in history.operations],
    )
    events = Counter(tuple(row) for row in rows)
    for operation in history.operations:
        count = events[operation.request_id, operation.resource, operation.action, operation.resource_id]
        if count:
            findings.audited += 1
        else:
            findings.not_audited.append(f"{operation.kind} {operation.resource_id}")
        if operation.writes and count > 1:
            findings.duplicated.append(f"{operation.kind} {operation.resource_id} has {count} audit events")
    async with api_client(environment.gateway_url) as api:
        verification = (await api.get("/audit/verify", headers=await token.headers())).json()
    findings.trail_intact = verification.get("intact", False) and verification["first_break"] is None
    findings.events_in_chain = verification.get("events", 0)


async def _read_all(environment, token, path, ids):
    """The API's representation of each id, or None if it is not found."""
    found = {}
    waiting = list(ids)

    async def read():
        async with api_client(environment.gateway_url) as api:
            while waiting:
                one = waiting.pop()
                reply = await api.get(f"{path}/{one}", headers=await token.headers(token.whose_turn()))
                assert reply.status_code in {200, 404}, reply.text
                found[one] = reply.json() if reply.status_code == 200 else None

    await asyncio.gather(*(read() for _ in range(READERS)))
    return found
