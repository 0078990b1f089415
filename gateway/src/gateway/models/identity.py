"""People, their workspace, and their signing in."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.models.base import Email, Object, Page, PageQuery, Search, Shape, Text, Text100, Time, Zone, absent

Role = Literal["owner", "assistant", "therapist", "operator", "doctor", "nurse", "head_doctor", "admin"]
FullName = Annotated[Text, Field(min_length=2, max_length=100)]


class User(Shape):
    id: UUID
    workspace_id: UUID
    email: Email
    full_name: str
    role: Role
    is_active: bool
    is_platform_admin: bool
    department_id: UUID | None
    license_number: str | None
    specialization: str | None
    shift_schedule: Object | None
    two_factor_enabled: bool
    is_locked: bool
    last_login_at: Time | None
    created_at: Time
    updated_at: Time


class UserPage(Page):
    items: list[User]


class UserQuery(PageQuery):
    search: Search = None
    role: Role | None = None
    department_id: UUID | None = None
    is_active: bool | None = None


class UserUpdate(Shape):
    full_name: FullName = Field(default_factory=absent)
    department_id: UUID | None = None
    license_number: Text100 | None = None
    specialization: Text100 | None = None
    shift_schedule: Object | None = None


class RoleChange(Shape):
    role: Role


class Workspace(Shape):
    id: UUID
    name: str
    kind: Literal["practice", "hospital"]
    time_zone: str
    locale: str
    address: str | None
    phone: str | None
    license_number: str | None
    settings: Object
    status: Literal["active", "suspended"]
    created_at: Time
    updated_at: Time


class WorkspaceUpdate(Shape):
    name: Annotated[Text, Field(min_length=1, max_length=255)] = Field(default_factory=absent)
    time_zone: Zone = Field(default_factory=absent)
    locale: Annotated[Text, Field(min_length=2, max_length=35)] = Field(default_factory=absent)
    address: Text | None = None
    phone: Annotated[Text, Field(max_length=50)] | None = None
    license_number: Text100 | None = None
    settings: Object = Field(default_factory=absent)


class MagicLinkRequest(Shape):
    email: Email


class TokenProof(Shape):
    token: Annotated[Text, Field(min_length=1, max_length=512)]


class PasswordProof(Shape):
    email: Email
    password: Annotated[Text, Field(min_length=1, max_length=1024)]


class PasswordChange(Shape):
    current_password: Annotated[Text, Field(min_length=1, max_length=1024)]
    new_password: Annotated[Text, Field(min_length=1, max_length=1024)]


class SignedIn(Shape):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    user: User


class LoginSession(Shape):
    id: UUID
    created_at: Time
    last_seen_at: Time
    ip_address: str | None
    user_agent: str | None
    current: bool


class PublicKey(Shape):
    """RFC 8037."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    kid: str
    x: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class PublicKeys(Shape):
    keys: list[PublicKey]
