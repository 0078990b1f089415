"""Clients from a file."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Schema

Encoding = Literal[
    "utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "cp437", "cp850", "cp852", "cp862", "mac_roman",
]  # fmt: skip


class RowError(Schema):
    row: Annotated[int, Field(description="The first client is row 1; the line of column names is not counted.")]
    pointer: Annotated[str, Field(description="The field, as a JSON pointer; empty for the whole row.")]
    detail: str


class ImportedClients(Schema):
    created: Annotated[int, Field(description="In a dry run: that would be.")]
    skipped: Annotated[int, Field(description="Left as they are, because their external_id is in use.")]
    failed: int
    errors: Annotated[list[RowError], Field(description="Of the first rows that cannot be imported, at most 100.")]
    ignored_columns: Annotated[list[str], Field(description="What is no field of a client.")]
    encoding: Annotated[str, Field(description="How the file was read, as utf-8 or cp1252.")]
    job_id: Annotated[UUID | None, Field(description="By which the import can be undone; null for a dry run.")]


class ImportQuery(Schema):
    dry_run: Annotated[bool, Field(description="Says what would be imported, and changes nothing.")] = False
    mapping: Annotated[
        str | None,
        Field(max_length=4_000, description='A JSON object: the field for the name of a column, as {"Rufname": "first_name"}.'),
    ] = None
    encoding: Annotated[
        Encoding | None,
        Field(
            description="How the text is written. Without it the file's bytes say so: a byte order mark, UTF-8, and what spreadsheets of Western Europe and Israel write."
        ),
    ] = None
