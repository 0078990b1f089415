"""How far the background verification has come with a chain, as audit alone can have written it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.trail import proofs
from audit.trail.chain import GENESIS, Checkpoint
from chassis.encryption.records import WorkspaceKeys

_BEGINNING = Checkpoint(0, GENESIS)


@dataclass(slots=True)
class Progress:
    """`anchor` is the end of the last whole segment that was verified, and grows with the chain. `cursor` goes from the beginning to the anchor, again and again.

    `swept` is the time and id of the last event that this pass has held against the chain. `first_break` is what the last pass has found,
    and `passed_at` when one that found nothing ended last.
    """

    anchor: Checkpoint = _BEGINNING
    cursor: Checkpoint = _BEGINNING
    swept: tuple[datetime, UUID] | None = None
    first_break: int | None = None
    passed_at: datetime | None = field(default=None)

    @classmethod
    def read(cls, row: Mapping[str, Any] | None, keys: WorkspaceKeys) -> "Progress":
        """The progress in the row. One that audit did not write counts for nothing: everything is verified again."""
        if row is None or row["proof"] is None:
            return cls()
        progress = cls(
            anchor=Checkpoint(row["anchor_sequence"], row["anchor_hash"] or b""),
            cursor=Checkpoint(row["cursor_sequence"], row["cursor_hash"] or b""),
            swept=None if row["swept_at"] is None else (row["swept_at"], row["swept_id"]),
            first_break=row["first_break"],
            passed_at=row["passed_at"],
        )
        return progress if proofs.holds(row["proof"], progress._proof(keys)) else cls()

    def columns(self, keys: WorkspaceKeys) -> dict[str, Any]:
        """The row's columns, with their proof."""
        swept_at, swept_id = self.swept or (None, None)
        return {
            "anchor_sequence": self.anchor.sequence,
            "anchor_hash": self.anchor.hash,
            "cursor_sequence": self.cursor.sequence,
            "cursor_hash": self.cursor.hash,
            "swept_at": swept_at,
            "swept_id": swept_id,
            "first_break": self.first_break,
            "passed_at": self.passed_at,
            "proof": self._proof(keys),
        }

    def begin_again(self) -> None:
        """The next pass verifies everything from the beginning."""
        self.cursor, self.swept = _BEGINNING, None

    def _proof(self, keys: WorkspaceKeys) -> bytes:
        swept_at, swept_id = self.swept or (None, None)
        said = [self.anchor.sequence, self.anchor.hash.hex(), self.cursor.sequence, self.cursor.hash.hex(), swept_at, swept_id]
        return keys.mac(b"audit verification", json.dumps([*said, self.first_break, self.passed_at], default=str).encode())
