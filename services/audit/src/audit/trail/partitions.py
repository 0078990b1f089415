"""Months are made before they come, so that no event waits for a table and none has to go to the default one."""

import asyncio
import logging
from datetime import UTC, datetime

from audit.trail import store
from chassis.db.database import Database
from chassis.errors import Refusal

MONTHS_AHEAD = 12
_SECONDS_BETWEEN = 6 * 3600.0

_log = logging.getLogger(__name__)


async def make_months_ahead(database: Database) -> int:
    """Makes the partitions of this month and the next twelve where they are missing; how many that was."""
    async with database.transaction(None) as tx:
        made = await tx.one(store.make_partitions, first_month=datetime.now(UTC).date(), months=MONTHS_AHEAD + 1)
    return int(made["made"])


async def keep_months_ahead(database: Database) -> None:
    """Looks four times a day, until cancelled; a failure may wait, for there is a year in hand."""
    while True:
        try:
            if made := await make_months_ahead(database):
                _log.info("partitions made", extra={"partitions": made})
        except Refusal as refusal:
            _log.warning("no partitions could be made", extra={"code": refusal.code})
        await asyncio.sleep(_SECONDS_BETWEEN)
