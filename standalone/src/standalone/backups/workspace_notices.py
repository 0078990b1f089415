"""Has the workspaces of `caseload run` be told, as their rules say, that backups are late, fail or cannot be restored."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from chassis.service.runtime import Runtime
from identity.backup_notices.watch import BackupWatch
from standalone.backups.background import BackgroundWork


class WorkspaceNotices(BackgroundWork):
    """`look` returns what is wrong, by subject. It is asked every minute, and must be quick."""

    def __init__(self, identity: Runtime, look: Callable[[datetime], Mapping[str, str]]) -> None:
        self._look = look
        self.watch = BackupWatch(identity, self._state)

    async def _run(self) -> None:
        await self.watch.run()

    async def _state(self) -> Mapping[str, Any]:
        now = datetime.now(UTC)
        return {"looked_at": now.isoformat(), "problems": sorted(self._look(now))}
