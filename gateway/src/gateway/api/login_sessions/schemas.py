"""Where a user is signed in."""

from uuid import UUID

from gateway.api.fields import Shape, Time


class LoginSession(Shape):
    id: UUID
    created_at: Time
    last_seen_at: Time
    ip_address: str | None
    user_agent: str | None
    current: bool
