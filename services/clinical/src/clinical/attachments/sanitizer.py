"""Checks that a file has the type it claims and no active or hidden content. Parses untrusted bytes, so it runs in `sandbox`.

Images are encoded again, which removes EXIF, GPS, comments and appended data. PDFs are not changed, because a change
would invalidate their signatures; one with scripts, actions, embedded files or encryption is refused.
"""

import io
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from PIL import Image, ImageCms, ImageOps

from chassis.errors import Invalid
from clinical.attachments.rules import check_size

# Asked before anything is decoded. In colour fewer fit into the memory of the process, about 45 million.
MAX_PIXELS = 64_000_000
MAX_PDF_OBJECTS = 200_000
_MAX_DEPTH = 100
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
# Brands of HEIF files, whose first box names one (ISO 23008-12, 10).
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_SEND_JPEG = "This picture is in HEIC, the format of some telephones, or in a like one. Send it as JPEG or PNG."
_JPEG_QUALITY = 92
# Modes that PNG can store unchanged, including 16-bit greyscale, which X-rays often use.
_PNG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"}

# Keys and names of ISO 32000 that run scripts, start programs or embed files.
_UNSAFE_KEYS = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
_UNSAFE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE"}
_UNSAFE_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}

# `_reencode` checks the limit itself; this covers images that a library opens on its own.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


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
    try:
        if media_type == "application/pdf":
            _check_pdf(content)
            return SanitizedFile(content, media_type)
        return SanitizedFile(_reencode(content, media_type), media_type)
    except (Invalid, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _unsafe("The image has too many pixels.") from None
    except Exception as error:
        # Parsers raise exceptions of many kinds for broken files.
        raise Invalid("file_broken", "The file is damaged or not what its beginning says.") from error


def _is_heif(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS


def _reencode(content: bytes, media_type: str) -> bytes:
    kind = "JPEG" if media_type == "image/jpeg" else "PNG"
    with Image.open(io.BytesIO(content), formats=(kind,)) as source:
        # Only the header has been read so far.
        if source.width * source.height > MAX_PIXELS:
            raise _unsafe("The image has too many pixels.")
        source.load()
        profile, transparency = source.info.get("icc_profile"), source.info.get("transparency")
        # Here and below nothing is copied that need not be: a picture of 40 million pixels is held once, not three times.
        ImageOps.exif_transpose(source, in_place=True)
        picture = _to_srgb(source, profile)
        picture.info.clear()
        if kind == "PNG" and picture.mode == "P" and transparency is not None:
            picture.info["transparency"] = transparency
        encoded = io.BytesIO()
        if kind == "JPEG":
            _in_mode(picture, {"L", "RGB"}, otherwise="RGB").save(encoded, "JPEG", quality=_JPEG_QUALITY, exif=b"")
        else:
            _in_mode(picture, _PNG_MODES, otherwise="RGBA").save(encoded, "PNG", exif=b"")
    return encoded.getvalue()


def _in_mode(picture: Image.Image, modes: Collection[str], *, otherwise: str) -> Image.Image:
    """The picture, converted unless it is in one of these modes."""
    return picture if picture.mode in modes else picture.convert(otherwise)


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture converted to sRGB, so that its colours stay the same without its profile. Unchanged if the profile is unusable."""
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        camera_profile, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        if picture.mode == "RGB":
            ImageCms.profileToProfile(picture, camera_profile, screen, inPlace=True)
            return picture
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        plain = picture.convert("RGB") if alpha is not None else picture
        converted = ImageCms.profileToProfile(plain, camera_profile, screen, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    if converted is None:
        return picture
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _check_pdf(content: bytes) -> None:
    try:
        # Without recovery: readers repair a damaged document differently, so what we check may not be what a person sees.
        document = pikepdf.open(io.BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise _unsafe("The document is locked with a password.") from None
    with document:
        if document.is_encrypted:
            raise _unsafe("The document is encrypted.")
        if len(document.pages) < 1:
            raise Invalid("file_broken", "The document has no pages.")
        if len(document.objects) > MAX_PDF_OBJECTS:
            raise _unsafe("The document is too complex.")
        for item in (document.trailer, *document.objects):
            for dictionary in _dictionaries(item):
                _check_dictionary(dictionary)


def _dictionaries(item: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionaries in an object. References are not followed, because every indirect object is checked by itself."""
    if depth > _MAX_DEPTH:
        raise _unsafe("The document is too complex.")
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        inside: Any = (value for _, value in item.items())
    elif isinstance(item, pikepdf.Array):
        inside = iter(item)
    else:
        return
    for value in inside:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _dictionaries(value, depth + 1)


def _check_dictionary(dictionary: Any) -> None:
    keys = set(dictionary.keys())
    if keys & _UNSAFE_KEYS:
        raise _unsafe("The document holds a script or another file.")
    if _name(dictionary, "/S") in _UNSAFE_ACTIONS:
        raise _unsafe("The document acts by itself when it is opened.")
    if _name(dictionary, "/Subtype") in _UNSAFE_ANNOTATIONS or _name(dictionary, "/Type") == "/EmbeddedFile":
        raise _unsafe("The document holds another file.")


def _name(dictionary: Any, key: str) -> str | None:
    value = dictionary.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else None


def _unsafe(why: str) -> Invalid:
    return Invalid("file_unsafe", why)
