"""Checks that a file has the type it claims and no active or hidden content. Parses untrusted bytes, so it runs in `sandbox`.

It is loaded for every file, so it loads the libraries of the file's own type alone, and none for a file of no type it takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chassis.errors import Invalid
from clinical.attachments.rules import check_size

_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
# Brands of HEIF files, whose first box names one (ISO 23008-12, 10).
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_SEND_JPEG = "This picture is in HEIC, the format of some telephones, or in a like one. Send it as JPEG or PNG."


@dataclass(frozen=True, slots=True)
class SanitizedFile:
    """A file as it may be stored."""

    content: bytes
    media_type: str


def sanitize(content: bytes) -> SanitizedFile:
    """The file as it may be stored. Raises Invalid: file_too_large, file_type_not_allowed, file_broken or file_unsafe."""
    check_size(len(content))
    media_type = next((named for magic, named in _MAGIC.items() if content.startswith(magic)), None)
    if media_type is None:
        raise Invalid("file_type_not_allowed", _SEND_JPEG if _is_heif(content) else "Files are JPEG or PNG images, or PDF documents.")
    clean = _cleaner(media_type)
    try:
        return SanitizedFile(clean(content), media_type)
    except (Invalid, MemoryError):
        raise
    except Exception as error:
        # Parsers raise exceptions of many kinds for broken files.
        raise Invalid("file_broken", "The file is damaged or not what its beginning says.") from error


def _cleaner(media_type: str) -> Callable[[bytes], bytes]:
    """Loads what makes a file of this type one that may be stored. A library that cannot be loaded says nothing of the file: its error is raised as it is."""
    if media_type == "application/pdf":
        from clinical.attachments import documents

        return documents.checked
    from clinical.attachments import pictures

    return partial(pictures.reencode, media_type=media_type)


def _is_heif(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS
