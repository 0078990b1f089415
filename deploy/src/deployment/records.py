"""Sealed records against the audit trail (`records verify`), and sealed again after 0.1.0 (`records reseal`), as the database's administrator.

Needs the keyring, every service's database address and public key, and for `verify` the account that reads audit's checkpoints. `reseal` leaves lines in
the trail, so it also needs every service's private key: it is given those for as long as it runs.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from pydantic import DirectoryPath

from audit.settings import AuditSettings
from chassis.observability.logs import configure_logs
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from chassis.settings import Settings
from standalone.operations import reseal_all, runtimes_of, verify_all
from standalone.services import SERVICES


class RecordsSettings(Settings):
    # Holds `<service>-database-url`, as for `provision`.
    database_urls_dir: DirectoryPath


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="records", description=__doc__)
    parser.add_argument("what", choices=("verify", "reseal"))
    parser.add_argument("--workspace", type=UUID, help="this one only")
    options = parser.parse_args(arguments)
    settings = RecordsSettings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    configure_logs("records", settings.log_level)
    asyncio.run(_run(settings, options.what, options.workspace))


async def _run(settings: RecordsSettings, what: str, workspace_id: UUID | None) -> None:
    async with _opened(settings) as (connection, runtimes):
        await (verify_all if what == "verify" else reseal_all)(connection, runtimes, workspace_id)


@asynccontextmanager
async def _opened(settings: RecordsSettings) -> AsyncIterator[tuple[Any, dict[str, Runtime]]]:
    """The administrator's connection, and what every service opens its records with."""
    assert settings.admin_database_url is not None
    services: list[tuple[Service, Settings]] = []
    for service in SERVICES:
        address = (settings.database_urls_dir / f"{service.name}-database-url").read_text().strip()
        # Nothing is mailed, served or signed in from here: the settings for that are not asked for.
        kind = AuditSettings if service.name == "audit" else Settings
        services.append((service, kind(database_url=address)))
    async with runtimes_of(settings.admin_database_url.get_secret_value(), services) as connection_and_runtimes:
        yield connection_and_runtimes
