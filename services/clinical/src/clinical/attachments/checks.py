"""Whether a file is what it says and holds nothing but what is to be seen. Reads strangers' bytes, so it runs in a process of its own.

Images are drawn anew: EXIF, GPS, comments and whatever was hung on behind are gone. PDFs are kept as they are, for a
changed one loses its signatures; what acts by itself, hides files or is locked is refused.
"""

import io
import warnings
from collections.abc import Iterator
from typing import Any

import pikepdf
from PIL import Image, ImageCms, ImageOps

from chassis.errors import Invalid
from clinical.attachments.rules import CleanFile, check_size

# Above what cameras make today, and 256 MB in memory at four bytes each.
MOST_PIXELS = 64_000_000
MOST_PDF_OBJECTS = 200_000
_DEEPEST = 100
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
_JPEG_QUALITY = 92
# Modes that PNG keeps as they are; 16-bit greys are X-rays more often than not.
_PNG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"}

# Keys and names of ISO 32000 behind which something runs, opens another program or carries a file.
_UNSAFE_KEYS = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
_UNSAFE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE"}
_UNSAFE_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}

# The cap is asked for by hand; this is for whatever opens an image behind our back.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def clean(content: bytes) -> CleanFile:
    """The file as it may be kept; Invalid file_too_large, file_type_not_allowed, file_broken or file_unsafe."""
    check_size(content)
    media_type = next((named for magic, named in _MAGIC.items() if content.startswith(magic)), None)
    if media_type is None:
        raise Invalid("file_type_not_allowed", "Files are JPEG or PNG images, or PDF documents.")
    try:
        if media_type == "application/pdf":
            _check_pdf(content)
            return CleanFile(content, media_type)
        return CleanFile(_redrawn(content, media_type), media_type)
    except (Invalid, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _unsafe("The image has too many pixels.") from None
    except Exception as error:
        # Parsers meet broken files with exceptions of every kind; to us they all say the same of the file.
        raise Invalid("file_broken", "The file is damaged or not what its beginning says.") from error


def _redrawn(content: bytes, media_type: str) -> bytes:
    kind = "JPEG" if media_type == "image/jpeg" else "PNG"
    with Image.open(io.BytesIO(content), formats=(kind,)) as source:
        # The header is read by now and nothing else.
        if source.width * source.height > MOST_PIXELS:
            raise _unsafe("The image has too many pixels.")
        source.load()
        profile, transparency = source.info.get("icc_profile"), source.info.get("transparency")
        upright = ImageOps.exif_transpose(source)
    picture = _in_ordinary_colours(upright, profile)
    picture.info.clear()
    if kind == "PNG" and picture.mode == "P" and transparency is not None:
        picture.info["transparency"] = transparency
    drawn = io.BytesIO()
    if kind == "JPEG":
        picture.convert(picture.mode if picture.mode in {"L", "RGB"} else "RGB").save(drawn, "JPEG", quality=_JPEG_QUALITY, exif=b"")
    else:
        picture.convert(picture.mode if picture.mode in _PNG_MODES else "RGBA").save(drawn, "PNG", exif=b"")
    return drawn.getvalue()


def _in_ordinary_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """As sRGB, so that the colours stay when the camera's profile goes. A profile that is of no use changes nothing."""
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        of_camera = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
        plain = picture.convert("RGB") if alpha is not None else picture
        turned = ImageCms.profileToProfile(plain, of_camera, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    if turned is None:
        return picture
    if alpha is not None:
        turned.putalpha(alpha)
    return turned


def _check_pdf(content: bytes) -> None:
    try:
        # Without recovery: what one reader mends its own way, another may read as something else.
        document = pikepdf.open(io.BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise _unsafe("The document is locked with a password.") from None
    with document:
        if document.is_encrypted:
            raise _unsafe("The document is encrypted.")
        if len(document.pages) < 1:
            raise Invalid("file_broken", "The document has no pages.")
        if len(document.objects) > MOST_PDF_OBJECTS:
            raise _unsafe("The document is too complex.")
        for thing in (document.trailer, *document.objects):
            for dictionary in _dictionaries(thing):
                _check_dictionary(dictionary)


def _dictionaries(thing: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionaries in an object, without following references: every indirect object is looked at by itself."""
    if depth > _DEEPEST:
        raise _unsafe("The document is too complex.")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield thing
        inside: Any = (value for _, value in thing.items())
    elif isinstance(thing, pikepdf.Array):
        inside = iter(thing)
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
