"""Seals and opens the addresses of locations, and what is said of them.

The release before reads open ones alone. So they stay open until nobody goes back to it, which is when the schema's contract step was taken.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from caseload.scheduling.v1 import locations_pb2 as pb
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill, given
from scheduling.tables import locations

FIELDS = ("address", "details")


class Addresses:
    """Those of one workspace's locations; `may_seal` once the release before is not gone back to any more."""

    def __init__(self, keys: WorkspaceKeys, *, may_seal: bool = True) -> None:
        self._keys = keys
        self._may_seal = may_seal

    def open(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """SealBroken where the row is not as it was written."""
        if row["sealed"] is None:
            return {name: row[name] for name in FIELDS}
        values = given(pb.Location.FromString(self._keys.open_bytes(row["sealed"], **_place(row["id"], row["version"]))))
        return {name: values[name] for name in FIELDS}

    def seal(self, entry_id: UUID, version: int, entry: Mapping[str, Any]) -> dict[str, Any]:
        if not self._may_seal:
            return {**{name: entry[name] for name in FIELDS}, "sealed": None, "version": version - 1}
        plain = pb.Location(**{name: entry[name] for name in FIELDS}).SerializeToString()
        sealed = self._keys.seal_bytes(plain, **_place(entry_id, version))
        return {**dict.fromkeys(FIELDS), "sealed": sealed, "version": version}

    def to_message(self, row: Mapping[str, Any]) -> pb.Location:
        return fill(pb.Location(), {**row, **self.open(row)})


def _place(location_id: UUID, version: int) -> dict[str, Any]:
    return {"table": locations.name, "row": location_id, "revision": version}
