"""Every service's roles and schema, with the passwords that the services themselves are given."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import DirectoryPath

from chassis.migrations.roles import provision
from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from deployment.processes import DATABASE_ROLES


class ProvisionSettings(Settings):
    # Holds `<service>-database-url`, `<service>-relay-database-url` and, of services that erase, `<service>-eraser-database-url`.
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


def password(file: Path, role: str) -> str:
    """The password in a DSN's file; refuses (SystemExit) a DSN that is another role's, or has none."""
    parts = urlsplit(file.read_text().strip())
    if parts.username != role or not parts.password:
        raise SystemExit(f"{file.name} has to be the address of the role {role}, with its password")
    return unquote(parts.password)
