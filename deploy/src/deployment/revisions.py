"""How far the database is migrated, and how far this build would take it: a line for each service, `clients 0015 0016 0017`.

The numbers are the revision that is applied (`none` before the first, `newer` for one of a newer release), the one that this build needs, and its
newest one, which may take away what the release before uses.
"""

import asyncio
import sys
from collections.abc import Sequence

from chassis.migrations.roles import NewerDatabase, applied_revision, expanded_revision, newest_revision
from chassis.settings import Settings
from deployment.processes import SERVICES


def main(arguments: Sequence[str]) -> None:
    if arguments:
        raise SystemExit("revisions takes no arguments")
    settings = Settings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    sys.stdout.write("\n".join(asyncio.run(revisions(settings.admin_database_url.get_secret_value()))) + "\n")


async def revisions(admin_dsn: str) -> list[str]:
    found = []
    for service in SERVICES:
        try:
            applied = await applied_revision(admin_dsn, service) or "none"
        except NewerDatabase:
            applied = "newer"
        found.append(f"{service} {applied} {expanded_revision(service)} {newest_revision(service)}")
    return found
