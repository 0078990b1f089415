"""Merging clients."""

from uuid import UUID

from gateway.api.fields import Schema


class ClientMerge(Schema):
    duplicate_id: UUID
