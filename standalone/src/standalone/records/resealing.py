"""`caseload reseal`: seals again what release 0.1.0 sealed, so that every value is bound to its row."""

from typing import Any
from uuid import UUID

from chassis.service.runtime import Runtime
from standalone.records.sealing import SealedAgain, seal_again


async def reseal(connection: Any, runtime: Runtime, workspace_id: UUID) -> SealedAgain:
    """Seals again what release 0.1.0 sealed, bound to the rows as they are now, and leaves audit lines with their digests.

    Goes on when a row does not open. Then destroys the keys that open the old format, unless such a row still needs them.
    """
    keys = await runtime.keys.of(workspace_id)
    if not keys.from_before:
        return SealedAgain()
    done = await seal_again(connection, runtime, workspace_id, keys)
    if not done.unreadable:
        await connection.execute(
            f"DELETE FROM {runtime.name}.data_keys WHERE workspace_id = $1 AND purpose = 'seal' AND version = ANY($2::int[])",
            workspace_id,
            sorted(keys.from_before),
        )
    return done
