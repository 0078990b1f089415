"""How much of one kind may be under way at once: in this gateway, of one workspace, and of one user."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis.context import Caller
from chassis.errors import TooMany
from chassis.rpc.admission import overloaded

_RETRY_AFTER = 5.0


class AtOnce:
    """Counts what is under way. It lasts as long as the caller likes, up to a limit, so nobody may take the place of all others."""

    def __init__(self, *, code: str, doing: str, most: int, per_workspace: int, per_user: int) -> None:
        """`code` and `doing` are for refusals: "too_many_uploads", and "uploading too many files"."""
        self._code = code
        self._doing = doing
        self._most = most
        self._most_of = {"user": per_user, "workspace": per_workspace}
        self._under_way: Counter[tuple[str, Any]] = Counter()

    @contextmanager
    def admit(self, caller: Caller) -> Iterator[None]:
        """Counts one while the block runs. Raises TooMany over the share of the user or the workspace, Unavailable when all places are taken."""
        owners = [("user", caller.user_id), ("workspace", caller.workspace_id)]
        for owner in owners:
            counted_by = owner[0]
            if self._under_way[owner] >= self._most_of[counted_by]:
                raise TooMany(
                    self._code,
                    f"This {counted_by} is {self._doing} at once; try again when one of them is done.",
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
            # Of those who have nothing under way, nothing is kept.
            self._under_way = +self._under_way
