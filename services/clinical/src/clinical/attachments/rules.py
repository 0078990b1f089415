"""How large a file may be, what it may be called, how long a link may last, how much a workspace may keep."""

import re
import unicodedata
from dataclasses import dataclass

from chassis.errors import Conflict, Fault, Invalid

LARGEST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 255
DEFAULT_MINUTES = 15
LONGEST_MINUTES = 60
# What names a file's place on somebody's disk, in any system's spelling.
_PATH = re.compile(r"^.*[/\\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CleanFile:
    """What may be kept of a file."""

    content: bytes
    media_type: str


def check_size(content: bytes) -> None:
    if len(content) > LARGEST_BYTES:
        raise Invalid("file_too_large", "A file has at most 10 MB.")


def file_name(given: str) -> str:
    """The name without the path it came from and without characters that hide or turn text around; Invalid when nothing is left."""
    shown = "".join(
        sign for sign in unicodedata.normalize("NFC", given) if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    name = _PATH.sub("", shown).strip()
    if name.strip(".") == "":
        raise Invalid("file_name_required", "A file has a name.", faults=[Fault("/file_name", "is needed")])
    if len(name) > LONGEST_NAME:
        raise Invalid(
            "file_name_too_long",
            "The file's name is too long.",
            faults=[Fault("/file_name", f"must have at most {LONGEST_NAME} characters")],
        )
    return name


def minutes(asked: int | None) -> int:
    """How long a link lasts: 1 to 60 minutes, 15 where nothing is said."""
    if asked is None:
        return DEFAULT_MINUTES
    if not 1 <= asked <= LONGEST_MINUTES:
        raise Invalid(
            "expiry_out_of_range",
            "A link lasts from 1 to 60 minutes.",
            faults=[Fault("/expires_in_minutes", f"must be from 1 to {LONGEST_MINUTES}")],
        )
    return asked


def check_quota(used_bytes: int, quota_bytes: int) -> None:
    """Refuses the file that takes the workspace over what it may keep; `used_bytes` counts it already."""
    if used_bytes > quota_bytes:
        raise Conflict("quota_exceeded", "The workspace has no room left for this file.", facts={"quota_bytes": quota_bytes})
