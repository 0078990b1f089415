"""Signed tree heads, and proofs of what they cover."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from caseload_verify import merkle
from caseload_verify.keys import Keys
from caseload_verify.report import Report

HEAD_TAG = b"caseload.audit.head.v1"


class Checkpoints:
    """Holds all checkpoints of some files against each other: two of one log and one size that differ are a fork."""

    def __init__(self, keys: Keys, report: Report) -> None:
        self._keys = keys
        self._report = report
        self._seen: dict[tuple[str, int], str] = {}
        self._times: dict[str, list[tuple[int, str]]] = {}

    def add(self, checkpoint: Mapping[str, Any]) -> None:
        origin, size, root = checkpoint["origin"], int(checkpoint["tree_size"]), checkpoint["root_hash"]
        fault = self._keys.fault(checkpoint["key_id"], base64.b64decode(checkpoint["signature"]), signed_message(checkpoint))
        if fault:
            self._report.findings.append(f"checkpoint {size}: {fault}")
            return
        if self._seen.setdefault((origin, size), root) != root:
            self._report.findings.append(f"checkpoint {size}: a fork: another root of the same size was signed")
            return
        self._times.setdefault(origin, []).append((size, checkpoint["signed_at"]))
        self._report.verified["checkpoints"] += 1

    def finish(self) -> None:
        """What only all of them together tell."""
        for seen in self._times.values():
            ordered = sorted(set(seen), key=lambda each: (each[0], datetime.fromisoformat(each[1])))
            for (size, signed_at), (next_size, next_signed_at) in pairwise(ordered):
                if next_size > size and datetime.fromisoformat(next_signed_at) < datetime.fromisoformat(signed_at):
                    self._report.findings.append(f"checkpoint {next_size}: was signed before checkpoint {size}, which is smaller")
        if len(self._times) > 1:
            self._report.notes.append(
                f"checkpoints are of {len(self._times)} logs: a log begins anew after an older backup was restored; ask why"
            )

    def add_proof(self, proof: Mapping[str, Any], hashes: Mapping[int, str]) -> None:
        """A proof of `GET /audit/proof`. `hashes` are those of the file's own events, by sequence."""
        self._keys.offered(proof["keys"], self._report)
        old, new, event, head = proof["checkpoint"], proof["newest"], proof["event"], proof["head"]
        for checkpoint in (old, new):
            self.add(checkpoint)
        name = f"proof of event {event['sequence']}"
        if hashes.get(event["sequence"], event["hash"]) != event["hash"]:
            self._report.findings.append(f"{name}: is of another event than the one in the file")
        elif not (old["origin"] == new["origin"] == proof["origin"]):
            self._report.findings.append(f"{name}: its checkpoints are of two logs")
        elif fault := _fault(proof, old, new, event, head):
            self._report.findings.append(f"{name}: {fault}")
        else:
            self._report.verified["proofs"] += 1


def _fault(
    proof: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any], event: Mapping[str, Any], head: Mapping[str, Any]
) -> str | None:
    leaf = merkle.leaf_hash(bytes.fromhex(event["hash"]))
    root = merkle.root_of_path(int(event["sequence"]) - 1, int(head["sequence"]), leaf, _hashes(event["inclusion"]))
    if root is None or root.hex() != head["root_hash"]:
        return "does not lead to the root of the chain"
    written = head_leaf(UUID(proof["workspace_id"]), int(head["sequence"]), bytes.fromhex(head["hash"]), root)
    found = merkle.root_of_path(int(head["leaf_index"]), int(old["tree_size"]), merkle.leaf_hash(written), _hashes(head["inclusion"]))
    if found is None or found.hex() != old["root_hash"]:
        return "does not lead to the root of its checkpoint"
    sizes, roots = (int(old["tree_size"]), int(new["tree_size"])), (bytes.fromhex(old["root_hash"]), bytes.fromhex(new["root_hash"]))
    if not merkle.is_consistent(*sizes, *roots, _hashes(proof["consistency"])):
        return f"a fork: checkpoint {sizes[1]} does not continue checkpoint {sizes[0]}"
    return None


def _hashes(texts: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in texts]


def head_leaf(workspace_id: UUID, sequence: int, chain_hash: bytes, root_hash: bytes) -> bytes:
    """A leaf of the log: each part after its length in eight bytes."""
    parts = (HEAD_TAG, workspace_id.bytes, sequence.to_bytes(8, "big"), chain_hash, root_hash)
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def signed_message(checkpoint: Mapping[str, Any]) -> bytes:
    """C2SP tlog-cosignature, over a C2SP tlog-checkpoint."""
    root = base64.b64encode(bytes.fromhex(checkpoint["root_hash"])).decode()
    signed_at = int(datetime.fromisoformat(checkpoint["signed_at"]).timestamp())
    return f"cosignature/v1\ntime {signed_at}\n{checkpoint['origin']}\n{checkpoint['tree_size']}\n{root}\n".encode()
