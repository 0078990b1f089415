"""`restored [--to <moment>]`: what has to be done to a database that was restored, before any service runs on it again.

Ends what was issued before (sign-ins, links, codes), holds back what may have been sent in the time that is lost, and has the events of the
last days told once more, since the broker is empty: who has handled one drops it.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import asyncpg

from chassis.observability.logs import configure_logs
from chassis.settings import Settings
from deployment.backups.rules import parse_moment
from standalone.backups import fencing


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="restored", description=__doc__)
    parser.add_argument("--to", type=parse_moment, help="the moment that the database was restored to; without one, now")
    options = parser.parse_args(arguments)
    settings = Settings()
    if settings.admin_database_url is None:
        raise SystemExit("CASELOAD_ADMIN_DATABASE_URL is not set")
    configure_logs("restored", settings.log_level)
    asyncio.run(settle(settings.admin_database_url.get_secret_value(), options.to or datetime.now(UTC)))


async def settle(admin_dsn: str, reached: datetime) -> None:
    """In one transaction: a database is settled or it is not."""
    connection = await asyncpg.connect(admin_dsn)
    try:
        async with connection.transaction():
            now = datetime.now(UTC)
            voided = await fencing.void_what_was_issued(connection, now)
            held = await fencing.hold_back(connection, now)
            told = await fencing.publish_again(connection, reached - fencing.REPUBLISHED)
    finally:
        await connection.close()
    sys.stdout.write(f"Not good any more: {_listed(voided)}.\n")
    sys.stdout.write(f"Held back, because it may have gone out: {_listed(held)}.\n")
    sys.stdout.write(f"Events that are told once more: {told}.\n")


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in numbers.items())
