"""`make drill-restore ARGS=--pgbackrest`: what compose.yaml says of PostgreSQL and pgBackRest, run as processes of this machine, killed and restored.

Takes Debian's packages `postgresql` and `pgbackrest`, and a store that speaks S3 over TLS. Each process is told what its container is told; paths,
ports and names of machines alone are others. Root is needed, to become the user `postgres`.
"""

import asyncio
import logging
import os
import shutil
import signal
import ssl
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import asyncpg
import boto3
import psutil
import yaml
from containers import COMPOSE, DATABASE_IMAGE, Process, interpolated

from chassis.local.processes import free_port
from deployment.processes import BACKUPS_ROLE
from deployment.provision import password, provision_backups
from deployment.secret_files import Installation

_PACKAGED = Path("/usr/lib/postgresql")
_CLUSTER, _SOCKETS = "/var/lib/postgresql/data/cluster", "/var/run/postgresql"
_SECONDS_BETWEEN_COMMITS = 0.1
RPO_SECONDS = 5.0


@dataclass(frozen=True)
class Ports:
    postgres: int
    copier: int
    store: int


class Machine:
    """The containers `postgres`, `pgbackrest` and `backups` of compose.yaml as processes below one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = Ports(free_port(), free_port(), free_port())
        self.bin = max(_PACKAGED.glob("*/bin"), key=lambda path: int(path.parent.name))
        self.cluster = folder / "data" / "cluster"
        self.sockets = folder / "sockets"
        self.secrets = folder / "secrets"
        Installation(self.secrets).make(database=f"127.0.0.1:{self.ports.postgres}", broker="rabbitmq:5671")
        services = yaml.safe_load(interpolated((COMPOSE / "compose.yaml").read_text()))["services"]
        self.processes = {name: self._told(name, each) for name, each in services.items() if each.get("image") == DATABASE_IMAGE}
        assert set(self.processes) == {"postgres", "pgbackrest", "backups"}
        # As the image has it: the standard library and this package.
        source = COMPOSE.parent / "src" / "deployment"
        shutil.copytree(source / "backups", folder / "code" / "deployment" / "backups")
        shutil.copy(source / "__init__.py", folder / "code" / "deployment")
        shutil.copy(COMPOSE / "pg_hba.conf", folder)
        shutil.copy(COMPOSE.parent / "local" / "postgres" / "entrypoint", folder)
        for path in (self.cluster.parent, self.sockets, folder / "tmp", folder / "spool", folder / "proofs"):
            path.mkdir(parents=True)
        subprocess.run(["chown", "--recursive", "postgres:postgres", str(folder)], check=True)

    def _told(self, name, service):
        process = Process(name, tuple(service["command"]), {key: str(value) for key, value in service["environment"].items()})
        own = self.folder / "run" / name
        own.mkdir(parents=True)
        for secret in service["secrets"]:
            source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
            shutil.copy(self.secrets / source, own / target)
        moved = {
            "/run/secrets": str(own),
            _CLUSTER: str(self.cluster),
            _SOCKETS: str(self.sockets),
            "/etc/pg_hba.conf": str(self.folder / "pg_hba.conf"),
            "/tmp/pgbackrest-spool": str(self.folder / "spool"),
            "/tmp/pgbackrest": str(self.folder / "tmp"),
        }
        for there, here in moved.items():
            process.settings = {key: value.replace(there, here) for key, value in process.settings.items()}
            process.arguments = tuple(word.replace(there, here) for word in process.arguments)
        process.settings |= {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "code"),
            "PGPORT": str(self.ports.postgres),
            "PGBACKREST_PG1_PORT": str(self.ports.postgres),
            "PGBACKREST_PG1_SOCKET_PATH": str(self.sockets),
        }
        if "PGBACKREST_REPO1_S3_ENDPOINT" in process.settings:
            process.settings["PGBACKREST_REPO1_S3_ENDPOINT"] = f"localhost:{self.ports.store}"
        if name == "pgbackrest":
            process.settings |= {"PGBACKREST_TLS_SERVER_ADDRESS": "127.0.0.1", "PGBACKREST_TLS_SERVER_PORT": str(self.ports.copier)}
        if name == "backups":
            process.settings |= {"PGBACKREST_PG1_HOST": "localhost", "PGBACKREST_PG1_HOST_PORT": str(self.ports.copier)}
        return process

    @property
    def dsn(self):
        return f"postgresql://postgres@127.0.0.1:{self.ports.postgres}/caseload"

    def start(self, name, *words):
        """The container's own command, or another one in its place."""
        process = self.processes[name]
        command = words or process.arguments
        if command[0] == "postgres":
            # Initialises the cluster where there is none. The last word counts: nothing listens but on this machine.
            command = [str(self.folder / "entrypoint"), *command, "-c", "listen_addresses=127.0.0.1", "-k", str(self.sockets)]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, env=process.settings, user="postgres", group="postgres", extra_groups=[], stdout=log, stderr=log, cwd=self.folder
            )

    def run(self, name, *words, code=None):
        """A command of `deployment.backups`, or code that uses it."""
        done = self.start(name, "/usr/bin/python3", *(("-m", "deployment.backups", *words) if code is None else ("-c", code)))
        if done.wait(600) != 0:
            raise SystemExit(
                f"{name}: {' '.join(words)} ended with {done.returncode}\n" + (self.folder / f"{name}.log").read_text()[-3000:]
            )

    def told(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")


class Commits:
    """Commits a row after the other, and writes down what was acknowledged."""

    def __init__(self, dsn):
        self._dsn = dsn
        self._stop = threading.Event()
        self.acknowledged = {}
        self._thread = threading.Thread(target=lambda: asyncio.run(self._commit()), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    async def _commit(self):
        connection = await asyncpg.connect(self._dsn)
        try:
            while not self._stop.is_set():
                number = await connection.fetchval("INSERT INTO commits DEFAULT VALUES RETURNING id")
                self.acknowledged[number] = datetime.now(UTC)
                await asyncio.sleep(_SECONDS_BETWEEN_COMMITS)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            # It was killed.
            return


def drill(folder, report):
    """What is in the report is held to: nothing that was acknowledged before the moment is missing, and nothing after it is there."""
    machine = Machine(folder)
    with ExitStack() as stack:
        stack.enter_context(store(machine))
        began = time.monotonic()
        server = machine.start("postgres")
        stack.callback(lambda: kill(server))
        asyncio.run(until_serving(machine.dsn))
        asyncio.run(prepare(machine))
        copier = machine.start("pgbackrest")
        stack.callback(copier.kill)
        machine.run("backups", "full")
        report.figure("PostgreSQL and pgBackRest", versions(machine))
        report.figure("a full backup after, s", round(time.monotonic() - began, 1))

        with Commits(machine.dsn) as commits:
            wait_for(lambda: len(commits.acknowledged) >= 100, 120, "commits")
            died_at = kill(server)
        shutil.rmtree(machine.cluster)
        began = time.monotonic()
        machine.run("postgres", "restore")
        report.figure("the newest state restored after, s", round(time.monotonic() - began, 1))
        server = machine.start("postgres")
        asyncio.run(until_serving(machine.dsn))
        there = asyncio.run(rows(machine.dsn))
        lost = [moment for number, moment in commits.acknowledged.items() if number not in there]
        rpo = max(((died_at - moment).total_seconds() for moment in lost), default=0.0)
        report.figure("commits acknowledged; of these lost", f"{len(commits.acknowledged)}; {len(lost)}")
        report.figure("the oldest of them before the death (RPO), s", round(rpo, 2), is_kept=rpo <= RPO_SECONDS)

        # A life later: a differential backup, and a moment between two commits.
        machine.run("backups", "diff")
        with Commits(machine.dsn) as commits:
            wait_for(lambda: len(commits.acknowledged) >= 50, 120, "commits")
            wait_for(lambda: len(commits.acknowledged) >= 100, 120, "commits")
            kill(server)
        half = timedelta(seconds=_SECONDS_BETWEEN_COMMITS / 2)
        (number, moment), (later, after) = [(number, at + half) for number, at in list(commits.acknowledged.items())[29:50:20]]
        shutil.rmtree(machine.cluster)
        machine.run("postgres", "restore", "--to", moment.isoformat())
        server = machine.start("postgres")
        asyncio.run(until_serving(machine.dsn))
        newest = max(asyncio.run(rows(machine.dsn)))
        report.figure("restored to a moment: the commits that there were then", newest == number, is_kept=newest == number)
        missing = set(there) - set(asyncio.run(rows(machine.dsn)))
        report.figure("of those before, missing", len(missing), is_kept=not missing)

        # It was too early a moment, and somebody has worked since.
        with Commits(machine.dsn) as commits:
            wait_for(lambda: len(commits.acknowledged) >= 10, 120, "commits")
            kill(server)
        shutil.rmtree(machine.cluster)
        machine.run("postgres", "restore", "--to", after.isoformat())
        server = machine.start("postgres")
        asyncio.run(until_serving(machine.dsn))
        newest = max(asyncio.run(rows(machine.dsn)))
        report.figure("restored again, to a later moment: the commits that there were then", newest == later, is_kept=newest == later)
        # The container's own folder for it is no setting.
        machine.run(
            "backups",
            code=f"from deployment.backups import cluster; from pathlib import Path; cluster.prove(Path({str(folder / 'proofs')!r}) / 'cluster')",
        )
        report.figure("the newest backup restored for a try and read", "yes")
        verified = machine.start("backups", "pgbackrest", "verify", "--log-level-console=info")
        is_whole = verified.wait(300) == 0 and "<REPO:ERROR>" not in machine.told("backups")
        report.figure("pgbackrest verify finds the repository whole", is_whole, is_kept=is_whole)
    return report


@contextmanager
def store(machine):
    """Buckets over TLS, with the certificate of `s3`. In front of the store is what ends a connection as TLS wants it, which its own server does not."""
    from moto.server import ThreadedMotoServer  # takes a second to import

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(machine.secrets / "s3-tls-certificate", machine.secrets / "s3-tls-key")
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    front = asyncio.start_server(partial(_pass_on, host, port), "127.0.0.1", machine.ports.store, ssl=context)
    asyncio.run_coroutine_threadsafe(front, loop).result()
    try:
        account = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        client = boto3.client("s3", region_name="us-east-1", endpoint_url=f"http://{host}:{port}", **account)
        client.create_bucket(Bucket=machine.processes["backups"].settings["PGBACKREST_REPO1_S3_BUCKET"])
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        server.stop()


async def _pass_on(host, port, reader, writer):
    there, back = await asyncio.open_connection(host, port)

    async def pump(source, sink):
        with suppress(OSError):
            while piece := await source.read(1 << 16):
                sink.write(piece)
                await sink.drain()
            sink.close()

    await asyncio.gather(pump(reader, back), pump(there, writer))


async def prepare(machine):
    admin = await asyncpg.connect(machine.dsn)
    try:
        await provision_backups(admin, password(machine.secrets / "backups-database-url", BACKUPS_ROLE))
        await admin.execute("CREATE TABLE commits (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())")
    finally:
        await admin.close()


async def rows(dsn):
    connection = await asyncpg.connect(dsn)
    try:
        return {row["id"]: row["at"] for row in await connection.fetch("SELECT id, at FROM commits")}
    finally:
        await connection.close()


async def until_serving(dsn):
    async with asyncio.timeout(60):
        while True:
            try:
                await (await asyncpg.connect(dsn)).close()
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.1)
            else:
                return


def wait_for(question, seconds, what):
    give_up = time.monotonic() + seconds
    while not question():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{what} did not come")
        time.sleep(0.05)


def kill(server):
    """The server and all of its processes at once; when that was."""
    died_at = datetime.now(UTC)
    if server.poll() is None:
        process = psutil.Process(server.pid)
        processes = [process, *process.children(recursive=True)]
        for each in processes:
            each.send_signal(signal.SIGKILL)
        psutil.wait_procs(processes, 30)
        server.wait()
    return died_at


def versions(machine):
    asked = ([str(machine.bin / "postgres"), "--version"], ["pgbackrest", "version"])
    return ", ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() for command in asked)
