"""What is signed: a checkpoint as transparency logs write it (C2SP tlog-checkpoint), with its time (C2SP tlog-cosignature).

docs/audit-verification.md says the same to those who verify it.
"""

import base64
from datetime import datetime
from uuid import UUID

# Of a leaf of the log. Hashed into every leaf of every installation, so it can never change.
HEAD_TAG = b"caseload.audit.head.v1"


def head_leaf(workspace_id: UUID, sequence: int, chain_hash: bytes, root_hash: bytes) -> bytes:
    """A leaf of the log: where the chain of a workspace ended, and the root of the tree over its entries."""
    return b"".join(
        len(part).to_bytes(8, "big") + part for part in (HEAD_TAG, workspace_id.bytes, sequence.to_bytes(8, "big"), chain_hash, root_hash)
    )


def body(origin: str, tree_size: int, root_hash: bytes) -> str:
    return f"{origin}\n{tree_size}\n{base64.b64encode(root_hash).decode()}\n"


def signed_message(origin: str, tree_size: int, root_hash: bytes, signed_at: datetime) -> bytes:
    """What the signature is over. The time is of whole seconds."""
    return f"cosignature/v1\ntime {int(signed_at.timestamp())}\n{body(origin, tree_size, root_hash)}".encode()
