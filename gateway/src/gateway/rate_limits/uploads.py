"""How many uploads may be under way at once: in this gateway, of one workspace, and of one user."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis.context import Caller
from chassis.errors import TooMany
from chassis.rpc.admission import overloaded
from gateway.settings import GatewaySettings

_RETRY_AFTER = 5.0


class Uploads:
    """Counts the uploads under way. An upload lasts as long as its sender likes, up to a limit, so nobody may take the place of all others."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._most = settings.uploads_at_once
        self._most_of = {"user": settings.uploads_per_user, "workspace": settings.uploads_per_workspace}
        self._under_way: Counter[tuple[str, Any]] = Counter()

    @contextmanager
    def admit(self, caller: Caller) -> Iterator[None]:
        """Counts an upload while the block runs. Raises TooMany over the share of the user or the workspace, Unavailable when all places are taken."""
        owners = [("user", caller.user_id), ("workspace", caller.workspace_id)]
        for owner in owners:
            counted_by = owner[0]
            if self._under_way[owner] >= self._most_of[counted_by]:
                raise TooMany(
                    "too_many_uploads",
                    f"This {counted_by} is uploading too many files at once; try again when one of them is done.",
                    facts={"counted_by": counted_by},
                    retry_after=_RETRY_AFTER,
                )
        if self._under_way[("all", None)] >= self._most:
            raise overloaded(_RETRY_AFTER)
        counted = [*owners, ("all", None)]
        self._under_way.update(counted)
        try:
            yield
        finally:
            self._under_way.subtract(counted)
            # Of those who upload nothing, nothing is kept.
            self._under_way = +self._under_way
