"""The TreeHeads service: signed tree heads, and proofs of what they cover."""

import base64

from audit.closed_runs.runs import run_with
from audit.tree_heads import merkle, rules, store
from audit.tree_heads.trees import DamagedTree, all_hashes, of_chain, of_log
from caseload.audit.v1 import tree_heads_pb2 as pb
from caseload.audit.v1.tree_heads_rpc import TreeHeadsServicer
from chassis.auth.signer import Signer
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record, Transaction
from chassis.errors import Unavailable
from chassis.paging import page
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork


class TreeHeads(TreeHeadsServicer[UnitOfWork]):
    """The log is one for all workspaces; of others a caller sees hashes alone."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    async def ListCheckpoints(self, request: pb.ListCheckpointsRequest, work: UnitOfWork) -> pb.CheckpointPage:
        window = page(request)
        newest = await work.db.maybe(store.newest_stored)
        total = 0 if newest is None else newest["number"]
        rows = await work.db.all(store.page, last=total - window.offset, limit=window.limit) if window.offset < total else []
        return pb.CheckpointPage(items=map(_to_message, rows), total=total)

    async def GetProof(self, request: pb.GetProofRequest, work: UnitOfWork) -> pb.Proof:
        sequence = request.sequence
        newest = rules.check_known(await work.db.maybe(store.newest_stored))
        asked = newest
        if request.HasField("tree_size"):
            asked = rules.check_known(await work.db.maybe(store.of_size, tree_size=request.tree_size))
        head = rules.check_covered(await work.db.maybe(store.newest_head, tree_size=asked["tree_size"]), sequence)
        event = await _proven(work.db, sequence)
        try:
            in_chain = await all_hashes(merkle.inclusion(sequence - 1, head["sequence"]), of_chain(work.db))
            in_log = await all_hashes(merkle.inclusion(head["leaf_index"], asked["tree_size"]), of_log(work.db))
            consistency = await all_hashes(merkle.consistency(asked["tree_size"], newest["tree_size"]), of_log(work.db))
        except DamagedTree:
            raise Unavailable("proof_unavailable", "What the proof is made of is not there; the trail has been changed.") from None
        event.inclusion.extend(_hex(in_chain))
        return pb.Proof(
            origin=asked["origin"],
            checkpoint=_to_message(asked),
            newest=_to_message(newest),
            consistency=_hex(consistency),
            workspace_id=str(work.workspace_id),
            event=event,
            head=pb.ProvenHead(
                leaf_index=head["leaf_index"],
                sequence=head["sequence"],
                hash=head["chain_hash"].hex(),
                root_hash=head["root_hash"].hex(),
                inclusion=_hex(in_log),
            ),
            keys=[pb.PublicKey(key_id=key_id, public_key=key) for key_id, key in sorted(self._signer.public_keys().items())],
        )


async def _proven(tx: Transaction, sequence: int) -> pb.ProvenEvent:
    """The event, or what is left of it where its month was dropped. Raises NotFound."""
    entry = await tx.maybe(store.entry, sequence=sequence)
    if entry is not None:
        hashes = {"previous_hash": entry["previous_hash"].hex(), "hash": entry["hash"].hex()}
        return pb.ProvenEvent(id=str(entry["event_id"]), sequence=sequence, **hashes)
    run = await run_with(tx, sequence)
    if run is None:
        raise nothing_here()
    hashes = {"previous_hash": run.hash_before(sequence).hex(), "hash": run.hash_of(sequence).hex()}
    return pb.ProvenEvent(sequence=sequence, dropped_at=to_timestamp(run.dropped_at), **hashes)


def _to_message(row: Record) -> pb.Checkpoint:
    return pb.Checkpoint(
        tree_size=row["tree_size"],
        root_hash=row["root_hash"].hex(),
        signed_at=to_timestamp(row["signed_at"]),
        key_id=row["key_id"],
        signature=base64.b64encode(row["signature"]).decode(),
        origin=row["origin"],
    )


def _hex(hashes: list[bytes]) -> list[str]:
    return [each.hex() for each in hashes]
