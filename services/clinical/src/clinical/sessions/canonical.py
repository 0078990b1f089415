"""The canonical form of a signed version, and its hash: the same bytes for whoever verifies it, with any language's standard library.

The form is a JSON object in the canonical form of RFC 8785: members in the order of their names, no space between them, UTF-8. Its members
are those of `FORM` below and no others, each always there:

- ids are UUIDs in lower case with hyphens; `form` and `version_number` are integers, `duration_minutes` an integer or null;
- `subjective`, `objective`, `assessment`, `plan` and `reason` are the texts, null where one is not set;
- `session_date` and `signed_at` are times in UTC with six digits after the second: `2026-03-02T09:00:00.000000Z`;
- `kind` is `finalized`, `amended` or `refinalized`; `previous_hash` is the hash of the version before, null for a note's first one.

`content_hash` is the SHA-256 of these bytes as lower-case hex. The signature is Ed25519 over `SIGNED_PREFIX` and these 64 characters.
A form never changes: another set of members is another number, and this one verifies for ever.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from clinical.signatures.rfc8785 import written

FORM = 1
MEMBERS = (
    "assessment",
    "author_user_id",
    "client_id",
    "duration_minutes",
    "form",
    "kind",
    "objective",
    "plan",
    "previous_hash",
    "reason",
    "session_date",
    "session_id",
    "signed_at",
    "signed_by_user_id",
    "subjective",
    "version_number",
    "workspace_id",
)
SIGNED_PREFIX = b"caseload session version v1\n"


def canonical(content: Mapping[str, Any]) -> bytes:
    """The canonical form of the content, whose members are those of `MEMBERS`. ValueError for any others."""
    return written(content, MEMBERS)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, as lower-case hex."""
    return sha256(canonical(content)).hexdigest()


def signed_message(hash_: str) -> bytes:
    """What is signed of a version."""
    return SIGNED_PREFIX + hash_.encode()
