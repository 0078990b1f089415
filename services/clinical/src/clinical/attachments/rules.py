"""Limits of files: size, name, lifetime of a download link, and bytes per workspace."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from uuid import UUID

from chassis.errors import Conflict, Fault, Invalid, NotFound

MAX_BYTES = 10 * 1024 * 1024
# Of a file as it is stored: an image that is encoded again may take more than it did.
MAX_CLEAN_BYTES = 4 * MAX_BYTES
MAX_NAME = 255
MOST_QUOTA_BYTES = 10**15
DEFAULT_MINUTES = 15
MAX_MINUTES = 60
# Of each media type, in lower case.
EXTENSIONS = {
    "image/jpeg": frozenset({".jpg", ".jpeg"}),
    "image/png": frozenset({".png"}),
    "application/pdf": frozenset({".pdf"}),
}
# Up to five letters and digits, of which one is a letter.
_EXTENSION = re.compile(r"(?<=.)\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,5}$", re.DOTALL)
# Whatever programs may take for one: of any length, and before dots that some systems leave out.
_ENDING = re.compile(r"(\.[^.\s]*[A-Za-z][^.\s]*)[.\s]*$")
_ENDINGS = frozenset().union(*EXTENSIONS.values())
# The path in front of a file name, on any operating system.
_PATH = re.compile(r"^.*[/\\]", re.DOTALL)


def check_size(size: int) -> None:
    """Raises Invalid for more than 10 MB."""
    if size > MAX_BYTES:
        raise Invalid("file_too_large", "A file has at most 10 MB.")


def unsafe(why: str) -> Invalid:
    """The refusal of a file that could harm whoever opens it."""
    return Invalid("file_unsafe", why)


def check_clean_size(size: int) -> None:
    """Raises Invalid for an image that takes more than 40 MB without what it was made smaller by."""
    if size > MAX_CLEAN_BYTES:
        raise Invalid("file_too_large", "Encoded again, this image is larger than a file may be.")


def file_name(given: str) -> str:
    """The name without its path and without invisible or bidirectional control characters. Raises Invalid if nothing is left."""
    visible = "".join(
        char for char in unicodedata.normalize("NFC", given) if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    name = _PATH.sub("", visible).strip()
    if name.strip(".") == "":
        raise Invalid("file_name_required", "A file has a name.", faults=[Fault("/file_name", "is needed")])
    check_length(name)
    return name


def check_length(name: str) -> None:
    """Raises Invalid for a name of more than 255 characters."""
    if len(name) > MAX_NAME:
        raise Invalid(
            "file_name_too_long",
            "The file's name is too long.",
            faults=[Fault("/file_name", f"must have at most {MAX_NAME} characters")],
        )


def new_file_name(wanted: str, present: str, media_type: str) -> str:
    """The name that a file gets by a rename: `wanted`, with the present extension where it has none.

    Raises Invalid for another extension. A file without one may get one of its type.
    """
    kept, given = extension(present), extension(wanted)
    if not given:
        check_length(wanted + kept)
        return wanted + kept
    if given.lower() not in ({kept.lower()} if kept else EXTENSIONS[media_type]):
        raise Invalid(
            "file_extension_changed",
            "A file keeps its extension.",
            faults=[Fault("/file_name", f"must end in {kept or ' or '.join(sorted(EXTENSIONS[media_type]))}")],
        )
    return wanted


def typed_name(name: str, media_type: str) -> str:
    """The name under which a file is kept and served: one that ends as another kind of file does, gets an extension of its own behind it.

    A document may be a page as well, to whoever opens it by the name `report.html`.
    """
    ending = _ENDING.search(name)
    if ending is None or ending[1].lower() in _ENDINGS:
        return name
    own = min(EXTENSIONS[media_type], key=len)
    return name[: MAX_NAME - len(own)] + own


def extension(name: str) -> str:
    """The extension with its dot; empty where there is none, as in "Dr. Smith" or "Report 1.2"."""
    found = _EXTENSION.search(name)
    return found[0] if found else ""


def check_name_free(name: str, others: Iterable[str]) -> None:
    """Raises Conflict if another file of the same note, or of the client's own, has this name. Case does not matter."""
    if name.casefold() in {other.casefold() for other in others}:
        raise Conflict("file_name_taken", "Another file has this name.")


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


def check_own(workspace_id: UUID, own: UUID, scopes: Collection[str]) -> None:
    """Raises NotFound for another workspace's storage, unless the caller runs the installation."""
    if workspace_id != own and "platform:admin" not in scopes:
        raise NotFound("not_found", "There is nothing here under this id.")


def check_quota_bytes(quota_bytes: int) -> int:
    """The quota. Raises Invalid unless it is a number of bytes."""
    if not 0 <= quota_bytes <= MOST_QUOTA_BYTES:
        raise Invalid("quota_invalid", "No workspace can have this quota.", faults=[Fault("/quota_bytes", "must be 0 to a petabyte")])
    return quota_bytes


def check_quota(used_bytes: int, quota_bytes: int) -> None:
    """Raises Conflict if the workspace exceeds its quota. `used_bytes` includes the new file."""
    if used_bytes > quota_bytes:
        raise Conflict("quota_exceeded", "The workspace has no room left for this file.", facts={"quota_bytes": quota_bytes})
