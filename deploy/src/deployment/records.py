"""Sealed records against the audit trail (`records verify`), sealed again after 0.1.0 (`records reseal`), and their keys (`records keys status` and
the other steps of `caseload keys`), as the database's administrator.

Needs the keyring, every service's database address and public key, and for `verify` the account that reads audit's checkpoints. `reseal` and `keys` leave
lines in the trail, so they also need every service's private key: they are given those for as long as they run.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from pydantic import DirectoryPath

from audit.settings import AuditSettings
from chassis.encryption.data_keys import INDEX, SEAL
from chassis.observability.logs import configure_logs
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from chassis.settings import Settings
from standalone.__main__ import KEY_STEPS, ROOT_STEPS
from standalone.operations import keys_all, reseal_all, runtimes_of, verify_all
from standalone.records.root_keys_command import take_root_step
from standalone.services import SERVICES


class RecordsSettings(Settings):
    # Holds `<service>-database-url`, as for `provision`.
    database_urls_dir: DirectoryPath


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="records", description=__doc__)
    parser.add_argument("what", choices=("verify", "reseal", "keys"))
    parser.add_argument("step", nargs="?", choices=(*KEY_STEPS, *ROOT_STEPS), help="of `keys`")
    parser.add_argument("--kms-key", help="of `keys root-encrypt`: its id or ARN")
    parser.add_argument("--workspace", type=UUID, help="this one only")
    parser.add_argument("--index", action="store_true", help="of `keys`: the keys that records are found by, and not those that seal")
    parser.add_argument(
        "--force",
        action="store_true",
        help="of `keys promote --index`: every process runs this release, although the schema does not say so",
    )
    options = parser.parse_args(arguments)
    if (options.what == "keys") != (options.step is not None):
        parser.error("a step belongs to `keys`, and `keys` needs one")
    if (options.step == "root-encrypt") != (options.kms_key is not None):
        parser.error("--kms-key belongs to `keys root-encrypt`, which needs it")
    settings = RecordsSettings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    configure_logs("records", settings.log_level)
    asyncio.run(_run(settings, options))


async def _run(settings: RecordsSettings, options: argparse.Namespace) -> None:
    async with _opened(settings) as (connection, runtimes):
        if options.step in ROOT_STEPS:
            if settings.keyring_file is None:
                raise SystemExit("CASELOAD_KEYRING_FILE is not set, and is what this changes")
            await take_root_step(connection, runtimes, settings.keyring_file, options.step, options.kms_key)
        elif options.what == "keys":
            await keys_all(connection, runtimes, options.workspace, options.step, INDEX if options.index else SEAL, force=options.force)
        else:
            await (verify_all if options.what == "verify" else reseal_all)(connection, runtimes, options.workspace)


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
