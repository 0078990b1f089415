"""Every service's roles and schema, with the passwords that the services themselves are given."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
from pydantic import DirectoryPath

from chassis.migrations.roles import make_role, provision
from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from deployment.ledger_role import provision_ledger
from deployment.processes import BACKUPS_ROLE, DATABASE_ROLES, LEDGER_ROLE

# To begin and end a backup, to see that the log arrives, how much of it waits, and to wake the checkpointer.
_OF_BACKUPS = (
    "pg_backup_start(text, boolean)",
    "pg_backup_stop(boolean)",
    "pg_create_restore_point(text)",
    "pg_switch_wal()",
    "pg_ls_archive_statusdir()",
    "pg_reload_conf()",
)


class ProvisionSettings(Settings):
    # Holds `<service>-database-url`, `<service>-relay-database-url` and, of services that erase, `<service>-eraser-database-url`;
    # `ledger-database-url`, and `backups-database-url` where pgBackRest backs the database up.
    database_urls_dir: DirectoryPath


def main(arguments: Sequence[str]) -> None:
    if arguments:
        raise SystemExit("provision takes no arguments")
    settings = ProvisionSettings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    configure_logs("provision", settings.log_level)
    asyncio.run(provision_all(settings.admin_database_url.get_secret_value(), settings.database_urls_dir))


async def provision_all(admin_dsn: str, folder: Path) -> None:
    for service, kinds in DATABASE_ROLES.items():
        await provision(admin_dsn, service, *(password(folder / f"{service}-{kind}", f"{service}_{role}") for kind, role in kinds.items()))
    admin = await asyncpg.connect(admin_dsn)
    try:
        await provision_ledger(admin, password(folder / "ledger-database-url", LEDGER_ROLE))
        if (folder / "backups-database-url").exists():
            await provision_backups(admin, password(folder / "backups-database-url", BACKUPS_ROLE))
    finally:
        await admin.close()


async def provision_backups(admin: Any, secret: str) -> None:
    """The role that begins and ends backups where they are pgBackRest's. It reads settings and no table."""
    await make_role(admin, BACKUPS_ROLE, secret)
    await admin.execute(
        f"GRANT pg_read_all_settings TO {BACKUPS_ROLE}; GRANT EXECUTE ON FUNCTION {', '.join(_OF_BACKUPS)} TO {BACKUPS_ROLE}"
    )


def password(file: Path, role: str) -> str:
    """The password in a DSN's file; refuses (SystemExit) a DSN that is another role's, or has none."""
    parts = urlsplit(file.read_text().strip())
    if parts.username != role or not parts.password:
        raise SystemExit(f"{file.name} has to be the address of the role {role}, with its password")
    return unquote(parts.password)
