"""Refuses PDF documents with active or hidden content. Parses untrusted bytes, so it runs in `sandbox`.

They are not changed, because a change would invalidate their signatures; one with scripts, actions, embedded files or encryption is refused.
"""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from chassis.errors import Invalid
from clinical.attachments.rules import unsafe

MAX_PDF_OBJECTS = 200_000
_MAX_DEPTH = 100

# Keys and names of ISO 32000 that run scripts, start programs or embed files.
_UNSAFE_KEYS = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
_UNSAFE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE"}
_UNSAFE_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}


def checked(content: bytes) -> bytes:
    """The document as it is. Raises Invalid for what may not be stored; a broken one raises what its parser does."""
    try:
        # Without recovery: readers repair a damaged document differently, so what we check may not be what a person sees.
        document = pikepdf.open(io.BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise unsafe("The document is locked with a password.") from None
    with document:
        if document.is_encrypted:
            raise unsafe("The document is encrypted.")
        if len(document.pages) < 1:
            raise Invalid("file_broken", "The document has no pages.")
        if len(document.objects) > MAX_PDF_OBJECTS:
            raise unsafe("The document is too complex.")
        for item in (document.trailer, *document.objects):
            for dictionary in _dictionaries(item):
                _check_dictionary(dictionary)
    return content


def _dictionaries(item: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionaries in an object. References are not followed, because every indirect object is checked by itself."""
    if depth > _MAX_DEPTH:
        raise unsafe("The document is too complex.")
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
        raise unsafe("The document holds a script or another file.")
    if _name(dictionary, "/S") in _UNSAFE_ACTIONS:
        raise unsafe("The document acts by itself when it is opened.")
    if _name(dictionary, "/Subtype") in _UNSAFE_ANNOTATIONS or _name(dictionary, "/Type") == "/EmbeddedFile":
        raise unsafe("The document holds another file.")


def _name(dictionary: Any, key: str) -> str | None:
    value = dictionary.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else None
