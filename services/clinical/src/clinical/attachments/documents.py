"""Refuses PDF documents with active or hidden content. Parses untrusted bytes, so it runs in `sandbox`.

They are not changed, because a change would invalidate their signatures; one with scripts, actions, embedded files or encryption is refused.
"""

import io
from collections.abc import Collection, Iterator
from typing import Any

import pikepdf

from chassis.errors import Invalid
from clinical.attachments.rules import unsafe

MAX_PDF_OBJECTS = 200_000
_MAX_DEPTH = 100

# Keys and names of ISO 32000 that run scripts, start programs, embed files or read others: a reader that opens a file on somebody's server
# tells it who reads, on Windows with a hash of their password.
_UNSAFE_KEYS = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
_UNSAFE_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE", "/GoToR", "/Thread"}
# Of a stream: its content is in another file, or a page of one is drawn in its place.
_ELSEWHERE = {"/F", "/FFilter", "/Ref"}
# How an address begins that is no link to a page.
_UNSAFE_ADDRESSES = ("javascript:", "vbscript:", "data:", "file:", "smb:", "\\\\", "//")
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
    if isinstance(dictionary, pikepdf.Stream) and keys & _ELSEWHERE:
        raise unsafe("The document holds a script or another file.")
    if _name(dictionary, "/S") in _UNSAFE_ACTIONS or any(map(_opens_an_address, _unasked(dictionary, keys))):
        raise unsafe("The document acts by itself when it is opened.")
    if _name(dictionary, "/S") == "/URI" and str(dictionary.get("/URI", "")).strip().lower().startswith(_UNSAFE_ADDRESSES):
        raise unsafe("The document holds a script or another file.")
    if _name(dictionary, "/Subtype") in _UNSAFE_ANNOTATIONS or _name(dictionary, "/Type") == "/EmbeddedFile":
        raise unsafe("The document holds another file.")


def _unasked(dictionary: Any, keys: Collection[str]) -> Iterator[Any]:
    """The actions that are done when something is opened, shown or closed, without anybody's asking. A place in the document may be among them."""
    if "/OpenAction" in keys:
        yield dictionary["/OpenAction"]
    if "/AA" in keys and isinstance(dictionary["/AA"], pikepdf.Dictionary):
        yield from (action for _, action in dictionary["/AA"].items())


def _opens_an_address(action: Any, depth: int = 0) -> bool:
    """Whether the action does, or one that follows it."""
    if depth > _MAX_DEPTH:
        raise unsafe("The document is too complex.")
    if isinstance(action, pikepdf.Array):
        return any(_opens_an_address(each, depth + 1) for each in action)
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return False
    return _name(action, "/S") == "/URI" or _opens_an_address(action.get("/Next"), depth + 1)


def _name(dictionary: Any, key: str) -> str | None:
    value = dictionary.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else None
