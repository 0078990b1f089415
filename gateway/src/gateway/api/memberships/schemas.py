"""The workspaces that a person belongs to."""

from uuid import UUID

from gateway.api.fields import Schema
from gateway.api.users.schemas import Role


class Membership(Schema):
    workspace_id: UUID
    name: str
    role: Role
    current: bool


class Switch(Schema):
    workspace_id: UUID
