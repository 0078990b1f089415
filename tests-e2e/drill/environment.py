"""A running installation for drills, with a mail server, access to its database, logs and metrics, and waits."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import httpx
from attack.installation import AttackedInstallation

from chassis.local.postgres import LocalPostgres
from drill.mail_server import MailServer
from drill.users import Colleagues
from standalone.installation import Installation
from standalone.services import NAMES

SETTINGS = {
    # Short enough to be waited for.
    "CASELOAD_CALL_SECONDS": "5",
    "CASELOAD_MAIL_SECONDS": "4",
    "CASELOAD_LEASE_SECONDS": "10",
    "CASELOAD_RETRY_SECONDS": "1",
    "CASELOAD_REACTION_DELAYS": "[0.3, 0.6, 1.2]",
    # Whoever takes text messages is on this machine.
    "CASELOAD_WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8",
}
ATTEMPTS = 4
# A quarter of a user's limit is their own: these together have 10,000 writes a minute.
COLLEAGUES = 400
CALL_SECONDS = 5.0


class DrillEnvironment:
    """A running installation in one of the compositions, and the mail server it sends to."""

    def __init__(self, home, composition="suite", settings=None, *, make=None):
        """`make` makes another kind of installation of the home and the settings."""
        self._owners = None
        self.mail_server = MailServer()
        make = make or partial(Installation, composition)
        self.installation = make(home, SETTINGS | {"CASELOAD_SMTP_URL": self.mail_server.url} | (settings or {}))

    async def __aenter__(self):
        await self.mail_server.open()
        self.installation.start()
        return self

    async def __aexit__(self, *_):
        code = await asyncio.to_thread(self.installation.stop)
        await self.mail_server.close()
        assert code == 0, self.installation.output.read_text()[-4000:]

    @property
    def gateway_url(self):
        return self.installation.gateway_url

    async def colleagues(self):
        """Whoever works during a drill, at the rate limits as shipped."""
        if self._owners is None:
            attacked = AttackedInstallation(self.installation)
            self._owners = await attacked.owners(attacked.demo_owner(), COLLEAGUES)
        return Colleagues(self.gateway_url, self._owners)

    @asynccontextmanager
    async def superuser(self):
        """A connection that row security does not bind."""
        connection = await asyncpg.connect(LocalPostgres(self.installation.home / "postgres").dsn, timeout=10)
        try:
            yield connection
        finally:
            await connection.close()

    async def rows(self, sql, *values):
        async with self.superuser() as connection:
            return await connection.fetch(sql, *values)

    async def value(self, sql, *values):
        async with self.superuser() as connection:
            return await connection.fetchval(sql, *values)

    async def command(self, *arguments):
        """Runs an administrator's command on this installation. Returns the lines it printed."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_") and name != "DATABASE_URL"}
        environment = inherited | {"CASELOAD_HOME": str(self.installation.home)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "standalone", *arguments, env=environment, stdout=PIPE, stderr=PIPE
        )
        output, errors = await asyncio.wait_for(process.communicate(), 120)
        assert process.returncode == 0, (output + errors).decode()
        return output.decode().splitlines()

    def log(self, name):
        """The log lines of a process that are JSON, parsed."""
        path = self.installation.home / "logs" / f"{name}.log"
        text = path if path.exists() else self.installation.output
        return [json.loads(line) for line in Path(text).read_text().splitlines() if line.startswith("{")]

    async def metric(self, place, name, /, **labels):
        """The sum of a metric's samples that have these labels."""
        pages = self.installation.running["health"]
        url = pages.get(place, pages["gateway"])
        async with httpx.AsyncClient(verify=False) as client:
            text = (await client.get(f"{url}/metrics")).text
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        lines = [line for line in text.splitlines() if line.startswith(name) and all(part in line for part in wanted)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    async def is_ready(self):
        return await asyncio.to_thread(self.installation.ready)

    async def ready(self, seconds=120.0):
        await until(self.is_ready, seconds, "the gateway says that every service is ready")

    async def unsettled(self):
        """The number of unprocessed items by place: undelivered events, unsequenced audit events, due mail. Empty if there are none."""
        waiting = {}
        async with self.superuser() as connection:
            for name in NAMES:
                waiting[f"{name}.outbox"] = await connection.fetchval(f"SELECT count(*) FROM {name}.outbox WHERE published_at IS NULL")
            waiting["audit.unsealed"] = await connection.fetchval("SELECT count(*) FROM audit.unsealed")
            waiting["reminders"] = await connection.fetchval(
                "SELECT count(*) FROM notifications.reminders WHERE due_at <= now() AND status IN ('pending', 'sending')"
            )
            # A delivered event is in the inbox of every queue that is bound to its type.
            for queue, kind in (("audit.record", "caseload.audit.v1.AuditRecorded"), *BOOKED):
                emitted = " UNION ALL ".join(f"SELECT id FROM {name}.outbox WHERE type = $1" for name in NAMES)
                inbox = f"{queue.partition('.')[0]}.inbox"
                sql = f"SELECT count(*) FROM ({emitted}) AS emitted WHERE id NOT IN (SELECT event_id FROM {inbox} WHERE queue = $2)"
                waiting[queue] = await connection.fetchval(sql, kind, queue)
        return {place: count for place, count in waiting.items() if count}

    async def settle(self, seconds=180.0):
        """Waits until everything is processed. Returns how many seconds that took."""
        began = time.monotonic()
        while waiting := await self.unsettled():
            assert time.monotonic() - began < seconds, f"still waiting after {seconds:.0f} s: {waiting}"
            await asyncio.sleep(0.25)
        return time.monotonic() - began


BOOKED = (("notifications.plan-reminders", "caseload.scheduling.v1.AppointmentBooked"),)


async def until(question, seconds, what):
    """Calls `question` until the answer is truthy, and returns it. Raises AssertionError after `seconds`."""
    give_up = time.monotonic() + seconds
    while not (answer := await question()):
        assert time.monotonic() < give_up, f"not after {seconds:.0f} s: {what}"
        await asyncio.sleep(0.1)
    return answer
