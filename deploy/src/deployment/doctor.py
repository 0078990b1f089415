"""`doctor`: looks at the database, the backups and the ledger of erasures of an installation in containers, and says what to do. Ends with status 1 if a line says FAIL.

Runs where `provision` does, with the database's administrator's address.
"""

import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from standalone.doctor.database_checks import of_database
from standalone.doctor.findings import Finding, Verdict, asked, fail, looked_at, ok, warn

_SECONDS_TO_ASK = 10
# What `backups` looked at longer ago says nothing of now; a backup of many gigabytes keeps it busy for hours.
_SECONDS_OLD = 12 * 3600
_ARCHIVING = """
SELECT current_setting('archive_mode') AS mode, last_archived_time AS archived_at,
    coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS failing FROM pg_stat_archiver
"""


class DoctorSettings(Settings):
    # Where the process `backups` says how they fare. Empty: somebody else backs the database up.
    backups_state_url: str = "http://backups:9000/state"
    # Where the process `ledger` says whether everybody who was erased is in it.
    ledger_health_url: str = "http://ledger:9000/health/ready"


def main(arguments: Sequence[str]) -> None:
    if arguments:
        raise SystemExit("doctor takes no arguments")
    settings = DoctorSettings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    configure_logs("doctor", settings.log_level)
    found = asyncio.run(examine(settings.admin_database_url.get_secret_value(), settings.backups_state_url))
    found += looked_at("ledger", lambda: of_ledger(settings.ledger_health_url))
    sys.stdout.write("".join(f"{finding}\n" for finding in found))
    raise SystemExit(any(finding.verdict is Verdict.FAIL for finding in found))


async def examine(admin_dsn: str, state_url: str) -> list[Finding]:
    found = await of_database(None, admin_dsn)
    if state_url:
        found += await asked("archive", lambda: _archiving(admin_dsn))
        found += looked_at("backups", lambda: of_backups(_state(state_url), datetime.now(UTC)))
    return found


def of_backups(state: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    """What `backups` found when it looked last."""
    looked = state["looked_at"] and datetime.fromisoformat(state["looked_at"])
    if looked is None or (now - looked).total_seconds() > _SECONDS_OLD:
        yield fail("backups", "nobody has looked at them for hours", "see the log of `backups`")
    for problem in state["problems"]:
        yield fail("backups", problem["what"], problem["todo"])
    if looked is not None and not state["problems"]:
        ended = max(datetime.fromisoformat(backup["ended_at"]) for backup in state["backups"])
        yield ok(
            "backups", f"{len(state['backups'])}, the last one is {(now - ended).total_seconds() / 3600:.1f} hours old; the log has no gap"
        )


def of_ledger(url: str) -> Iterator[Finding]:
    """Whether whoever is erased now would be erased again after a restore to a moment before."""
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS_TO_ASK):  # noqa: S310 - an address of the operator's
            yield ok("ledger", "everybody who was erased is in it")
    except urllib.error.HTTPError:
        yield fail(
            "ledger", "it has not been written for a minute", "see the log of `ledger`: whoever is erased now would be back after a restore"
        )


async def _archiving(admin_dsn: str) -> list[Finding]:
    """The server's own word, whatever `backups` says."""
    connection = await asyncpg.connect(admin_dsn, timeout=_SECONDS_TO_ASK)
    try:
        row = await connection.fetchrow(_ARCHIVING)
    finally:
        await connection.close()
    if row["mode"] == "off":
        return [fail("archive", "the log is not archived", "start PostgreSQL with archive_mode=on, as compose.yaml does")]
    if row["failing"]:
        return [
            fail(
                "archive",
                "the last segment of the log could not be archived",
                "see PostgreSQL's log: it keeps what it cannot archive, and its disk fills",
            )
        ]
    if row["archived_at"] is None:
        return [warn("archive", "no segment of the log was archived yet", "ask again in a minute")]
    return [ok("archive", f"the log was last archived at {row['archived_at']:%Y-%m-%d %H:%M:%S} UTC")]


def _state(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=_SECONDS_TO_ASK) as answer:  # noqa: S310 - an address of the operator's
        return json.load(answer)
