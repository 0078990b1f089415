"""`make drill-restore`: a database's disk dies under load, and what is restored elsewhere is compared with what was acknowledged.

Prints the figures that docs/operations/disaster.md quotes, and ends with 1 if a guarantee was broken.
"""

import argparse
import asyncio
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import psutil

from chassis.local.postgres import LocalPostgres
from drill import pgbackrest
from drill.mail_server import MailServer
from standalone.backups.status import BackupStatus
from standalone.home import Home
from standalone.installation import Installation

PASSPHRASE = "orbit-lemon-quarry-violin-72"
SETTINGS = {"CASELOAD_WRITES_PER_MINUTE": "1000000", "CASELOAD_READS_PER_MINUTE": "1000000"}
RPO_SECONDS, RTO_SECONDS = 5.0, 300.0
WRITERS = 4
# Incompressible, as what is sealed is.
_FILL = "CREATE TABLE public.ballast AS SELECT string_agg(sha512(random()::text::bytea), '') AS noise FROM generate_series(1, $1::int * 16) AS n GROUP BY n / 128"
_COUNTS = {
    "bookings that notifications do not know": "SELECT count(*) FROM scheduling.appointments s WHERE NOT EXISTS (SELECT FROM notifications.appointments n WHERE n.id = s.id)",
    "bookings that only notifications know": "SELECT count(*) FROM notifications.appointments n WHERE is_open AND NOT EXISTS (SELECT FROM scheduling.appointments s WHERE s.id = n.id)",
    "bookings of clients that are not there": "SELECT count(*) FROM scheduling.appointments s WHERE NOT EXISTS (SELECT FROM clients.clients c WHERE c.id = s.client_id)",
}


class Load:
    """Writers that each do one thing after the other, and write down what was acknowledged and when."""

    def __init__(self, installation, token, seed):
        self._url = f"{installation.gateway_url}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._stop = threading.Event()
        self._random = random.Random(seed)
        self.acknowledged: list[tuple[datetime, str]] = []
        self.erased: list[tuple[datetime, str]] = []
        self._threads = [threading.Thread(target=self._write, args=(number,), daemon=True) for number in range(WRITERS)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, number):
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=10) as api:
            turn = 0
            while not self._stop.is_set():
                turn += 1
                try:
                    self._one(api, number, turn)
                except httpx.HTTPError:
                    # It was killed in between: nobody was told anything.
                    return

    def _one(self, api, number, turn):
        made = api.post(
            "/clients", json={"first_name": "Ada", "last_name": f"Drill {number} {turn}", "email": f"c{number}-{turn}@example.org"}
        )
        if made.status_code != 201:
            return
        client = made.json()["id"]
        if turn % 10 == 5:
            if api.delete(f"/clients/{client}/permanent").status_code == 204:
                self.erased.append((datetime.now(UTC), f"/clients/{client}"))
            return
        self._noted(f"/clients/{client}")
        # In an hour and some seconds, one after the other: their reminders are due while the load goes on and after it.
        start = datetime.now(UTC) + timedelta(hours=1 + number * 24, seconds=5 + turn * 2)
        booking = {"client_id": client, "scheduled_start": start.isoformat(), "scheduled_end": (start + timedelta(seconds=1)).isoformat()}
        booked = api.post("/appointments", json={**booking, "location_type": "online"})
        if booked.status_code == 201:
            self._noted(f"/appointments/{booked.json()['id']}")
        note = api.post("/sessions", json={"client_id": client, "session_date": datetime.now(UTC).isoformat()})
        if note.status_code != 201:
            return
        path = f"/sessions/{note.json()['id']}"
        if api.patch(f"{path}/draft", json={"subjective": "Dreams."}, headers={"If-Match": '"1"'}).status_code != 200:
            return
        if api.post(f"{path}/finalize").status_code == 200:
            self._noted(f"{path}/verify")

    def _noted(self, path):
        self.acknowledged.append((datetime.now(UTC), path))


class Report:
    def __init__(self):
        self.broken = []

    def figure(self, name, value, *, is_kept=True):
        if not is_kept:
            self.broken.append(name)
        sys.stdout.write(f"  {name:<62} {value}{'' if is_kept else '   BROKEN'}\n")
        sys.stdout.flush()


def drill(folder, *, megabytes, seconds, seed):
    report, mail = Report(), _Mail()
    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(PASSPHRASE)
    target = {"CASELOAD_BACKUP_TARGET": str(folder / "target"), "CASELOAD_BACKUP_PASSPHRASE_FILE": str(passphrase)}
    settings = SETTINGS | target | {"CASELOAD_SMTP_URL": mail.url, "CASELOAD_DEMO": "true"}
    lost = Installation("run", folder / "lost", settings)
    # Without a target first: the first backup is to have all of the ballast.
    lost.environment = {name: value for name, value in settings.items() if name not in target}
    lost.start()
    asyncio.run(_fill(lost.home, megabytes))
    lost.stop()
    lost.environment = settings
    lost.start()
    _until(lambda: BackupStatus.read(Home(lost.home)).made_at, 1800)
    size = asyncio.run(_value(lost.home, "SELECT sum(pg_database_size(oid)) FROM pg_database"))
    token = _sign_in(lost)
    _configure(lost, token)
    load = Load(lost, token, seed)
    load.start()
    time.sleep(random.Random(seed).uniform(0.7, 1.3) * seconds)
    died_at = _lose(lost)
    load.stop()
    mails_before = mail.counts()
    report.figure("machine", f"{os.cpu_count()} cores, {platform.machine()}, {datetime.now(UTC):%Y-%m-%d}")
    report.figure("database, MB", round(int(size) / 1e6))
    report.figure("writes acknowledged before its files were removed", len(load.acknowledged), is_kept=len(load.acknowledged) > 50)
    report.figure("clients erased before", len(load.erased), is_kept=bool(load.erased))

    began = time.monotonic()
    # Nothing of the lost machine is there but the target and the passphrase.
    shutil.rmtree(lost.home)
    restored = Installation("run", folder / "restored", settings)
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith("CASELOAD_")}, **target, "CASELOAD_HOME": str(restored.home)}
    done = subprocess.run([sys.executable, "-m", "standalone", "restore"], env=environment, capture_output=True, text=True, check=False)
    restored_after = time.monotonic() - began
    if done.returncode != 0:
        sys.stdout.write(done.stdout + done.stderr)
        report.figure("restored", "no", is_kept=False)
        return report
    restored.start()
    rto = time.monotonic() - began
    try:
        _compare(report, restored, load, died_at, mail, mails_before)
    finally:
        restored.stop()
        mail.close()
    report.figure("restored after, s", round(restored_after, 1))
    report.figure("serving again after (RTO), s", round(rto, 1), is_kept=rto <= RTO_SECONDS)
    report.figure("records that are not as the trail tells", done.stdout.count("NOT AS"), is_kept="NOT EVERYTHING" not in done.stdout)
    for line in done.stdout.splitlines():
        if line.startswith(("It is as it was", "erased since", "held back", "journal: replayed")):
            sys.stdout.write(f"    {line}\n")
    return report


def _compare(report, restored, load, died_at, mail, mails_before):
    token = _sign_in(restored)
    with httpx.Client(base_url=f"{restored.gateway_url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        missing, broken = [], 0
        for moment, path in load.acknowledged:
            reply = api.get(path)
            if reply.status_code == 404:
                missing.append(moment)
            elif reply.status_code != 200 or reply.json().get("intact", True) is not True:
                broken += 1
        rpo = max(((died_at - moment).total_seconds() for moment in missing), default=0.0)
        report.figure("acknowledged writes that are lost", len(missing))
        report.figure("the oldest of them before the death (RPO), s", round(rpo, 2), is_kept=rpo <= RPO_SECONDS)
        report.figure("answers that are neither, or signed notes that do not verify", broken, is_kept=broken == 0)
        back = [moment for moment, path in load.erased if api.get(path).status_code != 404]
        report.figure(
            "erased clients who are back", len(back), is_kept=all((died_at - moment).total_seconds() <= RPO_SECONDS for moment in back)
        )
        report.figure(
            "audit trail intact", api.get("/audit/verify").json()["intact"], is_kept=api.get("/audit/verify").json()["intact"] is True
        )
    for name, question in _COUNTS.items():
        found = asyncio.run(_value(restored.home, question))
        report.figure(name, found, is_kept=found == 0)
    # Whatever would be mailed of the lost time is mailed by now.
    time.sleep(8)
    twice = [each for each, times in mail.counts().items() if times > 1]
    report.figure("mails before the death", sum(mails_before.values()), is_kept=bool(mails_before))
    report.figure("mails that came twice", len(twice), is_kept=not twice)


class _Mail:
    """The mail server of both installations, in a thread of its own."""

    def __init__(self):
        self._server = MailServer()
        self.url = self._server.url
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._server.open(), self._loop).result()

    def counts(self):
        return dict(self._server.accepted)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._server.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)


def _lose(installation):
    """All processes are killed at once while the database's files are removed; when that was."""
    process = psutil.Process(installation.pid)
    processes = [process, *process.children(recursive=True)]
    died_at = datetime.now(UTC)
    for each in processes:
        each.kill()
    shutil.rmtree(installation.home / "postgres", ignore_errors=True)
    psutil.wait_procs(processes, 30)
    installation.kill()
    return died_at


def _sign_in(installation):
    reply = httpx.post(f"{installation.gateway_url}/api/v1/auth/login", json={"email": "owner@example.com", "password": "caseload-demo"})
    reply.raise_for_status()
    return reply.json()["access_token"]


def _configure(installation, token):
    reply = httpx.post(
        f"{installation.gateway_url}/api/v1/reminders/configurations",
        json={"hours_before": 1, "channel": "email"},
        headers={"Authorization": f"Bearer {token}"},
    )
    reply.raise_for_status()


async def _fill(home, megabytes):
    if megabytes:
        connection = await asyncpg.connect(LocalPostgres(home / "postgres").dsn)
        await connection.execute(_FILL.replace("$1::int", str(megabytes * 1024)))
        await connection.close()


async def _value(home, question):
    connection = await asyncpg.connect(LocalPostgres(home / "postgres").dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def _until(question, seconds):
    give_up = time.monotonic() + seconds
    while not question():
        if time.monotonic() > give_up:
            raise TimeoutError("no backup was made")
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(prog="make drill-restore", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200, help="of ballast in the database")
    parser.add_argument("--seconds", type=float, default=20.0, help="of load, more or less")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pgbackrest", action="store_true", help="what containers are backed up with instead (root; Debian's packages)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caseload-drill-") as folder:
        if options.pgbackrest:
            # Whom the database runs as has to reach it.
            Path(folder).chmod(0o711)
            report = pgbackrest.drill(Path(folder) / "machine", Report())
        else:
            report = drill(Path(folder), megabytes=options.megabytes, seconds=options.seconds, seed=options.seed)
    sys.stdout.write(
        "\n".join(["", *(f"BROKEN: {each}" for each in report.broken), "every guarantee was kept" if not report.broken else ""]) + "\n"
    )
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
