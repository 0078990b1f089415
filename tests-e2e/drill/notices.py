"""Reminders by mail and text message, and alerts that nobody answers, while processes are killed: none is lost, none comes twice.

Who is mailed counts mails by Message-ID, whoever takes text messages counts them by id. What a process was killed over while it was handing it on is
`unknown`: it may have arrived, and is not sent again.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from statistics import quantiles
from uuid import UUID, uuid4

import httpx
from attack.installation import AttackedInstallation

from drill.environment import until
from drill.faults import has_restarted, kill
from drill.receiver import Receiver
from drill.users import api_client, text

SECONDS_TO_COME_BACK = 120.0
_AT_ONCE = 16
_CLIENTS = 20
# From one level of an alert to the next: the shortest there is.
_BETWEEN_LEVELS = 5
_LEVELS = 2
# What a process hands on at the same time, by every channel: no kill leaves more of unknown outcome.
_MOST_UNDER_WAY = 5 + 5 + 32


@dataclass(slots=True)
class Notices:
    """What became of everything: lines about what is lost or doubled, counters, and how late things were, in seconds."""

    kills: list[str] = field(default_factory=list)
    reminders: Counter = field(default_factory=Counter)
    alert_mails: Counter = field(default_factory=Counter)
    steps: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reminder_lateness: list[float] = field(default_factory=list)
    step_lateness: list[float] = field(default_factory=list)
    alert_mail_lateness: list[float] = field(default_factory=list)
    # Text messages whose sender was killed between their handover and the answer.
    killed_in_the_middle: int = 0

    def late(self, seconds):
        """Median, 99th percentile and longest."""
        if len(seconds) < 2:
            return tuple(seconds)
        cuts = quantiles(seconds, n=100, method="inclusive")
        return tuple(round(value, 1) for value in (cuts[49], cuts[98], max(seconds)))


async def notify(environment, *, reminders, alerts, victims, seed, progress=lambda line: None):
    """Has so many reminders come due and so many alerts raised while `victims` are killed in turn. The first is killed while it hands a text message over."""
    found, chance = Notices(), random.Random(seed)
    async with Receiver() as receiver:
        practice = await Practice.open(environment, receiver, users=20 + (reminders + alerts) // 20)
        try:
            await practice.prepare(reminders)
            progress(f"  {reminders} reminders are planned")
            seconds = 10 + reminders / 50 + 6 * len(victims)
            await practice.make_due(seconds)
            raising = asyncio.create_task(practice.raise_alerts(alerts, seconds, chance))
            for number, name in enumerate(victims):
                if number == 0:
                    receiver.hold_next()
                    async with asyncio.timeout(SECONDS_TO_COME_BACK):
                        await receiver.holds.wait()
                await asyncio.sleep(chance.uniform(0.0, 1.0) if number else 0)
                victim = await asyncio.to_thread(kill, environment.installation, name)
                receiver.release()
                found.kills.append(name)
                progress(f"{len(found.kills):4}  {name}")
                await until(_has_restarted(environment, name, victim), SECONDS_TO_COME_BACK, f"{name} is started again")
            raised = await raising
            await environment.ready()
            await until(practice.is_over, 300.0 + reminders / 20, "every reminder and step is over")
            await practice.count(found, raised, reminders)
        finally:
            await practice.close()
    return found


class Practice:
    """A practice of its own, with a provider of text messages and an assistant who is told of alerts and answers none."""

    @classmethod
    async def open(cls, environment, receiver, *, users):
        made, attacked = cls(), AttackedInstallation(environment.installation)
        made._environment, made._receiver = environment, receiver
        person = await attacked.open_practice()
        made._workspace_id = UUID(person.workspace_id)
        await attacked.add_user(person.workspace_id, "assistant")
        owners = await attacked.owners(person, users)
        made._api = api_client(environment.gateway_url)
        made._owners, made._askers = owners, cycle(owners.user_ids)
        made._turns = asyncio.Semaphore(_AT_ONCE)
        return made

    async def close(self):
        await self._api.aclose()

    async def prepare(self, reminders):
        """Clients, a rule for each channel, the policy of alerts, and as many appointments as make so many reminders."""
        await self._ask("PUT", "/reminders/channels/sms", json={"url": self._receiver.url})
        await self._ask("POST", "/reminders/configurations", json={"hours_before": 24, "channel": "sms"})
        level = {"after_seconds": _BETWEEN_LEVELS, "notify_roles": ["assistant"], "notify_on_call": False, "channels": ["stream", "email"]}
        policy = {"levels": [level] * _LEVELS, "repeat_last_every_seconds": 86400}
        await self._ask("PUT", "/alerts/escalation-policy", params={"priority": "high"}, json=policy)
        names = [
            {"first_name": "Ada", "last_name": f"N{n}", "email": f"{uuid4().hex}@example.com", "phone": "+4930901820"}
            for n in range(_CLIENTS)
        ]
        clients = [made["id"] for made in await asyncio.gather(*(self._ask("POST", "/clients", json=name) for name in names))]
        start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
        await asyncio.gather(*(self._book(clients[n % _CLIENTS], start + timedelta(minutes=10 * n)) for n in range(reminders // 2)))

        async def are_planned():
            return await self._count("reminders WHERE status = 'pending' AND workspace_id = $1") == reminders

        await until(are_planned, 120.0 + reminders / 20, f"{reminders} reminders are planned")

    async def make_due(self, seconds):
        """Has them come due, one after the other, within so many seconds."""
        await self._environment.value(
            "WITH due AS (SELECT id, now() + random() * $2 * interval '1 second' AS at FROM notifications.reminders WHERE workspace_id = $1)"
            " UPDATE notifications.reminders AS r SET due_at = due.at, next_attempt_at = due.at FROM due"
            " WHERE r.workspace_id = $1 AND r.id = due.id AND r.status = 'pending'",
            self._workspace_id,
            float(seconds),
        )

    async def raise_alerts(self, alerts, seconds, chance):
        """Raises so many within so many seconds. Returns their ids."""

        async def raise_one(after):
            await asyncio.sleep(after)
            body = {"title": "Somebody fell", "priority": "high", "alert_type": "medical"}
            return (await self._ask("POST", "/alerts", json=body, headers={"Idempotency-Key": str(uuid4())}))["id"]

        return await asyncio.gather(*(raise_one(chance.uniform(0, seconds)) for _ in range(alerts)))

    async def is_over(self):
        """Whether everything was sent, or will not be, and every alert has reached its last level."""
        # The mails after the alerts: a step is taken with its mails.
        return not (
            await self._count("reminders WHERE status IN ('pending', 'sending') AND workspace_id = $1")
            or await self._count(f"alerts WHERE escalation_level < {_LEVELS} AND workspace_id = $1")
            or await self._count("mails WHERE status IN ('pending', 'sending') AND workspace_id = $1")
        )

    async def count(self, found, raised, reminders):
        accepted = Counter({key.strip("<>").partition("@")[0]: number for key, number in self._environment.mail_server.accepted.items()})
        rows = await self._rows("SELECT id, channel, status, due_at, sent_at FROM notifications.reminders WHERE workspace_id = $1")
        if len(rows) != reminders:
            (found.lost if len(rows) < reminders else found.doubled).append(f"{len(rows)} reminders of {reminders}")
        for row in rows:
            taken = self._receiver.taken[str(row["id"])] if row["channel"] == "sms" else accepted[f"reminder.{row['id']}"]
            _hold_against(found, found.reminders, f"{row['channel']} {row['id']}", row["status"], taken)
            found.killed_in_the_middle += row["channel"] == "sms" and row["status"] == "unknown" and taken == 1
            if row["status"] == "sent":
                found.reminder_lateness.append((row["sent_at"] - row["due_at"]).total_seconds())
        strangers = set(self._receiver.taken) - {str(row["id"]) for row in rows}
        found.doubled += [f"text message {each} is of no reminder" for each in strangers]
        await self._count_steps(found, raised)
        sql = (
            "SELECT mail.* FROM notifications.mails AS mail JOIN notifications.alert_mails USING (workspace_id, id) WHERE workspace_id = $1"
        )
        for row in await self._rows(sql):
            _hold_against(found, found.alert_mails, f"{row['kind']} {row['id']}", row["status"], accepted[f"{row['kind']}.{row['id']}"])
            if row["status"] == "sent":
                found.alert_mail_lateness.append((row["sent_at"] - row["created_at"]).total_seconds())
        # Each level finds one.
        if found.alert_mails.total() != found.steps:
            found.lost.append(f"{found.alert_mails.total()} mails of {found.steps} steps")
        most = found.kills.count("notifications") * _MOST_UNDER_WAY
        for what, by_status in (("reminders", found.reminders), ("mails of alerts", found.alert_mails)):
            if by_status["unknown"] > most:
                found.lost.append(
                    f"{by_status['unknown']} {what} are unknown, and no more than {most} were under way when their sender was killed"
                )

    async def _count_steps(self, found, raised):
        alerts = {
            row["id"]: row["created_at"]
            for row in await self._rows("SELECT id, created_at FROM notifications.alerts WHERE workspace_id = $1")
        }
        if {str(each) for each in alerts} != set(raised):
            found.lost += sorted(set(raised) - {str(each) for each in alerts})
            found.doubled += sorted({str(each) for each in alerts} - set(raised))
        steps = {each: [] for each in alerts}
        sql = "SELECT alert_id, to_level, found, escalated_at FROM notifications.alert_escalations WHERE workspace_id = $1 ORDER BY escalated_at"
        for row in await self._rows(sql):
            steps[row["alert_id"]].append(row)
        for alert_id, taken in steps.items():
            levels = [row["to_level"] for row in taken]
            if levels != list(range(1, _LEVELS + 1)):
                (found.lost if len(levels) < _LEVELS else found.doubled).append(f"alert {alert_id} was at {levels}")
            if any(row["found"] != 1 for row in taken):
                found.lost.append(f"alert {alert_id} found nobody")
            before = alerts[alert_id]
            for row in taken:
                found.step_lateness.append((row["escalated_at"] - before).total_seconds() - _BETWEEN_LEVELS)
                before = row["escalated_at"]
            found.steps += len(taken)

    async def _book(self, client_id, start):
        body = {
            "client_id": client_id,
            "scheduled_start": text(start),
            "scheduled_end": text(start + timedelta(minutes=5)),
            "location_type": "clinic",
        }
        await self._ask("POST", "/appointments", json=body, headers={"Idempotency-Key": str(uuid4())})

    async def _ask(self, method, path, **question):
        """Asks until somebody answers, as the same user: what is repeated has a key, which is good for whoever has used it."""
        asker = next(self._askers)

        def as_asker(request):
            request.headers["Authorization"] = f"Bearer {self._owners.token_of(asker)}"
            return request

        async with self._turns, asyncio.timeout(SECONDS_TO_COME_BACK):
            while True:
                try:
                    reply = await self._api.request(method, path, auth=as_asker, **question)
                except httpx.TransportError:
                    reply = None
                if reply is not None and reply.is_success:
                    return reply.json()
                assert reply is None or reply.status_code in {429, 502, 503, 504}, reply.text
                await asyncio.sleep(0.3)

    async def _rows(self, sql):
        return await self._environment.rows(sql, self._workspace_id)

    async def _count(self, of):
        return await self._environment.value(f"SELECT count(*) FROM notifications.{of}", self._workspace_id)


def _hold_against(found, counted, name, status, taken):
    """What its row says, against what whoever took it has counted."""
    counted[status] += 1
    if taken > 1:
        found.doubled.append(f"{name} was taken {taken} times")
    if status == "sent" and not taken:
        found.lost.append(f"{name} is marked as sent, and nobody took it")
    elif status not in {"sent", "unknown"}:
        found.lost.append(f"{name} is {status}")


def _has_restarted(environment, name, victim):
    async def restarted():
        try:
            return has_restarted(environment.installation, name, victim)
        except OSError:
            return False

    return restarted
