"""Where a user is signed in."""

from uuid import UUID

from gateway.api.fields import Schema, Time


class LoginSession(Schema):
    id: UUID
    created_at: Time
    last_seen_at: Time
    ip_address: str | None
    user_agent: str | None
    current: bool
