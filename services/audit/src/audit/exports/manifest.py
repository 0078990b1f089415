"""The manifest of an export: what is in the file, part by part, and where it is in the chain, signed with the key that signs tree heads.

docs/audit-verification.md says the same to those who verify it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from audit.exports.rules import is_contiguous, told_filters
from chassis.auth.signer import Signer

FORMAT, FORMAT_VERSION = "caseload audit export", 1
_PURPOSE = b"caseload audit export v1\n"


def signed(
    signer: Signer,
    named: Mapping[str, Any],
    parameters: Mapping[str, Any],
    state: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    dropped: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """`named` are the ids and times that begin the manifest, and the file's name, size and SHA-256; `state` is what the job has kept.

    `dropped` are parts of the chain whose events were dropped with their months.
    """
    chain = {name: state[name] for name in ("first_sequence", "last_sequence", "first_previous_hash", "last_hash")}
    manifest = {
        **named,
        "format": parameters["format"],
        "filters": told_filters(parameters),
        "row_count": state["rows"],
        "parts": parts,
        "chain": {
            **chain,
            "is_contiguous": is_contiguous(state, dropped),
            "dropped": list(dropped),
            "newest_sequence": state["until"],
            "not_yet_in_chain": state["waiting"],
            # Of the time, if not of the filters, which nobody can tell of an event that is gone.
            "missing_events": state["missing"],
            "first_missing": state["first_missing"],
        },
    }
    return {"manifest": manifest, "key_id": signer.key_id, "signature": signer.signature(message(manifest))}


def message(manifest: Mapping[str, Any]) -> bytes:
    """What the signature is over: the manifest as RFC 8785 writes strings, whole numbers, arrays and objects."""
    return _PURPOSE + json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
