"""Single sign-on: the OpenID provider of a workspace, and the steps of a sign-in with it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from gateway.api.fields import Schema, Text, Text255, Time
from gateway.api.users.schemas import Role

Slug = Annotated[
    Text, Field(min_length=3, max_length=63, description="In the address at which sign-ins begin; unique in the installation.")
]
Issuer = Annotated[Text, Field(min_length=1, max_length=512, description="The address of the provider, exactly as it writes it itself.")]
Name = Annotated[Text, Field(min_length=1, max_length=255)]


class SsoGroupRole(Schema):
    """What the members of a group of the provider become here."""

    group: Name
    role: Role
    department_id: UUID | None = None


class SsoProviderUpdate(Schema):
    """The whole configuration. Without `client_secret` the stored one stays; null removes it."""

    slug: Slug
    issuer: Issuer
    client_id: Name
    client_secret: Annotated[Text, Field(max_length=1024, description="Never shown again.")] | None = None
    enabled: StrictBool = False
    required: Annotated[
        StrictBool,
        Field(
            description="Nobody signs in otherwise but those who administer the workspace: they have to get in where the provider fails."
        ),
    ] = False
    groups_claim: Annotated[
        Name, Field(description="The claim of ID tokens, or of the userinfo endpoint, that lists a person's groups.")
    ] = "groups"
    group_roles: Annotated[
        list[SsoGroupRole], Field(max_length=200, description="The first entry whose group a person is in counts, at each sign-in.")
    ] = Field(default_factory=list)
    default_role: Annotated[Role | None, Field(description="Of people in none of these groups; without it they are refused.")] = None
    email_domains: Annotated[list[Text255], Field(max_length=50, description="Where given, addresses of other domains are refused.")] = (
        Field(default_factory=list)
    )
    trusts_emails: Annotated[
        StrictBool,
        Field(
            description="Treats every address that the provider gives as verified, although the provider does not say so. "
            "Only for providers that let nobody choose an address of their own."
        ),
    ] = False
    forgets_accounts: Annotated[
        StrictBool,
        Field(description="Forgets which accounts of the provider belong to which users; they are found by their addresses again."),
    ] = False


class SsoProvider(Schema):
    """`slug`, `issuer` and `client_id` are null until single sign-on is configured."""

    slug: str | None
    issuer: str | None
    client_id: str | None
    has_client_secret: bool
    enabled: bool
    required: bool
    groups_claim: str
    group_roles: list[SsoGroupRole]
    default_role: Role | None
    email_domains: list[str]
    trusts_emails: bool
    redirect_uri: Annotated[str, Field(description="Where the provider sends people back to: it has to be told.")]
    updated_at: Time | None


class StartQuery(Schema):
    return_to: Annotated[Text, Field(max_length=512, description="A path of the front end, where the person goes afterwards.")] | None = (
        None
    )
    again: Annotated[
        bool,
        Field(
            description="Whether the provider is to ask the person although they are signed in there: what needs a recent sign-in (403"
            " `reauthentication_required`) needs one at which it has."
        ),
    ] = False


class CallbackQuery(Schema):
    state: Annotated[str, Field(max_length=512)] = ""
    code: Annotated[str, Field(max_length=4096)] | None = None
    iss: Annotated[str, Field(max_length=512)] | None = None
    error: Annotated[str, Field(max_length=512)] | None = None
