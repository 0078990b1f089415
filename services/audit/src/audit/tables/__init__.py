"""The tables of audit, a module per feature."""

from audit.tables.base import metadata
from audit.tables.closed_runs import closed_runs
from audit.tables.jobs import JOBS, RETENTIONS
from audit.tables.legal_holds import legal_holds
from audit.tables.narrow import all_entities, all_entries, all_events, kept_events, kept_kinds, kept_mentions, kept_origins
from audit.tables.retention import retention_periods
from audit.tables.trail import audit_events, awaiting_witness, checkpoints, entries, event_entities, waiting_events
from audit.tables.tree_heads import chain_nodes, heads, log_nodes, tree_heads, unlogged_heads
from audit.tables.verification import verifications

__all__ = [
    "JOBS",
    "KEPT_AFTER_ERASURE",
    "RETENTIONS",
    "WITHOUT_ROW_SECURITY",
    "all_entities",
    "all_entries",
    "all_events",
    "audit_events",
    "awaiting_witness",
    "chain_nodes",
    "checkpoints",
    "closed_runs",
    "entries",
    "event_entities",
    "heads",
    "kept_events",
    "kept_kinds",
    "kept_mentions",
    "kept_origins",
    "legal_holds",
    "log_nodes",
    "metadata",
    "retention_periods",
    "tree_heads",
    "unlogged_heads",
    "verifications",
    "waiting_events",
]

# The tables without row security, each with the reason. A test compares this list with the catalogue.
WITHOUT_ROW_SECURITY = {
    "unsealed": "the sequencer reads which workspaces have waiting events; the rows hold ids, times and proofs only",
    "unwitnessed": "the publisher reads which chains have grown; the rows hold ids, numbers and times only",
    "unlogged_heads": "the log asks which chains have grown; the rows hold ids and numbers only",
    "log_nodes": "the log is of all workspaces: hashes of hashes, from which nothing can be told",
    "tree_heads": "the log is of all workspaces: its size, root and signature",
    "verifications": "the verifier reads which chains are due; the rows hold ids, numbers, hashes and times only",
}

# What stays of a workspace that is erased: the trail is promised for seven years, and says of the erasure itself. It holds ids and times, and no PHI.
KEPT_AFTER_ERASURE = {
    "audit_events": "the trail, until its retention is over",
    "touched": "which entities the lines of the trail are about",
    "seals": "the hash chain that proves the trail",
    "kept_events": "the trail of months that are over, with its hash chain",
    "kept_kinds": "what many lines of the trail have in common",
    "kept_origins": "where many lines of the trail came from",
    "kept_mentions": "which entities lists in the trail have named",
    "chain_heads": "the newest checkpoint of the chain",
    "unsealed": "lines that are not in the chain yet",
    "unwitnessed": "that the chain has grown beyond its published checkpoint",
    "closed_runs": "the hashes of what was dropped, without which no chain that goes on after it verifies",
    "chain_nodes": "what proofs of the chain are made of",
    "heads": "where the log of heads has the chain",
    "unlogged_heads": "that the chain has grown beyond its newest head",
    "verifications": "how far the chain has been verified",
    "retention_periods": "for how long the trail is kept",
    "legal_holds": "what was held, by whom and until when: evidence, as the trail is",
}
