"""The signed manifest of an export of the trail, and the file that it is of."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from caseload_verify.events import Chain, Dropped
from caseload_verify.keys import Keys, unpadded
from caseload_verify.report import Report, Unreadable

_FORMAT = ("caseload audit export", 1)
_PURPOSE = b"caseload audit export v1\n"
_PIECE = 1024 * 1024
_LARGEST = 256 * 1024 * 1024


def read_manifest(path: Path) -> Mapping[str, Any] | None:
    """The manifest, if the file is one: the answer of `GET /audit/exports/{id}/manifest`. Raises Unreadable for one of a form that is not known here."""
    if path.stat().st_size > _LARGEST:
        return None
    with path.open("rb") as file:
        if not file.read(_PIECE).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return None
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    # Its form is not signed: one that says to be of another must not be passed over, as if there were none.
    if not isinstance(told, dict) or not told.keys() & {"format", "manifest"}:
        return None
    if (told.get("format"), told.get("format_version")) != _FORMAT:
        raise Unreadable("this manifest of an export is of a form that is not known here")
    return told


class AuditExport:
    """What a manifest says of a file. Nothing is believed of one whose signature does not hold: `is_signed` tells."""

    def __init__(self, told: Mapping[str, Any], keys: Keys, report: Report) -> None:
        self._report = report
        try:
            manifest = told["manifest"]
            self._name: str = manifest["file"]["name"]
            self._size, self._sha256 = int(manifest["file"]["size"]), str(manifest["file"]["sha256"])
            self._parts = [(int(part["rows"]), int(part["size"]), str(part["sha256"])) for part in manifest["parts"]]
            self._rows = int(manifest["row_count"])
            self._chain: Mapping[str, Any] = manifest["chain"]
            self._workspace_id: str = manifest["workspace_id"]
            self.is_contiguous = bool(self._chain["is_contiguous"])
            # Exports of before months could be dropped say nothing of it.
            self.dropped = [_dropped(each) for each in self._chain.get("dropped", ())]
            self.has_lines = manifest["format"] == "jsonl"
            keys.offered(told["keys"], report)
            fault = keys.fault(told["key_id"], unpadded(told["signature"]), _PURPOSE + _canonical(manifest))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Unreadable("the manifest of an export cannot be read") from error
        self.is_signed = fault is None
        if fault:
            report.findings.append(f"manifest of {self._name}: {fault}")

    def verify_bytes(self, path: Path) -> None:
        """Holds the file against the hashes of its parts, and names the first that differs."""
        digest, line = sha256(), 1
        with path.open("rb") as file:
            for rows, size, expected in self._parts:
                part, left = sha256(), size
                while left and (piece := file.read(min(left, _PIECE))):
                    part.update(piece)
                    digest.update(piece)
                    left -= len(piece)
                if left or part.hexdigest() != expected:
                    last = line + max(rows, 1) - 1
                    self._report.findings.append(
                        f"export {self._name}: was changed within rows {line} to {last}, or behind them something is missing"
                    )
                    return
                line += rows
            if file.read(1):
                self._report.findings.append(f"export {self._name}: something was added behind its last row")
                return
        if (digest.hexdigest(), line - 1) != (self._sha256, self._rows):
            self._report.findings.append(f"export {self._name}: its manifest contradicts itself")
        else:
            self._report.verified["exports"] += 1

    def verify_chain(self, chain: Chain) -> None:
        """Holds what was read of the file's lines against the place in the chain that the manifest names."""
        if missing := self._chain["missing_events"]:
            self._report.findings.append(
                f"event {self._chain['first_missing']}: was missing in the trail itself, as were {missing} in all, when {self._name} was made"
            )
        expected = tuple(self._chain[name] for name in ("first_sequence", "last_sequence", "first_previous_hash", "last_hash"))
        if chain.number != self._rows or (self._rows and (chain.workspace_id, *chain.ends()) != (self._workspace_id, *expected)):
            self._report.findings.append(f"export {self._name}: has not the events, from the first to the last, that were exported")


def _dropped(told: Mapping[str, Any]) -> Dropped:
    first, last = int(told["first_sequence"]), int(told["last_sequence"])
    return Dropped(first, last, last - first + 1, str(told["month"]), str(told["dropped_at"])[:10])


def _canonical(content: Mapping[str, Any]) -> bytes:
    """RFC 8785, of strings, whole numbers, booleans and null."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
