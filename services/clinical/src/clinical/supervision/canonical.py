"""The canonical form of a co-signature: the same bytes for whoever verifies it, with any language's standard library.

The form is a JSON object in the canonical form of RFC 8785 (members in the order of their names, no space between them, UTF-8), of these
members and no others, each always there:

- `form` and `version_number` are integers; ids are UUIDs in lower case with hyphens;
- `content_hash` is that of the version that is co-signed, `comment_hash` the SHA-256 of the comment's UTF-8 as lower-case hex, null for none;
- `decision` is `cosigned` or `returned`, `role` is `supervisor` or `administrator`;
- `cosigned_at` is a time in UTC with six digits after the second: `2026-03-02T09:00:00.000000Z`.

The signature is Ed25519 over `SIGNED_PREFIX` and these bytes. A form never changes: another set of members is another number.
"""

from collections.abc import Mapping
from hashlib import sha256

from clinical.signatures.rfc8785 import written

FORM = 1
MEMBERS = (
    "comment_hash",
    "content_hash",
    "cosigned_at",
    "cosigned_by_user_id",
    "decision",
    "form",
    "role",
    "session_id",
    "version_number",
    "workspace_id",
)
SIGNED_PREFIX = b"caseload session cosignature v1\n"


def signed_message(content: Mapping[str, str | int | None]) -> bytes:
    """What is signed of a co-signature, whose members are those of `MEMBERS`. ValueError for any others."""
    return SIGNED_PREFIX + written(content, MEMBERS)


def comment_hash(comment: str | None) -> str | None:
    """SHA-256 of the comment, as lower-case hex."""
    return None if comment is None else sha256(comment.encode()).hexdigest()
