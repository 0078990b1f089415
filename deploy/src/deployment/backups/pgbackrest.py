"""What pgBackRest and PostgreSQL say, asked as the commands they come with."""

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from deployment.backups.rules import Backup, Server, Timeline, lsn, parents

_SECONDS_TO_ASK = 120
_ARCHIVING = """
SELECT json_build_object(
    'last_archived', coalesce(last_archived_wal, ''),
    'failing', coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
    'failed', failed_count,
    'waiting', ready.waiting,
    'waiting_seconds', ready.seconds
) FROM pg_stat_archiver, (
    SELECT count(*) AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(modification)), 0) AS seconds
    FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'
) AS ready
"""


class CommandFailed(Exception):
    """A command ended with a status other than zero. Says the end of what it wrote, which names files and never what is in them."""


def run(*arguments: str, environment: Mapping[str, str] | None = None, timeout: float | None = None) -> str:
    """What the command writes to its standard output. Raises CommandFailed, also after `timeout` seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - commands of this image, with arguments of our own
            arguments,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        raise CommandFailed(f"{' '.join(arguments[:3])} did not end within {timeout:.0f} s") from None
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise CommandFailed(f"{' '.join(arguments[:3])} ended with {done.returncode}: {' / '.join(said)}")
    return done.stdout


def pgbackrest(command: str, *options: str) -> None:
    """Runs a command whose log belongs into this container's."""
    done = subprocess.run(["pgbackrest", command, *options], check=False)  # noqa: S603, S607 - as above
    if done.returncode != 0:
        raise CommandFailed(f"pgbackrest {command} ended with {done.returncode}; its log is above")


def ask(command: str, *options: str) -> Any:
    """The JSON that a command answers with."""
    return json.loads(
        run(
            "pgbackrest", command, "--output=json", "--log-level-console=off", "--log-level-stderr=error", *options, timeout=_SECONDS_TO_ASK
        )
    )


def stanza() -> str:
    return os.environ["PGBACKREST_STANZA"]


def backups() -> tuple[list[Backup], str]:
    """Every backup of the repository, the oldest first, and the newest segment of the log that is there."""
    found: dict[str, Any] = next(iter(ask("info")), {})
    newest = max((each["max"] for each in found.get("archive", ()) if each.get("max")), default="")
    return [_backup(each) for each in found.get("backup", ())], newest


def _backup(told: dict[str, Any]) -> Backup:
    return Backup(
        label=told["label"],
        kind=told["type"],
        started_at=datetime.fromtimestamp(told["timestamp"]["start"], UTC),
        ended_at=datetime.fromtimestamp(told["timestamp"]["stop"], UTC),
        first_wal=told["archive"]["start"] or "",
        last_wal=told["archive"]["stop"] or "",
        database_bytes=told["info"]["size"],
        repository_bytes=told["info"]["repository"]["delta"],
        damaged=bool(told.get("error")),
        stop_lsn=lsn(told["lsn"]["stop"]) if (told.get("lsn") or {}).get("stop") else None,
    )


def archived_files() -> dict[str, int]:
    """The bytes of every file of the archived log, by its path."""
    found = ask("repo-ls", "--recurse", f"archive/{stanza()}")
    return {path: entry.get("size", 0) for path, entry in found.items() if entry["type"] == "file"}


def timelines() -> list[Timeline]:
    """Every life of the database but the first."""
    folder = f"archive/{stanza()}"
    found = []
    for path, entry in ask("repo-ls", "--recurse", r"--filter=\.history$", folder).items():
        history = run(
            "pgbackrest", "repo-get", "--log-level-console=off", "--log-level-stderr=error", f"{folder}/{path}", timeout=_SECONDS_TO_ASK
        )
        number = int(path.rpartition("/")[2].partition(".")[0], 16)
        found.append(Timeline(number, datetime.fromtimestamp(entry["time"], UTC), parents(history)))
    return found


def server(address_file: Path) -> tuple[Server, int]:
    """How PostgreSQL archives, and the bytes of a segment. CommandFailed when it does not answer."""
    # A checkpointer that has slept since the server's start does not know of archive_timeout before it wakes, up to five minutes later.
    query = "SELECT pg_reload_conf() WHERE clock_timestamp() - pg_postmaster_start_time() < interval '10 minutes'"
    run("psql", "-XAtq", "-c", query, environment=libpq(address_file.read_text().strip()), timeout=_SECONDS_TO_ASK)
    query = f"SELECT json_build_object('server', ({_ARCHIVING}), 'segment', pg_size_bytes(current_setting('wal_segment_size')))"
    told = json.loads(run("psql", "-XAtq", "-c", query, environment=libpq(address_file.read_text().strip()), timeout=_SECONDS_TO_ASK))
    return Server(**told["server"]), told["segment"]


def libpq(address: str) -> dict[str, str]:
    """An address as the variables of libpq: an argument could be read by whoever lists processes."""
    parts = urlsplit(address)
    options = {f"PG{name.upper()}": values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
        "PGCONNECT_TIMEOUT": "10",
        **options,
    }
