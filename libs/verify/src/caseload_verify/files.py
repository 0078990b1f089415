"""Reads the files that can be verified: an archive of a client, an export with its manifest, or lines of JSON with events, checkpoints and proofs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from caseload_verify import strict_json
from caseload_verify.audit_export import AuditExport, read_manifest
from caseload_verify.checkpoints import Checkpoints
from caseload_verify.client_archive import verify_archive
from caseload_verify.events import Chain, Dropped
from caseload_verify.keys import Keys
from caseload_verify.report import Report, Unreadable

_LONGEST_LINE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file of lines had."""

    chain: Chain
    has_keys_alone: bool


class Verifier:
    """Verifies files one after the other, and their checkpoints against each other. `report` has what was found."""

    def __init__(self, keys: Keys) -> None:
        self.report = Report()
        self._keys = keys
        self._checkpoints = Checkpoints(keys, self.report)

    def verify_all(self, paths: Sequence[Path]) -> None:
        """Verifies files; a manifest is of the file that is named before it. Raises Unreadable, and OSError for a file that is not there."""
        manifests = [read_manifest(path) for path in paths]
        if manifests[0] is not None or any(one is not None and next_one is not None for one, next_one in pairwise(manifests)):
            raise Unreadable("name the manifest of an export after the file that it is of")
        without_manifest: Path | None = None
        for path, manifest, its_own in zip(paths, manifests, [*manifests[1:], None], strict=True):
            if its_own is not None:
                self._verify_export(path, AuditExport(its_own, self._keys, self.report))
            elif manifest is None:
                lines = self.verify(path)
                if without_manifest is not None and lines is not None and lines.has_keys_alone:
                    self.report.findings.append(f"{path.name}: has keys alone, and is no manifest of the export {without_manifest.name}")
                without_manifest = path if lines is not None and lines.chain.is_of_export else None

    def verify(self, path: Path) -> Lines | None:
        """Verifies one file that has no manifest, or one in it. Raises Unreadable, and OSError for a file that is not there."""
        if is_zipfile(path):
            try:
                with ZipFile(path) as archive:
                    verify_archive(archive, self._keys, self.report)
            except BadZipFile as error:
                raise Unreadable("this archive cannot be read") from error
            return None
        return self._verify_lines(path)

    def _verify_export(self, path: Path, export: AuditExport) -> None:
        if export.is_signed:
            export.verify_bytes(path)
        if export.has_lines:
            dropped = export.dropped if export.is_signed else ()
            chain = self._verify_lines(path, may_leave_out=export.is_signed and not export.is_contiguous, dropped=dropped).chain
            if export.is_signed:
                export.verify_chain(chain)

    def finish(self) -> Report:
        """The report, once all files were verified."""
        self._checkpoints.finish()
        return self.report

    def _verify_lines(self, path: Path, *, may_leave_out: bool = False, dropped: Sequence[Dropped] = ()) -> Lines:
        chain = Chain(self.report, may_leave_out=may_leave_out, dropped=dropped)
        kinds: set[str] = set()
        for number, told in _objects(path):
            try:
                kinds.add("keys" if isinstance(told, dict) and "keys" in told and told.keys() <= {"keys", "algorithm"} else "others")
                if not isinstance(told, dict):
                    raise TypeError("no object")
                if "event_type" in told:
                    chain.add(told)
                elif "consistency" in told:
                    self._checkpoints.add_proof(told, chain.hashes)
                elif "root_hash" in told:
                    self._checkpoints.add(told)
                elif "keys" in told:
                    self._keys.offered(told["keys"], self.report)
                else:
                    self.report.findings.append(f"line {number}: is nothing that is known here")
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                self.report.findings.append(f"line {number}: cannot be read")
        chain.finish()
        return Lines(chain, has_keys_alone=kinds == {"keys"})


def _objects(path: Path) -> Iterator[tuple[int, Any]]:
    """The objects of a file with the number of their line: one per line, or a page of them (`{"items": […]}`) as the API answers."""
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        number = 0
        try:
            while line := file.readline(_LONGEST_LINE):
                number += 1
                if not line.strip():
                    continue
                told = strict_json.loads(line)
                if not isinstance(told, dict):
                    raise Unreadable(f"line {number} is no object")
                found = told["items"] if isinstance(told.get("items"), list) else [told]
                # A page is in the order of time, which is not always that of the chain.
                yield from ((number, each) for each in sorted(found, key=_place))
        except ValueError as error:
            raise Unreadable(f"line {number + (isinstance(error, UnicodeDecodeError))} is no JSON") from error


def _place(told: Any) -> tuple[bool, int]:
    sequence = told.get("sequence") if isinstance(told, dict) else None
    return (False, sequence) if isinstance(sequence, int) else (True, 0)
