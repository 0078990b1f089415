"""Images with text in their metadata."""

import io

from PIL import ExifTags, Image


def photograph(text):
    """A JPEG with the text in its EXIF data and as a comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = text
    exif[ExifTags.Base.Artist] = text
    file = io.BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(file, "JPEG", exif=exif, comment=text.encode())
    assert text.encode() in file.getvalue()
    return file.getvalue()
