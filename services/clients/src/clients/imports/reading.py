"""Reads clients from a file, row by row: no more of it is in memory than one row."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TextIO

from chassis.errors import Fault, Invalid
from chassis.storage.spool import Spool
from clients.imports import rules
from clients.imports.encodings import encoding_of

# Of a row, or of an object. A cell may be much longer than its field may be: that is told with its row.
_LONGEST_ROW = 1024 * 1024
_LOOKED_AT = 64 * 1024
_MOST_IGNORED = 100
_LONGEST_NAME = 100
_DELIMITERS = ",;\t|"
# What Excel writes and reads before the line of column names.
_SAYS_DELIMITER = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)
csv.field_size_limit(_LONGEST_ROW)
# With a mark at the beginning, or without.
_CODECS = {"utf-8": "utf-8-sig"}


@dataclass(frozen=True, slots=True)
class Row:
    """A client as the file has it: the values of all fields, or what is wrong."""

    number: int
    values: Mapping[str, Any] = field(default_factory=dict)
    fault: Fault | None = None


class ClientFile:
    """`rows` reads it from the beginning, any number of times. Raises Invalid for a file that cannot be read at all."""

    def __init__(self, content: Spool, *, is_json: bool, mapping: Mapping[str, str], encoding: str = "") -> None:
        """`encoding` is one of `rules.ENCODINGS`; empty for what the file's bytes say. Raises Invalid where they say nothing certain."""
        rules.check_mapping(mapping)
        if encoding:
            rules.check_encoding(encoding)
        self._content = content
        self._is_json = is_json
        self._mapping = mapping
        self.encoding = encoding or encoding_of(content)
        self.ignored: dict[str, None] = {}

    def rows(self) -> Iterator[Row]:
        self._content.seek(0)
        text = io.TextIOWrapper(
            io.BufferedReader(_Unclosable(self._content)), encoding=_CODECS.get(self.encoding, self.encoding), newline=""
        )
        try:
            yield from self._objects(text) if self._is_json else self._lines(text)
        except UnicodeError:  # UTF-16 without a mark at its beginning is no UnicodeDecodeError
            raise _unreadable(f"is not text ({self.encoding})") from None

    def _lines(self, text: TextIO) -> Iterator[Row]:
        bounded = _Lines(text)
        first = next(bounded, "")
        says_delimiter = _SAYS_DELIMITER.fullmatch(first)
        delimiter = says_delimiter[1] if says_delimiter else _delimiter(first)
        lines = csv.reader(bounded if says_delimiter else chain([first], bounded), delimiter=delimiter, strict=True)
        try:
            columns = next(lines, [])
            fields = rules.fields_of(columns, self._mapping)
            self._ignore(rules.unknown_columns(columns, fields))
            number = 0
            for cells in lines:
                bounded.row_ends()
                if not any(cell.strip() for cell in cells):
                    continue
                number += 1
                rules.check_rows(number)
                try:
                    yield Row(number, rules.values_of_cells(fields, cells))
                except ValueError as error:
                    yield Row(number, fault=_fault(error))
        except csv.Error:
            raise _unreadable(f"cannot be read after line {lines.line_num}: is a quotation mark missing there?") from None

    def _objects(self, text: TextIO) -> Iterator[Row]:
        for number, value in enumerate(_items(text), 1):
            rules.check_rows(number)
            if not isinstance(value, dict):
                yield Row(number, fault=Fault("", "is no object"))
                continue
            try:
                values, ignored = rules.values_of_members(value, self._mapping)
            except ValueError as error:
                yield Row(number, fault=_fault(error))
                continue
            self._ignore(ignored)
            yield Row(number, values)

    def _ignore(self, names: Iterable[str]) -> None:
        for name in names:
            if len(self.ignored) < _MOST_IGNORED:
                # JSON can name half a character, which no text can have.
                self.ignored[name[:_LONGEST_NAME].encode(errors="replace").decode()] = None


class _Lines(Iterator[str]):
    """The lines of a text, of which those of one row are no longer than a row may be."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._left = _LONGEST_ROW

    def row_ends(self) -> None:
        self._left = _LONGEST_ROW

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            raise _unreadable("has a row that is too long")
        return line


class _Unclosable(io.RawIOBase):
    """The same content for a reader that closes what it has read."""

    def __init__(self, content: Spool) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._content.readinto(buffer)


def _delimiter(columns: str) -> str:
    """What the line of column names has most of, outside quotation marks."""
    outside = "".join(columns.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _items(text: TextIO) -> Iterator[Any]:
    """The items of a JSON array one after the other."""
    decoder = json.JSONDecoder()
    rest = _JsonText(text)
    if rest.skip() != "[":
        raise _unreadable("is no JSON array")
    rest.drop(1)
    is_empty = rest.skip() == "]"
    while True:
        if not is_empty:
            yield rest.value(decoder)
        match rest.skip():
            case ",":
                rest.drop(1)
                rest.skip()
            case "]":
                rest.drop(1)
                if rest.skip():
                    raise _unreadable("goes on after the end of the JSON array")
                return
            case _:
                raise _unreadable("is no JSON array that is whole")


class _JsonText:
    """JSON text of which hardly more is held than the value that is being read."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._held = ""
        self._place = 0

    def skip(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            while self._place < len(self._held) and self._held[self._place] in " \t\r\n":
                self._place += 1
            if self._place < len(self._held) or not self._more():
                return self._held[self._place : self._place + 1]

    def drop(self, characters: int) -> None:
        self._place += characters

    def value(self, decoder: json.JSONDecoder) -> Any:
        while True:
            try:
                value, end = decoder.raw_decode(self._held, self._place)
            except (ValueError, RecursionError):
                value, end = None, len(self._held)
            # A number may go on.
            if end < len(self._held):
                self._place = end
                return value
            if len(self._held) - self._place > _LONGEST_ROW or not self._more():
                raise _unreadable("is no JSON array that is whole")

    def _more(self) -> bool:
        added = self._text.read(max(_LOOKED_AT, len(self._held) - self._place))
        self._held, self._place = self._held[self._place :] + added, 0
        return bool(added)


def _fault(error: ValueError) -> Fault:
    where = f"/{error.field}" if isinstance(error, rules.CellError) else ""
    return Fault(where, str(error))


def _unreadable(detail: str) -> Invalid:
    return Invalid("import_file_unreadable", f"The file {detail}.", faults=[Fault("", detail)])
