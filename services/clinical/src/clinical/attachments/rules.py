"""Limits of files: size, name, lifetime of a download link, and bytes per workspace."""

import re
import unicodedata
from dataclasses import dataclass

from chassis.errors import Conflict, Fault, Invalid

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 255
DEFAULT_MINUTES = 15
MAX_MINUTES = 60
# The path in front of a file name, on any operating system.
_PATH = re.compile(r"^.*[/\\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SanitizedFile:
    """A file as it may be stored."""

    content: bytes
    media_type: str


def check_size(content: bytes) -> None:
    """Raises Invalid for more than 10 MB."""
    if len(content) > MAX_BYTES:
        raise Invalid("file_too_large", "A file has at most 10 MB.")


def file_name(given: str) -> str:
    """The name without its path and without invisible or bidirectional control characters. Raises Invalid if nothing is left."""
    visible = "".join(
        char for char in unicodedata.normalize("NFC", given) if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    name = _PATH.sub("", visible).strip()
    if name.strip(".") == "":
        raise Invalid("file_name_required", "A file has a name.", faults=[Fault("/file_name", "is needed")])
    if len(name) > MAX_NAME:
        raise Invalid(
            "file_name_too_long",
            "The file's name is too long.",
            faults=[Fault("/file_name", f"must have at most {MAX_NAME} characters")],
        )
    return name


def minutes(requested: int | None) -> int:
    """How many minutes a download link is valid: 15 by default. Raises Invalid outside 1 to 60."""
    if requested is None:
        return DEFAULT_MINUTES
    if not 1 <= requested <= MAX_MINUTES:
        raise Invalid(
            "expiry_out_of_range",
            "A link lasts from 1 to 60 minutes.",
            faults=[Fault("/expires_in_minutes", f"must be from 1 to {MAX_MINUTES}")],
        )
    return requested


def check_quota(used_bytes: int, quota_bytes: int) -> None:
    """Raises Conflict if the workspace exceeds its quota. `used_bytes` includes the new file."""
    if used_bytes > quota_bytes:
        raise Conflict("quota_exceeded", "The workspace has no room left for this file.", facts={"quota_bytes": quota_bytes})
