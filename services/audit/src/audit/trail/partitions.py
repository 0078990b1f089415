"""Creates monthly partitions in advance, so that no event is stored in the default partition."""

import asyncio
import logging
from datetime import UTC, datetime

from audit.trail import store
from chassis.db.database import Database
from chassis.errors import Refusal

MONTHS_AHEAD = 12
_SECONDS_BETWEEN = 6 * 3600.0
_SECONDS = 60.0

_log = logging.getLogger(__name__)


async def create_partitions_ahead(database: Database) -> int:
    """Creates the missing partitions of this month and the next twelve. Returns how many were created."""
    async with database.transaction(None, seconds=_SECONDS) as tx:
        row = await tx.one(store.create_partitions, first_month=datetime.now(UTC).date(), months=MONTHS_AHEAD + 1)
    return int(row["created"])


async def keep_partitions_ahead(database: Database) -> None:
    """Creates missing partitions every six hours, until cancelled. A failure is logged only: twelve months are in reserve."""
    while True:
        try:
            if created := await create_partitions_ahead(database):
                _log.info("partitions created", extra={"partitions": created})
        except Refusal as refusal:
            _log.warning("no partitions could be created", extra={"code": refusal.code})
        await asyncio.sleep(_SECONDS_BETWEEN)
