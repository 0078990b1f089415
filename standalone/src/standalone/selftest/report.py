"""The report of a self-test as JSON, signed with Ed25519, so that nobody changes it without its reader noticing."""

import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis import private_files
from standalone.selftest.isolation import Attempt

FORMAT = "caseload-self-test/1"
_RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw


class NotSignedError(Exception):
    """A report is not as it was signed, or by another key than the reader knows."""


def summary(attempts: Sequence[Attempt], **facts: Any) -> dict[str, Any]:
    """What was tried of each operation and what was wrong, with `facts` on the run. Nothing of any answer but its status."""
    of_operation: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        of_operation[str(attempt.operation)].append(attempt)
    listed: list[dict[str, Any]] = [
        {
            "operation": name,
            "tried": [{"ids": list(each.named), "statuses": list(each.statuses), "faults": list(each.faults)} for each in tried],
            "faults": sum(len(each.faults) for each in tried),
        }
        for name, tried in sorted(of_operation.items())
    ]
    faults = sum(each["faults"] for each in listed) + len(facts.get("changed", ()))
    counts = {"operations": len(listed), "attempts": len(attempts), "faults": faults}
    return {"format": FORMAT, **facts, "counts": counts, "operations": listed}


def signing_key(file: Path | None) -> Ed25519PrivateKey:
    """The key in the file, which is made if it is not there; without a file, one for this report alone."""
    if file is None:
        return Ed25519PrivateKey.generate()
    return Ed25519PrivateKey.from_private_bytes(b64decode(private_files.write_once(file, _new_key)))


def _new_key() -> bytes:
    return b64encode(Ed25519PrivateKey.generate().private_bytes_raw()) + b"\n"


def signed(report: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The report with the public key and the signature, both in base64."""
    public = b64encode(key.public_key().public_bytes(*_RAW)).decode()
    return {"report": report, "public_key": public, "signature": b64encode(key.sign(_signed_bytes(report))).decode()}


def check(document: Any, public_key: str | None = None) -> dict[str, Any]:
    """The report in a signed document. Raises NotSignedError if it is not as signed, or not signed with `public_key`, if that is given."""
    try:
        report: dict[str, Any] = document["report"]
        key = Ed25519PublicKey.from_public_bytes(b64decode(document["public_key"], validate=True))
        key.verify(b64decode(document["signature"], validate=True), _signed_bytes(report))
    except (KeyError, TypeError, ValueError):
        raise NotSignedError("this is no signed report of a self-test") from None
    except InvalidSignature:
        raise NotSignedError("the report is not as it was signed") from None
    if public_key is not None and public_key != document["public_key"]:
        raise NotSignedError("the report was signed with another key")
    return report


def _signed_bytes(report: dict[str, Any]) -> bytes:
    """The format's name, a line feed, and the report as JSON with sorted names and nothing between them, in UTF-8."""
    canonical = json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{FORMAT}\n{canonical}".encode()
