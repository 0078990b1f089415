"""The file of a multipart form (RFC 7578), passed on as it arrives: no more of it is held than one piece."""

from collections.abc import AsyncIterator

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from chassis.errors import Fault, Invalid
from gateway.middleware.body import too_large

_MOST_FIELDS = 8


class FormFile:
    """`name` is known once the form has been read up to its file. The file is whole when `content` ends without raising."""

    def __init__(self, http: Request) -> None:
        self._limit: int = http.app.state.settings.upload_limit_bytes
        self._stream = http.stream()
        self._parser = MultipartParser(
            _boundary(http.headers.get("content-type", "")),
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )
        self._header = (b"", b"")
        self._disposition = b""
        self._fields = 0
        self._in_file = False
        self._ended = False
        self._unread: list[bytes] = []
        self._size = 0
        self.name = ""

    @classmethod
    async def begin(cls, http: Request) -> "FormFile":
        """Reads the form up to its file. Raises Invalid if there is none."""
        form = cls(http)
        while not form.name and await form._read():
            pass
        if not form.name:
            raise _no_file("Should be multipart/form-data with one part named file.")
        return form

    async def content(self) -> AsyncIterator[bytes]:
        """The file, and the form's end after it. Raises ContentTooLarge for a file over the limit, Invalid for a form that is cut off or has two."""
        while True:
            while self._unread:
                yield self._unread.pop(0)
            if not await self._read():
                break
        if not self._ended:
            raise _no_file("Should be multipart/form-data that is complete.")

    async def _read(self) -> bool:
        """Takes in what arrives next; False at the end of the body, also when it was cut off."""
        try:
            chunk = await anext(self._stream, None)
        except ClientDisconnect:
            return False
        if chunk is None:
            return False
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise _no_file("Should be multipart/form-data with one part named file.") from None
        return True

    def _on_part_begin(self) -> None:
        self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], b"")

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _on_header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = value
        self._header = (b"", b"")

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        is_file, is_named_so = b"filename" in options, options.get(b"name") == b"file"
        if not is_file and not is_named_so and b"name" in options:
            self._fields += 1
            if self._fields > _MOST_FIELDS:
                raise _no_file(f"Should have no more than {_MOST_FIELDS} fields beside it.")
            return
        if not is_named_so or self.name:
            raise _no_file("Should be multipart/form-data with one part named file.")
        if not options.get(b"filename"):
            raise _no_file("Should be a file.")
        self.name = base_name(_decoded(options[b"filename"]))
        self._in_file = True

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._size += end - start
            if self._size > self._limit:
                raise too_large(self._limit)
            self._unread.append(data[start:end])

    def _on_part_end(self) -> None:
        self._in_file = False

    def _on_end(self) -> None:
        self._ended = True


def base_name(sent: str) -> str:
    """The file's name without folders, which some browsers send. Raises Invalid unless it is 1 to 255 printable characters."""
    name = sent.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not 1 <= len(name) <= 255 or not name.isprintable():
        raise _no_file("Should have a file name of 1 to 255 printable characters.")
    return name


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise _no_file("Should be multipart/form-data with a part named file.")
    return options[b"boundary"]


def _decoded(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")


def _no_file(detail: str) -> Invalid:
    return Invalid("validation_failed", "The request does not fit; `errors` says where.", faults=(Fault("/file", detail),))
