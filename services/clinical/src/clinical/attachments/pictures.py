"""Encodes pictures again, which removes EXIF, GPS, comments and appended data. Parses untrusted bytes, so it runs in `sandbox`."""

import io
import warnings
from collections.abc import Collection

from PIL import Image, ImageCms, ImageOps

from chassis.errors import Invalid
from clinical.attachments.rules import unsafe

# Asked before anything is decoded. In colour fewer fit into the memory of the process, about 45 million.
MAX_PIXELS = 64_000_000
_JPEG_QUALITY = 92
# Modes that PNG can store unchanged, including 16-bit greyscale, which X-rays often use.
_PNG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"}

# `reencode` checks the limit itself; this covers images that a library opens on its own.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def reencode(content: bytes, media_type: str) -> bytes:
    """The picture alone. Raises Invalid if it has too many pixels; a broken one raises what its decoder does."""
    try:
        return _reencode(content, "JPEG" if media_type == "image/jpeg" else "PNG")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None


def _too_large() -> Invalid:
    return unsafe("The image has too many pixels.")


def _reencode(content: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=(kind,)) as source:
        # Only the header has been read so far.
        if source.width * source.height > MAX_PIXELS:
            raise _too_large()
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
