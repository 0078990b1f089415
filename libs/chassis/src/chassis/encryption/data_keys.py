"""A workspace's data keys as `data_keys` holds them: wrapped by the root key, each for its workspace, purpose and version."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.encryption.framing import frame
from chassis.encryption.keyring import KEY_BYTES, Keyring, SealBroken
from chassis.encryption.records import WorkspaceKeys

SEAL, INDEX = "seal", "index"
# The version of the key for indexes that makes digests alone: the first one, kept apart when it is changed for another (decision 117).
PROOFS = 0


@dataclass(frozen=True, slots=True)
class DataKey:
    """`is_from_before`: it sealed values before columns were bound."""

    purpose: str
    version: int
    key: bytes = field(repr=False)
    is_active: bool
    is_from_before: bool


class DataKeys:
    """Wraps and unwraps the data keys of one service."""

    def __init__(self, keyring: Keyring, service: str) -> None:
        self._keyring = keyring
        self._service = service

    def generate(self, workspace_id: UUID, purpose: str, version: int) -> bytes:
        """A new key, wrapped."""
        return self.wrap(os.urandom(KEY_BYTES), workspace_id, purpose, version)

    def wrap(self, key: bytes, workspace_id: UUID, purpose: str, version: int) -> bytes:
        """The key as the row of this workspace, purpose and version holds it."""
        return self._keyring.wrap(key, self._contexts(workspace_id, purpose, version)[0])

    def unwrap(self, row: Mapping[str, Any]) -> DataKey:
        """The key of a row of `data_keys`. SealBroken where it was not wrapped for this row."""
        context, *older = self._contexts(row["workspace_id"], row["purpose"], row["version"])
        place = {"purpose": row["purpose"], "version": row["version"], "is_active": row["state"] == "active"}
        try:
            return DataKey(**place, key=self._keyring.unwrap(row["wrapped"], context), is_from_before=False)
        except SealBroken:
            if not older:
                raise
        return DataKey(**place, key=self._keyring.unwrap(row["wrapped"], older[0]), is_from_before=True)

    def wrap_again(self, row: Mapping[str, Any]) -> bytes | None:
        """The row's key under the active root key; None if it is so already. SealBroken where it does not open."""
        if self._keyring.root_of(row["wrapped"]) == self._keyring.active:
            return None
        key = self.unwrap(row)
        contexts = self._contexts(row["workspace_id"], row["purpose"], row["version"])
        return self._keyring.wrap(key.key, contexts[1 if key.is_from_before else 0])

    def together(self, workspace_id: UUID, usable: Iterable[DataKey]) -> WorkspaceKeys:
        """Values are sealed and found with the newest active key of each purpose, and opened and looked for with any of `usable`."""
        oldest_first = sorted(usable, key=lambda key: key.version)
        newest = {key.purpose: key for key in oldest_first if key.is_active}
        seals = [key for key in oldest_first if key.purpose == SEAL]
        indexes = [key for key in oldest_first if key.purpose == INDEX]
        return WorkspaceKeys(
            self._service,
            workspace_id,
            active=newest[SEAL].version,
            keys={key.version: key.key for key in seals},
            index=newest[INDEX].key,
            index_version=newest[INDEX].version,
            former_indexes={key.version: key.key for key in indexes if key.version not in (PROOFS, newest[INDEX].version)},
            proofs=indexes[0].key,
            from_before={key.version for key in seals if key.is_from_before},
        )

    def _contexts(self, workspace_id: UUID, purpose: str, version: int) -> list[bytes]:
        """What a key is wrapped for, and what it was wrapped for before sealed values had bound columns.

        A key says by its wrapping which format it may open, and nobody without the root key can change that.
        """
        number, before = version.to_bytes(4, "big"), (self._service.encode(), workspace_id.bytes, purpose.encode())
        return [frame(*before, b"bound") + number, frame(*before) + number] if purpose == SEAL else [frame(*before) + number]
